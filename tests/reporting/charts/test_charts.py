import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import vl_convert
from hypothesis import given

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts import times as chart_times
from dialler_mcp.reporting.charts.charts import CHARTS, chart
from dialler_mcp.reporting.charts.style import DARK, LIGHT, config, cut, told_apart
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.snapshot.opening import Coverage
from tests.examples import examples
from tests.reporting.colours import EYES, contrast, nearest
from tests.reporting.some_reports import FIRST, NOTHING, a_report, breakdowns, figures, reports, results, rows

Spec = dict[str, Any]


def compiled(spec: Spec) -> Spec:
    """What Vega-Lite makes of it; raises where it is no chart."""
    return vl_convert.vegalite_to_vega(spec)


def data(name: str, report: Report, language: Language = Language.en) -> list[Spec]:
    return chart(name, report, language)["data"]["values"]


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
def test_every_chart_of_any_report_is_one(name: str, language: Language, report: Report):
    assert compiled(chart(name, report, language))["marks"]


@pytest.mark.parametrize("name", CHARTS)
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
    written = compiled(spec)
    assert not [text for text in texts({**written, "data": None}) if "alert" in text]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [360, 800])
def test_a_picture_is_as_wide_as_asked(name: str, width: int):
    picture = vl_convert.vegalite_to_svg(chart(name, a_report(["A" * 90, "B"]), Language.de, width=width))
    assert f'width="{width}"' in picture[:300]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_is_of(name: str):
    spec = chart(name, a_report(), Language.de)
    said = " ".join(spec["title"]["subtitle"])
    assert spec["title"]["text"] == CHARTS[name].de
    assert "Campaign 1000 (538)" in said
    assert "Stand 2026-11-20 14:00 (Europe/Berlin)" in said
    assert ("alle Anrufe" in said) == (name != "left")


def test_a_chart_says_of_how_many_contacts_the_history_is_known():
    report = a_report()
    coverage = Coverage((replace(report.coverage.campaigns[0], known=40),), "Europe/Berlin", "bank")
    spec = chart("hours", replace(report, coverage=coverage), Language.en)
    assert "history known of 40 of 100 contacts" in spec["title"]["subtitle"][-1]


@pytest.mark.parametrize(("language", "said"), [(Language.en, "There are no"), (Language.de, "Hier gibt es keine")])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_without_data_says_so_in_words(name: str, language: Language, said: str):
    report = replace(NOTHING, figures=figures(0))
    (row,) = data(name, report, language)
    assert row["note"].startswith(said)


def test_numbers_are_those_of_the_language():
    report = a_report(results=results(["Sale"] * 3), standings={})
    assert data("results", report, Language.de)[0]["label"] == "6 (40,0 %)"
    assert data("results", report, Language.en)[0]["label"] == "6 (40.0%)"
    picture = vl_convert.vegalite_to_svg(
        chart("hours", a_report(breakdowns=breakdowns(hour=rows([9], 4000))), Language.de)
    )
    assert ">2.000<" in picture
    assert ">10 %<" in picture


def test_the_rarest_of_many_results_are_one_bar():
    report = a_report(results=results([f"R{place}" for place in range(25)]))
    shown = data("results", report)
    assert len(shown) == 20
    assert shown[-1]["result"] == "other (6 results)"
    assert sum(row["n"] for row in shown) == sum(one.times for one in report.results)
    assert len(data("results", a_report(results=results([f"R{place}" for place in range(20)])))) == 20


def test_a_rate_of_few_attempts_is_not_shown():
    few, enough = rows([9], 29), rows([10], 30)
    shown = {row["hour"]: row["sure"] for row in data("hours", a_report(breakdowns=breakdowns(hour=few + enough)))}
    assert shown == {"09": False, "10": True}
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
    ("attempts", "said"), [(0, ""), (999, "999"), (1240, "1,2k"), (123_456, "123k"), (3_400_000, "3,4M")]
)
def test_a_large_number_goes_into_its_cell(attempts: int, said: str):
    report = a_report(breakdowns=breakdowns(week=rows([109], attempts)))
    assert chart_times.weekdays(report, Language.de).data[0]["label"] == said


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
    shown = data("days", a_report(breakdowns=breakdowns(day=rows(days))))
    assert len(shown) == 3 * bars
    assert shown[0]["day"] == first
    assert sum(row["n"] for row in shown if row["what"] == "attempts") == 60 * span


def test_a_day_has_its_german_name():
    assert data("days", a_report(), Language.de)[0]["day"] == "Mo 26.10."


def test_the_funnel_says_what_is_left_of_each_step():
    labels = [row["label"] for row in data("funnel", a_report())]
    assert labels[0] == "25"
    assert labels[1] == "25  (100.0% of the step before)"


def test_what_is_left_to_dial_comes_first():
    shown = data("left", a_report())
    assert [row["n"] for row in shown] == [30, 60, 10]
    assert shown[0]["group"] == "left to dial"


def test_campaigns_are_compared_the_most_called_first():
    report = a_report(["A", "B"])
    without_calls = {name: figure for name, figure in figures().items() if name in ("contacts", "penetration")}
    shown = data("comparison", replace(report, compared={538: without_calls, 539: figures()}))
    assert [row["campaign"] for row in shown[::3]] == ["B", "A"]
    assert [row["label"] for row in shown[3:]] == ["–", "–", "25.0%"]


def test_all_colours_stand_in_the_configuration():
    for name in CHARTS:
        spec = chart(name, a_report(["A", "B"]), Language.en)
        del spec["config"]
        assert not re.findall(r"#[0-9a-f]{3,8}\b", json.dumps(spec))


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_told_apart_with_any_colour_vision(dark: bool, eyes: str):
    for name, colours in config(Language.en, dark)["range"].items():
        if name != "heat":
            assert nearest(colours, eyes) > 15, name


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_letters_stand_out(theme: Any):
    papers = [theme.paper, *theme.heat]
    assert min(contrast(theme.ink, paper) for paper in papers) >= 4.5
    assert min(contrast(letters, theme.paper) for letters in (theme.faint, theme.series["red"])) >= 4.5
    assert min(contrast(colour, theme.paper) for colour in theme.series.values()) >= 2


def test_a_long_name_is_cut_and_equal_ones_are_told_apart():
    assert cut("a" * 50, 10) == "a" * 9 + "…"
    assert told_apart(["a", "a", "b", "a"]) == ["a", "a (2)", "b", "a (3)"]


def test_there_is_no_other_chart():
    with pytest.raises(KeyError):
        chart("pie", a_report(), Language.en)
