"""The table behind a chart."""

import pytest
from hypothesis import given

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS, chart
from dialler_mcp.reporting.charts.tables import ChartTable, drawn
from dialler_mcp.reporting.figures.report import Report
from tests.examples import examples
from tests.reporting.some_reports import NOTHING, a_report, reports, rows


def table(name: str, report: Report, language: Language = Language.en) -> ChartTable:
    chart_table = drawn(name, chart(name, report, language))
    assert isinstance(chart_table, ChartTable)
    return chart_table


@pytest.mark.parametrize("name", CHARTS)
@examples(5)
@given(report=reports())
def test_every_chart_of_any_report_has_its_table_or_says_that_there_is_nothing(name: str, report: Report):
    chart_table = drawn(name, chart(name, report, Language.de))
    if isinstance(chart_table, str):
        assert chart_table.startswith("Hier gibt es keine ")
    else:
        assert {len(row) for row in chart_table.rows} <= {len(chart_table.columns)}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_nothing_says_so(name: str):
    assert str(drawn(name, chart(name, NOTHING, Language.en))).startswith("There are no ")


def test_a_table_has_the_words_of_the_tooltips():
    results = table("results", a_report())
    assert results.rows[0][0] == "Sale"
    hours = table("hours", a_report(breakdowns={**a_report().breakdowns, "hour": rows([9, 11])}))
    assert [row[0] for row in hours.rows] == ["09", "11"], "the hour between has no attempts"
    assert hours.rows[0][1:3] == [60, "33.3% (20/60)"]


def test_values_for_pairs_are_crossed():
    week = table("weekdays", a_report(breakdowns={**a_report().breakdowns, "week": rows([109, 111, 509])}))
    assert week.columns[1:] == ["09", "11"]
    assert week.rows == [["Mon", "33.3% (20/60)", "33.3% (20/60)"], ["Fri", "33.3% (20/60)", None]]
    days = table("days", a_report())
    assert days.columns[1:] == ["attempts", "connects", days.columns[3]]
    assert days.rows[0][1:3] == [60, 20]
