from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.roles import Role


def test_without_a_sign_in_a_caller_is_known_by_the_program():
    assert Caller("claude-code").key == "claude-code"
    assert Caller().key == ""


def test_two_people_behind_one_program_are_two_callers():
    assert Caller("claude-code", "anna").key != Caller("claude-code", "berta").key
    assert Caller("claude-code", "anna").key != Caller("claude-code").key


def test_a_role_does_not_make_another_caller():
    assert Caller("claude-code", "anna", Role.readonly).key == Caller("claude-code", "anna", Role.admin).key


def test_what_is_kept_for_later_is_the_persons_in_any_program():
    assert Caller("claude-code", "anna").owner == Caller("terminal", "anna").owner
    assert Caller("claude-code", "anna").owner != Caller("claude-code", "berta").owner
    assert Caller("claude-code").owner == "claude-code"
