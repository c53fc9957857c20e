import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import Bench, structure_of
from tests.tools.asking import (
    CLOSED_MUELLER,
    CONTACT10,
    FRESH,
    LOCKED_MUELLER,
    NPS,
    Make,
    ask,
    change,
    contact,
    instead,
    never_answered,
    refused,
    told,
)

IBAN = "DE02120300000000202051"


async def rows(b: Bench, **wanted: Any) -> list[dict[str, Any]]:
    """The changes as the list shows them, newest first."""
    answer = structure_of(await ask(b, "list_changes", wanted))
    same = answer.get("same", {})
    return [{**same, **dict(zip(answer["columns"], row, strict=True))} for row in answer["rows"]]


async def done(b: Bench, tool: str, **arguments: Any) -> int:
    """Make a change, confirmed where that is asked for; returns its ID in the journal."""
    answer = await told(b, tool, **arguments)
    if answer["status"] == "confirmation_required":
        answer = await told(b, tool, **arguments, confirm=answer["confirm"])
    assert answer["status"] in ("done", "unchanged")
    return (await rows(b))[0]["change"]


async def undone(b: Bench, number: int) -> dict[str, Any]:
    preview = await told(b, "undo_change", change_id=number)
    assert preview["status"] == "confirmation_required"
    answer = await told(b, "undo_change", change_id=number, confirm=preview["confirm"])
    assert answer["status"] == "done"
    return {**answer, "consequences": preview["consequences"]}


async def test_nothing_was_changed_yet(bench: Make):
    answer = await told(bench(), "list_changes")
    assert (answer["total"], answer["rows"]) == (0, [])
    assert "keeps 90 days" in answer["notes"][0]


async def test_every_change_is_listed_newest_first(bench: Make):
    b = bench()
    for tool, arguments in (
        ("lock_contact", {"contact_id": CONTACT10}),
        ("update_contact", {"contact_id": FRESH, "Comment": "neu"}),
        ("clone_campaign", {"source": "Service NPS", "destination": "Kopie"}),
    ):
        await done(b, tool, **arguments)
    listed = await rows(b)
    assert [row["tool"].removeprefix("dialler_") for row in listed] == [
        "clone_campaign",
        "update_contact",
        "lock_contact",
    ]
    assert {row["status"] for row in listed} == {"done"}
    assert listed[2]["record"] == f"Contact10 · Mustermann · Campaign 1000 ({CONTACT10})"
    assert listed[2]["time"] == "2026-11-20 14:00+01:00"


async def test_a_read_and_a_preview_are_no_change(bench: Make):
    b = bench()
    await told(b, "get_contact", contact_id=CONTACT10)
    await told(b, "delete_contact", contact_id=CONTACT10)
    assert await rows(b) == []


async def test_filters_by_record_caller_tool_and_time(bench: Make):
    b = bench()
    await done(b, "lock_contact", contact_id=CONTACT10)
    await done(b, "lock_contact", contact_id=FRESH)
    await done(b, "unlock_contact", contact_id=FRESH)
    assert len(await rows(b, contact_id=FRESH)) == 2
    assert len(await rows(b, campaign_id=538)) == 1
    assert len(await rows(b, tool="dialler_lock_contact")) == 2
    assert len(await rows(b, contact_id=FRESH, tool="dialler_lock_contact")) == 1
    assert await rows(b, caller="somebody else") == []
    assert len(await rows(b, caller=(await rows(b))[0]["caller"])) == 3
    assert len(await rows(b, since="2026-11-20", until="2026-11-20")) == 3
    assert len(await rows(b, since="2026-11-20T14:00", until="2026-11-20T14:00")) == 3
    assert await rows(b, since="2026-11-20T14:01") == []
    assert await rows(b, until="2026-11-19") == []
    assert "since must be a time" in await refused(b, "list_changes", since="gestern")


async def test_pages(bench: Make):
    b = bench()
    for _ in range(5):
        await done(b, "lock_contact", contact_id=CONTACT10)
    seen: list[int] = []
    cursor = None
    for count in (2, 2, 1):
        answer = await told(b, "list_changes", limit=2, **({"cursor": cursor} if cursor else {}))
        assert answer["total"] == 5
        assert len(answer["rows"]) == count
        seen += [row[0] for row in answer["rows"]]
        cursor = answer.get("next_cursor")
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)
    first = await told(b, "list_changes", limit=2)
    assert "another question" in await refused(b, "list_changes", cursor=first["next_cursor"], contact_id=FRESH)


async def test_a_change_is_shown_field_by_field(bench: Make):
    b = bench()
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm", AccountIBAN=IBAN)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["City"] == "Hamburg → Ulm" or record["City"].endswith("→ Ulm")
    assert IBAN not in str(record)
    assert record["AccountIBAN"].startswith(("…", " →", "DE"))
    assert record["confirmed_by"] == "none needed"
    assert record["status"] == "done"
    assert "Comment" not in record


async def test_what_was_asked_and_how_it_was_confirmed_is_shown(bench: Make):
    b = bench()
    number = await done(b, "reset_contact", contact_id=CLOSED_MUELLER)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["confirmed_by"] == "phrase"
    assert record["arguments"] == f"contact_id: {CLOSED_MUELLER}"
    assert record["attempts"].endswith("→ ")


async def test_a_deleted_contact_is_shown_whole_with_its_history(bench: Make):
    b = bench()
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["Name"] == "Mustermann"
    assert record["attempts"] == 3
    assert len(record["history"]) == record["calls_remembered"] == 3


