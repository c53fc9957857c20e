import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import Bench
from tests.tools.asking import (
    CLOSED_MUELLER,
    CONTACT10,
    LOCKED_MUELLER,
    Make,
    change,
    contact,
    instead,
    refused,
    told,
)
from tests.tools.test_changes import WHY, done, rows


async def undone(b: Bench, number: int, **reason: str) -> dict[str, Any]:
    preview = await told(b, "undo_change", change_id=number, **reason)
    assert preview["status"] == "confirmation_required"
    answer = await told(b, "undo_change", change_id=number, **reason, confirm=preview["confirm"])
    assert answer["status"] == "done"
    return {**answer, "consequences": preview["consequences"]}


async def test_an_update_is_taken_back(bench: Make, era: str):
    b = bench()
    before = contact(b, CONTACT10)
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm", Comment="", UserData3="neu")
    assert contact(b, CONTACT10).city == "Ulm"
    answer = await undone(b, number)
    now = contact(b, CONTACT10)
    assert (now.city, now.comment, now.user_data3) == (before.city, before.comment, before.user_data3)
    assert answer["after"]["City"] == before.city
    assert [row.get("undone") for row in await rows(b)] == [None, True]
    assert "undone already, by change 2" in await refused(b, "undo_change", change_id=number)


async def test_an_undo_can_be_undone(bench: Make):
    b = bench()
    first = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    await undone(b, first)
    await undone(b, first + 1)
    assert contact(b, CONTACT10).city == "Ulm"
    assert [bool(row.get("undone")) for row in await rows(b)] == [False, True, False]
    await undone(b, first)
    assert contact(b, CONTACT10).city != "Ulm"


async def test_a_lock_is_taken_back(bench: Make):
    b = bench()
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    answer = await undone(b, number)
    assert "may call this person again" in answer["consequences"][0]
    assert not contact(b, CONTACT10).b_locked
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["locked"] == "no → yes"
    assert record["undone_by"] == number + 1


async def test_a_lock_that_changed_nothing_else_is_taken_back_without_a_reason(bench: Make):
    b = bench()
    lock_answer = await told(b, "lock_contact", contact_id=CLOSED_MUELLER)
    assert "unlocking it will need a reason, unless this lock is undone" in lock_answer["notes"][-1]
    assert "reason" not in (await told(b, "undo_change", change_id=1))["next_step"]
    await undone(b, 1)
    assert contact(b, CLOSED_MUELLER).b_locked is False


async def test_the_lock_of_a_contact_that_was_closed_since_is_taken_back_with_a_reason(bench: Make):
    b = bench()
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    change(b, CONTACT10, dialler_campaigns_result_codes_id=contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id)
    assert "ask them for the reason" in (await told(b, "undo_change", change_id=number))["next_step"]
    assert "may call this person again at once" in (await undone(b, number, reason=WHY))["consequences"][0]
    assert contact(b, CONTACT10).b_locked is False
    assert WHY in (await rows(b))[0]["reason"]


async def test_an_unlock_is_taken_back(bench: Make):
    b = bench()
    number = await done(b, "unlock_contact", contact_id=LOCKED_MUELLER)
    assert "until the contact is unlocked" in (await undone(b, number))["consequences"][0]
    assert contact(b, LOCKED_MUELLER).b_locked


async def test_a_deleted_contact_is_imported_again(bench: Make):
    b = bench()
    before = change(b, CONTACT10, b_locked=True, user_data2="zwei", region="Bayern")
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    answer = await undone(b, number)
    text = " ".join(answer["consequences"])
    assert f"the ID {CONTACT10}, the counters (attempts: 3), the history (entries: 3)" in text
    assert "locked again" in text
    again = contact(b, answer["after"]["ID"])
    assert again.id != CONTACT10
    for name in ("name", "user_data", "user_data2", "region", "phone_number1", "account_iban", "dialler_campaigns_id"):
        assert getattr(again, name) == getattr(before, name)
    assert again.b_locked
    assert [row["tool"] for row in await rows(b)] == ["dialler_undo_change"] * 3 + ["dialler_delete_contact"]


@pytest.mark.parametrize("dates", ["local", "offset", "utc"])
async def test_an_agreed_time_comes_back_as_it_was(bench: Make, dates: Any):
    b = bench(Options(dates=dates))
    before = change(b, CONTACT10, follow_up_date_time=datetime(2026, 12, 1, 10), dt_end_date=datetime(2027, 7, 1, 8))
    answer = await undone(b, await done(b, "delete_contact", contact_id=CONTACT10))
    again = contact(b, answer["after"]["ID"])
    assert (again.follow_up_date_time, again.dt_end_date) == (before.follow_up_date_time, before.dt_end_date)


async def test_a_final_result_that_does_not_come_back_is_said(bench: Make):
    b = bench()
    number = await done(b, "delete_contact", contact_id=CLOSED_MUELLER)
    preview = await told(b, "undo_change", change_id=number)
    assert "Its result was final" in preview["consequences"][-2]
    assert "ask them for the reason" in preview["next_step"]
    await undone(b, number, reason=WHY)


async def test_what_follows_an_import_may_fail_and_is_told(bench: Make):
    b = bench()
    change(b, CONTACT10, user_data2="zwei")
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    instead(b, "POST", "/dialler/contacts/update", lambda: httpx2.Response(500, json={"error": "no"}))
    answer = await undone(b, number)
    assert "its other values could not be written" in answer["notes"][-1]


