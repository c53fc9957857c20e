"""Tables of a report: attempts by hour, agent and the like, and campaigns side by side."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from pydantic import BaseModel

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import BREAKDOWNS, Report, Row
from dialler_mcp.reporting.figures.words import (
    APPOINTMENTS,
    TALK_TOTAL,
    campaign_in_words,
    duration,
    key_in_words,
    percent,
    value_and_basis,
)
from dialler_mcp.service.answers import cell
from dialler_mcp.words import Words, number

MAX_ROWS = 40
MAX_UID = 32
COMPARED = (
    *("attempts", "contact_rate", "conversion_per_contact", "won_by_calls", "won"),
    *("contacts", "penetration", "left_to_dial", "callbacks_overdue"),
)

_USER_ID = Words("agent (user ID)", "Agent (Benutzer-ID)")
_RATE_95 = Words("95% interval", "95-%-Intervall")
_MORE = Words("{rows} more rows; narrow since and until", "{rows} weitere Zeilen; since und until enger fassen")


class Grouping(StrEnum):
    """What attempts can be broken down by; the names of `reporting.report.BREAKDOWNS`, but `week`."""

    hour = "hour"
    weekday = "weekday"
    day = "day"
    agent = "agent"
    number = "number"
    attempt = "attempt"
    outcome = "outcome"
    cause = "cause"
    campaign = "campaign"


class Breakdown(BaseModel):
    """A table within a report."""

    columns: list[str]
    rows: list[list[Any]]
    more: str | None = None

    def beside(self, other: "Breakdown") -> "Breakdown":
        """The columns of both, each once; their rows are those of the same key, which stands first."""
        places = [place for place, column in enumerate(other.columns) if column not in self.columns]
        by_key = {row[0]: row for row in other.rows}
        missing = [None] * len(other.columns)
        return Breakdown(
            columns=[*self.columns, *(other.columns[place] for place in places)],
            rows=[[*row, *(by_key.get(row[0], missing)[place] for place in places)] for row in self.rows],
            more=self.more,
        )

    def text(self) -> str:
        lines = ["\t".join(self.columns), *("\t".join(map(cell, row)) for row in self.rows)]
        return "\n".join([*lines, *([self.more] if self.more else [])])


def breakdown_of(report: Report, by: Grouping, language: Language, uids: Mapping[int, str] | None = None) -> Breakdown:
    """What was done by hour, agent and so on; `uids` are those of agents by user ID, as far as they are known."""
    rows, in_words = report.breakdowns[by], key_in_words(by, report, language)
    suffixes = (
        {key: f" (UID {clean(uid)[:MAX_UID]})" for key, uid in (uids or {}).items()} if by is Grouping.agent else {}
    )
    names = ["attempts", "connects", *_rate_names(by), "right_party_contacts"]
    words = [MEASURES[name].words.text(language) for name in names]
    if "contact_rate" in names:
        words.insert(3, _RATE_95.text(language))
    columns = [
        (_USER_ID if by is Grouping.agent else BREAKDOWNS[by][0]).text(language),
        *words,
        MEASURES["winning_attempts"].words.text(language),
        MEASURES["talk_median"].words.text(language),
        MEASURES["wrap_up_median"].words.text(language),
    ]
    if by is Grouping.agent:
        columns += [APPOINTMENTS.text(language), TALK_TOTAL.text(language)]
    if by in (Grouping.outcome, Grouping.cause):
        columns = columns[:2]
    cells = [
        _cells(in_words(row.key) + suffixes.get(cast(int, row.key), ""), row, by, language) for row in rows[:MAX_ROWS]
    ]
    rest = len(rows) - len(cells)
    return Breakdown(
        columns=columns,
        rows=[row[: len(columns)] for row in cells],
        more=_MORE.text(language).format(rows=rest) if rest else None,
    )


def _rate_names(by: Grouping) -> Sequence[str]:
    """An agent is known of answered attempts only, so that its rate would always be 100 %."""
    return () if by is Grouping.agent else ("contact_rate",)


def _cells(key: str, row: Row, by: Grouping, language: Language) -> list[Any]:
    rate = list[Any]()
    if _rate_names(by) and row.contact_rate is not None and row.interval is not None:
        low, high = percent(row.interval.low, language), percent(row.interval.high, language)
        rate = [percent(row.contact_rate, language), f"{low}–{high}"]
    times = [
        None if seconds is None else f"{number(seconds, language)} s"
        for seconds in (row.talk_median, row.wrap_up_median)
    ]
    cells = [key, row.attempts, row.connects, *rate, row.right_party, row.wins, *times]
    total = None if row.talk_total is None else duration(row.talk_total, language)
    return [*cells, row.appointments, total] if by is Grouping.agent else cells


def comparison_of(report: Report, language: Language) -> Breakdown:
    """Campaigns side by side, each figure with its n of N."""
    columns = [BREAKDOWNS["campaign"][0].text(language), *(MEASURES[name].words.text(language) for name in COMPARED)]
    rows = list[list[Any]]()
    for key, name in report.campaigns.items():
        values = (value_and_basis(report.figures_by_campaign[key][each], language) for each in COMPARED)
        rows.append([campaign_in_words(key, name), *values])
    return Breakdown(columns=columns, rows=rows)
