"""The middleware over a place for its lines that is no file."""

import threading
from collections.abc import Mapping
from typing import Any

from mcp import Client
from mcp.server import MCPServer
from mcp.server.mcpserver.tools.base import Tool
from mcp_types import ToolAnnotations

from dialler_mcp.audit.middleware import REFUSED, Auditing
from dialler_mcp.audit.notes import note_change
from dialler_mcp.audit.pseudonyms import Pseudonyms
from dialler_mcp.audit.sink import Sink
from tests.conftest import text_of


class Memory:
    """Keeps the lines in a list. `broken`: nothing can be written; `busy`: a line takes a while, as over a network."""

    def __init__(self, *, busy: bool = False) -> None:
        self.pseudonyms = Pseudonyms(b"k" * 32)
        self.entries: list[dict[str, Any]] = []
        self.durable: list[bool] = []
        self.in_main_thread: list[bool] = []
        self.broken = False
        self.busy = busy

    def prepare(self) -> None:
        if self.broken:
            raise OSError("the network is down")

    def append(self, entry: Mapping[str, Any], *, durable: bool = False, patience: float = 5) -> int:
        self.prepare()
        if self.busy and not patience:
            raise TimeoutError
        self.entries.append(dict(entry))
        self.durable.append(durable)
        self.in_main_thread.append(threading.current_thread() is threading.main_thread())
        return len(self.entries)


def server_with(sink: Sink) -> tuple[MCPServer[Any], list[str]]:
    """Two tools, one of which changes something; and what was changed."""
    changes: list[str] = []

    async def read(name: str) -> str:
        return name

    async def change(name: str) -> str:
        note_change()
        changes.append(name)
        return "done"

    tools = [
        Tool.from_function(tool, annotations=ToolAnnotations(read_only_hint=tool is read)) for tool in (read, change)
    ]
    audit = Auditing(lambda: sink, {tool.name: tool for tool in tools})
    return MCPServer[Any]("small", tools=tools, middleware=[audit], log_level="CRITICAL"), changes


async def test_a_line_goes_wherever_the_sink_puts_it():
    memory = Memory()
    server, changes = server_with(memory)
    async with Client(server) as client:
        await client.call_tool("read", {"name": "Mustermann"})
        await client.call_tool("change", {"name": "Mustermann"})
    assert changes == ["Mustermann"]
    assert [(entry["tool"], entry["outcome"], entry.get("changed")) for entry in memory.entries] == [
        ("read", "ok", None),
        ("change", "ok", True),
    ]
    assert memory.durable == [False, True], "the line of a change must outlive a crash"
    name = {"name": memory.pseudonyms.of("Mustermann")}
    assert [entry["arguments"] for entry in memory.entries] == [name, name]


async def test_a_sink_that_has_to_wait_does_so_in_a_thread_of_its_own():
    memory = Memory(busy=True)
    server, _ = server_with(memory)
    async with Client(server) as client:
        for number in range(3):
            await client.call_tool("read", {"name": str(number)})
    assert memory.in_main_thread == [False] * 3


async def test_while_the_sink_is_broken_nothing_is_changed_and_the_lines_are_counted():
    memory = Memory()
    server, changes = server_with(memory)
    async with Client(server) as client:
        memory.broken = True
        assert text_of(await client.call_tool("change", {"name": "a"})) == REFUSED
        assert text_of(await client.call_tool("read", {"name": "b"})) == "b"
        memory.broken = False
        await client.call_tool("read", {"name": "c"})
    assert changes == []
    assert [entry.get("missed") for entry in memory.entries] == [1]