async def test_an_import_that_created_is_not_taken_back_by_itself(bench: Make):
    b = bench()
    number = await done(
        b, "import_contact", overwrite_duplicates=False, Name="Neu", PhoneNumber1="+4930231250", DiallerCampaignsID=538
    )
    new_contact = (await rows(b))[0]["record"]
    assert "dialler_delete_contact" in await refused(b, "undo_change", change_id=number)
    assert re.search(r"\(\d+\)$", new_contact)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["Name"] == "Neu"


async def test_an_import_that_overwrote_is_written_back(bench: Make):
    b = bench()
    before = contact(b, CONTACT10)
    values = {"Name": "Neu", "PhoneNumber1": "+4930231250", "UserData": "Contact10", "DiallerCampaignsID": 538}
    number = await done(b, "import_contact", overwrite_duplicates=True, FollowUpUsersUID="anna", **values)
    answer = await undone(b, number)
    assert "Cannot be written back: FollowUpUsersUID." in answer["consequences"]
    now = contact(b, CONTACT10)
    assert (now.name, now.phone_number1) == (before.name, before.phone_number1)


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("reset_contact", {"contact_id": CONTACT10}, "no function to set counters back"),
    ("clone_campaign", {"source": "Service NPS", "destination": "Kopie"}, "dialler_delete_campaign, ID"),
    ("lock_contact", {"contact_id": LOCKED_MUELLER}, "changed nothing"),
    ("update_contact", {"contact_id": CONTACT10, "UserData": "Contact10"}, "changed nothing"),
    (
        "create_acd_event",
        {"AcdEventTypesID": 3, "Sender": "+49 30 23125001", "Subject": "Rückruf", "AcdGroupsID": 201},
        "close it in the portal",
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "why"), REFUSALS, ids=[tool for tool, _, _ in REFUSALS])
async def test_what_cannot_be_undone_says_why(bench: Make, tool: str, arguments: dict[str, Any], why: str):
    b = bench()
    number = await done(b, tool, **arguments)
    count = len(b.wire.changes)
    assert why in await refused(b, "undo_change", change_id=number)
    assert len(b.wire.changes) == count


MOVED: list[tuple[str, dict[str, Any], Callable[[Bench], object], str]] = [
    ("update_contact", {"City": "Ulm"}, lambda b: change(b, CONTACT10, city="Bonn"), "has changed since, in City"),
    ("lock_contact", {}, lambda b: change(b, CONTACT10, b_locked=False), "has changed since, in bLocked"),
    ("update_contact", {"City": "Ulm"}, lambda b: b.store.delete_contact(CONTACT10), "is not there any more"),
]


@pytest.mark.parametrize(("tool", "values", "move", "why"), MOVED)
async def test_a_record_that_moved_on_is_left_alone(
    bench: Make, tool: str, values: dict[str, Any], move: Callable[[Bench], object], why: str
):
    b = bench()
    number = await done(b, tool, contact_id=CONTACT10, **values)
    preview = await told(b, "undo_change", change_id=number)
    move(b)
    count = len(b.wire.changes)
    assert why in await refused(b, "undo_change", change_id=number)
    assert why in await refused(b, "undo_change", change_id=number, confirm=preview["confirm"])
    assert len(b.wire.changes) == count


async def test_a_field_that_the_change_did_not_touch_may_have_moved(bench: Make):
    b = bench()
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    change(b, CONTACT10, comment="ruft an")
    await undone(b, number)
    assert contact(b, CONTACT10).comment == "ruft an"


async def test_nobody_is_imported_twice(bench: Make):
    b = bench()
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    values = {"Name": "Neu", "PhoneNumber1": "+4930231250", "UserData": "Contact10", "DiallerCampaignsID": 538}
    await done(b, "import_contact", overwrite_duplicates=False, **values)
    assert "would call this person twice" in await refused(b, "undo_change", change_id=number)


async def test_a_contact_without_its_campaign_is_not_imported(bench: Make):
    b = bench()
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    b.store.delete_campaign(538)
    assert "campaign is gone" in await refused(b, "undo_change", change_id=number)


async def test_a_release_that_hides_the_lock_is_said(bench: Make):
    b = bench(Options(lists="bare"))
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    answer = await undone(b, number, reason=WHY)  # nor does it show whether the result is final
    assert "does not show the lock" in answer["consequences"][-2]


async def test_what_an_undo_means_is_said_in_the_language_of_the_people(bench: Make):
    b = bench(language="de")
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    assert (await undone(b, number))["consequences"] == ["Der Dialler darf diese Person wieder anrufen."]
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    assert "durch die vor der Änderung ersetzt" in (await undone(b, number))["consequences"][0]
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    assert "wird neu importiert" in (await undone(b, number))["consequences"][0]


async def test_the_phrase_of_an_undo_is_void_when_the_record_changed(bench: Make):
    b = bench()
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    preview = await told(b, "undo_change", change_id=number)
    change(b, CONTACT10, comment="anders")
    text = await refused(b, "undo_change", change_id=number, confirm=preview["confirm"])
    assert "changed since the preview" in text


async def test_an_undo_writes_what_was_whatever_characters_it_holds(bench: Make):
    b = bench()
    change(b, CONTACT10, name="Muster\u200bmann")
    number = await done(b, "update_contact", contact_id=CONTACT10, Name="Mustermann")
    await undone(b, number)
    assert contact(b, CONTACT10).name == "Muster\u200bmann"
