"""The mappings of columns that somebody keeps under a name; `service/kept_mappings.py` says what they mean.

A mapping is a row with a value for each column of the table `kept_mappings`. `key` is its name as names are compared;
`owner` is whose it is. Times are seconds since 1970.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dialler_mcp.state.turns import take_turns

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = Mapping[str, Any]


class Full(Exception):
    """The owner keeps as many mappings as are allowed."""


def keep(connection: "Connection", row: Row, *, most: int) -> bool:
    """Keep a mapping, in place of the one that its owner kept under the same key; whether there was one.

    Raises:
        Full: it would be one more than `most`; the transaction must end.
    """
    from sqlalchemy import func, insert, select

    from dialler_mcp.state.schema import kept_mappings

    take_turns(connection, f"mappings {row['owner']}")  # else two that keep the same name would collide
    replaced = forget(connection, row["owner"], row["key"])
    count = select(func.count()).where(kept_mappings.c.owner == row["owner"])
    if (connection.scalar(count) or 0) >= most:
        raise Full
    connection.execute(insert(kept_mappings).values(**row))
    return replaced


def forget(connection: "Connection", owner: str, key: str) -> bool:
    """Remove what is kept under this key; whether there was something."""
    from sqlalchemy import delete

    from dialler_mcp.state.schema import kept_mappings as kept

    return connection.execute(delete(kept).where(kept.c.owner == owner, kept.c.key == key)).rowcount > 0


def under(connection: "Connection", owner: str, key: str) -> Row | None:
    """What is kept under this key."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import kept_mappings as kept

    row = connection.execute(select(kept).where(kept.c.owner == owner, kept.c.key == key)).mappings().first()
    return None if row is None else {**row}


def for_columns(connection: "Connection", owner: str, fingerprint: str) -> Sequence[Row]:
    """What is kept for columns with this fingerprint, the newest first."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import kept_mappings as kept

    alike = select(kept).where(kept.c.owner == owner, kept.c.fingerprint == fingerprint)
    rows = connection.execute(alike.order_by(kept.c.kept.desc(), kept.c.key)).mappings()
    return [{**row} for row in rows]


def names(connection: "Connection", owner: str) -> list[str]:
    """The names of all that an owner keeps, in order."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import kept_mappings as kept

    return list(connection.scalars(select(kept.c.name).where(kept.c.owner == owner).order_by(kept.c.key)))
