"""Arguments as hosts send them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from dialler_mcp.protocol.tools import DiallerTool
from dialler_mcp.server import all_tools
from tests.conftest import Bench, structure_of, text_of

Make = Callable[..., Bench]

TOOLS = {tool.name: tool for tool in all_tools()}
CODES = re.compile(r"#\w+|«\w+:|:\w+»")  # of phrases and fences: they are of one server alone
SMALLEST: dict[str, Any] = {"integer": 215220, "string": "Contact10", "array": [215220], "boolean": False}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
async def test_null_for_an_optional_argument_means_not_given(bench: Make, tool: DiallerTool):
    b, other = bench(role="admin"), bench(role="admin")
    schema = tool.parameters
    needed = {name: SMALLEST[schema["properties"][name]["type"]] for name in schema.get("required", [])}
    nulls: dict[str, Any] = dict.fromkeys(schema["properties"])
    async with b.connect() as client, other.connect() as plain:
        with_nulls = text_of(await client.call_tool(tool.name, nulls | needed))
        assert CODES.sub("", with_nulls) == CODES.sub("", text_of(await plain.call_tool(tool.name, needed)))


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
