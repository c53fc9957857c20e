"""Values that an update empties are lost: what matters is not emptied unasked."""

import pytest

from tests.tools.asking import CONTACT10, Make, change, told

EMPTYING = [
    {"Company": "", "City": ""},
    {"Name": ""},
    {"Name": "  "},
    {"UserData": ""},
    {f"PhoneNumber{slot}": "" for slot in range(1, 7)},
    {"PhoneNumber1": ""},
]


@pytest.mark.parametrize("values", EMPTYING, ids=lambda values: "+".join(values))
async def test_emptying_what_matters_asks_first_and_shows_what_is_lost(bench: Make, values: dict[str, str]):
    b = bench()
    change(b, CONTACT10, company="Muster AG", phone_number2=None, phone_number3=None, phone_number4=None)
    answer = await told(b, "update_contact", contact_id=CONTACT10, **values)
    assert answer["status"] == "confirmation_required"
    assert "are emptied, and their values are lost" in answer["consequences"][0]
    assert set(answer["before"]) <= set(values)
    assert set(answer["after"].values()) == {""}
    assert b.wire.changes == []
    result = await told(b, "update_contact", contact_id=CONTACT10, **values, confirm=answer["confirm"])
    assert result["status"] == "done"
    assert len(b.wire.changes) == 1


async def test_the_last_number_is_not_emptied_unasked(bench: Make):
    b = bench()
    change(b, CONTACT10, phone_number2="493023125001", **{f"phone_number{slot}": None for slot in (3, 4, 5, 6)})
    assert (await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber1=""))["status"] == "done"
    answer = await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber2="")
    assert "No phone number is left" in answer["consequences"][1]


async def test_emptying_one_field_or_what_is_empty_asks_nobody(bench: Make):
    b = bench()
    change(b, CONTACT10, company=None)
    answer = await told(b, "update_contact", contact_id=CONTACT10, Company="", City="")
    assert answer["status"] == "done"
