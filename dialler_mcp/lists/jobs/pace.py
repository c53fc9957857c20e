"""How fast a job goes: so many requests at a time, so many a second, so many rows in a batch, and slower while the
dialler has trouble.
"""

import asyncio
from collections.abc import Awaitable, Callable

LONGEST = 30.0
SECONDS = 2.0
"""How long the sending of one batch shall take: what is sent was looked at some seconds ago at most."""
_FIRST = 1.0
_EACH = 10  # rows of the first batch for each connection: how fast the dialler is, nobody knows yet


class Pace:
    """The pace of one job. `connections` requests go out at a time, at most `rate` a second (0: no limit); `rows` is
    how many a batch has, at most `most`.

    `clock` counts seconds, `pause` waits for so many.
    """

    def __init__(
        self,
        connections: int,
        rate: float,
        *,
        most: int,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most_connections, self._most_rows = connections, most
        self._rate = rate
        self._clock = clock
        self._pause = pause
        self._next = 0.0
        self._is_rested = True
        self.connections = connections
        self.wait = 0.0
        self.rows = self._bounded(_EACH * connections)

    def _bounded(self, rows: float) -> int:
        most = min(self._most_rows, self._rate * SECONDS) if self._rate > 0 else self._most_rows
        return max(1, int(min(rows, most)))

    @property
    def is_slow(self) -> bool:
        """Whether requests leave so seldom that what is looked at while one waits is too old when it is sent itself."""
        return 0 < self._rate * SECONDS < 1

    @property
    def ahead(self) -> float:
        """Seconds until the next request may leave."""
        return max(0.0, self._next - self._clock())

    async def turn(self) -> None:
        """Wait until the next request may leave."""
        if self._rate <= 0:
            return
        now = self._clock()
        self._next = max(self._next, now) + 1 / self._rate
        if (wait := self._next - 1 / self._rate - now) > 0:
            await self._pause(wait)

    async def rest(self) -> None:
        """Wait as long as the dialler's trouble asks for, once each time that there was some."""
        if not self._is_rested:
            self._is_rested = True
            await self._pause(self.wait)

    def went(self, *, trouble: bool) -> None:
        """Take note of how a batch went: with trouble half as many requests at a time and a longer rest."""
        if trouble:
            self.connections = max(1, self.connections // 2)
            self.wait = min(LONGEST, max(_FIRST, 2 * self.wait))
            self._is_rested = False
        else:
            self.connections = min(self._most_connections, self.connections + 1)
            self.wait, self._is_rested = 0.0, True

    def measured(self, rows: int, seconds: float) -> None:
        """Take note of how long so many rows took: the next batch shall take some seconds, and have at most twice as
        many rows as this one.
        """
        if rows:
            self.rows = self._bounded(rows * min(2.0, SECONDS / seconds if seconds > 0 else 2.0))
