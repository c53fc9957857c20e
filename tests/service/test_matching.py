from typing import Any

import pytest

from dialler_mcp.api.errors import NotFound
from dialler_mcp.problem import Problem
from dialler_mcp.sandbox import Options
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import (
    asked_campaign,
    asked_campaigns,
    campaign_meant,
    campaigns_named,
    changed_campaign,
)
from tests.examples import rest_thorough
from tests.tools.asking import (
    CAMPAIGN_1000,
    CAMPAIGN_TEST,
    NPS,
    WINBACK,
    Make,
    fresh,
    instead,
    never_answered,
    records,
    refused,
    told,
)

pytestmark = pytest.mark.everyone

BY_ID = {
    "lock_contact_by_user_data": "dialler_lock_contact",
    "unlock_contact_by_user_data": "dialler_unlock_contact",
    "reset_contact_by_user_data": "dialler_reset_contact",
    "delete_contact_by_user_data": "dialler_delete_contact",
    "update_contact": "dialler_update_contact",
}
tools = pytest.mark.parametrize("tool", BY_ID)


def arguments(tool: str, user_data: str) -> dict[str, Any]:
    return {"user_data": user_data} | ({"City": "Bonn"} if tool == "update_contact" else {})


@tools
async def test_a_write_by_user_data_refuses_when_two_contacts_share_it(bench: Make, tool: str):
    b = bench()
    text = await refused(b, tool, **arguments(tool, "Kunde-4711"))
    assert "Nothing was changed: 2 contacts share this UserData" in text
    assert "ID 217000 · Serhii Ivanova · Kündiger-Rückgewinnung (551) · done" in text
    assert "ID 217001 · Jörg Schulz · Kündiger-Rückgewinnung (551) · open" in text
    assert f"use {BY_ID[tool]} with its ID" in text
    assert b.wire.changes == []


@tools
async def test_a_write_by_user_data_refuses_across_campaigns(bench: Make, tool: str):
    b = bench()
    text = await refused(b, tool, **arguments(tool, "kunde-0815"))
    assert "50% & Co. (547) · aborted" in text
    assert "Service NPS (556) · new" in text
    assert b.wire.changes == []


@tools
@pytest.mark.parametrize("no_match", rest_thorough(["404", "empty"]))
async def test_a_write_by_user_data_that_nobody_has_names_near_ones(bench: Make, tool: str, no_match: Any):
    b = bench(Options(no_match=no_match))
    text = await refused(b, tool, **arguments(tool, "Kunde 471"))
    assert "Nothing was changed: no contact has this UserData. Near matches: Kunde-4711" in text
    assert b.wire.changes == []


async def test_without_near_ones_a_search_is_named(bench: Make):
    text = await refused(bench(), "lock_contact_by_user_data", user_data="§§§§§§")
    assert "Search with dialler_list_contacts and text" in text


async def test_near_ones_that_cannot_be_searched_are_no_error(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", never_answered)
    assert "Search with dialler_list_contacts" in await refused(b, "lock_contact_by_user_data", user_data="Contact1O")


async def test_at_most_ten_of_many_are_named(bench: Make):
    b = bench()
    for number in range(13):
        b.store.add_contact(fresh(user_data="Oft", name=f"Nr{number}", b_locked=True))
    text = await refused(b, "lock_contact_by_user_data", user_data="Oft")
    assert "13 contacts share" in text
    assert text.count(" · locked") == 10
    assert "and 3 more" in text


@pytest.mark.parametrize("name", ["Campaign", "campaign 100"])
async def test_a_part_of_a_name_deletes_nothing(bench: Make, name: str):
    b = bench()
    text = await refused(b, "delete_campaign_by_name", name=name)
    assert "no campaign has exactly this name, but there are: Campaign 1000 (ID 538); Campaign 1000 Test" in text
    assert "use dialler_delete_campaign with its ID" in text
    assert b.wire.changes == []


async def test_several_campaigns_of_one_name_are_listed(bench: Make):
    b = bench()
    twin = b.store.campaign(538)
    assert twin is not None
    twin.id, twin.name = 556, "CAMPAIGN 1000"
    b.store.save_campaign(twin)
    rows = [{"ID": 538, "Name": "Campaign 1000"}, {"ID": 556, "Name": "CAMPAIGN 1000"}]
    instead(b, "GET", "/dialler/campaigns/campaign", lambda: records(rows))
    text = await refused(b, "delete_campaign_by_name", name="Campaign 1000")
    assert "2 campaigns have this name: Campaign 1000 (ID 538); CAMPAIGN 1000 (ID 556)" in text
    assert b.wire.changes == []


async def test_a_misspelt_name_names_near_ones(bench: Make):
    b = bench()
    assert "Near matches: Service NPS" in await refused(b, "delete_campaign_by_name", name="Servise NPS")
    assert "dialler_list_campaigns lists all" in await refused(b, "delete_campaign_by_name", name="qqqq")


async def test_cloning_asks_for_the_exact_name(bench: Make):
    b = bench()
    text = await refused(b, "clone_campaign", source="Campaign", destination="Neu")
    assert "give its exact name" in text
    assert b.wire.changes == []


async def test_a_name_within_others_is_deleted_by_its_id(bench: Make):
    """Whether the dialler deletes by a part of the name is not documented."""
    b = bench()
    phrase = (await told(b, "delete_campaign_by_name", name="Campaign 1000"))["confirm"]
    await told(b, "delete_campaign_by_name", name="Campaign 1000", confirm=phrase)
    assert b.wire.changes == ["DELETE /dialler/campaigns/campaign/538"]
    assert b.store.campaign(539) is not None


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        (" campaign  1000 ", [CAMPAIGN_1000]),
        ("campaign", [CAMPAIGN_1000, CAMPAIGN_TEST]),
        (str(CAMPAIGN_1000), [CAMPAIGN_1000]),
        ("nps", [NPS]),
    ],
)
async def test_a_campaign_is_meant_by_its_whole_name_or_else_by_a_part(bench: Make, name: str, ids: list[int]):
    campaigns = await campaigns_named(Invocation(bench().profile), name)
    assert sorted(campaign.id for campaign in campaigns) == ids


