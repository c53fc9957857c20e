"""A conversation with dialler-mcp over stdio, as a desktop host would hold it. Nothing is configured: it talks to the
embedded dialler, here on a fresh copy in a temporary directory, so that every run looks the same.
"""

import asyncio
import json
import sys
import tempfile
from base64 import b64decode
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from mcp_types import ImageContent, TextContent

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "dist" / "demo-report.png"
SERVER = Path(sys.executable).with_name("dialler-mcp")


def said(who: str, text: str) -> None:
    print(f"\n{who}: {text}")


async def ask(client: Client, question: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """Say what a person asks, call the tool as a model would, and show what the model reads."""
    said("Person", question)
    print(f"  -> {tool} {json.dumps(arguments, ensure_ascii=False)}")
    result = await client.call_tool(tool, arguments)
    for block in result.content:
        if isinstance(block, TextContent):
            print("\n".join(f"     {line}" for line in block.text.splitlines()))
        elif isinstance(block, ImageContent):
            PICTURE.parent.mkdir(exist_ok=True)
            PICTURE.write_bytes(b64decode(block.data))
            print(f"     The picture, as the host shows it: {PICTURE}")
    return result.structured_content or {}


async def converse(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert client.server_info is not None
    print(f"Connected to {client.server_info.title} {client.server_info.version}, {len(tools)} tools.")
    await ask(client, "Which dialler is this?", "dialler_check_connection")
    answer = await ask(client, "Find Contact10.", "dialler_find_contacts_by_user_data", user_data="Contact10")
    contact_id = answer["rows"][0][0]
    await ask(client, "What has happened with him?", "dialler_get_contact_history", contact_id=contact_id)
    await ask(client, "Reset contact Contact10.", "dialler_reset_contact_by_user_data", user_data="Contact10")
    await ask(client, "And now?", "dialler_get_contact", contact_id=contact_id)
    campaigns = await ask(
        client, "Which campaign is Campaign 1000?", "dialler_find_campaigns_by_name", name="Campaign 1000"
    )
    campaign_id = campaigns["rows"][0][0]
    for language, question in (("en", "Its result codes?"), ("de", "Und auf Deutsch?")):
        await ask(client, question, "dialler_get_result_codes", campaign_id=campaign_id, language=language)
    monday = date.today() - timedelta(days=date.today().weekday() + 7)
    week = {"since": monday.isoformat(), "until": (monday + timedelta(days=6)).isoformat()}
    await ask(
        client,
        "How did Campaign 1000 go last week, with a picture of the hours?",
        "dialler_campaign_report",
        campaign_ids=[campaign_id],
        chart="hours",
        **week,
    )
    await ask(client, "Delete Contact10.", "dialler_delete_contact_by_user_data", user_data="Contact10")
    rest = await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
    assert rest.structured_content is not None
    said("Stopped", f"nothing was deleted; {rest.structured_content['total']} contact still has this key.")

    said("Person", "/contact_history_summary Contact10")
    prompt = await client.get_prompt("contact_history_summary", {"user_data": "Contact10", "language": "en"})
    for message in prompt.messages:
        if isinstance(message.content, TextContent):
            print("\n".join(f"     {line}" for line in message.content.text.splitlines()))


def hosts() -> str:
    """The lines to paste into the hosts."""
    desktop = {"mcpServers": {"dialler": {"command": str(SERVER)}}}
    return f"""
Claude Desktop: Settings > Developer > Edit Config, then restart:
{json.dumps(desktop, indent=2)}

Claude Code:
claude mcp add dialler -- {SERVER}

For your own dialler set DIALLER_BASE_URL=https://host/rest/v1.0/{{ClientsID}} and DIALLER_TOKEN ("env" above,
or `claude mcp add dialler -e DIALLER_BASE_URL=... -e DIALLER_TOKEN=... -- {SERVER}`)."""


async def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        environment = {**get_default_environment(), "DIALLER_DATA_DIR": directory}
        server = StdioServerParameters(command=str(SERVER), env=environment)
        async with Client(stdio_client(server)) as client:
            await converse(client)
    print(hosts())


if __name__ == "__main__":
    asyncio.run(main())
