"""The middleware, over a small server of its own and over ours."""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.server import MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver.tools.base import Tool
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolRequest, CallToolRequestParams, CallToolResult, ToolAnnotations

from dialler_mcp.audit.check import verify
from dialler_mcp.audit.log import AuditLog, files, lines
from dialler_mcp.audit.middleware import REFUSED, Auditing, outcome_of
from dialler_mcp.audit.notes import note_change, note_crash
from dialler_mcp.domain.callers import Caller
from dialler_mcp.state.locks import exclusive
from tests.conftest import Bench, structure_of, text_of

MARK = "Mustermann-4711"
Make = Callable[..., Bench]


def entries(directory: Path) -> list[dict[str, Any]]:
    assert verify(directory).whole
    return [line.entry for _, path in files(directory) for line in lines(path) if line.entry is not None]


@dataclass(frozen=True)
class Tools:
    """Tools that read, change, crash, fail and wait; and what was changed."""

    changes: list[int] = field(default_factory=list[int])

    async def read(self, number: int) -> str:
        return str(number)

    async def change(self, number: int) -> str:
        note_change()
        self.changes.append(number)
        return "done"

    async def crash(self) -> str:
        note_crash()
        raise RuntimeError(MARK)

    async def fail(self) -> str:
        raise MCPError(-32602, "no")

    async def wait(self, number: int) -> str:
        note_change()
        self.changes.append(number)
        await anyio.sleep_forever()
        return "never"

    def all(self) -> list[Tool]:
        readers = (self.read, self.crash, self.fail)
        return [
            Tool.from_function(tool, annotations=ToolAnnotations(read_only_hint=tool in readers))
            for tool in (self.read, self.change, self.crash, self.fail, self.wait)
        ]


def small_server(directory: Path) -> tuple[MCPServer[Any], list[int]]:
    """A server with these tools, and what they have changed."""
    tools = Tools()
    by_name = {tool.name: tool for tool in tools.all()}
    audit = Auditing(lambda: AuditLog(directory), by_name, frozenset({"hello"}), named)
    server = MCPServer[Any]("small", tools=[*by_name.values()], middleware=[audit], log_level="CRITICAL")

    @server.prompt()
    def hello(who: str, language: str = "en") -> str:  # pyright: ignore[reportUnusedFunction]
        return "hello"

    @server.resource("dialler://{kind}/{number}")
    def thing(kind: str, number: str) -> str:  # pyright: ignore[reportUnusedFunction]
        return "thing"

    return server, tools.changes


def named(context: ServerRequestContext[Any, Any]) -> Caller:
    """Whoever calls, by the name of the program."""
    client = context.session.client_params
    return Caller(client.client_info.name if client else "")


async def test_every_call_is_a_line(tmp_path: Path, era: Any):
    server, changes = small_server(tmp_path)
    async with Client(server, mode=era) as client:
        await client.list_tools()
        await client.call_tool("read", {"number": 5})
        await client.call_tool("change", {"number": 6})
        await client.call_tool("crash", {})
        with pytest.raises(MCPError):
            await client.call_tool("fail", {})
        await client.call_tool(MARK, {MARK: MARK})
        await client.get_prompt("hello", {"who": MARK, "language": "de"})
        await client.read_resource("dialler://contacts/17")
        await client.read_resource(f"dialler://contacts/{MARK}")
    assert changes == [6]
    log_lines = entries(tmp_path)
    assert [(e["kind"], e["tool"], e["outcome"], e.get("changed")) for e in log_lines[:4]] == [
        ("tool", "read", "ok", None),
        ("tool", "change", "ok", True),
        ("tool", "crash", "crashed", None),
        ("tool", "fail", "protocol_error", None),
    ]
    assert log_lines[0]["arguments"] == {"number": 5}
    assert log_lines[0]["caller"] == "mcp"
    assert log_lines[0]["protocol"] >= "2025"
    assert log_lines[0]["ms"] >= 0
    assert [(e["kind"], e["tool"].startswith("p:")) for e in log_lines[4:]] == [
        ("tool", True),
        ("prompt", False),
        ("resource", False),
        ("resource", True),
    ]
    assert log_lines[5]["arguments"]["language"] == "de"
    assert log_lines[6]["tool"] == "dialler://contacts/17"
    assert all(MARK not in path.read_text("utf-8") for path in tmp_path.iterdir())


async def test_a_cancelled_call_is_a_line_too(tmp_path: Path):
    server, changes = small_server(tmp_path)
    async with Client(server) as client:
        with anyio.move_on_after(5), pytest.raises(MCPError):
            await client.call_tool("wait", {"number": 1}, read_timeout_seconds=0.2)
    assert changes == [1]
    assert [(e["tool"], e["outcome"], e["changed"]) for e in entries(tmp_path)] == [("wait", "cancelled", True)]


async def test_while_another_process_writes_a_read_waits_for_its_line_and_nobody_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    waits: list[bool] = []
    pause = time.sleep

    def seen(seconds: float) -> None:
        waits.append(threading.current_thread() is threading.main_thread())
        pause(seconds)

    monkeypatch.setattr("dialler_mcp.state.locks.time.sleep", seen)
    server, _ = small_server(tmp_path)
    async with Client(server) as client:
        await client.call_tool("read", {"number": 1})
        with exclusive(tmp_path / "audit.lock"):
            waiting = asyncio.create_task(client.call_tool("read", {"number": 2}))
            while not waits:
                await client.list_tools()
            assert not waiting.done()
        assert text_of(await waiting) == "2"
    assert not any(waits)
    assert [(e["arguments"], "missed" in e) for e in entries(tmp_path)] == [
        ({"number": 1}, False),
        ({"number": 2}, False),
    ]


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(handle: int, data: bytes) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("dialler_mcp.audit.log.os.write", write)


