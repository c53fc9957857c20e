"""The process as a host starts it: a real child over real pipes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.server import all_tools

MODERN = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }
}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")


class Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def send(self, message: "dict[str, Any] | str") -> None:
        assert self.process.stdin is not None
        line = message if isinstance(message, str) else json.dumps({"jsonrpc": "2.0", **message})
        self.process.stdin.write(line.encode() + b"\n")

    async def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), 30))

    async def ask(self, number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.send({"id": number, "method": method, "params": params})
        while (message := await self.receive()).get("id") != number:
            pass
        return message

    async def initialize(self) -> dict[str, Any]:
        answer = await self.ask(0, "initialize", HELLO)
        self.send({"method": "notifications/initialized"})
        return answer


@asynccontextmanager
async def started(data_dir: Path, **environment: str) -> AsyncGenerator[Child]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dialler_mcp",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "DIALLER_DATA_DIR": str(data_dir), **environment},
        limit=1 << 24,
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()  # that ends it
        try:
            await asyncio.wait_for(process.communicate(), 20)
        except TimeoutError:
            process.kill()
            raise


async def test_serves_a_client_of_the_handshake(tmp_path: Path):
    async with started(tmp_path) as child:
        answer = await child.initialize()
        tools = await child.ask(1, "tools/list", {})
    assert answer["result"]["protocolVersion"] == "2025-11-25"
    assert len(tools["result"]["tools"]) == len(list(all_tools()))


async def test_serves_a_modern_client(tmp_path: Path):
    async with started(tmp_path) as child:
        found = await child.ask(1, "server/discover", MODERN)
        tools = await child.ask(2, "tools/list", MODERN)
        again = await child.ask(3, "server/discover", MODERN)
    assert "2026-07-28" in found["result"]["supportedVersions"]
    assert len(tools["result"]["tools"]) == len(list(all_tools()))
    assert again["result"]["supportedVersions"] == found["result"]["supportedVersions"]


async def test_a_probe_does_not_forbid_the_handshake(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.ask(1, "server/discover", MODERN)
        answer = await child.initialize()
        called = await child.ask(2, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
    assert answer["result"]["serverInfo"]["name"] == "dialler-mcp"
    assert called["result"]["structuredContent"]["total"] == 7


async def test_a_probe_of_an_unknown_version_is_refused_and_the_handshake_still_works(tmp_path: Path):
    strange = {"_meta": {**MODERN["_meta"], "io.modelcontextprotocol/protocolVersion": "2099-01-01"}}
    async with started(tmp_path) as child:
        refused = await child.ask(1, "server/discover", strange)
        answer = await child.initialize()
    assert refused["error"]["code"] == -32022
    assert "result" in answer


async def test_junk_on_stdin_does_not_end_the_server(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.initialize()
        for junk in ("not json", "[]", "", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), "{"):
            child.send(junk)
        answer = await child.ask(1, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
    assert answer["result"]["structuredContent"]["total"] == 7


async def test_half_an_emoji_gets_an_error_and_not_silence(tmp_path: Path):
    call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"dialler_lock_contact_by_user_data",'
    async with started(tmp_path) as child:
        await child.initialize()
        child.send(call + r'"arguments":{"user_data":"Contact10\ud83d"}}}')
        answer = await child.receive()
    assert answer["result"]["isError"]
    assert "user_data: must not hold control, invisible or damaged" in answer["result"]["content"][0]["text"]


async def test_text_comes_through_unharmed(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.initialize()
        arguments = {"name": "dialler_find_campaigns_by_name", "arguments": {"name": "Kündiger-Rückgewinnung"}}
        answer = await child.ask(1, "tools/call", arguments)
    assert answer["result"]["structuredContent"]["rows"][0][1] == "Kündiger-Rückgewinnung"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals):
    async with started(tmp_path) as child:
        await child.initialize()
        await child.ask(1, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
        child.process.send_signal(number)
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
        assert errors == b""


async def test_a_signal_ends_it_in_the_middle_of_a_call(tmp_path: Path):
    async with started(tmp_path, DIALLER_SANDBOX_FAULTS="latency=60") as child:
        await child.initialize()
        child.send({"id": 1, "method": "tools/call", "params": {"name": "dialler_list_campaigns", "arguments": {}}})
        await child.ask(2, "tools/list", {})
        child.process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
        assert b"Traceback" not in errors


async def test_it_ends_when_the_client_closes_stdin(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.initialize()
        assert child.process.stdin is not None
        child.process.stdin.close()
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
        assert errors == b""


def close_stdout(child: Child) -> None:
    transport = child.process._transport  # pyright: ignore - a process of asyncio has no other way to close it
    transport.get_pipe_transport(1).close()  # pyright: ignore


async def test_it_ends_at_once_when_the_client_closes_stdout(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.initialize()
        close_stdout(child)
        assert await asyncio.wait_for(child.process.wait(), 20) == 0


async def test_it_ends_when_an_answer_finds_stdout_closed(tmp_path: Path):
    async with started(tmp_path) as child:
        await child.initialize()
        close_stdout(child)
        child.send({"id": 1, "method": "tools/list", "params": {}})
        assert await asyncio.wait_for(child.process.wait(), 20) == 0


async def test_it_serves_from_and_to_files_too(tmp_path: Path):
    """No pipes: threads read and write. The end of a file ends the server, so only the first call is sure."""
    messages: list[dict[str, Any]] = [{"id": 0, "method": "initialize", "params": HELLO}]
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    asked.write_text("".join(json.dumps({"jsonrpc": "2.0", **m}) + "\n" for m in messages), encoding="utf-8")
    with asked.open("rb") as stdin, answered.open("wb") as stdout:
        command = (sys.executable, "-m", "dialler_mcp")
        process = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=stdout)
        await asyncio.wait_for(process.wait(), 30)
    answers = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [0]


async def test_nothing_personal_is_logged_even_when_asked_for_everything(tmp_path: Path):
    async with started(tmp_path, DIALLER_LOG_LEVEL="DEBUG") as child:
        await child.initialize()
        for number, (tool, arguments) in enumerate(
            [
                ("dialler_find_contacts_by_user_data", {"user_data": "Contact10"}),
                ("dialler_find_contacts_by_user_data", {"user_data": "Geheim\n123"}),
                ("dialler_lock_contact_by_user_data", {"user_data": "Kunde-4711"}),
                ("dialler_lock_contact_by_user_data", {"user_data": "Contakt10"}),  # Contact10 is a near match
            ]
        ):
            await child.ask(number + 1, "tools/call", {"name": tool, "arguments": arguments})
        assert child.process.stdin is not None
        child.process.stdin.close()
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
    log = errors.decode()
    for secret in ("Contact10", "Geheim", "Kunde-4711", "Mustermann", "sandbox-token", "userData="):
        assert secret not in log
