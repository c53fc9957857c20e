"""The codes of confirmations: those that were used, and how often a caller gave a wrong one. Times are seconds since
1970.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from dialler_mcp.state.turns import may_tidy

if TYPE_CHECKING:
    from sqlalchemy import Connection


class UsedAlready(Exception):
    """The code was used already, by this or another process."""


def use_once(connection: "Connection", code: str, *, now: float, expires: float) -> None:
    """Use up a code; it counts as used until `expires`.

    Raises:
        UsedAlready: it was used before; the transaction must end.
    """
    from sqlalchemy import delete, insert
    from sqlalchemy.exc import IntegrityError

    from dialler_mcp.state.schema import used_codes

    removal = delete(used_codes).where(used_codes.c.expires <= now)
    connection.execute(removal if may_tidy(connection) else removal.where(used_codes.c.code == code))
    try:
        connection.execute(insert(used_codes).values(code=code, expires=expires))
    except IntegrityError as error:
        raise UsedAlready from error


def used(connection: "Connection", codes: Collection[str]) -> set[str]:
    """Which of these codes were used."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import used_codes

    return set(connection.scalars(select(used_codes.c.code).where(used_codes.c.code.in_(codes))))


def used_with_prefix(connection: "Connection", prefix: str, *, now: float) -> set[str]:
    """The used codes that begin with `prefix` and have not expired."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import used_codes

    alike = select(used_codes.c.code).where(used_codes.c.code.startswith(prefix))
    return set(connection.scalars(alike.where(used_codes.c.expires > now)))


def count_wrong(connection: "Connection", caller: str, *, since: float) -> int:
    """How often a caller gave a wrong code after `since`. Older wrong codes, of all callers, are removed."""
    from sqlalchemy import delete, func, select

    from dialler_mcp.state.schema import wrong_codes

    if may_tidy(connection):
        connection.execute(delete(wrong_codes).where(wrong_codes.c.tried <= since))
    wrong = select(func.count()).where(wrong_codes.c.caller == caller, wrong_codes.c.tried > since)
    return connection.scalar(wrong) or 0


def add_wrong(connection: "Connection", caller: str, *, at: float) -> None:
    """Remember that a caller gave a wrong code."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import wrong_codes

    connection.execute(insert(wrong_codes).values(caller=caller, tried=at))
