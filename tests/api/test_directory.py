"""Names for IDs, remembered for a minute."""

import pytest

from dialler_mcp.api.directory import MEMORY, Directory
from dialler_mcp.domain.fields import Language
from tests.api.wire import Wire, records, refusal

CAMPAIGN = {"ID": 538, "Name": "Winback"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_campaign_is_asked_for_once_a_minute(clock: Clock) -> None:
    wire = Wire(records(CAMPAIGN), records(CAMPAIGN | {"Name": "Winback 2"}))
    async with wire.dialler() as dialler:
        directory = Directory(dialler, clock)
        campaign = await directory.campaign(538)
        assert campaign is not None
        assert campaign.name == "Winback"
        assert await directory.campaign(538) is campaign
        clock.now += MEMORY - 0.1
        assert await directory.campaign(538) is campaign
        clock.now += 0.2
        later_answer = await directory.campaign(538)
        assert later_answer is not None
        assert later_answer.name == "Winback 2"
    assert len(wire.requests) == 2


async def test_result_codes_are_kept_by_campaign_and_language(clock: Clock) -> None:
    wire = Wire(records({"ID": 1, "Content": "Done"}), records({"ID": 1, "Content": "Abschluss"}), records())
    async with wire.dialler() as dialler:
        directory = Directory(dialler, clock)
        for _ in range(2):
            assert (await directory.result_codes(538, Language.en))[1].content == "Done"
            assert (await directory.result_codes(538, Language.de))[1].content == "Abschluss"
            assert await directory.result_codes(539, Language.de) == {}
    assert len(wire.requests) == 3


async def test_a_name_that_cannot_be_had_is_none_and_asked_for_again(clock: Clock) -> None:
    wire = Wire(
        refusal(500, "no"), refusal(404, "Dialler campaign not found"), records(CAMPAIGN), refusal(500, "no"), records()
    )
    async with wire.dialler() as dialler:
        directory = Directory(dialler, clock)
        assert await directory.campaign(538) is None
        assert await directory.campaign(538) is None
        assert await directory.campaign(538) is not None
        assert await directory.campaigns() == []
        assert await directory.campaigns() == []
    assert wire.answers == []


async def test_without_an_id_nothing_is_asked(clock: Clock) -> None:
    async with Wire().dialler() as dialler:
        directory = Directory(dialler, clock)
        assert await directory.campaign(None) is None
        assert await directory.campaign(0) is None
        assert await directory.result_codes(None, Language.en) == {}


async def test_what_was_forgotten_is_asked_for_again(clock: Clock) -> None:
    wire = Wire(records(CAMPAIGN), records())
    async with wire.dialler() as dialler:
        directory = Directory(dialler, clock)
        assert [campaign.id for campaign in await directory.campaigns()] == [538]
        directory.forget()
        assert await directory.campaigns() == []


async def test_acd_groups_are_kept_by_id(clock: Clock) -> None:
    wire = Wire(records({"ID": 7, "Name": "Verkauf"}))
    async with wire.dialler() as dialler:
        directory = Directory(dialler, clock)
        for _ in range(2):
            assert (await directory.acd_groups())[7].name == "Verkauf"
