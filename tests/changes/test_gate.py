"""Limits and dry run, seen by a public client in both eras."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dialler_mcp.api.errors import NotFound
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain.callers import Caller
from dialler_mcp.problem import Problem
from dialler_mcp.server import all_tools
from dialler_mcp.service.dry_run import MORE
from tests.conftest import Bench, structure_of, text_of
from tests.tools.asking import CAMPAIGN_TEST, CONTACT10, LOCKED_MUELLER, Make, ask, refused, told


def locking(contact_id: int, **parts: Any) -> Step:
    request = Request("lock_contact", {"contact_id": contact_id})
    return Step(verb="lock", kind="contact", label="x", request=request, **parts)


async def carried_out(b: Bench, client: str, *steps: Step, undoes: int | None = None) -> Run:
    plan = Plan(tool="dialler_lock_contact", steps=steps, undoes=undoes)
    return await b.profile.runner.run(plan, Caller(client), Approval())


async def test_beyond_the_limit_nothing_is_sent_until_there_is_room(bench: Make, era: str):
    b = bench(changes_per_minute=1)
    start = b.profile.time()
    assert not (await ask(b, "lock_contact", {"contact_id": CONTACT10}, era)).is_error
    result = await ask(b, "unlock_contact", {"contact_id": CONTACT10}, era)
    assert result.is_error
    text = text_of(result)
    assert "Nothing was sent. The limit of 1 changes within a minute is reached until 2026-11-20 14:01+01:00." in text
    assert "Only a person can raise it: DIALLER_CHANGES_PER_MINUTE." in text
    assert len(b.wire.changes) == 1
    b.profile.now = lambda: start + timedelta(minutes=1)
    assert not (await ask(b, "unlock_contact", {"contact_id": CONTACT10}, era)).is_error


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("changes_per_hour", "within an hour is reached until 2026-11-20 15:00+01:00"),
        ("changes_per_day", "within 24 hours is reached until 2026-11-21 14:00+01:00"),
    ],
)
async def test_the_longer_windows_are_named(bench: Make, setting: str, words: str):
    b = bench(**{setting: 1})
    await told(b, "lock_contact", contact_id=CONTACT10)
    refusal = await refused(b, "unlock_contact", contact_id=CONTACT10)
    assert words in refusal
    assert f"DIALLER_{setting.upper()}" in refusal


@pytest.mark.parametrize("setting", ["destructive_per_hour", "destructive_per_day"])
async def test_deletions_have_limits_of_their_own(bench: Make, setting: str):
    b = bench(**{setting: 0})
    preview = await told(b, "delete_contact", contact_id=CONTACT10)
    assert preview["status"] == "confirmation_required", "a preview is free"
    refusal = await refused(b, "delete_contact", contact_id=CONTACT10, confirm=preview["confirm"])
    assert "The limit of 0 deletions and overwriting imports" in refusal
    assert "until" not in refusal
    assert f"DIALLER_{setting.upper()}" in refusal
    assert (await told(b, "lock_contact", contact_id=CONTACT10))["status"] == "done"


async def test_previews_and_refused_calls_do_not_count(bench: Make):
    b = bench(changes_per_day=1)
    for _ in range(3):
        await told(b, "delete_contact", contact_id=CONTACT10)
        await refused(b, "lock_contact", contact_id=999_999)
    assert (await told(b, "lock_contact", contact_id=CONTACT10))["status"] == "done"


async def test_a_change_that_fails_counts(bench: Make):
    b = bench(changes_per_day=1)
    with pytest.raises(NotFound):
        await carried_out(b, "a", locking(999_999))
    with pytest.raises(Problem, match="The limit of 1"):
        await carried_out(b, "a", locking(CONTACT10))
    await carried_out(b, "b", locking(CONTACT10))


async def test_calls_at_the_same_time_do_not_overshoot(bench: Make, era: str):
    b = bench(changes_per_minute=5)
    async with b.connect(era) as client:
        calls = (client.call_tool("dialler_lock_contact", {"contact_id": CONTACT10}) for _ in range(20))
        results = await asyncio.gather(*calls)
    assert sum(not result.is_error for result in results) == 5
    assert len(b.wire.changes) == 5


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "lock_contact": ({"contact_id": CONTACT10}, f"PATCH /dialler/contacts/contact/{CONTACT10}/lock"),
    "lock_contact_by_user_data": ({"user_data": "Contact10"}, f"PATCH /dialler/contacts/contact/{CONTACT10}/lock"),
    "unlock_contact": ({"contact_id": LOCKED_MUELLER}, f"PATCH /dialler/contacts/contact/{LOCKED_MUELLER}/unlock"),
    "unlock_contact_by_user_data": ({"user_data": "Contact10"}, f"PATCH /dialler/contacts/contact/{CONTACT10}/unlock"),
    "reset_contact": ({"contact_id": CONTACT10}, f"PATCH /dialler/contacts/contact/{CONTACT10}/reset"),
    "reset_contact_by_user_data": ({"user_data": "Contact10"}, f"PATCH /dialler/contacts/contact/{CONTACT10}/reset"),
    "delete_contact": ({"contact_id": CONTACT10}, f"DELETE /dialler/contacts/contact/{CONTACT10}"),
    "delete_contact_by_user_data": ({"user_data": "Contact10"}, f"DELETE /dialler/contacts/contact/{CONTACT10}"),
    "update_contact": ({"contact_id": CONTACT10, "City": "Köln"}, "POST /dialler/contacts/update"),
    "import_contact": (
        {"overwrite_duplicates": True, "Name": "Neu", "DiallerCampaignsID": 538, "PhoneNumber1": "493023125000"},
        "POST /dialler/contacts/import",
    ),
    "clone_campaign": (
        {"source": "Campaign 1000", "destination": "Copy", "dtFrom": "2026-12-01"},
        "POST /dialler/campaigns/clone",
    ),
    "delete_campaign": ({"campaign_id": CAMPAIGN_TEST}, f"DELETE /dialler/campaigns/campaign/{CAMPAIGN_TEST}"),
    "delete_campaign_by_name": ({"name": "Campaign 1000 Test"}, f"DELETE /dialler/campaigns/campaign/{CAMPAIGN_TEST}"),
    "create_acd_event": (
        {"AcdEventTypesID": 2, "Sender": "493023125000", "Subject": "Call back", "AcdGroupsID": 1},
        "POST /acd/events/create",
    ),
}


def test_every_changing_tool_is_tried_below():
    jobs = {"dialler_change_contacts", "dialler_delete_contacts", "dialler_control_job"}
    lists = {"dialler_check_list", "dialler_export", "dialler_import_list"}
    own_tests = {"dialler_undo_change", "dialler_forget_snapshot", *jobs, *lists}  # the second sends nothing
    assert {f"dialler_{name}" for name in CHANGES} | own_tests == {tool.name for tool in all_tools() if not tool.reads}


async def test_a_dry_run_says_what_it_would_send_and_sends_nothing(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench(dry_run=True)
    async with b.connect(era) as client:
        for tool, (arguments, expected) in CHANGES.items():
            with subtests.test(tool):
                result = await client.call_tool(f"dialler_{tool}", arguments)
                answer = structure_of(result)
                if tool.startswith("delete"):
                    assert answer["status"] == "confirmation_required", "a dry run asks as a real one"
                    result = await client.call_tool(f"dialler_{tool}", {**arguments, "confirm": answer["confirm"]})
                    answer = structure_of(result)
                assert answer["status"] == "dry_run"
                assert f"{answer['request']['method']} {answer['request']['path']}" == expected
                for text in ("DRY RUN", answer["request"]["method"], answer["request"]["path"]):
                    assert text in text_of(result)
                assert b.wire.changes == []


async def test_a_dry_run_shows_query_and_body_with_bank_data_masked(bench: Make):
    b = bench(dry_run=True)
    person = {"Name": "Neu", "DiallerCampaignsID": 538, "PhoneNumber1": "493023125000"}
    answer = await told(b, "import_contact", overwrite_duplicates=False, **person)
    assert answer["request"]["query"] == {"overwriteDuplicates": False}
    assert "would import Neu · campaign 538" in answer["what"]
    values = {
        "AccountIBAN": "DE02120300000000202051",
        "City": "",
        "dtBeginDate": "2026-12-01",
        "PhoneNumber2": "4930231250",
    }
    body = (await told(b, "update_contact", contact_id=CONTACT10, **values))["request"]["body"]
    assert (body["ID"], body["City"], body["dtBeginDate"]) == (CONTACT10, "", "2026-12-01T00:00:00")
    assert body["AccountIBAN"].startswith("…")
    assert body["PhoneNumber2"] == "4930231250"


async def test_a_dry_run_of_an_undo_says_that_it_may_need_more(bench: Make):
    b = bench()
    await told(b, "lock_contact", contact_id=CONTACT10)
    b.profile.dry_run = True
    b.profile.dialler.hold_changes()
    preview = await told(b, "undo_change", change_id=1)
    answer = await told(b, "undo_change", change_id=1, confirm=preview["confirm"])
    assert answer["request"]["path"].endswith("/unlock")
    assert MORE.en in answer["notes"]
    assert len(b.wire.changes) == 1


async def test_an_undo_that_has_begun_is_not_cut_off(bench: Make):
    b = bench(changes_per_day=2)
    await told(b, "lock_contact", contact_id=CONTACT10)
    await carried_out(b, "a", *[locking(CONTACT10)] * 3, undoes=1)
    with pytest.raises(Problem, match="The limit of 2"):
        await carried_out(b, "a", locking(CONTACT10))


async def test_a_dry_run_masks_numbers_where_they_are_to_be_masked(bench: Make):
    b = bench(dry_run=True, privacy="masked")
    result = await ask(b, "update_contact", {"contact_id": CONTACT10, "PhoneNumber2": "493023125000"})
    assert structure_of(result)["status"] == "dry_run"
    assert "493023125000" not in text_of(result)


async def test_a_dry_run_counts_like_a_real_one(bench: Make):
    b = bench(dry_run=True, changes_per_day=1)
    await told(b, "lock_contact", contact_id=CONTACT10)
    assert "The limit of 1" in await refused(b, "lock_contact", contact_id=CONTACT10)


async def test_a_dry_run_does_not_eat_up_what_may_really_be_changed(bench: Make, tmp_path: Path):
    settings = {"state_url": None, "data_dir": tmp_path, "changes_per_day": 1}
    dry = bench(dry_run=True, **settings)
    await told(dry, "lock_contact", contact_id=CONTACT10)
    dry.profile.state.close()
    assert (await told(bench(**settings), "lock_contact", contact_id=CONTACT10))["status"] == "done"


async def test_a_dry_run_uses_a_confirmation_up_like_a_real_one(bench: Make):
    b = bench(dry_run=True)
    phrase = (await told(b, "delete_contact", contact_id=CONTACT10))["confirm"]
    assert (await told(b, "delete_contact", contact_id=CONTACT10, confirm=phrase))["status"] == "dry_run"
    assert "used already" in await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)


async def test_a_dry_run_names_no_sandbox_on_a_real_dialler(bench: Make):
    b = bench(dry_run=True, base_url="https://dialler.example/rest/v1.0/1", token=SecretStr("t"))
    assert "notes" not in await told(b, "lock_contact", contact_id=CONTACT10)


async def test_a_change_that_should_have_been_held_is_a_defect(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench(dry_run=True)

    async def nothing(contact_id: int) -> None:
        return None

    monkeypatch.setattr(b.profile.dialler, "lock_contact", nothing)
    with pytest.raises(AssertionError):
        await carried_out(b, "a", locking(CONTACT10))


async def test_what_cannot_be_sent_is_refused_in_a_dry_run_too(bench: Make):
    assert "no such" in (await refused(bench(dry_run=True), "lock_contact", contact_id=999_999)).lower()


async def test_only_the_dialler_of_a_dry_run_holds_changes(bench: Make):
    b = bench()
    assert (await told(b, "lock_contact", contact_id=CONTACT10))["status"] == "done"
    assert b.wire.changes