@pytest.mark.parametrize(
    ("name", "hint", "advice"),
    [
        ("Servise NPS", "Near matches: Service NPS (ID 556).", ""),
        ("qqqq", "", "list_campaigns"),
    ],
)
async def test_a_campaign_that_is_none_is_answered_with_near_ones(bench: Make, name: str, hint: str, advice: str):
    with pytest.raises(Problem, match="No campaign has this name") as refusal:
        await campaigns_named(Invocation(bench().profile), name)
    assert hint in str(refusal.value)
    assert refusal.value.advice == advice
    assert name not in str(refusal.value)


async def test_digits_that_are_no_name_are_answered_with_the_names_that_hold_them(bench: Make):
    with pytest.raises(Problem, match=r"Near matches: Campaign 1000 \(ID 538\); Campaign 1000 Test"):
        await campaigns_named(Invocation(bench().profile), "1000")


async def test_one_campaign_is_asked_for_by_id_or_name_and_none_is_all(bench: Make):
    call = Invocation(bench().profile)
    by_id, by_name = await asked_campaign(call, NPS, None), await asked_campaign(call, None, "service nps")
    assert by_id is not None
    assert by_name is not None
    assert (by_id.id, by_name.id) == (NPS, NPS)
    assert await asked_campaign(call, None, None) is None


async def test_a_campaign_that_could_be_several_is_not_guessed(bench: Make):
    call = Invocation(bench().profile)
    with pytest.raises(Problem, match=r"Several campaigns could be meant: .*538\); .*539\)\. Give campaign_id"):
        await asked_campaign(call, None, "Campaign")
    with pytest.raises(Problem, match="campaign_id or name, not both"):
        await asked_campaign(call, NPS, "NPS")
    with pytest.raises(NotFound):
        await asked_campaign(call, 999, None)


async def test_several_campaigns_are_meant_by_ids_and_names_each_once(bench: Make):
    call = Invocation(bench().profile)
    campaigns = await asked_campaigns(call, [NPS, NPS], ["nps", "Winback", "campaign"])
    assert [campaign.id for campaign in campaigns] == [NPS, WINBACK, CAMPAIGN_1000, CAMPAIGN_TEST]
    assert await asked_campaigns(call, None, None) == []
    with pytest.raises(Problem, match="No campaign has name number 2"):
        await asked_campaigns(call, None, ["nps", "qqqq"])
    with pytest.raises(NotFound):
        await asked_campaigns(call, [999], None)


async def test_a_campaign_has_to_be_given_where_one_is_needed(bench: Make):
    call = Invocation(bench().profile)
    with pytest.raises(Problem, match="give campaign_id or name"):
        await campaign_meant(call, None, None)
    assert (await campaign_meant(call, None, "nps")).id == NPS


@pytest.mark.parametrize(("digits", "ids"), [("538", [538]), ("5", []), ("1000", [])])
async def test_digits_alone_find_a_campaign_by_its_id_and_no_part_of_a_name(bench: Make, digits: str, ids: list[int]):
    answer = await told(bench(), "find_campaigns_by_name", name=digits)
    assert [row[0] for row in answer["rows"]] == ids
    assert "this name or ID, " in answer["summary"]


async def test_digits_alone_name_what_is_copied_and_never_what_is_deleted(bench: Make):
    b = bench()
    text = await refused(b, "delete_campaign_by_name", name=str(CAMPAIGN_1000))
    assert "Campaign 1000 (ID 538)" in text
    assert b.wire.changes == []
    await told(b, "clone_campaign", source=str(CAMPAIGN_1000), destination="Neu")
    assert (await told(b, "find_campaigns_by_name", name="neu"))["total"] == 1


async def test_a_campaign_that_is_gone_is_known_to_the_journal_by_its_name(bench: Make):
    b = bench()
    call = Invocation(b.profile)
    assert (await changed_campaign(call, "service")).id == NPS
    phrase = (await told(b, "delete_campaign", campaign_id=NPS))["confirm"]
    await told(b, "delete_campaign", campaign_id=NPS, confirm=phrase)
    assert [(await changed_campaign(call, name)).id for name in ("Service NPS", "service", str(NPS))] == [NPS] * 3
    with pytest.raises(Problem, match="No campaign has this name"):
        await changed_campaign(call, "Servise")
    with pytest.raises(Problem, match="Several campaigns could be meant"):
        await changed_campaign(call, "r")