async def test_a_deleted_campaign_is_shown_with_its_archive(bench: Make):
    b = bench()
    number = await done(b, "delete_campaign", campaign_id=NPS)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["archive"] == f"journal/{number}.jsonl.gz"
    assert record["Name"] == "Service NPS" or record["Name"]
    assert (b.app.journal.archives / f"{number}.jsonl.gz").exists()
    assert "cannot bring a campaign back" in await refused(b, "undo_change", change_id=number)


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
    assert record["locked"] == " → True"
    assert record["undone_by"] == number + 1


async def test_the_lock_of_a_closed_contact_is_taken_back_with_a_warning(bench: Make):
    b = bench()
    number = await done(b, "lock_contact", contact_id=CLOSED_MUELLER)
    assert "may call this person again at once" in (await undone(b, number))["consequences"][0]


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
    said = " ".join(answer["consequences"])
    assert f"the ID {CONTACT10}, the counters (attempts: 3), the history (entries: 3)" in said
    assert "locked again" in said
    again = contact(b, answer["after"]["ID"])
    assert again.id != CONTACT10
    for name in ("name", "user_data", "user_data2", "region", "phone_number1", "account_iban", "dialler_campaigns_id"):
        assert getattr(again, name) == getattr(before, name)
    assert again.b_locked
    assert [row["tool"] for row in await rows(b)] == ["dialler_undo_change"] * 3 + ["dialler_delete_contact"]


async def test_a_final_result_that_does_not_come_back_is_said(bench: Make):
    b = bench()
    number = await done(b, "delete_contact", contact_id=CLOSED_MUELLER)
    preview = await told(b, "undo_change", change_id=number)
    assert "Its result was final" in preview["consequences"][-1]


async def test_what_follows_an_import_may_fail_and_is_told(bench: Make):
    b = bench()
    change(b, CONTACT10, user_data2="zwei")
    number = await done(b, "delete_contact", contact_id=CONTACT10)
    instead(b, "POST", "/dialler/contacts/update", lambda: httpx2.Response(500, json={"error": "no"}))
    answer = await undone(b, number)
    assert "the update of what it was failed" in answer["notes"][-1]


async def test_an_import_that_created_is_not_taken_back_by_itself(bench: Make):
    b = bench()
    number = await done(
        b, "import_contact", overwrite_duplicates=False, Name="Neu", PhoneNumber1="+4930231250", DiallerCampaignsID=538
    )
    made = (await rows(b))[0]["record"]
    assert "dialler_delete_contact" in await refused(b, "undo_change", change_id=number)
    assert re.search(r"\(\d+\)$", made)
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
    sent = len(b.wire.changes)
    assert why in await refused(b, "undo_change", change_id=number)
    assert len(b.wire.changes) == sent


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
    sent = len(b.wire.changes)
    assert why in await refused(b, "undo_change", change_id=number)
    assert why in await refused(b, "undo_change", change_id=number, confirm=preview["confirm"])
    assert len(b.wire.changes) == sent


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


async def test_an_unknown_outcome_says_how_to_find_out(bench: Make):
    b = bench()
    instead(b, "PATCH", f"/dialler/contacts/contact/{CONTACT10}/lock", never_answered)
    await refused(b, "lock_contact", contact_id=CONTACT10)
    (row,) = await rows(b)
    assert row["status"] == "unknown"
    assert row["to_find_out"].startswith(f"dialler_get_contact with ID {CONTACT10}")
    record = (await told(b, "get_change", change_id=row["change"]))["record"]
    assert "no answer came back" in record["outcome"]
    assert "Find out first: dialler_get_contact" in await refused(b, "undo_change", change_id=row["change"])


async def test_a_refused_change_is_failed_and_needs_no_undo(bench: Make):
    b = bench(Options(release="oldest"))
    await refused(b, "lock_contact", contact_id=CONTACT10)
    (row,) = await rows(b)
    assert row["status"] == "failed"
    assert "nothing to undo" in await refused(b, "undo_change", change_id=row["change"])


async def test_a_release_that_hides_the_lock_is_said(bench: Make):
    b = bench(Options(lists="bare"))
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    answer = await undone(b, number)
    assert "does not show the lock" in answer["consequences"][-1]


async def test_the_phrase_of_an_undo_is_void_when_the_record_changed(bench: Make):
    b = bench()
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    preview = await told(b, "undo_change", change_id=number)
    change(b, CONTACT10, comment="anders")
    said = await refused(b, "undo_change", change_id=number, confirm=preview["confirm"])
    assert "changed since the preview" in said


@pytest.mark.parametrize("tool", ["get_change", "undo_change"])
async def test_an_id_that_the_journal_does_not_know(bench: Make, tool: str):
    assert "no such change" in await refused(bench(), tool, change_id=7)


async def test_a_change_that_cannot_be_remembered_is_not_sent(bench: Make):
    b = bench(state_url="nonsense")
    said = await refused(b, "lock_contact", contact_id=CONTACT10)
    assert "The journal cannot be used: DIALLER_STATE_URL is no URL" in said
    assert b.wire.changes == []
    assert "cannot be read" in await refused(b, "list_changes")


async def test_the_journal_of_one_dialler_is_not_that_of_another(bench: Make):
    b = bench()
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    b.app.journal.dialler = "https://other.example/rest/v1.0/1"
    assert await rows(b) == []
    assert "no such change" in await refused(b, "undo_change", change_id=number)
