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
    """At most `most` changes (or changed `rows`) after `since`; of `destructive` changes only, or of all."""

    since: float
    most: int
    destructive: bool = False
    rows: bool = False


def add(connection: "Connection", caller: str, *, at: float, destroys: bool, rows: int = 1) -> None:
    """Count a change of `rows` rows."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import changes_made

    connection.execute(insert(changes_made).values(caller=caller, made=at, destroys=destroys, rows=rows))


def forget(connection: "Connection", until: float) -> None:
    """Remove the counts of all callers up to `until`, unless another transaction is doing so."""
    from sqlalchemy import delete

    from dialler_mcp.state.schema import changes_made

    if may_tidy(connection):
        connection.execute(delete(changes_made).where(changes_made.c.made <= until))


def filling(connection: "Connection", caller: str, windows: Sequence[Window], *, rows: int = 1) -> list[float | None]:
    """For each window, the time of the change that must leave it before there is room for another change of `rows`
    rows.

    None where there is room, infinity where there never will be.
    """
    from sqlalchemy import literal, select

    if not windows:
        return []
    rests = [window.most - (rows if window.rows else 1) for window in windows]
    leaving = [
        _newest_beyond(window, caller, rest) if rest >= 0 else literal(math.inf)
        for window, rest in zip(windows, rests, strict=True)
    ]
    return list(connection.execute(select(*leaving)).one())


def _newest_beyond(window: Window, caller: str, rest: int) -> "ScalarSelect[float]":
    """The time of the change at which the sum of the newest ones first exceeds `rest`: it must leave the window."""
    from sqlalchemy import func, select

    from dialler_mcp.state.schema import changes_made

    columns = changes_made.c
    weight = func.sum(columns.rows) if window.rows else func.count()
    changes = select(columns.made, weight.over(order_by=columns.made.desc()).label("together")).where(
        columns.caller == caller, columns.made > window.since
    )
    if window.destructive:
        changes = changes.where(columns.destroys)
    sums = changes.subquery()
    beyond = select(sums.c.made).where(sums.c.together > rest)
    return beyond.order_by(sums.c.together).limit(1).scalar_subquery()
