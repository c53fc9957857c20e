import pytest

from dialler_mcp.domain.roles import Policy, Role, ToolFacts, WrongPolicy
from dialler_mcp.server import all_tools

TOOLS = (
    ToolFacts("dialler_get_contact", "contacts", Role.readonly, reads=True),
    ToolFacts("dialler_list_contacts", "contacts", Role.readonly, reads=True),
    ToolFacts("dialler_lock_contact", "contact_changes", Role.agent, reads=False),
    ToolFacts("dialler_delete_contact", "contact_changes", Role.admin, reads=False),
    ToolFacts("dialler_get_campaign", "campaigns", Role.readonly, reads=True),
    ToolFacts("dialler_clone_campaign", "campaigns", Role.supervisor, reads=False),
    ToolFacts("dialler_brand_new", "campaigns", Role.admin, reads=False),
)
READS = {"dialler_get_contact", "dialler_list_contacts", "dialler_get_campaign"}


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        (Role.readonly, set[str]()),
        (Role.agent, {"dialler_lock_contact"}),
        (Role.supervisor, {"dialler_lock_contact", "dialler_clone_campaign"}),
        (
            Role.admin,
            {"dialler_lock_contact", "dialler_clone_campaign", "dialler_delete_contact", "dialler_brand_new"},
        ),
    ],
)
def test_a_role_has_what_the_one_before_has_and_more(role: Role, changes: set[str]):
    assert Policy(role).allowed(TOOLS) == READS | changes


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (Policy(only="contacts"), {"dialler_get_contact", "dialler_list_contacts"}),
        (
            Policy(only=" DIALLER_get_campaign , contacts,,"),
            {"dialler_get_campaign", "dialler_get_contact", "dialler_list_contacts"},
        ),
        (
            Policy(only="contacts", without="dialler_get_contact,dialler_lock_contact"),
            {"dialler_list_contacts"},
        ),
        (Policy(only=" , ", without="contacts,contact_changes,dialler_brand_new"), {
            "dialler_get_campaign",
            "dialler_clone_campaign",
        }),
        (Policy(Role.agent, only="contact_changes"), {"dialler_lock_contact"}),
        (Policy(Role.agent, without="dialler_delete_contact"), READS | {"dialler_lock_contact"}),
        (Policy(only="dialler_lock_contact,campaigns", read_only=True), {"dialler_get_campaign"}),
        (Policy(read_only=True), READS),
    ],
)  # fmt: skip
def test_single_tools_and_families_are_in_or_out(policy: Policy, allowed: set[str]):
    assert policy.allowed(TOOLS) == allowed


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            Policy(only="contacts,dialler_get_contct"),
            "DIALLER_TOOLS: number 2 is no tool and no family. Did you mean dialler_get_contact",
        ),
        (Policy(without="contcts"), "DIALLER_WITHOUT: number 1 is no tool and no family. Did you mean contacts"),
        (Policy(only="Geheimnis"), "The families are campaigns, contact_changes, contacts."),
        (
            Policy(Role.agent, only="dialler_clone_campaign"),
            "DIALLER_TOOLS: number 1 is not allowed to agent; DIALLER_ROLE=supervisor has it.",
        ),
        (Policy(Role.readonly, only="dialler_lock_contact"), "DIALLER_ROLE=agent has it"),
        (Policy(only="contacts", without="contacts"), "leave no tool"),
        (Policy(only="dialler_lock_contact", read_only=True), "leave no tool"),
    ],
)
def test_a_wrong_policy_is_named_by_its_setting_without_its_value(policy: Policy, words: str):
    with pytest.raises(WrongPolicy) as error:
        policy.allowed(TOOLS)
    assert words in str(error.value)
    assert "Geheimnis" not in str(error.value)


@pytest.mark.parametrize(("role", "other", "is_included"), [
    (Role.admin, Role.supervisor, True),
    (Role.agent, Role.agent, True),
    (Role.readonly, Role.agent, False),
])  # fmt: skip
def test_a_role_includes_those_below_it(role: Role, other: Role, is_included: bool):
    assert role.includes(other) is is_included


def test_what_reads_is_for_all_and_what_cannot_be_undone_for_admins():
    for tool in all_tools():
        assert tool.reads == (tool.role is Role.readonly), tool.name
        if tool.name.startswith("dialler_delete_"):
            assert tool.role is Role.admin
