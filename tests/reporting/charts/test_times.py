from datetime import timedelta

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts import times as chart_times
from dialler_mcp.reporting.charts.charts import chart
from tests.reporting.charts.drawn import data
from tests.reporting.some_reports import FIRST, a_report, breakdowns, rows


def test_a_rate_of_few_attempts_is_not_shown():
    few, enough = rows([9], 29), rows([10], 30)
    by_hour = {row["hour"]: row["sure"] for row in data("hours", a_report(breakdowns=breakdowns(hour=few + enough)))}
    assert by_hour == {"09": False, "10": True}
    alone = a_report(breakdowns=breakdowns(hour=few, week=rows([109], 29)))
    for name in ("hours", "weekdays"):
        spec = chart(name, alone, Language.en)
        assert len(spec["layer"]) == 1
        assert "under 30" in spec["encoding"]["x"]["title"]


def test_hours_without_a_call_keep_their_place():
    assert [row["hour"] for row in data("hours", a_report())] == ["09", "10", "11", "12", "13"]
    weekdays = data("weekdays", a_report())
    assert len(weekdays) == 7 * 5
    assert sum(row["attempts"] for row in weekdays) == 180


@pytest.mark.parametrize(
    ("attempts", "words"), [(0, ""), (999, "999"), (1240, "1,2k"), (123_456, "123k"), (3_400_000, "3,4M")]
)
def test_a_large_number_goes_into_its_cell(attempts: int, words: str):
    report = a_report(breakdowns=breakdowns(week=rows([109], attempts)))
    assert chart_times.weekdays(report, Language.de).data[0]["label"] == words


@pytest.mark.parametrize(
    ("span", "bars", "first"),
    [
        (1, 1, "Mon 26 Oct"),
        (60, 60, "Mon 26 Oct"),
        (92, 92, "Mon 26 Oct"),
        (93, 14, "2026-10-26"),
        (1000, 34, "2026-10"),
    ],
)
def test_many_days_are_shown_by_week_or_month(span: int, bars: int, first: str):
    days = [FIRST + timedelta(days=place) for place in range(span)]
    points = data("days", a_report(breakdowns=breakdowns(day=rows(days))))
    assert len(points) == 3 * bars
    assert points[0]["day"] == first
    assert sum(row["n"] for row in points if row["what"] == "attempts") == 60 * span


def test_a_day_has_its_german_name():
    assert data("days", a_report(), Language.de)[0]["day"] == "Mo 26.10."
