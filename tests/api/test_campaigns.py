"""The campaign functions beyond what tests/api/test_functions.py holds for all."""

from datetime import datetime
from typing import Any

import pytest

from dialler_mcp.api.errors import Conflict, NotFound
from dialler_mcp.domain.fields import Language
from tests.api.wire import Wire, records, refusal, sent

FROM, TO = datetime(2026, 3, 1, 8, 0, 0, 5), datetime(2026, 3, 31, 20)


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ({}, {}),
        ({"user_data": "K-1"}, {"userData": "K-1"}),
        ({"user_data": ""}, {"userData": ""}),
        ({"dt_from": FROM, "dt_to": TO}, {"dtFrom": "2026-03-01T08:00:00", "dtTo": "2026-03-31T20:00:00"}),
        ({"dt_to": TO}, {"dtTo": "2026-03-31T20:00:00"}),
    ],
)
async def test_clone_sends_only_what_is_given(arguments: dict[str, Any], body: dict[str, Any]) -> None:
    wire = Wire(records({"ID": 7, "Name": "B"}))
    async with wire.dialler() as dialler:
        assert (await dialler.clone_campaign("A", "B", **arguments)).id == 7
    assert sent(wire.request) == {"source": "A", "destination": "B"} | body


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (409, Conflict)])
async def test_clone_tells_a_missing_source_from_a_taken_name(status: int, kind: type[Exception]) -> None:
    async with Wire(refusal(status, "Dialler campaign")).dialler() as dialler:
        with pytest.raises(kind):
            await dialler.clone_campaign("A", "B")


async def test_a_campaign_is_read_with_every_documented_field() -> None:
    row = {
        "ContactPreviewTime": 5,
        "nMaxParallelLines": None,
        "bCloseContactsOnIncomingCallsMatchCallerID": True,
        "dtFrom": "2026-03-01T08:00:00",
        "dtTo": None,
        "LanguagesID": 2,
        "bCallerIDActive": False,
        "Name": "Campaign 1000",
        "ClientsID": 1,
        "AbortOnNoTelNumberResultCodesID": 2492,
        "IncomingCallResultCodesID": 2494,
        "ID": 535,
    }
    async with Wire(records(row)).dialler() as dialler:
        campaign = await dialler.get_campaign(535)
    assert campaign.other == {}
    assert campaign.b_close_contacts_on_incoming_calls_match_caller_id is True
    assert (campaign.abort_on_no_tel_number_result_codes_id, campaign.incoming_call_result_codes_id) == (2492, 2494)
    assert (campaign.name, campaign.dt_from) == ("Campaign 1000", datetime(2026, 3, 1, 8))


@pytest.mark.parametrize(("language", "number"), [(Language.en, "1"), (Language.de, "2")])
async def test_result_codes_are_asked_for_in_a_language(language: Language, number: str) -> None:
    row = {"ID": 2695, "Content": "Abgeschlossen", "ExportKey": "ABG", "bDone": True, "bAgentBound": None}
    wire = Wire(records(row))
    async with wire.dialler() as dialler:
        (code,) = await dialler.get_result_codes(535, language)
    assert (code.id, code.content, code.export_key, code.b_done, code.b_agent_bound) == (
        2695,
        "Abgeschlossen",
        "ABG",
        True,
        None,
    )
    assert wire.request.url.query == f"languagesID={number}".encode()


async def test_a_search_by_name_returns_all_partial_matches() -> None:
    async with Wire(records({"ID": 1, "Name": "Winback"}, {"ID": 2, "Name": "Winback 2"})).dialler() as dialler:
        assert [campaign.id for campaign in await dialler.find_campaigns_by_name("Winback")] == [1, 2]
