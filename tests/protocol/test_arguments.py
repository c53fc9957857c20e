"""Arguments as hosts send them."""

from collections.abc import Callable
from typing import Any

import pytest

from dialler_mcp.server import all_tools
from tests.conftest import Bench, structure_of, text_of
from tests.kept import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, steady
from tests.typical import TYPICAL

Make = Callable[..., Bench]

CAMPAIGNS = [CAMPAIGN_1000, CANCELLERS]
ON_COPIES = {"dialler_campaign_report", "dialler_check_data", "dialler_query", "dialler_list_callbacks"}
TOOLS = {tool.name: tool for tool in all_tools()}
QUICK = set(TOOLS) - ON_COPIES


@pytest.mark.parametrize("names", [QUICK, pytest.param(set(TOOLS) - QUICK, marks=pytest.mark.thorough)])
@pytest.mark.usefixtures("quick_questions")
async def test_null_for_an_optional_argument_means_not_given(
    bench: Make, monkeypatch: pytest.MonkeyPatch, names: set[str]
):
    """Each tool is asked with nulls and without, once each on its own server: a change is then made on both."""
    report_on_what_is_there(monkeypatch)
    read = () if names == QUICK else CAMPAIGNS
    with_nulls, plain = (steady(bench(read=read)) for _ in range(2))
    async with with_nulls.connect() as client, plain.connect() as other:
        for name in sorted(names):
            tool = TOOLS[name]
            needed = TYPICAL[name.removeprefix("dialler_")]
            nulls: dict[str, Any] = dict.fromkeys(tool.parameters["properties"])
            asked, expected = await client.call_tool(name, nulls | needed), await other.call_tool(name, needed)
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
