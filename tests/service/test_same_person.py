"""A person who was closed or locked is noticed, however the record holds the number, and by every way of writing."""

from typing import Any

import pytest

from tests.conftest import structure_of
from tests.tools.asking import (
    CAMPAIGN_1000,
    CLOSED_MUELLER,
    CONTACT10,
    Make,
    ask,
    change,
    contact,
    fresh,
    instead,
    records,
    told,
)

NEW: dict[str, Any] = {"Name": "Neu", "PhoneNumber1": "+49 30 231250", "DiallerCampaignsID": CAMPAIGN_1000}
CLOSED = f"ID {CLOSED_MUELLER}"
WHY = "Kunde bittet selbst um Rückruf"


@pytest.mark.parametrize(
    "value", ["30231250", "+49 30 231250 Zentrale", "030 231251 / 030 231250", "030 231250/251", "4930231250.0"]
)
async def test_a_number_that_is_stored_wrongly_is_noticed(bench: Make, value: str):
    b = bench()
    change(b, CLOSED_MUELLER, phone_number3=value)
    answer = await told(b, "import_contact", **NEW)
    assert answer["status"] == "confirmation_required"
    assert CLOSED in answer["consequences"][1]


async def test_the_open_contacts_of_a_switchboard_do_not_hide_a_closed_one(bench: Make, monkeypatch: Any):
    monkeypatch.setattr("dialler_mcp.service.same_person.MAX_MATCHES", 3)
    b = bench()
    for number in range(5):
        b.store.add_contact(fresh(name=f"Aa{number}", phone_number1="4930231250"))
    change(b, CLOSED_MUELLER, phone_number3="4930231250")
    assert (await told(b, "import_contact", **NEW))["status"] == "confirmation_required"


async def test_an_overwritten_contact_that_gets_the_number_of_a_closed_person_asks_for_a_reason(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, phone_number3="4930231250")
    values = {**NEW, "UserData": "Contact10", "overwrite_duplicates": True}
    answer = await told(b, "import_contact", **values)
    assert any("closed or locked under another key" in line for line in answer["consequences"])
    assert any(CLOSED in line for line in answer["consequences"])
    assert "reason" in answer["next_step"]


async def test_an_updated_contact_that_gets_the_number_of_a_closed_person_asks(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, phone_number3="4930231250")
    answer = await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber2="030 231250")
    assert answer["what"].startswith("Would update Contact10")
    assert any(CLOSED in line for line in answer["consequences"])
    assert b.wire.changes == []
    values = {"contact_id": CONTACT10, "PhoneNumber2": "030 231250", "confirm": answer["confirm"]}
    assert (await told(b, "update_contact", **values))["status"] == "done"


async def test_a_number_that_a_contact_has_already_asks_nobody(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, phone_number3="4930231250")
    change(b, CONTACT10, phone_number2="030 231250")
    assert (await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber2="030 231250"))["status"] == "done"


async def test_the_number_of_a_closed_contact_is_corrected_without_a_question(bench: Make):
    b = bench()
    change(b, CONTACT10, b_locked=True)
    change(b, CLOSED_MUELLER, phone_number3="4930231250")
    assert (await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber2="030 231250"))["status"] == "done"


async def test_a_key_that_others_have_asks_and_names_them(bench: Make):
    b = bench()
    other = b.store.add_contact(fresh(user_data="K-1"))
    answer = await told(b, "update_contact", contact_id=CONTACT10, UserData="K-1")
    assert "Other contacts have this UserData" in answer["consequences"][0]
    assert f"ID {other.id}" in answer["consequences"][1]
    assert b.wire.changes == []
    assert (await told(b, "update_contact", contact_id=CONTACT10, UserData="K-2"))["status"] == "done"


async def test_a_deleted_person_who_was_closed_elsewhere_is_brought_back_for_a_reason_alone(bench: Make):
    b = bench()
    change(b, CONTACT10, phone_number1="4930231250")
    phrase = (await told(b, "delete_contact", contact_id=CONTACT10))["confirm"]
    await told(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    change(b, CLOSED_MUELLER, phone_number3="030 231250")
    answer = await told(b, "undo_change", change_id=1)
    assert any("closed or locked under another key" in line for line in answer["consequences"])
    assert any(CLOSED in line for line in answer["consequences"])
    assert "reason" in answer["next_step"]
    again = await told(b, "undo_change", change_id=1, reason=WHY)
    outcome = await ask(b, "undo_change", {"change_id": 1, "reason": WHY, "confirm": again["confirm"]})
    assert structure_of(outcome)["status"] == "done"


async def test_a_final_result_that_an_import_did_away_with_is_told(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, user_data="K-1")
    campaign_id = contact(b, CLOSED_MUELLER).dialler_campaigns_id
    values = {**NEW, "DiallerCampaignsID": campaign_id, "UserData": "K-1", "overwrite_duplicates": True}
    phrase = (await told(b, "import_contact", **values))["confirm"]
    anew = {"ID": CLOSED_MUELLER, "UserData": "K-1", "Name": "Neu", "DiallerCampaignsID": campaign_id}
    answered = {**anew, "DiallerCampaignsResultCodesID": None}
    instead(b, "POST", "/dialler/contacts/import", lambda: records([answered]))
    answer = await told(b, "import_contact", **values, confirm=phrase)
    assert any("Its result was final and is gone" in note for note in answer["notes"])
