"""Arguments as hosts send them."""

from collections.abc import Callable
from typing import Any

import pytest

from dialler_mcp.protocol.arguments import KeepsEmpty
from dialler_mcp.server import all_tools
from tests.conftest import Bench, structure_of, text_of
from tests.examples import rest_thorough
from tests.shared_snapshots import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, contact, refused, steady, told
from tests.typical import TYPICAL

Make = Callable[..., Bench]

CAMPAIGNS = [CAMPAIGN_1000, CANCELLERS]
ON_COPIES = {"dialler_campaign_report", "dialler_check_data", "dialler_query", "dialler_list_callbacks"}
TOOLS = {tool.name: tool for tool in all_tools()}
QUICK = set(TOOLS) - ON_COPIES


CONTACT10 = 215220


def left_out(name: str, nothing: str | None) -> dict[str, Any]:
    """Every parameter of a tool as a host sends it that fills in what was left out."""
    fields = TOOLS[name].fn_metadata.arg_model.model_fields
    names = {key for key, field in fields.items() if any(isinstance(one, KeepsEmpty) for one in field.metadata)}
    return {key: nothing for key in fields if nothing is None or key not in names}


@pytest.mark.parametrize("nothing", rest_thorough([None, ""]), ids=["null", "empty"])
@pytest.mark.parametrize("names", [QUICK, pytest.param(set(TOOLS) - QUICK, marks=pytest.mark.thorough)])
@pytest.mark.usefixtures("quick_questions")
async def test_nothing_for_an_optional_argument_means_not_given(
    bench: Make, monkeypatch: pytest.MonkeyPatch, names: set[str], nothing: str | None
):
    """Each tool is asked with it and without, once each on its own server: a change is then made on both."""
    report_on_what_is_there(monkeypatch)
    monkeypatch.setattr("dialler_mcp.service.people_lists.secrets.token_hex", lambda _: "list0001")  # pyright: ignore
    read = () if names == QUICK else CAMPAIGNS
    with_nulls, plain = (steady(bench(read=read)) for _ in range(2))
    async with with_nulls.connect() as client, plain.connect() as other:
        for name in sorted(names):
            needed = TYPICAL[name.removeprefix("dialler_")]
            filled_in = left_out(name, nothing) | needed
            asked, expected = await client.call_tool(name, filled_in), await other.call_tool(name, needed)
            assert text_of(asked) == text_of(expected), name


async def test_text_stays_text(bench: Make):
    b = bench()
    async with b.connect() as client:
        answer = structure_of(
            await client.call_tool(
                "dialler_update_contact", {"contact_id": 215220, "Comment": '["VIP"]', "Tag": "null"}
            )
        )
        assert not answer.get("confirm")
        record = structure_of(
            await client.call_tool("dialler_get_contact", {"contact_id": 215220, "fields": ["Comment", "Tag"]})
        )
    assert '["VIP"]' in str(record)
    assert "null" in str(record)


async def test_lists_numbers_and_flags_may_come_as_text(bench: Make):
    b = bench()
    async with b.connect() as client:
        plain = {"campaign_id": 538, "limit": 3, "fields": ["Name"], "min_attempts": 1}
        as_text = {"campaign_id": "538", "limit": "3", "fields": '["Name"]', "min_attempts": "1"}
        assert text_of(await client.call_tool("dialler_list_contacts", plain)) == text_of(
            await client.call_tool("dialler_list_contacts", as_text)
        )


async def test_numbers_may_come_in_any_form(bench: Make):
    b = bench()
    plain = (await told(b, "list_contacts", campaign_id=538, limit=3))["rows"]
    for limit in (3.0, "3", "3.0", "3\u200b", "\u202a3\u202c"):
        assert (await told(b, "list_contacts", campaign_id="538\ufeff", limit=limit))["rows"] == plain
    in_a_list = await told(b, "get_contacts", contact_ids=["215220\u200b"])
    assert [one["ID"] for one in in_a_list["contacts"]] == [CONTACT10]


async def test_the_word_null_is_a_name_and_a_key_like_any_other(bench: Make):
    b = bench()
    answer = await told(b, "update_contact", contact_id=CONTACT10, Name="null")
    assert answer["after"] == {"Name": "null"}
    assert contact(b, CONTACT10).name == "null"
    assert (await told(b, "list_contacts", campaign_id=538, text="null"))["total"] == 1
    new = {"Name": "Neu", "PhoneNumber1": "493023125001", "DiallerCampaignsID": 538, "UserData": "null"}
    import_answer = await told(b, "import_contact", overwrite_duplicates=False, **new)
    assert contact(b, import_answer["after"]["ID"]).user_data == "null"


async def test_an_empty_text_empties_the_field_that_it_is_written_into(bench: Make):
    b = bench()
    assert (await told(b, "update_contact", contact_id=CONTACT10, user_data="", City=""))["after"] == {"City": ""}
    assert not contact(b, CONTACT10).city


async def test_an_import_into_no_named_campaign_is_told_so(bench: Make):
    new = {"Name": "Neu", "PhoneNumber1": "493023125001", "DiallerCampaignsName": ""}
    text = await refused(bench(), "import_contact", overwrite_duplicates=False, **new)
    assert "DiallerCampaignsID or DiallerCampaignsName" in text


async def test_what_a_host_adds_by_itself_is_dropped_and_all_else_refused_by_name(bench: Make):
    b = bench()
    assert await told(b, "get_contact", contact_id=CONTACT10, toolCallId="call_1") == await told(
        b, "get_contact", contact_id=CONTACT10
    )
    text = await refused(b, "get_contact", contact_id=CONTACT10, contactId=7, nothing=None)
    assert text == (
        "Nothing was sent. Correct the arguments: the arguments contactId, nothing are not known; check the spelling "
        "against the tool's schema."
    )
    assert "Müller" not in await refused(b, "get_contact", contact_id=CONTACT10, **{"Frau Müller": 1})


async def test_one_is_taken_where_a_tool_takes_several(bench: Make):
    b = steady(bench())
    expected = await told(b, "get_contacts", contact_ids=[CONTACT10])
    for one in ({"contact_ids": CONTACT10}, {"contact_id": CONTACT10}, {"contact_id": str(CONTACT10)}):
        assert await told(b, "get_contacts", **one) == expected
    assert "name" in await refused(b, "forget_snapshot", name="Campaign 1000", names=["Campaign 1000"])
    assert (await told(b, "forget_snapshot", name="Campaign 1000"))["record"]["campaigns"] == "none"
