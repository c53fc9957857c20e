"""What an error of the dialler means for a row of a job."""

from enum import StrEnum

from dialler_mcp.api.errors import (
    BadAddress,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NotDialler,
    OtherChanged,
    ProxyRefused,
    TooMany,
    Unauthorized,
    Unreachable,
)
from dialler_mcp.changes.recording import surely_not_done

_LATER = (Unreachable, TooMany)
_STOP = (BadAddress, Forbidden, FunctionMissing, NotDialler, ProxyRefused, Unauthorized)


class ErrorMeaning(StrEnum):
    """What an error means: the row `failed`; nothing was done and it may be sent `later`; nothing was done, and nothing
    will be until a person has mended something (`stop`); it may have been done, so `look`; another record may have been
    changed in its place, so it is `unknown`, and not sent again.
    """

    failed = "failed"
    later = "later"
    stop = "stop"
    look = "look"
    unknown = "unknown"


def means(error: DiallerError) -> ErrorMeaning:
    """What an error means for the row whose request it answers."""
    if isinstance(error, OtherChanged):
        return ErrorMeaning.unknown
    if not surely_not_done(error):
        return ErrorMeaning.look
    if isinstance(error, _LATER):
        return ErrorMeaning.later
    return ErrorMeaning.stop if isinstance(error, _STOP) else ErrorMeaning.failed
