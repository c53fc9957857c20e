"""Confirms with PHRASE on the sandbox in DIR, in a process of its own: `-m tests.changes.twin DIR URL PHRASE`."""

import asyncio
import sys
from pathlib import Path

from mcp import Client
from mcp_types import TextContent

from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings

CONTACT = 215220


def settings(directory: Path, url: str) -> Settings:
    return Settings(data_dir=directory, state_url=url, audit=False)  # pyright: ignore[reportArgumentType]


async def main(directory: Path, url: str, phrase: str) -> None:
    async with Client(build_server(settings(directory, url))) as client:
        result = await client.call_tool("dialler_delete_contact", {"contact_id": CONTACT, "confirm": phrase})
    (text,) = result.content
    assert isinstance(text, TextContent)
    print(text.text if result.is_error else "done")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
