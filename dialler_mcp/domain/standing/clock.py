"""The present time in SQL, for columns that hold local times without an offset."""

from datetime import datetime, timedelta, tzinfo

_DAY = timedelta(days=1)


class Clock:
    """What `times.passed` and `times.ahead` are in Python, in the SQL of DuckDB.

    Within a day of a change of the clocks there are two present times: what the clock shows by the offset before the
    change is compared with times before it, what it shows by the offset after the change with the others. A time of the
    second pass of a repeated hour has lost its offset in its column, so it counts as one of the first: an hour too
    early, in one hour of a year.
    """

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.now = now.astimezone(zone)
        wall = self.now.replace(tzinfo=None, fold=0)
        before, after = _offset(wall - _DAY, zone), _offset(wall + _DAY, zone)
        bare = wall - (self.now.utcoffset() or timedelta())
        self._before, self._after = _literal(bare + before), _literal(bare + after)
        self._change = None if before == after else _literal(_change(wall - _DAY, wall + _DAY, zone))

    def passed(self, column: str) -> str:
        return f"({column} < {self._at(column)})"

    def ahead(self, column: str) -> str:
        return f"({column} > {self._at(column)})"

    def within(self, column: str, days: int) -> str:
        """Whether a time lies before the end of today, or of so many days after it."""
        return f"(({column})::DATE <= DATE '{self.now.date() + days * _DAY}')"

    def _at(self, column: str) -> str:
        if self._change is None:
            return self._after
        return f"CASE WHEN {column} < {self._change} THEN {self._before} ELSE {self._after} END"


def _offset(wall: datetime, zone: tzinfo) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first time on the clock, to the second, that has the offset of `high` and not that of `low`."""
    new = _offset(high, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (low, middle) if _offset(middle, zone) == new else (middle, high)
    return high.replace(microsecond=0)


def _literal(wall: datetime) -> str:
    return f"TIMESTAMP '{wall.isoformat(' ')}'"
