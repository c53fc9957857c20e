"""Tables within a report."""

from datetime import date, timedelta

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.report import BREAKDOWNS, CallCounts, Report, Row
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
from dialler_mcp.service.breakdowns import MAX_ROWS, Grouping, breakdown_of, comparison_of
from tests.conftest import BERLIN, NOON
from tests.reporting.some_reports import figures, unread


def report(figures_by_campaign: dict[int, dict[str, Figure]] | None = None, **rows: list[Row]) -> Report:
    coverage = Coverage((CampaignCoverage(1, "One", NOON), CampaignCoverage(2, None, NOON)), "Europe/Berlin", "bank")
    return Report(
        Scope(),
        NOON.replace(tzinfo=BERLIN),
        coverage,
        {},
        figures_by_campaign or {},
        rows,
        [],
        {},
        CallCounts(0, 0, 0),
        None,
        None,
    )


def test_what_a_report_can_be_broken_down_by_is_what_is_worked_out():
    assert {by.value for by in Grouping} == set(BREAKDOWNS) - {"week"}


def test_a_rate_comes_with_its_interval_and_an_agent_has_none():
    row = Row(9, 100, 40, 20, 5, 61.4, None, None, None)
    hours = breakdown_of(report(hour=[row]), Grouping.hour, Language.en)
    assert hours.rows == [["09:00", 100, 40, "40.0%", "30.9%–49.8%", 20, 5, "61 s", None]]
    assert hours.text().startswith("hour\tattempts\tconnects\tcontact rate\t95% interval\t")
    agents = breakdown_of(report(agent=[row]), Grouping.agent, Language.de)
    assert agents.rows == [["9", 100, 40, 20, 5, "61 s", None, 0, None]]


def test_an_agent_is_named_by_user_id_and_by_uid_where_that_is_known():
    rows = [Row(number, 100, 40, 20, 5) for number in (9, 10)]
    table = breakdown_of(report(agent=rows), Grouping.agent, Language.en, {9: "krause"})
    assert table.columns[0] == "agent (user ID)"
    assert [row[0] for row in table.rows] == ["9 (UID krause)", "10"]
    assert breakdown_of(report(hour=rows), Grouping.hour, Language.en, {9: "krause"}).rows[0][0] == "09:00"


def test_an_agent_has_appointments_and_all_talk_time():
    row = Row(9, 100, 40, 20, 5, appointments=3, talk_total=12_345.0)
    table = breakdown_of(report(agent=[row]), Grouping.agent, Language.de)
    assert table.columns[-2:] == ["Termine", "Gesprächszeit, gesamt"]
    assert table.rows[0][-2:] == [3, "3 h 25 min"]
    assert "Termine" not in breakdown_of(report(hour=[row]), Grouping.hour, Language.de).columns


def test_what_has_outcomes_counts_attempts_alone():
    assert breakdown_of(report(cause=[Row(17, 3, 0, 0, 0)]), Grouping.cause, Language.en).rows == [
        ["user busy (17)", 3]
    ]


def test_many_days_are_cut_and_the_rest_is_told():
    days: list[Row] = [Row(date(2026, 1, 1) + timedelta(days=n), 1, 0, 0, 0) for n in range(MAX_ROWS + 2)]
    table = breakdown_of(report(day=days), Grouping.day, Language.en)
    assert len(table.rows) == MAX_ROWS
    assert table.text().endswith("2 more rows; narrow since and until")


def test_campaigns_are_compared_and_what_was_not_read_is_not_known():
    both = report(figures_by_campaign={1: figures(0), 2: unread()})
    (first, *empty), (second, *values) = comparison_of(both, Language.en).rows
    assert (first, second) == ("One (1)", "2 (2)")
    assert set(empty) == {"0", "0/0", "– (0/0)"}
    assert values[:5] == ["not known"] * 5
    assert values[5:] == ["25", "25.0% (25/100)", "25/100", "25/100"]
