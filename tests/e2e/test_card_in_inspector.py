"""A deletion in a host that is not ours: the Inspector's web client, over `dialler-mcp serve`."""

import json
import os
import re
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

from tests.e2e.machine import SERVER, Machine

TOKEN = "not-a-secret"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(/mcp)?")


@contextmanager
def running(command: list[str | Path], environment: Mapping[str, str]) -> Generator[str]:
    """A process that goes on, and the address that it says it listens on."""
    merged = subprocess.STDOUT
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=merged, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(match[0] for line in process.stdout if (match := ADDRESS.search(line)))
        finally:
            process.terminate()
            process.stdout.read()


def free_port() -> str:
    with create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def inspector_settings(machine: Machine, server: str) -> dict[str, str]:
    """The Inspector for this server only, on ports of its own."""
    entry = {"type": "streamable-http", "url": server, "protocolEra": "modern"}
    catalog = machine.home / "catalog.json"
    catalog.write_text(json.dumps({"mcpServers": {"deep-link": entry}}))  # the name that it gives to links
    return {
        "HOST": "127.0.0.1",
        "CLIENT_PORT": free_port(),
        "MCP_SANDBOX_PORT": free_port(),
        "MCP_AUTO_OPEN_ENABLED": "false",
        "MCP_INSPECTOR_SECRET_STORE": "memory",
        "MCP_INSPECTOR_API_TOKEN": TOKEN,
        "MCP_CATALOG_PATH": str(catalog),
    }


def test_the_host_asks_and_the_card_says_what_came_of_it(machine: Machine):
    """A host that can ask does so, though it shows cards as well; the card then has nothing to press."""
    serve: list[str | Path] = [SERVER, "serve", "--port", "0"]
    with running(serve, machine.environment(**machine.server_settings)) as server:
        settings = machine.environment(**inspector_settings(machine, server))
        with running([*machine.tool_of_node("mcp-inspector"), "--web"], settings) as inspector:
            arguments = [inspector, TOKEN, server]
            if folder := os.environ.get("CARD_PICTURES"):
                arguments.append(str(Path(folder) / "in-inspector.png"))
            outcome = machine.node("card_in_inspector.mjs", *arguments)
    assert "are deleted for good" in outcome["question"]
    assert "are deleted" in outcome["told"]
    assert outcome["origin"] == "null"  # the card is walled off from the host's page
    assert outcome["buttons"] == 0
    assert outcome["errors"] == []
    assert not machine.has_contact10()
