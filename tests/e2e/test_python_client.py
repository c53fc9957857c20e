"""The Python SDK's own client, over real pipes, in both eras."""

from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import ElicitResult, PromptReference, TextContent, TextResourceContents

from tests.e2e.machine import CONTACT10, DELETE, SERVER, Machine


def client_of(machine: Machine, era: str, answer: ElicitResult | None = None) -> Client:
    async def person(context: Any, params: Any) -> ElicitResult:
        assert params.message.startswith("Delete Contact10 · Mustermann · Campaign 1000?")
        assert answer is not None
        return answer

    settings = machine.environment(**machine.server_settings)
    process = StdioServerParameters(command=str(SERVER), env=settings)
    return Client(process, mode=era, elicitation_callback=person if answer else None)  # pyright: ignore[reportArgumentType]


async def test_everything_a_client_reads(machine: Machine, era: str):
    async with client_of(machine, era) as client:
        assert client.protocol_version == {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
        assert DELETE in [tool.name for tool in (await client.list_tools()).tools]
        answer = await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
        prompt = await client.get_prompt("contact_history_summary", {"user_data": "Contact10"})
        resource = await client.read_resource(f"dialler://contacts/{CONTACT10}")
        completion = await client.complete(
            PromptReference(type="ref/prompt", name="campaign_report"), {"name": "campaign", "value": "Campaign 1000"}
        )
    assert answer.structured_content is not None
    assert answer.structured_content["rows"][0][0] == CONTACT10
    (message,) = prompt.messages
    assert isinstance(message.content, TextContent)
    assert "Mustermann" in message.content.text
    (page,) = resource.contents
    assert isinstance(page, TextResourceContents)
    assert "UserData: Contact10" in page.text
    assert completion.completion.values[0] == "Campaign 1000"


@pytest.mark.parametrize(
    ("answer", "stays"),
    [
        (ElicitResult(action="accept", content={"confirm": True}), False),
        (ElicitResult(action="decline"), True),
        (ElicitResult(action="cancel"), True),
    ],
)
async def test_a_person_decides_about_a_deletion(machine: Machine, era: str, answer: ElicitResult, stays: bool):
    async with client_of(machine, era, answer) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        rest = await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
    assert bool(result.is_error) == stays
    assert rest.structured_content is not None
    assert bool(rest.structured_content["total"]) == stays
