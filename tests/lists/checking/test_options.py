import pytest

from dialler_mcp.lists.checking.options import Options, Rule
from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.problem import Problem


def test_what_is_asked_can_be_decided():
    options = Options(decisions={Kind.shared_number: Verdict.ready})
    assert options.verdict_of(Kind.shared_number) is Verdict.ready
    assert options.verdict_of(Kind.firm) is Verdict.asked


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


def test_rules_are_given_by_field_or_head_and_for_the_others():
    options = Options().with_rules({"Ort": "never", "Email": "if_old_empty", "*": "always"})
    assert [options.rule_of(name) for name in ("City", "Email", "Name")] == [
        Rule.never,
        Rule.if_old_empty,
        Rule.always,
    ]
    assert options.with_rules({}).rule_of("City") is Rule.if_new


@pytest.mark.parametrize(
    ("rules", "why"),
    [({"City": "sometimes"}, "if_old_empty, never"), ({"Schuhgröße": "never"}, "a field that an")],
)
def test_a_rule_that_is_none_is_refused(rules: dict[str, object], why: str):
    with pytest.raises(Problem, match=why):
        Options().with_rules(rules)
