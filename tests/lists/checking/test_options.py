import pytest

from dialler_mcp.lists.checking.options import Options, Rule
from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.problem import Problem


def test_what_is_asked_can_be_decided():
    decided = Options(decisions={Kind.shared_number: Verdict.ready})
    assert decided.verdict_of(Kind.shared_number) is Verdict.ready
    assert decided.verdict_of(Kind.firm) is Verdict.asked


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(Kind.closed, Verdict.ready), (Kind.locked, Verdict.ready), (Kind.firm, Verdict.exists)],
)
def test_nobody_decides_that_a_closed_or_locked_person_is_imported(kind: Kind, verdict: Verdict):
    with pytest.raises(Problem, match="Only what is asked about"):
        Options(decisions={kind: verdict})


def test_a_field_has_its_own_rule_or_that_of_all():
    options = Options(rules={"City": Rule.never})
    assert options.rule_of("City") is Rule.never
    assert options.rule_of("Name") is Rule.if_new
    with pytest.raises(Problem, match="a field that an import does not take"):
        Options(rules={"nTriesPhoneNumber1": Rule.always})
