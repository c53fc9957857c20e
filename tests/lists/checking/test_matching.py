from typing import Any

import pytest

from dialler_mcp.domain.contact_state import State
from dialler_mcp.lists.checking.matching import in_dialler, in_list
from dialler_mcp.lists.checking.people import Match, Person
from dialler_mcp.lists.kinds import Kind

HERE, ELSEWHERE = 538, 542
PERSON = Person.of("K1", "paula neumann", "", ["493023125901"])
NOTHING: dict[str, Any] = dict.fromkeys(
    ("locked", "has_key", "same_key", "alike_key", "same_number", "same_name", "same_row"), False
)


def match(campaign_id: int = HERE, state: State | None = State.new, **same: bool) -> Match:
    values: dict[str, Any] = {"who": 7, "campaign_id": campaign_id, "state": state, **NOTHING, **same}
    return Match(**values)


@pytest.mark.parametrize(
    ("matches", "kind"),
    [
        ([], None),
        ([match(same_row=True, same_key=True, alike_key=True)], Kind.twin_row),
        ([match(same_name=True, same_number=True)], Kind.twin_person),
        ([match(same_key=True, alike_key=True)], Kind.shared_key),
        ([match(alike_key=True)], Kind.key_spelling),
        ([match(same_number=True)], Kind.shared_number),
        ([match(same_number=True), match(same_key=True)], Kind.shared_key),
    ],
)
def test_an_earlier_line_makes_a_twin_or_a_question_of_a_row(matches: list[Match], kind: Kind | None):
    finding = in_list(matches)
    assert (finding and finding.kind) is kind


@pytest.mark.parametrize(
    ("matches", "kind"),
    [
        ([match(same_key=True)], Kind.same_key),
        ([match(same_key=True), match(same_key=True)], Kind.several_contacts),
        ([match(ELSEWHERE, same_key=True)], Kind.elsewhere),
        ([match(same_number=True, same_name=True)], Kind.same_person),
        ([match(same_number=True, same_name=True, has_key=True)], Kind.other_key),
        ([match(alike_key=True)], Kind.key_spelling),
        ([match(same_number=True)], Kind.shared_number),
        ([match(ELSEWHERE, State.done, same_number=True)], Kind.closed),
        ([match(ELSEWHERE, locked=True, same_number=True)], Kind.locked),
        ([match(same_key=True), match(ELSEWHERE, State.aborted, same_number=True)], Kind.closed),
    ],
)
def test_a_contact_that_is_there_decides_by_what_weighs_most(matches: list[Match], kind: Kind):
    finding = in_dialler(matches, PERSON, HERE, everywhere=True)
    assert finding is not None
    assert finding.kind is kind


def test_whoever_is_closed_counts_in_any_campaign_and_others_only_where_they_are_looked_for():
    assert in_dialler([match(ELSEWHERE, same_key=True)], PERSON, HERE, everywhere=False) is None
    closed = in_dialler([match(ELSEWHERE, State.done, same_key=True)], PERSON, HERE, everywhere=False)
    assert closed is not None
    assert closed.kind is Kind.closed
