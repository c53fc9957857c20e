from datetime import datetime

import msgspec
import pytest

from dialler_mcp.changes.plan import Plan, Request, SharedKey, Step, Verb
from dialler_mcp.domain.records import Campaign, Contact

CONTACT = Contact(id=7, name="Mustermann", dt_next_try=datetime(2026, 11, 20, 14))
PLAN = Plan(
    tool="dialler_reset_contact",
    arguments={"contact_id": 7},
    action="reset Mustermann",
    sealed={"contact_id": 7},
    state=CONTACT,
    consequences=("The count of attempts goes to 0.",),
    asks=True,
    steps=(
        Step(
            verb="reset",
            kind="contact",
            label="Mustermann",
            request=Request("reset_contact", {"contact_id": 7}),
            contact=CONTACT,
            key=SharedKey("K1", (CONTACT,)),
        ),
    ),
)


def test_a_plan_can_be_kept_and_is_the_same_afterwards():
    copy = msgspec.json.decode(msgspec.json.encode(PLAN), type=Plan)
    assert copy.steps == PLAN.steps
    assert copy.hash() == PLAN.hash()
    assert copy.digest() == PLAN.digest()


@pytest.mark.parametrize("name", ["tool", "action", "reopens", "sealed", "state"])
def test_whatever_a_confirmation_is_bound_to_makes_another_digest(name: str):
    other = {"tool": "dialler_unlock_contact", "action": "reset Müller", "reopens": True, "sealed": {"contact_id": 8}}
    other_plan = msgspec.structs.replace(PLAN, **{name: other.get(name, "another state")})
    assert other_plan.digest() != PLAN.digest()
    assert other_plan.hash() != PLAN.hash()


def test_a_hash_holds_the_steps_too():
    assert msgspec.structs.replace(PLAN, steps=()).hash() != PLAN.hash()


@pytest.mark.parametrize(
    ("verb", "record", "destructive"),
    [
        ("delete", Contact(id=1), True),
        ("import", Contact(id=1), True),
        ("import", None, False),
        ("update", Contact(id=1), False),
        ("reset", Contact(id=1), False),
    ],
)
def test_what_destroys(verb: Verb, record: Contact | None, destructive: bool):
    step = Step(verb=verb, kind="contact", label="x", request=Request(""), contact=record)
    assert step.destroys is destructive


def test_the_deletion_of_a_campaign_destroys():
    step = Step(verb="delete", kind="campaign", label="x", request=Request(""), campaign=Campaign(id=1))
    assert step.destroys
    assert step.record == Campaign(id=1)


@pytest.mark.parametrize(
    ("request_", "arguments"),
    [
        (Request("lock_contact"), {"contact_id": 9}),
        (Request("update_contact", {"values": {"City": "Ulm"}}), {"values": {"City": "Ulm", "ID": 9}}),
    ],
)
def test_a_request_can_be_about_a_record_that_is_made_first(request_: Request, arguments: dict[str, object]):
    assert request_.about(9).arguments == arguments
