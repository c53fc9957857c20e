"""What is told of a change to a contact once it was sent: before and after, or why that is not known."""

from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import structure_of
from tests.tools.asking import CONTACT10, WITH_ORDERS, Make, ask, contact, instead, never_answered, refused, told

PATH = "/dialler/contacts/contact"


@pytest.mark.parametrize(
    ("tool", "key", "content"),
    [
        ("lock_contact", {"contact_id": CONTACT10}, f"PATCH {PATH}/{CONTACT10}/lock"),
        ("lock_contact_by_user_data", {"user_data": "contact10"}, f"PATCH {PATH}/{CONTACT10}/lock"),
    ],
)
async def test_a_lock_shows_before_and_after(bench: Make, era: str, tool: str, key: dict[str, Any], content: str):
    b = bench()
    answer = structure_of(await ask(b, tool, key, era))
    assert answer["status"] == "done"
    assert "locked" not in answer["before"]
    assert answer["after"] == {**answer["before"], "locked": True}
    assert b.wire.changes == [content]
    assert (await told(b, tool, **key))["status"] == "unchanged"


async def test_an_unlock_shows_before_and_after(bench: Make):
    answer = await told(bench(), "unlock_contact_by_user_data", user_data="Contact21")
    assert (answer["before"].get("locked"), answer["after"].get("locked")) == (True, False)
    assert answer["what"].endswith("Change 1, which can be undone.")


async def test_reset_shows_before_and_after_and_keeps_the_history(bench: Make, era: str):
    b = bench()
    async with b.connect(era) as client:
        change = structure_of(await client.call_tool("dialler_reset_contact_by_user_data", {"user_data": "Contact10"}))
        history = structure_of(await client.call_tool("dialler_get_contact_history", {"contact_id": CONTACT10}))
    assert change["status"] == "done"
    assert change["before"]["attempts"] == 3
    assert change["after"] == {"state": "new", "result": "–", "attempts": 0, "next_try": "–"}
    assert change["what"].endswith("is reset. Change 1, irreversible.")
    assert history["total"] == 3
    assert b.wire.changes == [f"PATCH /dialler/contacts/contact/{CONTACT10}/reset"]


async def test_a_lock_that_this_release_does_not_show_is_not_called_unchanged(bench: Make):
    answer = await told(bench(Options(lists="bare")), "lock_contact", contact_id=CONTACT10)
    assert answer["status"] == "done"
    assert "accepted it; this release cannot show it" in " ".join(answer["notes"])
    assert "unlocking it will need a reason" in answer["notes"][-1]


async def test_a_change_that_cannot_be_read_back_is_told_as_made(bench: Make):
    b = bench()

    def respond(request: httpx2.Request) -> httpx2.Response | None:
        reads_again = request.method == "GET" and b.wire.changes
        return httpx2.Response(500, json={"error": "no"}) if reads_again else None

    b.wire.instead = respond
    answer = await told(b, "lock_contact", contact_id=CONTACT10)
    assert (answer["status"], "after" in answer) == ("done", False)
    assert "reported success, but the contact could not be read back" in answer["notes"][-1]
    assert contact(b, CONTACT10).b_locked


@pytest.mark.parametrize("tool", ["lock_contact", "unlock_contact", "reset_contact"])
async def test_a_write_that_is_never_answered_is_unknown_and_not_repeated(bench: Make, tool: str):
    b = bench()
    instead(b, "PATCH", f"{PATH}/{WITH_ORDERS}/{tool.removesuffix('_contact')}", never_answered)
    text = await refused(b, tool, contact_id=WITH_ORDERS)
    assert "unknown whether the change took effect" in text
    assert "Read the record first" in text
    assert len(b.wire.changes) == 1


@pytest.mark.parametrize(
    ("tool", "release"),
    [("reset_contact", "no-update-reset"), ("lock_contact", "oldest"), ("unlock_contact", "oldest")],
)
async def test_a_release_without_the_function_says_so(bench: Make, tool: str, release: Any):
    text = await refused(bench(Options(release=release)), tool, contact_id=CONTACT10)
    assert "This release of the dialler does not have this function" in text


@pytest.mark.parametrize("no_match", ["404", "empty"])
async def test_an_unknown_id_is_no_such_object(bench: Make, subtests: pytest.Subtests, no_match: Any):
    b = bench(Options(no_match=no_match))
    for tool in ("lock_contact", "unlock_contact", "reset_contact", "delete_contact"):
        with subtests.test(tool):
            assert "There is no such object" in await refused(b, tool, contact_id=999_999)
            assert b.wire.changes == []