async def test_without_the_log_nothing_is_changed_and_reads_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, era: Any
):
    server, changes = small_server(tmp_path)
    async with Client(server, mode=era) as client:
        with monkeypatch.context() as full, caplog.at_level(logging.WARNING, "dialler_mcp"):
            full.setattr("dialler_mcp.audit.log.new_key", lambda: b"k" * 32)
            full_disk(full)
            for _ in range(3):
                assert text_of(await client.call_tool("read", {"number": 5})) == "5"
            answer = await client.call_tool("change", {"number": 6})
        assert answer.is_error
        assert text_of(answer) == REFUSED
        assert changes == []
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "changes are refused" in caplog.text
        await client.call_tool("change", {"number": 7})
    assert changes == [7]
    assert [(e["tool"], e["missed"]) for e in entries(tmp_path)] == [("change", 3)]


async def test_a_change_whose_line_is_lost_is_an_error_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: Any, **__: Any) -> int:
        raise OSError(5, "Input/output error")

    server, changes = small_server(tmp_path)
    monkeypatch.setattr(AuditLog, "append", broken)
    async with Client(server) as client:
        assert not (await client.call_tool("change", {"number": 1})).is_error
    assert changes == [1]
    assert "a change was sent, but its audit line could not be written" in caplog.text


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (None, "ok"),
        ({"content": []}, "ok"),
        ({"resultType": "input_required"}, "asked"),
        ({"isError": True}, "tool_error"),
        ({"structuredContent": {"status": "confirmation_required"}}, "confirmation_required"),
        ({"structuredContent": {"status": "done"}}, "ok"),
    ],
)
def test_the_outcome_is_read_from_the_wire(result: Any, outcome: str):
    assert outcome_of(result) == outcome


def test_notes_outside_a_call_are_taken_by_nobody():
    note_change()
    note_crash()


async def test_ours_previews_and_deletes_on_record(tmp_path: Path, bench: Make, era: str):
    b = bench(audit=True, audit_dir=tmp_path, data_dir=tmp_path / "data", confirmation="phrase")
    async with b.connect(era) as client:
        answer = structure_of(await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"}))
        contact = dict(zip(answer["columns"], answer["rows"][0], strict=True))["ID"]
        preview = structure_of(await client.call_tool("dialler_delete_contact", {"contact_id": contact}))
        await client.call_tool("dialler_delete_contact", {"contact_id": contact, "confirm": preview["confirm"]})
    _, preview_line, deleted = entries(tmp_path)
    assert (preview_line["outcome"], preview_line["changed"]) == ("confirmation_required", False)
    assert (deleted["outcome"], deleted["changed"]) == ("ok", True)
    assert deleted["arguments"] == {"contact_id": contact, "confirm": True}
    text = (tmp_path / "audit-000001.jsonl").read_text("ascii")
    assert "Contact10" not in text
    assert preview["confirm"].split("#")[1] not in text


async def test_a_number_that_is_none_leaves_its_line(tmp_path: Path, bench: Make):
    b = bench(audit=True, audit_dir=tmp_path)
    async with b.connect("legacy") as client:
        answer = await client.call_tool("dialler_get_contact", {"contact_id": 10**400})
    assert text_of(answer).startswith("Nothing was sent. Correct the arguments: contact_id")
    (line,) = entries(tmp_path)
    assert (line["tool"], line["outcome"]) == ("dialler_get_contact", "tool_error")
    assert line["arguments"]["contact_id"].startswith("p:")


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
@pytest.mark.parametrize("name", [["x"], {"a": [1]}, 7, None])
async def test_a_tool_whose_name_is_no_text_leaves_its_line(tmp_path: Path, bench: Make, name: Any):
    b = bench(audit=True, audit_dir=tmp_path)
    async with b.connect("legacy") as client:
        params = CallToolRequestParams.model_construct(name=name, arguments={})
        with pytest.raises(MCPError) as error:
            await client.session.send_request(CallToolRequest.model_construct(params=params), CallToolResult)
    assert error.value.error.code == INVALID_PARAMS
    (line,) = entries(tmp_path)
    assert (line["kind"], line["outcome"]) == ("tool", "protocol_error")


async def test_switched_off_there_is_no_log(tmp_path: Path, bench: Make):
    async with bench(audit=False, audit_dir=tmp_path).connect() as client:
        await client.call_tool("dialler_list_campaigns", {})
    assert not list(tmp_path.iterdir())


def test_a_line_costs_less_than_a_millisecond(tmp_path: Path):
    log = AuditLog(tmp_path)
    began = time.process_time()
    for number in range(200):
        log.append({"tool": "t", "arguments": {"contact_id": number}})
    assert (time.process_time() - began) / 200 < 0.001
    assert json.loads((tmp_path / "audit-000001.jsonl").read_text("ascii").splitlines()[-1])["seq"] == 200
