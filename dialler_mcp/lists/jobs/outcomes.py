"""What an error of the dialler means for a row of a job."""

from enum import StrEnum

from dialler_mcp.api.errors import (
    BadAddress,
    BadRequest,
    Conflict,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NotDialler,
    NotFound,
    ProxyRefused,
    TooMany,
    Unauthorized,
    Unreachable,
)

_REQUEST_TIMEOUT = 408


class Means(StrEnum):
    """What an error means: the row `failed`; nothing was done and it may be sent `later`; nothing was done, and nothing
    will be until a person has mended something (`stop`); it may have been done, so `look`.
    """

    failed = "failed"
    later = "later"
    stop = "stop"
    look = "look"


_BY_CLASS: tuple[tuple[tuple[type[DiallerError], ...], Means], ...] = (
    ((Unauthorized, Forbidden, ProxyRefused, BadAddress, NotDialler, FunctionMissing), Means.stop),
    ((Unreachable, TooMany), Means.later),
    ((BadRequest, Conflict, NotFound), Means.failed),
)


def means(error: DiallerError) -> Means:
    """What an error means for the row whose request it answers."""
    if error.status == _REQUEST_TIMEOUT:
        return Means.look
    return next((meaning for kinds, meaning in _BY_CLASS if isinstance(error, kinds)), Means.look)
