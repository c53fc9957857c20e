"""The ACD side: groups, events, types and statuses."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from dialler_mcp.domain.codes import ACD_EVENT_STATUSES
from dialler_mcp.domain.records import AcdEvent

Connect = Callable[..., httpx2.AsyncClient]

CREATE = "/acd/events/create"
EVENT: dict[str, Any] = {"AcdEventTypesID": 3, "Sender": "493023125001", "Subject": "Rückruf", "AcdGroupsID": 201}


async def test_events_are_listed_oldest_first(connect: Connect) -> None:
    async with connect() as client:
        answer = (await client.get("/acd/events")).json()
        one = (await client.get("/acd/events/event/5001")).json()["records"]
    times = [event["dtCreated"] for event in answer["records"]]
    assert (answer["count"], answer["orderBy"]) == (25, "dtCreated")
    assert times == sorted(times)
    assert one == answer["records"][:1]
    assert one[0].keys() == {info.wire for info in AcdEvent.fields()} - {"Result_"}


async def test_types_and_statuses_have_internal_names(connect: Connect) -> None:
    async with connect() as client:
        types = (await client.get("/acd/events/types")).json()
        statuses = (await client.get("/acd/events/status")).json()
    assert {"ID": 3, "ShortText": "AcdEventTypes.Callback"} in types["records"]
    assert {"ID": 20, "ShortText": "AcdEventStatus.New"} in statuses["records"]
    assert (statuses["count"], statuses["orderBy"]) == (len(ACD_EVENT_STATUSES), "ID")


async def test_groups_are_found_by_id_and_by_part_of_the_name(connect: Connect) -> None:
    async with connect() as client:
        every = (await client.get("/acd/groups")).json()
        one = (await client.get("/acd/groups/group/202")).json()["records"]
        groups = (await client.get("/acd/groups/group", params={"name": "RÜCK"})).json()["records"]
    assert (every["count"], every["orderBy"]) == (6, "Name")
    assert one == groups
    assert one[0]["Name"] == "Rückruf Service"
    assert {"QueueMusicID4Sec", "bPositionAnnouncement3"} < one[0].keys()


async def test_a_new_event_gets_defaults_and_its_time(connect: Connect) -> None:
    async with connect() as client:
        (event,) = (await client.post(CREATE, json=EVENT)).json()["records"]
        (same,) = (await client.get(f"/acd/events/event/{event['ID']}")).json()["records"]
    assert event == same
    assert (event["nPriority"], event["AcdEventStatusID"]) == (50, 20)
    assert event["dtCreated"] == event["dtLastModified"] == "2026-11-20T14:00:00.000"
    assert "Result_" not in event


async def test_two_group_ids_do_instead_of_one_and_a_priority_of_zero_counts(connect: Connect) -> None:
    both = {"AcdGroupsID": None, "AcdConfigurationGroupsID": 1, "AcdAgentGroupsID": 2, "nPriority": 0}
    async with connect() as client:
        (event,) = (await client.post(CREATE, json={**EVENT, **both})).json()["records"]
    assert (event["AcdAgentGroupsID"], event["nPriority"]) == (2, 0)


@pytest.mark.parametrize("missing", ["AcdEventTypesID", "Sender", "Subject", "AcdGroupsID"])
async def test_a_mandatory_field_is_asked_for_by_name(connect: Connect, missing: str) -> None:
    async with connect() as client:
        answer = await client.post(CREATE, json={**EVENT, missing: None, "AcdAgentGroupsID": 2})
    assert answer.status_code == 400
    assert missing in answer.json()["error"]


async def test_an_event_for_an_unknown_group_is_a_404(connect: Connect) -> None:
    async with connect() as client:
        answer = await client.post(CREATE, json={**EVENT, "AcdGroupsID": 1})
    assert (answer.status_code, answer.json()["error"]) == (404, "AcdGroup not found")


async def test_a_group_that_forbids_duplicates_comments_the_event_it_has(connect: Connect) -> None:
    unique = {**EVENT, "AcdGroupsID": 202}
    async with connect() as client:
        (first,) = (await client.post(CREATE, json=unique)).json()["records"]
        (second,) = (await client.post(CREATE, json={**unique, "Subject": "Noch einmal"})).json()["records"]
        (third,) = (await client.post(CREATE, json={**unique, "Sender": "493023125002"})).json()["records"]
    assert "Result_" not in first
    assert (second["ID"], second["Result_"], second["Subject"]) == (first["ID"], "UPDATED", "Rückruf")
    assert "Noch einmal" in second["Body"]
    assert third["ID"] != first["ID"]
