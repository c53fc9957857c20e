from datetime import UTC, datetime
from typing import Any

import pytest

from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.plan import Kind, Verb
from dialler_mcp.sandbox import Options
from dialler_mcp.tools.changes import how_to_find_out
from tests.conftest import Bench, structure_of
from tests.tools.asking import (
    CLOSED_MUELLER,
    CONTACT10,
    FRESH,
    NPS,
    Make,
    ask,
    instead,
    never_answered,
    refused,
    told,
)

IBAN = "DE02120300000000202051"
WHY = "Kundin bittet um Rückruf"


async def rows(b: Bench, **wishes: Any) -> list[dict[str, Any]]:
    """The changes as the list shows them, newest first."""
    answer = structure_of(await ask(b, "list_changes", wishes))
    same = answer.get("same", {})
    return [{**same, **dict(zip(answer["columns"], row, strict=True))} for row in answer["rows"]]


async def done(b: Bench, tool: str, **arguments: Any) -> int:
    """Make a change, confirmed where that is asked for; returns its ID in the journal."""
    answer = await told(b, tool, **arguments)
    if "`reason`" in answer.get("next_step", ""):
        arguments = {**arguments, "reason": WHY}
        answer = await told(b, tool, **arguments)
    if answer["status"] == "confirmation_required":
        answer = await told(b, tool, **arguments, confirm=answer["confirm"])
    assert answer["status"] in ("done", "unchanged")
    return (await told(b, "list_changes"))["rows"][0][0]


async def test_nothing_was_changed_yet(bench: Make):
    answer = await told(bench(), "list_changes")
    assert (answer["total"], answer["rows"]) == (0, [])
    assert "keeps 90 days" in answer["notes"][0]


@pytest.mark.everyone
async def test_every_change_is_listed_newest_first(bench: Make):
    b = bench()
    for tool, arguments in (
        ("lock_contact", {"contact_id": CONTACT10}),
        ("update_contact", {"contact_id": FRESH, "Comment": "neu"}),
        ("clone_campaign", {"source": "Service NPS", "destination": "Kopie"}),
    ):
        await done(b, tool, **arguments)
    listing = await rows(b)
    assert [row["tool"].removeprefix("dialler_") for row in listing] == [
        "clone_campaign",
        "update_contact",
        "lock_contact",
    ]
    assert {row["status"] for row in listing} == {"done"}
    assert listing[2]["record"] == f"Contact10 · Mustermann · Campaign 1000 ({CONTACT10})"
    assert listing[2]["time"] == "2026-11-20 14:00+01:00"


async def test_a_read_and_a_preview_are_no_change(bench: Make):
    b = bench()
    await told(b, "get_contact", contact_id=CONTACT10)
    await told(b, "delete_contact", contact_id=CONTACT10)
    assert await rows(b) == []


@pytest.mark.everyone
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
    ids: list[int] = []
    cursor = None
    for count in (2, 2, 1):
        answer = await told(b, "list_changes", limit=2, **({"cursor": cursor} if cursor else {}))
        assert answer["total"] == 5
        assert len(answer["rows"]) == count
        ids += [row[0] for row in answer["rows"]]
        cursor = answer.get("next_cursor")
    assert (ids, cursor) == ([5, 4, 3, 2, 1], None)
    first = await told(b, "list_changes", limit=2)
    assert "another question" in await refused(b, "list_changes", cursor=first["next_cursor"], contact_id=FRESH)


async def test_a_change_is_shown_field_by_field(bench: Make):
    b = bench()
    number = await done(b, "update_contact", contact_id=CONTACT10, City="Ulm", AccountIBAN=IBAN)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["City"] == "Hamburg → Ulm" or record["City"].endswith("→ Ulm")
    assert IBAN not in str(record)
    assert record["AccountIBAN"].startswith(("…", "– →", "DE"))
    assert record["confirmed_by"] == "none needed"
    assert record["status"] == "done"
    assert "Comment" not in record


async def test_what_was_asked_and_how_it_was_confirmed_is_shown(bench: Make):
    b = bench()
    number = await done(b, "reset_contact", contact_id=CLOSED_MUELLER)
    record = (await told(b, "get_change", change_id=number))["record"]
    assert record["confirmed_by"] == "phrase"
    assert WHY in record["reason"]
    assert record["arguments"] == f"contact_id: {CLOSED_MUELLER}"
    assert record["attempts"].endswith("→ 0")


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
    assert (b.profile.journal.archives / f"{number}.jsonl.gz").exists()
    assert "cannot bring a campaign back" in await refused(b, "undo_change", change_id=number)


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


@pytest.mark.parametrize("tool", ["get_change", "undo_change"])
async def test_an_id_that_the_journal_does_not_know(bench: Make, tool: str):
    assert "no such change" in await refused(bench(), tool, change_id=7)


async def test_a_change_that_cannot_be_remembered_is_not_sent(bench: Make):
    b = bench(state_url="nonsense")
    text = await refused(b, "lock_contact", contact_id=CONTACT10)
    assert "The journal cannot be used: DIALLER_STATE_URL is no URL" in text
    assert b.wire.changes == []
    assert "The journal cannot be used: DIALLER_STATE_URL is no URL" in await refused(b, "list_changes")


async def test_the_journal_of_one_dialler_is_not_that_of_another(bench: Make):
    b = bench()
    number = await done(b, "lock_contact", contact_id=CONTACT10)
    b.profile.journal.dialler = "https://other.example/rest/v1.0/1"
    assert await rows(b) == []
    assert "no such change" in await refused(b, "undo_change", change_id=number)


@pytest.mark.parametrize(
    ("kind", "verb", "tool"),
    [
        ("contact", "lock", "dialler_get_contact with ID 7"),
        ("contact", "delete", "when it is gone"),
        ("contact", "import", "in campaign 538"),
        ("campaign", "clone", "dialler_find_campaigns_by_name"),
        ("campaign", "delete", "dialler_get_campaign with ID 538"),
        ("event", "create", "dialler_list_acd_events"),
    ],
)
def test_how_to_find_out(kind: Kind, verb: Verb, tool: str):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    entry = Entry(dialler="d", began=now, tool="t", verb=verb, kind=kind, label="l", contact_id=7, campaign_id=538)
    assert tool in how_to_find_out(entry).en
    entry.contact_id = entry.campaign_id = None
    assert "None" not in how_to_find_out(entry)


async def test_a_filtered_list_of_changes_says_of_how_many_and_by_what(bench: Make):
    b = bench()
    for contact_id, city in ((CONTACT10, "Ulm"), (CONTACT10, "Bonn"), (CLOSED_MUELLER, "Ulm")):
        await told(b, "update_contact", contact_id=contact_id, City=city)
    assert (await told(b, "list_changes"))["summary"] == "3 changes; 3 shown, newest first"
    some = await told(b, "list_changes", contact_id=CONTACT10, since="2026-11-20")
    assert some["summary"] == (
        f"2 of 3 changes match contact {CONTACT10}, since 2026-11-20 00:00+01:00; 2 shown, newest first"
    )
    assert (await told(b, "list_changes", contact_id=CONTACT10, limit=0))["rows"] == []


@pytest.mark.everyone
async def test_the_changes_of_a_deleted_campaign_are_found_by_its_name(bench: Make):
    b = bench()
    await done(b, "delete_campaign", campaign_id=NPS)
    await done(b, "lock_contact", contact_id=CONTACT10)
    assert [row["record"] for row in await rows(b, name="service nps")] == [f"Service NPS ({NPS})"]
    assert "give campaign_id or name, not both" in await refused(b, "list_changes", campaign_id=NPS, name="Service NPS")
