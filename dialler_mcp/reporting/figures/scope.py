"""The scope of a report: a period, and within it some days, hours, results, agents or campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple


class Where(NamedTuple):
    """A condition in SQL with its values."""

    sql: str
    values: list[object]


@dataclass(frozen=True)
class Scope:
    """The calls that count: those that began from `since` until `until`, both included and local to the dialler.

    Each of the other fields narrows further; an empty one does not. `results` are result code IDs, `weekdays` 1
    (Monday) to 7.
    """

    since: datetime | None = None
    until: datetime | None = None
    days: Sequence[date] = field(default=())
    hours: Sequence[int] = field(default=())
    weekdays: Sequence[int] = field(default=())
    results: Sequence[int] = field(default=())
    agents: Sequence[int] = field(default=())
    campaigns: Sequence[int] = field(default=())

    def before(self, now: datetime) -> "Scope | None":
        """The period before, of the same length: this one, as far as it lies before `now` (local), moved back by whole
        days, so that hours of the day are compared with the same hours. None where it has no beginning.
        """
        if self.since is None:
            return None
        ends = min(self.until or now, now)
        back = timedelta(days=max(1, ceil((ends - self.since) / timedelta(days=1))))
        return replace(self, since=self.since - back, until=ends - back)

    def calls(self) -> Where:
        """The condition for the rows of the view `calls` that count."""
        parts, values = ["test_call IS DISTINCT FROM true"], list[object]()
        for sql, value in (("began >= ?", self.since), ("began <= ?", self.until)):
            if value is not None:
                parts.append(sql)
                values.append(value)
        for column, selection in (
            ("day", self.days),
            ("hour", self.hours),
            ("weekday", self.weekdays),
            ("result_code_id", self.results),
            ("agent_id", self.agents),
            ("campaign_id", self.campaigns),
        ):
            if selection:
                parts.append(f"{column} IN ({', '.join('?' * len(selection))})")
                values.extend(selection)
        return Where(" AND ".join(parts), values)

    def contacts(self) -> Where:
        """The condition for the rows of `contacts` that count. They show the present, so only the campaign narrows
        them.
        """
        if not self.campaigns:
            return Where("true", [])
        return Where(f"campaign_id IN ({', '.join('?' * len(self.campaigns))})", list(self.campaigns))
