"""Uses an installed dialler-mcp, outside of its checkout. `scripts/package` runs it with the installation's Python.

usage: installed.py NAME-IN-THE-REGISTRY
"""

import asyncio
import sys
from importlib.metadata import metadata

from mcp import Client
from mcp_types import TextContent

import dialler_mcp
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings


async def main(name: str) -> None:
    """Entry point.

    Raises:
        AssertionError: something of the package is not in the installation.
    """
    assert "site-packages" in dialler_mcp.__file__, "this is not the installed package"
    assert f"mcp-name: {name} " in str(metadata("dialler-mcp").json["description"])
    async with Client(build_server(Settings())) as client:
        prompts = [prompt.name for prompt in (await client.list_prompts()).prompts]
        prompt_answer = await client.get_prompt("contact_history_summary", {"user_data": "Contact10"})
    content = prompt_answer.messages[0].content
    assert isinstance(content, TextContent)
    assert "Mustermann" in content.text
    print("The installed package has its prompts:", ", ".join(prompts))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
