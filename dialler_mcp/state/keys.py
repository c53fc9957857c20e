"""The key that seals the phrases: made with the state, the same for every process."""

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SEALS = "confirmation"
_BYTES = 32


def make_sealing_key(connection: "Connection") -> None:
    """Make the key unless there is one. The caller must hold the lock of the whole state (`take_the_whole`)."""
    from sqlalchemy import insert, select

    from dialler_mcp.state.schema import keys

    if connection.scalar(select(keys.c.name).where(keys.c.name == _SEALS)) is None:
        connection.execute(insert(keys).values(name=_SEALS, value=secrets.token_bytes(_BYTES)))


def sealing_key(connection: "Connection") -> bytes:
    """The key of the phrases."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import keys

    return connection.execute(select(keys.c.value).where(keys.c.name == _SEALS)).scalar_one()
