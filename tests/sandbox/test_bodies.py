"""What a body may hold, and how what it may not hold is refused."""

from typing import Any

import pytest

from dialler_mcp.domain.records import PHONE_SLOTS
from dialler_mcp.sandbox import Store
from tests.sandbox.conftest import IMPORT, PERSON, UPDATE, Connect, record


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Name": ""}, "Name"),
        ({"PhoneNumber1": None}, "PhoneNumber1"),
        ({"DiallerCampaignsID": None}, "DiallerCampaignsID"),
        ({"DiallerCampaignsID": "538"}, "DiallerCampaignsID"),
        ({"FirstName": "x" * 65}, "FirstName"),
        ({"FirstName": 12}, "FirstName"),
        ({"Amount": "12"}, "Amount"),
        ({"Amount": True}, "Amount"),
        ({"RandomSortOrder": 1.5}, "RandomSortOrder"),
        ({"dtBeginDate": "soon"}, "dtBeginDate"),
        ({"dtBeginDate": 12}, "dtBeginDate"),
    ],
)
async def test_what_cannot_be_imported_is_named_and_nothing_is_stored(
    connect: Connect, store: Store, change: dict[str, Any], field: str
) -> None:
    before = len(store.contacts())
    async with connect() as client:
        answer = await client.post(IMPORT, json={**PERSON, **change})
    assert answer.status_code == 400
    assert field in answer.json()["error"]
    assert len(store.contacts()) == before


async def test_times_with_an_offset_are_stored_as_local_time(connect: Connect) -> None:
    times = {"dtBeginDate": "2026-07-01T10:00:00Z", "dtEndDate": "2026-12-01T00:00:00", "FollowUpDateTime": ""}
    async with connect() as client:
        new = await record(await client.post(IMPORT, json={**PERSON, **times}))
    assert new["dtBeginDate"] == "2026-07-01T12:00:00.000"
    assert new["dtEndDate"] == "2026-12-01T00:00:00.000"
    assert new["FollowUpDateTime"] is None


async def test_flags_are_false_after_an_update(connect: Connect) -> None:
    async with connect() as client:
        assert (await record(await client.get("/dialler/contacts/218000")))["bPhoneNumber1Invalid"] is None
        after = await record(await client.post(UPDATE, json={"ID": 218000, "Name": "Neu"}))
    assert [after[f"bPhoneNumber{slot}Invalid"] for slot in PHONE_SLOTS] == [False] * 6
    assert after["bLastResultMailbox"] is after["bLocked"] is False
