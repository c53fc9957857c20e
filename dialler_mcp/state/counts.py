"""The changes that each caller made, for the limits. Times are seconds since 1970."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialler_mcp.state.turns import may_tidy

if TYPE_CHECKING:
    from sqlalchemy import Connection, ScalarSelect


@dataclass(frozen=True)
class Window:
    """At most `most` changes after `since`; `destructive` ones only, or all."""

    since: float
    most: int
    destructive: bool = False


def add(connection: "Connection", caller: str, *, made: float, destroys: bool, rows: int = 1) -> None:
    """Count a change of so many rows."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import changes_made

    connection.execute(insert(changes_made).values(caller=caller, made=made, destroys=destroys, rows=rows))


def forget(connection: "Connection", until: float) -> None:
    """Forget the changes of all callers up to `until`, unless another transaction is at it."""
    from sqlalchemy import delete

    from dialler_mcp.state.schema import changes_made

    if may_tidy(connection):
        connection.execute(delete(changes_made).where(changes_made.c.made <= until))


def filling(connection: "Connection", caller: str, windows: Sequence[Window]) -> list[float | None]:
    """For each window, when the change was made that must leave it before there is room for another one.

    None where there is room, infinity where there never is.
    """
    from sqlalchemy import literal, select

    if not windows:
        return []
    oldest = [_oldest_that_fills(window, caller) if window.most else literal(math.inf) for window in windows]
    return list(connection.execute(select(*oldest)).one())


def _oldest_that_fills(window: Window, caller: str) -> "ScalarSelect[float]":
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes_made

    columns = changes_made.c
    counted = select(columns.made).where(columns.caller == caller, columns.made > window.since)
    if window.destructive:
        counted = counted.where(columns.destroys)
    return counted.order_by(columns.made.desc()).offset(window.most - 1).limit(1).scalar_subquery()
