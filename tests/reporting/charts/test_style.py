import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS, chart
from dialler_mcp.reporting.charts.style import DARK, LIGHT, config, cut, told_apart
from dialler_mcp.reporting.snapshot.opening import Coverage
from tests.reporting.colours import EYES, contrast, nearest
from tests.reporting.some_reports import a_report


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_is_of(name: str):
    spec = chart(name, a_report(), Language.de)
    text = " ".join(spec["title"]["subtitle"])
    assert spec["title"]["text"] == CHARTS[name].de
    assert "Campaign 1000 (538)" in text
    assert "Stand 20.11.2026 14:00 (Europe/Berlin)" in text
    assert ("alle Anrufe" in text) == (name != "left")


def test_a_chart_says_of_how_many_contacts_the_history_is_known():
    report = a_report()
    coverage = Coverage((replace(report.coverage.campaigns[0], histories=40),), "Europe/Berlin", "bank")
    spec = chart("hours", replace(report, coverage=coverage), Language.en)
    assert "history known of 40 of 100 contacts" in spec["title"]["subtitle"][-1]


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
