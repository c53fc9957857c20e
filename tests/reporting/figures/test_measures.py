"""The declarations of the measures."""

import re

import pytest

from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.reporting.figures.measures import DOCUMENTED, MEASURES, documented


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_is_told_in_both_languages_with_formula_and_definition(name: str):
    one = MEASURES[name]
    assert one.name == name
    assert one.words.en
    assert one.words.de
    assert one.formula
    assert one.definition.endswith(".")
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


def test_names_in_words_are_told_apart():
    for language in ("en", "de"):
        words = [getattr(one.words, language) for one in MEASURES.values()]
        assert len(set(words)) == len(words) == len(MEASURES)


def test_a_share_is_a_quotient_and_what_has_a_value_of_its_own_is_none():
    for one in MEASURES.values():
        assert (one.sql.value is None) == (one.unit in (Unit.count, Unit.share)), one.name


def test_the_table_has_all_of_them():
    rows = documented()
    assert [row[0] for row in rows] == list(MEASURES)
    assert {len(row) for row in rows} == {len(DOCUMENTED)}
