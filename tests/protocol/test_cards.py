import base64
import json
from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from dialler_mcp.protocol import cards
from dialler_mcp.server import all_tools


def told(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token))


def test_a_token_repeats_the_call_with_its_phrase_and_nothing_else():
    token = cards.card_token("dialler_delete_contact", {"contact_id": 7, "reason": None, "confirm": "old"}, "yes #k3v9")
    assert told(token) == ["dialler_delete_contact", {"contact_id": 7}, "yes #k3v9"]


def test_every_tool_that_may_ask_has_the_card_and_no_other():
    tools = list(cards.with_cards(all_tools()))
    with_card = {tool.name for tool in tools if (tool.meta or {}).get("ui", {}).get("resourceUri") == cards.CARD_URI}
    asking = {tool.name for tool in tools if "confirm" in tool.parameters.get("properties", {})}
    assert with_card == asking | {cards.CONFIRM_TOOL}
    assert {"dialler_delete_contact", "dialler_delete_campaign", "dialler_reset_contact"} <= asking


@pytest.mark.parametrize(
    "content",
    [
        "no token",
        "[" * 100_000,
        "[]",
        '["a", {}]',
        '["a", [], "b"]',
        f'["{cards.CONFIRM_TOOL}", {{}}, "b"]',
        '{"a": 1}',
    ],
)
async def test_a_forged_token_is_refused(content: str):
    *_, button = cards.with_cards(())
    with pytest.raises(ToolError, match="none of ours"):
        await button.fn(base64.urlsafe_b64encode(content.encode()).decode(), None)


def test_outside_of_the_button_nothing_is_pressed():
    assert not cards.pressed()
