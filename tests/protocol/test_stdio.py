"""The process as a host starts it: a server over real pipes, in a child where it is the process that matters."""

import asyncio
import json
import os
import shutil
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.protocol import wire
from dialler_mcp.protocol.stdio import serve_stdio
from dialler_mcp.server import all_tools
from tests.tools.asking import Make

MODERN = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }
}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")


class Wire(ABC):
    """A client's ends of the two pipes."""

    @abstractmethod
    def write(self, line: bytes) -> None: ...

    @abstractmethod
    async def read_line(self) -> bytes: ...

    @abstractmethod
    def close_stdin(self) -> None: ...

    @abstractmethod
    def close_stdout(self) -> None: ...

    @abstractmethod
    async def ended_cleanly(self) -> None:
        """Wait until the server has left, which is no failure and prints nothing."""

    def send(self, message: "dict[str, Any] | str") -> None:
        line = message if isinstance(message, str) else json.dumps({"jsonrpc": "2.0", **message})
        self.write(line.encode() + b"\n")

    async def receive(self) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(self.read_line(), 30))

    async def ask(self, number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.send({"id": number, "method": method, "params": params})
        while (message := await self.receive()).get("id") != number:
            pass
        return message

    async def initialize(self) -> dict[str, Any]:
        answer = await self.ask(0, "initialize", HELLO)
        self.send({"method": "notifications/initialized"})
        return answer


class Child(Wire):
    """A process as a host starts it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line)

    async def read_line(self) -> bytes:
        assert self.process.stdout is not None
        return await self.process.stdout.readline()

    def close_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def close_stdout(self) -> None:
        transport = self.process._transport  # pyright: ignore - a process of asyncio has no other way to close it
        transport.get_pipe_transport(1).close()  # pyright: ignore

    async def ended_cleanly(self) -> None:
        assert self.process.stderr is not None
        assert await asyncio.wait_for(self.process.stderr.read(), 20) == b""
        assert await asyncio.wait_for(self.process.wait(), 20) == 0


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


class Here(Wire):
    """The same in the process of the test."""

    def __init__(self, to_it: int, from_it: int, serving: "asyncio.Task[None]") -> None:
        self._to_it, self._from_it = os.fdopen(to_it, "wb", buffering=0), os.fdopen(from_it, "rb")
        self._serving = serving

    def write(self, line: bytes) -> None:
        self._to_it.write(line)

    async def read_line(self) -> bytes:
        return await asyncio.to_thread(self._from_it.readline)

    def close_stdin(self) -> None:
        self._to_it.close()

    def close_stdout(self) -> None:
        self._from_it.close()

    async def ended_cleanly(self) -> None:
        await asyncio.wait_for(asyncio.shield(self._serving), 20)


Serve = Callable[[int, int], "asyncio.Task[None]"]


@pytest.fixture
def serve_here(bench: Make, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Serves on two descriptors as a process does on its standard ones, which here are those of pytest."""

    def serve(incoming: int, outgoing: int) -> "asyncio.Task[None]":
        monkeypatch.setattr(wire, "_divert", lambda fd, _: (incoming, outgoing)[fd])  # pyright: ignore
        monkeypatch.setattr(os, "_exit", id)  # does nothing: it is the process of pytest
        return asyncio.create_task(serve_stdio(bench().server))

    return serve


Connect = Callable[[], AbstractAsyncContextManager[Wire]]


@pytest.fixture(params=["here", pytest.param("child", marks=pytest.mark.thorough)])
def connect(request: pytest.FixtureRequest, serve_here: Serve) -> Connect:
    """A server on two pipes. To start a process takes long: those below that need none have one in thorough runs."""

    @asynccontextmanager
    async def here() -> AsyncGenerator[Wire]:
        (incoming, to_it), (from_it, outgoing) = os.pipe(), os.pipe()
        client = Here(to_it, from_it, serve_here(incoming, outgoing))
        try:
            yield client
        finally:
            client.close_stdin()
            await client.ended_cleanly()
            client.close_stdout()

    if request.param == "here":
        return here
    place: Path = request.getfixturevalue("data_dir")
    return lambda: started(place)


@pytest.fixture
def data_dir(sandbox_file: Path, tmp_path: Path) -> Path:
    """With a sandbox in it: to invent one takes longer than to start."""
    shutil.copy(sandbox_file, tmp_path)
    return tmp_path


async def test_serves_a_client_of_the_handshake(connect: Connect):
    async with connect() as client:
        answer = await client.initialize()
        tools = await client.ask(1, "tools/list", {})
    assert answer["result"]["protocolVersion"] == "2025-11-25"
    assert len(tools["result"]["tools"]) == len(list(all_tools())) - 1  # many are deleted only where that is allowed


async def test_serves_a_modern_client(connect: Connect):
    async with connect() as client:
        answer = await client.ask(1, "server/discover", MODERN)
        tools = await client.ask(2, "tools/list", MODERN)
        again = await client.ask(3, "server/discover", MODERN)
    assert "2026-07-28" in answer["result"]["supportedVersions"]
    assert len(tools["result"]["tools"]) == len(list(all_tools())) - 1  # many are deleted only where that is allowed
    assert again["result"]["supportedVersions"] == answer["result"]["supportedVersions"]


async def test_a_probe_does_not_forbid_the_handshake(connect: Connect):
    async with connect() as client:
        await client.ask(1, "server/discover", MODERN)
        answer = await client.initialize()
        call_answer = await client.ask(2, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
    assert answer["result"]["serverInfo"]["name"] == "dialler-mcp"
    assert call_answer["result"]["structuredContent"]["total"] == 7


async def test_a_probe_of_an_unknown_version_is_refused_and_the_handshake_still_works(connect: Connect):
    strange = {"_meta": {**MODERN["_meta"], "io.modelcontextprotocol/protocolVersion": "2099-01-01"}}
    async with connect() as client:
        refusal = await client.ask(1, "server/discover", strange)
        answer = await client.initialize()
    assert refusal["error"]["code"] == -32022
    assert "result" in answer


async def test_junk_on_stdin_does_not_end_the_server(connect: Connect):
    async with connect() as client:
        await client.initialize()
        for junk in ("not json", "[]", "", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), "{"):
            client.send(junk)
        answer = await client.ask(1, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
    assert answer["result"]["structuredContent"]["total"] == 7


async def test_what_is_no_message_leaves_a_line_in_the_log_without_its_text(
    serve_here: Serve, caplog: pytest.LogCaptureFixture
):
    (incoming, to_it), (from_it, outgoing) = os.pipe(), os.pipe()
    client = Here(to_it, from_it, serve_here(incoming, outgoing))
    await client.initialize()
    client.send("Frau Müller")
    client.send("")
    client.send("[]")
    await client.ask(1, "tools/list", {})
    client.close_stdin()
    await client.ended_cleanly()
    client.close_stdout()
    assert [record.getMessage() for record in caplog.records] == [
        "a line of 13 bytes on stdin is no JSON-RPC message and was left out",
        "a line of 3 bytes on stdin is no JSON-RPC message and was left out",
    ]


async def test_half_an_emoji_gets_an_error_and_not_silence(connect: Connect):
    call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"dialler_lock_contact_by_user_data",'
    async with connect() as client:
        await client.initialize()
        client.send(call + r'"arguments":{"user_data":"Contact10\ud83d"}}}')
        answer = await client.receive()
    assert answer["result"]["isError"]
    assert "user_data: holds U+" in answer["result"]["content"][0]["text"]


async def test_text_comes_through_unharmed(connect: Connect):
    async with connect() as client:
        await client.initialize()
        arguments = {"name": "dialler_find_campaigns_by_name", "arguments": {"name": "Kündiger-Rückgewinnung"}}
        answer = await client.ask(1, "tools/call", arguments)
    assert answer["result"]["structuredContent"]["rows"][0][1] == "Kündiger-Rückgewinnung"


# The next test is a quicker one for SIGTERM.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.thorough
async def test_a_signal_ends_it_cleanly(data_dir: Path, number: signal.Signals):
    async with started(data_dir) as child:
        await child.initialize()
        await child.ask(1, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
        child.process.send_signal(number)
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
        assert errors == b""


@pytest.mark.thorough
async def test_a_signal_ends_it_in_the_middle_of_a_call(data_dir: Path):
    async with started(data_dir, DIALLER_SANDBOX_FAULTS="latency=60") as child:
        await child.initialize()
        child.send({"id": 1, "method": "tools/call", "params": {"name": "dialler_list_campaigns", "arguments": {}}})
        await child.ask(2, "tools/list", {})
        child.process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
        assert b"Traceback" not in errors


async def test_it_ends_when_the_client_closes_stdin(connect: Connect):
    async with connect() as client:
        await client.initialize()
        client.close_stdin()
        await client.ended_cleanly()


async def test_it_ends_at_once_when_the_client_closes_stdout(connect: Connect):
    async with connect() as client:
        await client.initialize()
        client.close_stdout()
        await client.ended_cleanly()


@pytest.mark.thorough
async def test_it_ends_when_the_client_is_gone_in_the_middle_of_work_in_a_thread(data_dir: Path):
    """A thread cannot be cancelled, and is not waited for: here it opens a sandbox for a minute."""
    endless = "import time, dialler_mcp.sandbox.store as s; s.Store.open = lambda *_: time.sleep(60)"
    code = f"{endless}; from dialler_mcp.cli.main import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        **dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE),
        env={**os.environ, "DIALLER_DATA_DIR": str(data_dir)},
        limit=1 << 24,
    )
    child = Child(process)
    await child.initialize()
    child.send({"id": 1, "method": "tools/call", "params": {"name": "dialler_list_campaigns", "arguments": {}}})
    await child.ask(2, "tools/list", {})
    child.close_stdout()
    try:
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def test_it_ends_when_an_answer_finds_stdout_closed(connect: Connect):
    async with connect() as client:
        await client.initialize()
        client.close_stdout()
        client.send({"id": 1, "method": "tools/list", "params": {}})
        await client.ended_cleanly()


@pytest.mark.parametrize("process", [False, pytest.param(True, marks=pytest.mark.thorough)])
async def test_it_serves_from_and_to_files_too(serve_here: Serve, tmp_path: Path, process: bool):
    """No pipes: threads read and write. The end of a file ends the server, so only the first call is sure."""
    messages: list[dict[str, Any]] = [{"id": 0, "method": "initialize", "params": HELLO}]
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    asked.write_text("".join(json.dumps({"jsonrpc": "2.0", **m}) + "\n" for m in messages), encoding="utf-8")
    with asked.open("rb") as stdin, answered.open("wb") as stdout:
        if process:
            command = (sys.executable, "-m", "dialler_mcp")
            child = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=stdout)
            await asyncio.wait_for(child.wait(), 30)
        else:
            await asyncio.wait_for(serve_here(stdin.fileno(), stdout.fileno()), 30)
    answers = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [0]


@pytest.mark.thorough
async def test_nothing_personal_is_logged_even_when_asked_for_everything(data_dir: Path):
    async with started(data_dir, DIALLER_LOG_LEVEL="DEBUG") as child:
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
        child.close_stdin()
        _, errors = await asyncio.wait_for(child.process.communicate(), 20)
        assert child.process.returncode == 0
    log = errors.decode()
    for secret in ("Contact10", "Geheim", "Kunde-4711", "Mustermann", "sandbox-token", "userData="):
        assert secret not in log
