"""What a reading makes of odd lists before it becomes a snapshot."""

import httpx2
import pytest

from dialler_mcp.domain.contact_state import result_code_id
from dialler_mcp.domain.fields import Language
from tests.reporting.house import CAMPAIGN, OTHER, House, is_list


async def test_a_record_without_an_id_is_no_contact(house: House) -> None:
    rows = [{"Name": "Nobody"}, {"ID": 5, "DiallerCampaignsID": CAMPAIGN}, {"ID": 6, "DiallerCampaignsID": OTHER}]
    house.wire.instead = lambda request: httpx2.Response(200, json={"records": rows}) if is_list(request) else None
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures("SELECT contact_id FROM contacts") == [(5,)]


async def test_a_contact_that_is_listed_twice_is_one(house: House) -> None:
    rows = [
        {"ID": 5, "nTriesPhoneNumber1": 1},
        {"ID": 6, "Name": "Muster"},
        {"ID": 5, "nTriesPhoneNumber1": 2},
    ]
    house.wire.instead = lambda request: httpx2.Response(200, json={"records": rows}) if is_list(request) else None
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures("SELECT contact_id, attempts, name FROM contacts ORDER BY 1") == [
        (5, 2, None),
        (6, 0, "Muster"),
    ]


@pytest.mark.thorough
async def test_a_result_that_is_new_since_the_names_were_read_is_named(house: House) -> None:
    """The names hold for an hour; a code that nobody knows makes them be read again, also for calls that are loaded."""
    codes = [code.to_record(Language.en) for code in house.store.result_codes(CAMPAIGN)]
    code = next(code for code in codes if code.b_done)
    hidden = True

    def without(request: httpx2.Request) -> httpx2.Response | None:
        if not (hidden and request.url.path.endswith("/resultCodes")):
            return None
        return httpx2.Response(200, json={"records": []})

    house.wire.instead = without
    moved = next(contact for contact in house.store.contacts(CAMPAIGN) if result_code_id(contact) == code.id)
    others = [contact for contact in house.store.contacts(CAMPAIGN) if contact.id != moved.id]
    for contact in others:
        house.store.delete_contact(contact.id)
    await house.snapshots.refresh([CAMPAIGN])
    hidden = False
    house.call(moved.id)
    house.asked()
    await house.snapshots.refresh([CAMPAIGN])
    assert sum("resultCodes" in batch for batch in house.asked()) == 2
    assert house.figures("SELECT result_type, state FROM contacts") == [("Done", "done")]
    assert house.figures(f"SELECT DISTINCT result_type FROM calls WHERE result_code_id = {code.id}") == [("Done",)]
