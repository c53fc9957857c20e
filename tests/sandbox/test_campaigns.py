"""What the campaign functions find and do."""

import pytest

from dialler_mcp.domain.records import Campaign, ResultCode
from dialler_mcp.sandbox import Store
from tests.sandbox.conftest import Connect, records

CAMPAIGN = "/dialler/campaigns/campaign"
CLONE = "/dialler/campaigns/clone"


async def test_campaigns_are_listed_by_name_with_every_declared_field(connect: Connect) -> None:
    async with connect() as client:
        answer = await client.get("/dialler/campaigns")
        campaigns = await records(answer)
        one = await records(await client.get("/dialler/campaigns/538"))
        same = await records(await client.get(f"{CAMPAIGN}/538"))
    assert answer.json()["orderBy"] == "Name"
    assert campaigns[0].keys() == {info.wire for info in Campaign.fields()}
    assert [row["Name"] for row in campaigns] == sorted((row["Name"] for row in campaigns), key=str.casefold)
    assert one == same == [row for row in campaigns if row["ID"] == 538]


async def test_a_name_is_searched_in_part_and_whatever_its_case(connect: Connect) -> None:
    async with connect() as client:
        for part, expected in (("PAIGN 1000", 2), ("50% &", 1), ("Herbst/2020", 1), ("KÜNDIGER", 1)):
            assert len(await records(await client.get(CAMPAIGN, params={"name": part}))) == expected


@pytest.mark.parametrize(
    ("query", "word"),
    [("?languagesID=2", "Verkauf"), ("?languagesID=1", "Sale"), ("", "Sale"), ("?languagesID=9", "Sale")],
)
async def test_result_codes_speak_the_asked_language(connect: Connect, query: str, word: str) -> None:
    async with connect() as client:
        codes = await records(await client.get(f"{CAMPAIGN}/538/resultCodes{query}"))
    assert len(codes) == 7
    assert codes[0].keys() == {info.wire for info in ResultCode.fields()}
    assert [code["Content"] for code in codes if code["bDone"]] == [word]
    assert [code["ExportKey"] for code in codes if not code["bAllowDelete"]] == ["Max Tries (Abort)"]
    for code in codes:
        assert sum(code[flag] for flag in ("bDone", "bAborted", "bDelay", "bAppointment")) == 1
        assert code["ShortText"] == f"DiallerCampaignsResultCodes.{code['ID']}"


async def test_campaigns_share_export_keys_but_no_ids(connect: Connect) -> None:
    async with connect() as client:
        one = await records(await client.get(f"{CAMPAIGN}/538/resultCodes"))
        other = await records(await client.get(f"{CAMPAIGN}/556/resultCodes"))
    assert {code["ExportKey"] for code in one} == {code["ExportKey"] for code in other}
    assert not {code["ID"] for code in one} & {code["ID"] for code in other}


async def test_a_clone_has_everything_but_the_contacts(connect: Connect, store: Store) -> None:
    body = {
        "source": "campaign 1000",
        "destination": "Copy",
        "userData": "key",
        "dtFrom": "2027-01-01T00:00:00",
        "dtTo": "2027-02-01T00:00:00",
    }
    async with connect() as client:
        (clone,) = await records(await client.post(CLONE, json=body))
        codes = await records(await client.get(f"{CAMPAIGN}/{clone['ID']}/resultCodes"))
        source = await records(await client.get(f"{CAMPAIGN}/538/resultCodes"))
    assert (clone["Name"], clone["UserData"]) == ("Copy", "key")
    assert (clone["dtFrom"], clone["dtTo"]) == ("2027-01-01T00:00:00.000", "2027-02-01T00:00:00.000")
    assert store.contacts(clone["ID"]) == []
    assert [code["ExportKey"] for code in codes] == [code["ExportKey"] for code in source]
    assert not {code["ID"] for code in codes} & {code["ID"] for code in source}
    by_id = {code["ID"]: code["ExportKey"] for code in codes}
    assert by_id[clone["AbortOnNoTelNumberResultCodesID"]] == "FN"
    assert by_id[clone["IncomingCallResultCodesID"]] == "ABG"


async def test_a_clone_without_dates_keeps_those_of_its_source(connect: Connect) -> None:
    async with connect() as client:
        (source,) = await records(await client.get(CAMPAIGN, params={"name": "Winback"}))
        (clone,) = await records(await client.post(CLONE, json={"source": source["Name"], "destination": "Copy"}))
    assert (clone["dtFrom"], clone["dtTo"], clone["UserData"]) == (source["dtFrom"], source["dtTo"], None)


async def test_a_clone_needs_a_source_and_a_free_name(connect: Connect) -> None:
    async with connect() as client:
        missing = await client.post(CLONE, json={"source": "Campaign", "destination": "Copy"})
        answer = await client.post(CLONE, json={"source": "Campaign 1000", "destination": "service nps"})
    assert (missing.status_code, missing.json()["error"]) == (404, "Dialler campaign not found")
    assert (answer.status_code, answer.json()) == (409, {"status": 409, "error": "Dialler campaign already exists"})


@pytest.mark.parametrize("path", [f"{CAMPAIGN}/538", f"{CAMPAIGN}?name=CAMPAIGN%201000"])
async def test_a_deleted_campaign_takes_contacts_history_and_codes_with_it(
    connect: Connect, store: Store, path: str
) -> None:
    async with connect() as client:
        assert (await client.delete(path)).json() == {"status": 200}
        assert (await client.get(f"{CAMPAIGN}/538/resultCodes")).status_code == 404
        assert len(await records(await client.get(CAMPAIGN, params={"name": "Campaign 1000"}))) == 1
    assert store.contacts(538) == store.result_codes(538) == store.history([215220]) == []
    assert len(store.contacts(539)) == 12
