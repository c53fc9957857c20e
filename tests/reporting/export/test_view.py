"""What the live view is given: JSON, complete, bounded, and true to the charts that it filters by."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dialler_mcp.api import Address, Dialler
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.standing import Standing
from dialler_mcp.reporting.charts.charts import CHARTS
from dialler_mcp.reporting.export.view import HEADLINE, MAX_AGENTS, MAX_DAYS, MAX_RESULTS, view_of
from dialler_mcp.reporting.figures.report import Report, ResultCount, Row, report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.words import Words
from tests.conftest import BERLIN, NOON, URL
from tests.examples import rest_thorough
from tests.reporting.house import CAMPAIGN, OTHER
from tests.shared_snapshots import SharedSnapshots

ReportMaker = Callable[..., Report]

NOW = NOON.replace(tzinfo=BERLIN)
MAX_VIEW = 200_000  # bytes
ATTACK = "<img src=x onerror=alert(1)></script>"


@pytest.fixture(scope="module")
def report_for(shared_snapshots: SharedSnapshots, tmp_path_factory: pytest.TempPathFactory) -> ReportMaker:
    """The report on a scope and some campaigns; the one on all is worked out once."""
    place = tmp_path_factory.mktemp("reported") / "snapshots"
    shared_snapshots.lend([CAMPAIGN, OTHER], Privacy.bank, place)
    snapshots = Snapshots(Dialler(Address(URL, "token")), place, zone=BERLIN, clock=NOW.timestamp)

    def report(scope: Scope | None = None, campaign_ids: Sequence[int] = (CAMPAIGN, OTHER)) -> Report:
        with snapshots.open(campaign_ids) as snapshot:
            return report_of(snapshot, scope or Scope(), NOW)

    everything = report()
    return lambda *scope, **more: report(*scope, **more) if scope or more else everything


def picks(view: dict[str, Any], chart: str) -> dict[str, dict[str, list[Any]]]:
    return {pick["by"]: pick["keys"] for pick in view["charts"][chart]["picks"]}


@pytest.mark.parametrize("language", rest_thorough(Language))
def test_every_figure_is_there_in_words_with_its_n_of_n(report_for: ReportMaker, language: Language):
    report = report_for()
    view = view_of(report, language, ["as of noon"])
    assert json.loads(json.dumps(view)) == view
    assert view["language"] == language
    assert view["notes"] == ["as of noon"]
    assert view["title"] == f"Campaign 1000 ({CAMPAIGN}), Kündiger-Rückgewinnung ({OTHER})"
    assert view["zone"] == "Europe/Berlin"
    assert {figure["name"] for figure in view["figures"]} == set(report.figures)
    assert [figure["name"] for figure in view["figures"] if figure["headline"]] == [
        n for n in report.figures if n in HEADLINE
    ]
    rate = next(figure for figure in view["figures"] if figure["name"] == "contact_rate")
    assert (rate["n"], rate["of"]) == (report.figures["contact_rate"].n, report.figures["contact_rate"].of)
    assert rate["text"].endswith(" %" if language is Language.de else "%")
    assert len({figure["group"] for figure in view["figures"]}) == 2


def test_what_a_mark_stands_for_is_what_can_be_chosen(report_for: ReportMaker):
    report = report_for()
    view = view_of(report, Language.en)
    assert list(view["charts"]) == list(CHARTS)
    choices = {by: {one["key"] for one in some} for by, some in view["choices"].items()}
    for name, chart in view["charts"].items():
        fields = {field for row in chart["spec"]["data"]["values"] for field in row}
        for pick in chart["picks"]:
            assert pick["field"] in fields, name
            values = {str(row[pick["field"]]) for row in chart["spec"]["data"]["values"]}
            assert pick["by"] == "standings" or set(pick["keys"]) <= values, name
            keys = {key for keys in pick["keys"].values() for key in keys}
            if pick["by"] == "standings":
                assert keys == {one.value for one in Standing}
            elif name != "weekdays":
                assert keys <= choices[pick["by"]] | set(range(24)), name
    results = {one.export_key: one for one in report.results}
    for row in view["charts"]["results"]["spec"]["data"]["values"]:
        (key,) = picks(view, "results")["results"][row["result"]]
        assert results[key].times == row["n"]
    assert picks(view, "hours")["hours"]["09"] == [9]
    assert picks(view, "weekdays")["weekdays"]["Mon"] == [1]
    assert set(picks(view, "comparison")["campaigns"].values().__iter__().__next__()) <= {CAMPAIGN, OTHER}
    assert {key for (key,) in picks(view, "comparison")["campaigns"].values()} == {CAMPAIGN, OTHER}


def test_the_looks_stand_once_and_not_in_the_charts(report_for: ReportMaker):
    view = view_of(report_for(), Language.en)
    assert set(view["looks"]) == {"light", "dark"}
    assert view["looks"]["light"] != view["looks"]["dark"]
    for chart in view["charts"].values():
        assert not {"config", "title"} & set(chart["spec"])
        assert chart["title"]


def test_one_campaign_is_not_compared(report_for: ReportMaker):
    view = view_of(report_for(campaign_ids=[CAMPAIGN]), Language.en)
    assert "comparison" not in view["charts"]
    assert [one["key"] for one in view["choices"]["campaigns"]] == [CAMPAIGN]


def test_without_calls_only_the_list_is_shown(report_for: ReportMaker):
    view = view_of(report_for(Scope(since=datetime(2030, 1, 1))), Language.en)
    assert set(view["charts"]) == {"funnel", "left", "comparison"}
    assert view["choices"]["results"] == view["choices"]["days"] == []


def test_the_request_gives_the_same_view_again(report_for: ReportMaker):
    scope = Scope(
        datetime(2026, 11, 2),
        datetime(2026, 11, 20, 23, 59, 59),
        days=[date(2026, 11, 3)],
        hours=[9, 10],
        weekdays=[2],
        results=[2493],
        agents=[21],
    )
    assert view_of(report_for(scope), Language.de)["request"] == {
        "campaign_ids": [CAMPAIGN, OTHER],
        "language": "de",
        "since": "2026-11-02T00:00:00",
        "until": "2026-11-20T23:59:59",
        "days": ["2026-11-03"],
        "hours": [9, 10],
        "weekdays": [2],
        "results": [2493],
        "agents": [21],
    }
    assert set(view_of(report_for(), Language.en)["request"]) == {"campaign_ids", "language"}


def test_a_bar_of_a_week_stands_for_its_days(report_for: ReportMaker):
    report = report_for()
    days = [Row(date(2026, 1, 1) + timedelta(days=7 * week + day), 1, 1, 1, 0) for week in range(40) for day in (0, 1)]
    view = view_of(replace(report, breakdowns={**report.breakdowns, "day": days}), Language.en)
    bars = list(picks(view, "days")["days"].values())
    assert sorted(key for keys in bars for key in keys) == [
        row.key.isoformat() for row in days if isinstance(row.key, date)
    ]
    assert max(map(len, bars)) == 2


def test_more_results_than_bars_leave_the_last_bar_without_a_key(report_for: ReportMaker):
    report = report_for()
    many = [ResultCount(f"K{n}", Words(f"result {n}", f"Ergebnis {n}"), "Done", 100 - n, (n,)) for n in range(30)]
    view = view_of(replace(report, results=many), Language.en)
    bars = view["charts"]["results"]["spec"]["data"]["values"]
    keys = picks(view, "results")["results"]
    assert [keys.get(row["result"]) for row in bars] == [*([f"K{n}"] for n in range(len(bars) - 1)), None]


def test_it_stays_small_whatever_there_is(report_for: ReportMaker):
    report = report_for()
    campaigns = tuple(CampaignCoverage(n, f"{ATTACK} campaign {n} " * 9, NOON, 10, 10) for n in range(1, 51))
    large = replace(
        report,
        coverage=replace(report.coverage, campaigns=campaigns),
        figures_by_campaign=dict.fromkeys(range(1, 51), report.figures),
        results=[ResultCount(f"K{n}", Words(ATTACK * 9, ATTACK * 9), ATTACK, 5, (n,)) for n in range(500)],
        breakdowns={
            "day": [Row(date(2020, 1, 1) + timedelta(days=n), 9, 9, 9, 9) for n in range(3000)],
            "hour": [Row(n, 99, 9, 9, 9) for n in range(24)],
            "weekday": [Row(n, 99, 9, 9, 9) for n in range(1, 8)],
            "week": [Row(100 * day + hour, 99, 9, 9, 9) for day in range(1, 8) for hour in range(24)],
            "agent": [Row(n, n, n, n, n) for n in range(2000)] + [Row(None, 5, 5, 5, 5)],
        },
    )
    view = view_of(large, Language.en)
    assert len(json.dumps(view).encode()) <= MAX_VIEW
    assert len(view["choices"]["days"]) == MAX_DAYS
    assert len(view["choices"]["results"]) == MAX_RESULTS
    assert [one["key"] for one in view["choices"]["agents"]] == list(range(1999, 1999 - MAX_AGENTS, -1))
    assert view["title"].endswith(" + 47")
    assert "<" not in json.dumps(view["choices"])  # foreign text is made harmless, as everywhere
