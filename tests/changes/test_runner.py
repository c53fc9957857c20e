"""Plans carried out without MCP: what goes in, and what came of each step."""

from typing import Any

import pytest

from dialler_mcp.changes.comparing import MovedOn
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.journal import EntryFilter
from dialler_mcp.changes.plan import Plan, Request, SharedKey, Step
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from tests.conftest import Bench
from tests.tools.asking import CONTACT10, LOCKED_MUELLER, NPS, Make, change, contact

DESK = Caller("desk", "anna", Role.agent)
ASKED = Approval("elicitation", reason="asked for it")


async def step_of(b: Bench, verb: Any, contact_id: int, **parts: Any) -> Step:
    record = await b.profile.dialler.get_contact(contact_id)
    request = Request(f"{verb}_contact", {"contact_id": contact_id})
    return Step(verb=verb, kind="contact", label="x", request=request, contact=record, **parts)


def plan_of(*steps: Step) -> Plan:
    return Plan(tool="dialler_reset_contact", arguments={"contact_id": CONTACT10}, steps=steps)


async def test_a_plan_of_many_steps_tells_what_came_of_each_and_is_remembered(bench: Make):
    b = bench()
    steps = [await step_of(b, "lock", number) for number in (CONTACT10, LOCKED_MUELLER)]
    run = await b.profile.runner.run(plan_of(*steps), DESK, Approval("phrase", reason="because"))
    assert [outcome.status for outcome in run.outcomes] == ["done", "done"]
    assert all(isinstance(outcome.after, Contact) and outcome.after.b_locked for outcome in run.outcomes)
    entries, total = await b.profile.journal.page(EntryFilter(), None, 5)
    assert total == 2
    assert {(e.caller, e.subject, e.role, e.confirmed_by, e.reason) for e in entries} == {
        ("desk", "anna", "agent", "phrase", "because")
    }


async def test_a_failure_halfway_ends_the_plan_and_tells_what_was_done(bench: Make):
    b = bench()
    first, last = await step_of(b, "lock", CONTACT10), await step_of(b, "lock", LOCKED_MUELLER)
    request = Request("lock_contact", {"contact_id": 999_999})
    missing_step = Step(verb="lock", kind="contact", label="x", request=request)
    run = await b.profile.runner.run(plan_of(first, missing_step, last), DESK, Approval())
    assert [outcome.status for outcome in run.outcomes] == ["done", "failed"]
    assert "no such object" in str(run.outcomes[1].problem)


async def test_limits_hold_within_a_plan_too(bench: Make):
    b = bench(changes_per_day=1)
    steps = [await step_of(b, "lock", number) for number in (CONTACT10, LOCKED_MUELLER)]
    run = await b.profile.runner.run(plan_of(*steps), DESK, Approval())
    assert [outcome.status for outcome in run.outcomes] == ["done", "failed"]
    assert "The limit of 1 changes" in str(run.outcomes[1].problem)
    assert len(b.wire.changes) == 1


async def test_what_changed_since_it_was_read_is_left_alone(bench: Make):
    b = bench()
    step = await step_of(b, "reset", CONTACT10)
    change(b, CONTACT10, city="Kiel")
    with pytest.raises(Problem, match="the record has changed since it was read"):
        await b.profile.runner.run(plan_of(step), DESK, ASKED)
    assert b.wire.changes == []
    assert await b.profile.journal.page(EntryFilter(), None, 5) == ([], 0)


async def test_only_bound_fields_count_where_the_plan_says_so(bench: Make):
    b = bench()
    step = await step_of(b, "lock", CONTACT10, bound_fields=("Name",))
    change(b, CONTACT10, city="Kiel")
    assert (await b.profile.runner.run(plan_of(step), DESK, ASKED)).first.status == "done"
    step = await step_of(b, "lock", CONTACT10, bound_fields=("Name",))
    change(b, CONTACT10, name="Sommer")
    with pytest.raises(MovedOn):
        await b.profile.runner.run(plan_of(step), DESK, ASKED)


async def test_a_call_more_in_the_history_ends_a_deletion(bench: Make):
    b = bench()
    step = await step_of(b, "delete", CONTACT10, calls=2)  # three are there
    with pytest.raises(MovedOn):
        await b.profile.runner.run(plan_of(step), DESK, ASKED)
    assert contact(b, CONTACT10)


async def test_a_key_that_somebody_else_got_meanwhile_ends_the_change(bench: Make):
    b = bench()
    values = {"Name": "Neu", "DiallerCampaignsID": 538, "PhoneNumber1": "493023125000", "UserData": "K-new"}
    request = Request("import_contact", {"values": values, "overwrite_duplicates": False})
    step = Step(verb="import", kind="contact", label="Neu", request=request, key=SharedKey("K-new"))
    await b.profile.dialler.import_contact(values, overwrite_duplicates=False)  # a colleague was quicker
    with pytest.raises(MovedOn):
        await b.profile.runner.run(plan_of(step), DESK, ASKED)
    assert b.wire.changes == ["POST /dialler/contacts/import"]


@pytest.mark.everyone
async def test_contacts_that_came_into_a_campaign_meanwhile_end_its_deletion_and_leave_no_archive(bench: Make):
    b = bench()
    campaign = await b.profile.dialler.get_campaign(NPS)
    step = Step(
        verb="delete",
        kind="campaign",
        label="NPS",
        request=Request("delete_campaign", {"campaign_id": NPS}),
        campaign=campaign,
        counts=[[], 0, 0, 0],
    )
    with pytest.raises(MovedOn):
        await b.profile.runner.run(plan_of(step), DESK, ASKED)
    assert b.wire.changes == []
    assert list(b.profile.journal.archives.iterdir()) == []


async def test_a_step_that_follows_another_is_about_the_record_that_this_one_made_and_may_fail(bench: Make):
    b = bench()
    values = {"Name": "Neu", "DiallerCampaignsID": 538, "PhoneNumber1": "493023125000"}
    first = Step(
        verb="import",
        kind="contact",
        label="Neu",
        request=Request("import_contact", {"values": values, "overwrite_duplicates": False}),
    )
    lock = Step(verb="lock", kind="contact", label="Neu", request=Request("lock_contact"), follows=0)
    wrong = Step(
        verb="update",
        kind="contact",
        label="Neu",
        request=Request("update_contact", {"values": {"PhoneNumber1": ""}}),
        follows=0,
    )
    run = await b.profile.runner.run(plan_of(first, lock, wrong), DESK, Approval())
    new_contact = run.first.after
    assert isinstance(new_contact, Contact)
    assert contact(b, new_contact.id).b_locked
    assert [outcome.status for outcome in run.outcomes[:2]] == ["done", "done"]
