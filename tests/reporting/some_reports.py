"""Reports without a dialler: what a test wants to be in them, and whatever hypothesis thinks of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing import Standing
from dialler_mcp.reporting.export import Document
from dialler_mcp.reporting.export.document import PeriodBefore
from dialler_mcp.reporting.figures.measure import Figure, Unit, View
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import BREAKDOWNS, CallCounts, Report, ResultCount, Row
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
from dialler_mcp.words import Words
from tests.conftest import BERLIN, NOON

FIRST = date(2026, 10, 26)
ODD_NAMES = (
    *("=HYPERLINK('http://example.org')", "@SUM(A1)", "-1+1", "+49", "＝1+1", "'=1"),
    *("<script>alert(1)</script>", "\"'+alert(1)+'", "{{ 7*7 }}", '" onerror="alert(1)', "datum.n", "_x0041_"),
    *("Ä" * 120, "", " ", "\u202egnol", 'a;b,"c"\n', "\U0001d573 €"),
)


def figures(of: int = 100) -> dict[str, Figure]:
    """All measures, each a quarter of so many."""
    return {name: Figure(one, _value(one.unit, of // 4, of), of // 4, of) for name, one in MEASURES.items()}


def _value(unit: Unit, n: int, of: int) -> float | None:
    if not of:
        return 0 if unit is Unit.count else None
    return n / of if unit is Unit.share else 12.5 if unit in (Unit.average, Unit.seconds) else n


def rows(keys: Sequence[Any], attempts: int = 60) -> list[Row]:
    return [
        Row(key, attempts, attempts // 3, attempts // 5, attempts // 10, 60.0, 400.4, 30.0, None, 4, 3725.0)
        for key in keys
    ]


def results(names: Sequence[str]) -> list[ResultCount]:
    kinds = ("Done", "Abort", "Delay", "Appointment", None)
    return [
        ResultCount(f"K{place}", Words(name, name), kinds[place % 5], 2 * len(names) - place, (place,))
        for place, name in enumerate(names)
    ]


def a_report(names: Sequence[str] = ("Campaign 1000",), **changes: Any) -> Report:
    """A report on campaigns of these names, 538 and so on; `changes` take the place of its parts."""
    ids = range(538, 538 + len(names))
    coverage = tuple(
        CampaignCoverage(number, name, NOON, contacts=100, histories=100, calls=300)
        for number, name in zip(ids, names, strict=True)
    )
    report = Report(
        scope=Scope(),
        now=NOON.replace(tzinfo=BERLIN),
        coverage=Coverage(coverage, "Europe/Berlin", "bank"),
        figures=figures(),
        figures_by_campaign={number: figures() for number in ids} if len(names) > 1 else {},
        breakdowns=breakdowns(),
        results=results(["Sale", "No interest", "Not reached"]),
        standings={Standing.final: 60, Standing.locked: 10, Standing.free: 30},
        attempt_counts=CallCounts(10, 10, 0),
        first=datetime(2026, 10, 26, 9),
        last=datetime(2026, 11, 20, 13),
    )
    return replace(report, **changes)


def a_document(report: Report | None = None, language: Language = Language.en, **changes: Any) -> Document:
    """A report to keep, on the dialler `dialler.example`."""
    return replace(Document(report or a_report(), language, "https://dialler.example/rest/v1.0/1"), **changes)


BEFORE = PeriodBefore(Scope(datetime(2026, 11, 2), datetime(2026, 11, 8, 23, 59, 59)), figures(80))
"""A period before, in which every measure is a quarter of 80."""


def breakdowns(**changes: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    by_name: dict[str, Sequence[Row]] = {name: rows([1, 2, None]) for name in BREAKDOWNS}
    by_name |= {"hour": rows([9, 10, 13]), "week": rows([109, 113, 510]), "campaign": rows([538])}
    return by_name | {"day": rows([FIRST, FIRST + timedelta(days=3)]), "weekday": rows([1, 5])} | changes


NOTHING = a_report(
    figures=figures(0),
    breakdowns={name: [] for name in BREAKDOWNS},
    results=[],
    standings={},
    first=None,
    last=None,
)


def unread() -> dict[str, Figure]:
    """All measures of a campaign of which no call was read."""
    calls = {name for name, one in MEASURES.items() if one.view is View.calls}
    return {
        name: Figure(one.measure, None, 0, 0, known=False) if name in calls else one for name, one in figures().items()
    }


UNREAD = replace(
    NOTHING,
    figures=unread(),
    coverage=Coverage((CampaignCoverage(538, "Campaign 1000", NOON, contacts=100),), "Europe/Berlin", "bank"),
)
"""The list is known, but no call."""

names = st.sampled_from(ODD_NAMES) | st.text(max_size=60)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of any size on campaigns and results of any name."""
    campaigns = draw(st.lists(names, min_size=1, max_size=18))
    attempts = draw(st.sampled_from((0, 1, 29, 30, 12_345_678)))
    hours = draw(st.lists(st.integers(0, 23), unique=True, max_size=24))
    days = draw(st.lists(st.integers(0, 3000), unique=True, max_size=100))
    report = a_report(
        campaigns,
        results=results(draw(st.lists(names, max_size=30))),
        standings=draw(st.dictionaries(st.sampled_from(Standing), st.integers(1, 10**7))),
        figures=figures(attempts),
        breakdowns=breakdowns(
            hour=rows([*sorted(hours), None], attempts),
            week=rows([100 * day + hour for day in (1, 7) for hour in sorted(hours)], attempts),
            day=rows([FIRST + timedelta(days=day) for day in sorted(days)], attempts),
            campaign=rows([538]),
        ),
    )
    return (
        replace(report, figures_by_campaign=dict(report.figures_by_campaign) | {538: unread()})
        if report.figures_by_campaign
        else report
    )
