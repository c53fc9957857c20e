"""The blast radius: how many changes a caller may make in a minute, an hour, a day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialler_mcp.problem import Problem
from dialler_mcp.state import counts
from dialler_mcp.state.turns import take_turns

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass(frozen=True)
class Limit:
    """At most `most` changes (or changed `rows`) within `seconds`; of `destructive` changes only, or of all.

    `setting` raises it.
    """

    setting: str
    most: int
    seconds: int
    destructive: bool = False
    rows: bool = False


class LimitReached(Problem):
    """One change more than the limit allows. `until` is when there is room again, in seconds since 1970; infinite if
    never.
    """

    def __init__(self, limit: Limit, until: float) -> None:
        super().__init__(limit.setting)
        self.limit = limit
        self.until = until


class Breaker:
    """Counts the changes of each caller in sliding windows, in the state store: across restarts and processes.

    `clock` gives seconds since 1970.
    """

    def __init__(self, limits: Iterable[Limit], clock: Callable[[], float]) -> None:
        self._limits = tuple(limits)
        self._clock = clock

    def admit(
        self, connection: "Connection", caller: str, *, destroys: bool, begun: bool = False, rows: int = 1
    ) -> None:
        """Count a change that is about to be sent. A refused one is not counted; one that has `begun` is not refused.

        `rows` is how many rows it changes. A job that changes many rows is one change; all its rows are counted when it
        begins.

        Checking and counting belong to one transaction, so invocations at the same time cannot exceed a limit together.

        Raises:
            LimitReached: it would be one too many; if several limits are reached, the one that lasts longest.
        """
        take_turns(connection, f"changes of {caller}")
        now = self._clock()
        if not begun:
            self._look(connection, caller, now, destroys, rows)
        counts.forget(connection, now - DAY)
        counts.add(connection, caller, at=now, destroys=destroys, rows=rows)

    def _look(self, connection: "Connection", caller: str, now: float, destroys: bool, rows: int) -> None:
        limits = [limit for limit in self._limits if destroys or not limit.destructive]
        windows = [counts.Window(now - limit.seconds, limit.most, limit.destructive, limit.rows) for limit in limits]
        times = counts.filling(connection, caller, windows, rows=rows)
        waits = [(then + limit.seconds, limit) for then, limit in zip(times, limits, strict=True) if then is not None]
        if waits:
            until, limit = max(waits, key=lambda one: one[0])
            raise LimitReached(limit, until)
