"""What a dialler reports, and what its record shows."""

from datetime import UTC, datetime

import httpx2
import msgspec
import pytest

from dialler_mcp.changes.effects import denies, not_taken
from dialler_mcp.changes.journal import EntryFilter
from dialler_mcp.domain.records import Contact
from tests.conftest import BERLIN
from tests.tools.asking import CAMPAIGN_TEST, CONTACT10, Make, change, contact, refused, told

BEFORE = Contact(id=7, name="Neumann", n_tries_phone_number1=2, b_locked=False, city="Bonn")


def with_(**fields: object) -> Contact:
    return msgspec.structs.replace(BEFORE, **fields)


def test_a_record_denies_a_lock_whatever_else_has_changed():
    assert denies("lock", BEFORE, with_(n_tries_phone_number1=3), BERLIN)
    assert denies("unlock", with_(b_locked=True), with_(b_locked=True, city="Kiel"), BERLIN)
    assert not denies("lock", BEFORE, with_(b_locked=True), BERLIN)
    assert not denies("lock", BEFORE, with_(b_locked=msgspec.UNSET), BERLIN)


def test_a_record_denies_a_reset_only_where_all_is_as_it_was():
    assert denies("reset", BEFORE, BEFORE, BERLIN)
    assert not denies("reset", BEFORE, with_(n_tries_phone_number1=1), BERLIN)
    assert not denies("reset", with_(n_tries_phone_number1=0), with_(n_tries_phone_number1=0), BERLIN)


def test_the_fields_that_were_not_taken_are_named():
    values = {"ID": 7, "City": "Kiel", "Comment": "", "FollowUpDateTime": "2026-12-01T10:00:00"}
    assert [info.wire for info in not_taken(values, BEFORE, BERLIN)] == ["City", "FollowUpDateTime"]
    taken = with_(city="Kiel", follow_up_date_time=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert not_taken(values, taken, BERLIN) == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("delete_contact", {"contact_id": CONTACT10}), ("delete_campaign", {"campaign_id": CAMPAIGN_TEST})],
)
async def test_what_is_still_there_is_not_told_as_deleted(bench: Make, tool: str, arguments: dict[str, int]):
    b = bench()

    def accepted(request: httpx2.Request) -> httpx2.Response | None:
        return httpx2.Response(200, json={"status": 200}) if request.method == "DELETE" else None

    b.wire.instead = accepted
    preview = await told(b, tool, **arguments)
    text = await refused(b, tool, **arguments, confirm=preview["confirm"])
    assert "reported success, but what was deleted is still there" in text
    (entry,), _ = await b.profile.journal.page(EntryFilter(), None, 1)
    assert entry.status == "unknown"


async def test_where_nobody_can_look_the_word_of_the_dialler_is_taken(bench: Make):
    b = bench()
    preview = await told(b, "delete_contact", contact_id=CONTACT10)

    def silent(request: httpx2.Request) -> httpx2.Response | None:
        is_gone = b.store.contact(CONTACT10) is None
        return httpx2.Response(403, json={"status": 403}) if request.method == "GET" and is_gone else None

    b.wire.instead = silent
    assert (await told(b, "delete_contact", contact_id=CONTACT10, confirm=preview["confirm"]))["status"] == "done"


@pytest.mark.parametrize(("verb", "locked"), [("lock", False), ("unlock", True)])
async def test_a_contact_that_is_called_meanwhile_is_not_told_as_locked_either(bench: Make, verb: str, locked: bool):
    b = bench()
    change(b, CONTACT10, b_locked=locked)

    def accepted(request: httpx2.Request) -> httpx2.Response | None:
        if not request.url.path.endswith(verb):
            return None
        change(b, CONTACT10, n_tries_phone_number1=(contact(b, CONTACT10).n_tries_phone_number1 or 0) + 1)
        return httpx2.Response(200, json={"status": 200})

    b.wire.instead = accepted
    answer = await told(b, f"{verb}_contact", contact_id=CONTACT10)
    assert answer["status"] == "unchanged"
    assert "does not show as" in answer["what"]
