"""What the figures of reports count."""

import re

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.bases import base_of, counted_by, counted_of
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.service.report_words import CALLS, LISTED

SAY_IT_THEMSELVES = {"no_answer_share", "busy_share", "invalid_number_share", "left_to_dial", "contacts"} | {
    *("talk_median", "attempts_per_contact", "attempts_to_success")
}
"""Shown measures whose names tell, together with what they are of, what is counted."""


def test_every_measure_says_of_what_it_is():
    for measure in MEASURES.values():
        noun = counted_of(measure)
        assert (noun is None) == (measure.name in ("attempts", "contacts"))
        assert noun is None or all(words.text(one) for words in noun for one in Language)


def test_what_is_of_the_same_is_worded_the_same():
    words = {(base_of(one), counted_of(one)) for one in MEASURES.values() if counted_of(one)}
    assert len(words) == len({base for base, _ in words})


@pytest.mark.parametrize("name", [one if isinstance(one, str) else one[0] for one in (*CALLS, *LISTED)])
def test_what_a_shown_measure_counts_is_said_unless_its_name_does(name: str):
    counted = counted_by(MEASURES[name])
    assert bool(counted.en) == (name not in SAY_IT_THEMSELVES)


def test_denominators_agree_with_the_documented_definitions():
    for measure in MEASURES.values():
        (of,) = re.findall(r"Of: ([a-z ]+)\.", " ".join(measure.definition.split())) or ("",)
        noun = counted_of(measure)
        if noun and of:
            assert noun.several.en.split()[-1] in of or of.endswith("in it"), measure.name
