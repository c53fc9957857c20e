"""Who goes first, where several transactions of PostgreSQL would get in each other's way. SQLite has one writer anyway.

Every transaction that counts shares the turn of the whole state, which a migration takes alone, and takes the turn of
its own key (a caller): callers do not wait for each other. A version of dialler-mcp that knew no keys takes the whole
state alone to count, so it may work beside this one, and the limits still hold.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OURS = 0x6A74656C  # any number will do, as long as no other program takes it, and no version of ours takes another
_TIDYING = "tidying"


def take_turns(connection: "Connection", key: str) -> None:
    """Let no other transaction go on with this key until this one ends; those with other keys go on."""
    if _needs_turns(connection):
        _call(connection, "pg_advisory_xact_lock_shared(:ours)", key)
        _call(connection, "pg_advisory_xact_lock(:ours, :key)", key)


def take_the_whole(connection: "Connection") -> None:
    """Let no other transaction count or make anything until this one ends."""
    if _needs_turns(connection):
        _call(connection, "pg_advisory_xact_lock(:ours)")


def may_tidy(connection: "Connection") -> bool:
    """Whether this transaction may remove what is out of date, of all callers: one at a time, and nobody waits for it.

    Two that remove the same rows in a different order would wait for each other for ever.
    """
    return not _needs_turns(connection) or _call(connection, "pg_try_advisory_xact_lock(:ours, :key)", _TIDYING)


def _needs_turns(connection: "Connection") -> bool:
    return connection.dialect.name == "postgresql"


def _call(connection: "Connection", function: str, key: str = "") -> bool:
    """Call a function of PostgreSQL. Where two keys get one number, they wait for each other, and that is all."""
    from sqlalchemy import text

    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], signed=True)
    values = {"ours": _OURS, "key": number} if ":key" in function else {"ours": _OURS}
    return bool(connection.scalar(text(f"SELECT {function}"), values))
