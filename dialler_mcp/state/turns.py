"""Locks that put transactions of PostgreSQL in order. SQLite has one writer anyway.

Every transaction that counts takes a shared lock of the whole state, and an exclusive one of its key (a caller), so
callers do not wait for each other. A migration takes the whole state exclusively. Versions of dialler-mcp from before
there were such keys take it exclusively whenever they count; they may work beside this one, and the limits still hold.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OURS = 0x6A74656C  # any number that no other program uses; it must be the same in all our versions
_TIDYING = "tidying"


def take_turns(connection: "Connection", key: str) -> None:
    """Make other transactions with this key wait until this one ends; those with other keys do not wait."""
    if _needs_turns(connection):
        _call(connection, "pg_advisory_xact_lock_shared(:ours)", key)
        _call(connection, "pg_advisory_xact_lock(:ours, :key)", key)


def take_the_whole(connection: "Connection") -> None:
    """Make all transactions that count or migrate wait until this one ends."""
    if _needs_turns(connection):
        _call(connection, "pg_advisory_xact_lock(:ours)")


def may_tidy(connection: "Connection") -> bool:
    """Whether this transaction may remove outdated rows, of all callers. Only one at a time may; nobody waits for it.

    Two that remove the same rows in a different order would wait for each other for ever.
    """
    return not _needs_turns(connection) or _call(connection, "pg_try_advisory_xact_lock(:ours, :key)", _TIDYING)


def _needs_turns(connection: "Connection") -> bool:
    return connection.dialect.name == "postgresql"


def _call(connection: "Connection", function: str, key: str = "") -> bool:
    """Use a lock function of PostgreSQL. If two keys have the same number, they wait for each other; nothing worse."""
    from sqlalchemy import text

    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], signed=True)
    values = {"ours": _OURS, "key": number} if ":key" in function else {"ours": _OURS}
    return bool(connection.scalar(text(f"SELECT {function}"), values))
