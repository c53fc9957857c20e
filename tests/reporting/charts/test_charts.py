from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import vl_convert
from hypothesis import given

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS, chart
from dialler_mcp.reporting.figures.report import Report, Row
from tests.examples import examples, rest_thorough
from tests.reporting.charts.drawn import Spec, data
from tests.reporting.some_reports import NOTHING, UNREAD, a_report, breakdowns, reports, results, rows


def compiled(spec: Spec) -> Spec:
    """What Vega-Lite makes of it; raises where it is no chart."""
    return vl_convert.vegalite_to_vega(spec)


def texts(part: Any) -> Iterator[str]:
    """Every text in a specification that is neither data nor a title, nor a list of what a scale shows."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():  # pyright: ignore[reportUnknownVariableType]
            if key not in ("data", "title", "description"):
                yield from texts(value)
    elif isinstance(part, list):
        for value in part:  # pyright: ignore[reportUnknownVariableType]
            yield from texts(value)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", Language)
@examples(3)
@given(report=reports())
@pytest.mark.thorough
def test_every_chart_of_any_report_is_one(name: str, language: Language, report: Report):
    assert compiled(chart(name, report, language))["marks"]


@pytest.mark.parametrize("name", rest_thorough(CHARTS))
def test_a_chart_makes_the_compiler_warn_of_nothing(name: str, capfd: pytest.CaptureFixture[str]):
    for report in (a_report(), a_report(["A", "B"]), NOTHING):
        vl_convert.vegalite_to_vega(chart(name, report, Language.de), show_warnings=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", CHARTS)
def test_names_stand_in_the_data_alone(name: str):
    evil = "'+alert(1)+'"
    report = a_report([evil, evil], results=results([evil, evil]))
    spec = chart(name, report, Language.en)
    assert not [text for text in texts(spec) if "alert" in text]
    assert len({row["result"] for row in data("results", report)}) == 2
    spec_text = compiled(spec)
    assert not [text for text in texts({**spec_text, "data": None}) if "alert" in text]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.thorough
def test_a_picture_is_as_wide_as_asked(name: str, width: int):
    picture = vl_convert.vegalite_to_svg(chart(name, a_report(["A" * 90, "B"]), Language.de, width=width))
    assert f'width="{width}"' in picture[:300]


def test_numbers_are_those_of_the_language():
    report = a_report(results=results(["Sale"] * 3), standings={})
    assert data("results", report, Language.de)[0]["label"] == "6 (40,0 %)"
    assert data("results", report, Language.en)[0]["label"] == "6 (40.0%)"
    picture = vl_convert.vegalite_to_svg(
        chart("hours", a_report(breakdowns=breakdowns(hour=rows([9], 4000))), Language.de)
    )
    assert ">2.000<" in picture
    assert ">10 %<" in picture


def test_there_is_no_other_chart():
    with pytest.raises(KeyError):
        chart("pie", a_report(), Language.en)


def test_a_chart_does_not_call_nothing_what_is_not_known():
    assert "not known" in str(chart("hours", UNREAD, Language.en))
    assert "There are no" in str(chart("hours", NOTHING, Language.en))


@pytest.mark.parametrize(("name", "breakdown"), [("days", "day"), ("hours", "hour"), ("weekdays", "week")])
def test_a_chart_says_how_many_attempts_have_no_place_on_its_axis_of_time(name: str, breakdown: str):
    report = a_report()
    some = [*report.breakdowns[breakdown], Row(None, 2, 1, 0, 0)]
    report = replace(report, breakdowns={**report.breakdowns, breakdown: some})
    assert "Not shown: 2 attempts without a start time" in str(chart(name, report, Language.en)["title"])
    assert "ohne Anfangszeit" not in str(chart("results", report, Language.de)["title"])
