"""The ACD functions beyond what tests/api/test_functions.py holds for all."""

import pytest

from dialler_mcp.api.errors import BadRequest, NotFound
from tests.api.wire import Wire, records, refusal, sent

EVENT = {"AcdEventTypesID": 3, "AcdGroupsID": 7, "Sender": "493023125012", "Subject": "Rückruf für Käthe"}


async def test_a_created_event_is_returned() -> None:
    wire = Wire(records({"ID": 5, "AcdEventStatusID": 20} | EVENT))
    async with wire.dialler() as dialler:
        event = await dialler.create_acd_event(EVENT)
    assert (event.id, event.acd_event_status_id, event.subject, event.result_) == (5, 20, "Rückruf für Käthe", None)
    assert sent(wire.request) == EVENT


async def test_a_group_without_duplicates_answers_with_the_event_that_exists() -> None:
    async with Wire(records({"ID": 5, "Result_": "UPDATED"})).dialler() as dialler:
        assert (await dialler.create_acd_event(EVENT)).result_ == "UPDATED"


async def test_a_missing_value_is_told_in_the_words_of_the_dialler() -> None:
    async with Wire(refusal(400, "Sender or group missing")).dialler() as dialler:
        with pytest.raises(BadRequest, match="Sender or group missing"):
            await dialler.create_acd_event({"AcdEventTypesID": 3})


async def test_types_and_statuses_keep_the_internal_names() -> None:
    wire = Wire(
        records({"ID": 3, "ShortText": "AcdEventTypes.Callback"}),
        records({"ID": 20, "ShortText": "AcdEventStatus.New"}),
    )
    async with wire.dialler() as dialler:
        (kind,) = await dialler.list_acd_event_types()
        (status,) = await dialler.list_acd_event_statuses()
    assert (kind.id, kind.short_text) == (3, "AcdEventTypes.Callback")
    assert (status.id, status.short_text) == (20, "AcdEventStatus.New")


async def test_a_group_keeps_the_fields_that_are_not_declared() -> None:
    async with Wire(records({"ID": 7, "Name": "Verkauf", "bPositionAnnouncement3": None})).dialler() as dialler:
        (group,) = await dialler.find_acd_groups_by_name("Verk")
    assert (group.name, group.other) == ("Verkauf", {"bPositionAnnouncement3": None})


async def test_an_event_or_a_group_that_is_none_is_not_found() -> None:
    async with Wire(records(), refusal(404, "Acd group not found")).dialler() as dialler:
        with pytest.raises(NotFound):
            await dialler.get_acd_event(1)
        with pytest.raises(NotFound, match="Acd group not found"):
            await dialler.get_acd_group(1)
