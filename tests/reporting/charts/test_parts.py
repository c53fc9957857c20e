from dataclasses import replace

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS
from dialler_mcp.reporting.charts.parts import BAR, bars, colours, lying, share
from tests.reporting.charts.drawn import Spec, data
from tests.reporting.some_reports import NOTHING, figures

ROWS: list[Spec] = [{"name": "a", "n": 4, "label": "4"}, {"name": "b", "n": 2, "label": "2 (33%)"}]


def test_each_bar_has_its_height_and_the_order_of_the_data():
    spec = bars("name", ROWS, {}, [])
    assert spec["height"] == 2 * BAR
    assert spec["encoding"]["y"]["sort"] is None


def test_the_longest_bar_leaves_room_for_the_longest_label():
    short = lying("n", ROWS[:1])["scale"]["range"][1]["expr"]
    long = lying("n", ROWS)["scale"]["range"][1]["expr"]
    assert short != long
    assert lying("n", ROWS)["scale"]["domain"] == [0, 4]
    assert lying("n", [])["scale"]["domain"] == [0, 1]


def test_a_legend_shows_all_colours_or_those_that_are_wanted():
    assert colours("name", ["a", "b"], "kinds")["legend"]["values"] == ["a", "b"]
    assert colours("name", ["a", "b"], "kinds", ["b"])["legend"]["values"] == ["b"]


def test_a_share_of_nothing_has_no_percentage():
    assert share(303, 873, Language.de) == "303 (34,7 %)"
    assert share(3, 0, Language.de) == "3"


@pytest.mark.parametrize(("language", "words"), [(Language.en, "There are no"), (Language.de, "Hier gibt es keine")])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_without_data_says_so_in_words(name: str, language: Language, words: str):
    report = replace(NOTHING, figures=figures(0))
    (row,) = data(name, report, language)
    assert row["note"].startswith(words)
