"""What a plan was decided on is still so, and an answer is about the record that was meant."""

from typing import Any

import httpx2
import pytest

from dialler_mcp.changes.journal import EntryFilter
from tests.conftest import Bench
from tests.tools.asking import (
    CAMPAIGN_1000,
    CLOSED_MUELLER,
    CONTACT10,
    Make,
    change,
    contact,
    fresh,
    instead,
    records,
    refused,
    told,
)
from tests.tools.test_right_record import BATCH, meanwhile

NEW: dict[str, Any] = {"Name": "Neu", "PhoneNumber1": "+49 30 231250", "DiallerCampaignsID": CAMPAIGN_1000}
EVENT: dict[str, Any] = {"AcdEventTypesID": 3, "Sender": "030 231250", "Subject": "Rückruf", "AcdGroupsID": 1}


async def statuses(b: Bench) -> list[str]:
    entries, _ = await b.profile.journal.page(EntryFilter(), None, 5)
    return [entry.status for entry in entries]


@pytest.mark.parametrize(
    "answer",
    [
        {"ID": CLOSED_MUELLER},
        {"ID": CLOSED_MUELLER, "Name": "Müller", "PhoneNumber1": "493023125009"},
        {"ID": CLOSED_MUELLER, "DiallerCampaignsID": CAMPAIGN_1000},
    ],
)
async def test_an_import_whose_answer_shows_nothing_of_the_person_is_unknown(bench: Make, answer: dict[str, Any]):
    b = bench()
    instead(b, "POST", "/dialler/contacts/import", lambda: records([answer]))
    assert f"another contact (ID {CLOSED_MUELLER})" in await refused(b, "import_contact", **NEW)
    assert await statuses(b) == ["unknown"]


@pytest.mark.parametrize("answer", [{"Name": "Ne"}, {"PhoneNumber2": "+49 30 231250"}])
async def test_an_import_is_known_by_name_or_number(bench: Make, answer: dict[str, Any]):
    b = bench()
    instead(b, "POST", "/dialler/contacts/import", lambda: records([{"ID": 300_001, **answer}]))
    assert (await told(b, "import_contact", **NEW))["status"] == "done"


@pytest.mark.parametrize("name", [None, "Neu 2027"])
async def test_a_clone_answered_with_its_origin_is_unknown(bench: Make, name: str | None):
    b = bench()
    instead(b, "POST", "/dialler/campaigns/clone", lambda: records([{"ID": CAMPAIGN_1000, "Name": name}]))
    text = await refused(b, "clone_campaign", source="Campaign 1000", destination="Neu 2027")
    assert f"another campaign (ID {CAMPAIGN_1000})" in text
    assert await statuses(b) == ["unknown"]


@pytest.mark.parametrize(
    "answer", [{"AcdEventTypesID": 1}, {"AcdEventTypesID": 3, "dtCreated": "2020-01-01T00:00:00.000"}]
)
async def test_an_event_answered_with_another_one_is_unknown(bench: Make, answer: dict[str, Any]):
    b = bench()
    instead(b, "POST", "/acd/events/create", lambda: records([{"ID": 5, **answer}]))
    assert "another event (ID 5)" in await refused(b, "create_acd_event", **EVENT)
    assert await statuses(b) == ["unknown"]


async def test_an_older_event_that_was_commented_is_told_as_one(bench: Make):
    b = bench()
    older = {"ID": 5, "AcdEventTypesID": 3, "dtCreated": "2020-01-01T00:00:00.000", "Result_": "UPDATED"}
    instead(b, "POST", "/acd/events/create", lambda: records([older]))
    assert "existed and was commented" in (await told(b, "create_acd_event", **EVENT))["what"]


async def test_the_order_in_which_contacts_of_a_key_arrive_does_not_matter(bench: Make):
    b = bench()
    twin = b.store.add_contact(fresh(user_data="Contact10"))
    rows = [{"ID": each, "UserData": "Contact10", "DiallerCampaignsID": CAMPAIGN_1000} for each in (CONTACT10, twin.id)]
    count = [0]

    def respond(request: httpx2.Request) -> httpx2.Response | None:
        if (request.method, request.url.path.endswith("/dialler/contacts/contact")) != ("GET", True):
            return None
        count[0] += 1
        return records(rows[:: 1 if count[0] % 2 else -1])

    b.wire.instead = respond
    phrase = (await told(b, "import_contact", **NEW, UserData="Contact10"))["confirm"]
    for _ in range(2):
        answer = await told(b, "import_contact", **NEW, UserData="Contact10", confirm=phrase)
        assert answer["status"] == "done"
        phrase = (await told(b, "import_contact", **NEW, UserData="Contact10"))["confirm"]


async def test_the_last_number_is_not_emptied_where_the_other_goes_meanwhile(bench: Make):
    b = bench()
    change(b, CONTACT10, phone_number2="493023125001", **{f"phone_number{slot}": None for slot in (3, 4, 5, 6)})
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, phone_number2=None))
    assert "PhoneNumber2: 493023125001 → –" in await refused(b, "update_contact", contact_id=CONTACT10, PhoneNumber1="")
    assert b.wire.changes == []
    assert contact(b, CONTACT10).phone_number1


@pytest.mark.parametrize(("verb", "locked"), [("lock", False), ("unlock", True), ("reset", False)])
async def test_a_reported_change_that_the_record_does_not_show_is_not_told_as_made(
    bench: Make, verb: str, locked: bool
):
    b = bench()
    change(b, CONTACT10, b_locked=locked)
    response = httpx2.Response(200, json={"status": 200})
    instead(b, "PATCH", f"/dialler/contacts/contact/{CONTACT10}/{verb}", lambda: response)
    answer = await told(b, f"{verb}_contact", contact_id=CONTACT10)
    assert answer["status"] == "unchanged"
    assert "does not show as" in answer["what"]


async def test_a_lock_of_a_locked_contact_is_told_as_it_is(bench: Make):
    b = bench()
    change(b, CONTACT10, b_locked=True)
    answer = await told(b, "lock_contact", contact_id=CONTACT10)
    assert (answer["status"], ") is locked" in answer["what"]) == ("unchanged", True)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00", "1900-01-01T00:00:00", "0001-01-01T00:00:00+14:00"])
async def test_a_date_that_means_never_tells_nothing_about_when_a_contact_was_created(bench: Make, date: str):
    b = bench()
    created = {"ID": 300_001, "Name": "Neu", "dtImported": date}
    instead(b, "POST", "/dialler/contacts/import", lambda: records([created]))
    assert (await told(b, "import_contact", **NEW))["status"] == "done"
