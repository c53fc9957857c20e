"""Processes under test, and the plain clients that drive them: nothing of an SDK on this side of the wire."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import backend as backend_paths

Connections = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
"""HTTP connections that wait for their next request."""

HERE = Path(__file__).parent
MAX_LINE = 4 << 30  # bytes; a rival answers 100,000 contacts in one line
TICK = 1 / os.sysconf("SC_CLK_TCK")
LEGACY = "2025-11-25"
HELLO = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
BACKEND_PATH = f"{backend_paths.BASE}/dialler/contacts/{backend_paths.CONTACT}"
_ID = re.compile(rb'"id":\s*(\d+)')


class Driven(Protocol):
    """A server that is running, by whichever transport."""

    @property
    def pid(self) -> int: ...

    async def ask(self, method: str, params: Mapping[str, Any]) -> bytes: ...


@asynccontextmanager
async def backend(contacts: int = 147, latency: float = 0.0) -> AsyncGenerator[int]:
    """The port of a dialler on loopback, in a process of its own."""
    command = [sys.executable, str(HERE / "backend.py"), "--contacts", str(contacts), "--latency", str(latency)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


def message(method: str, params: Mapping[str, Any], number: int | None = None) -> bytes:
    content = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(content if number is None else {**content, "id": number}).encode() + b"\n"


@dataclass
class OverStdio:
    """A server behind two pipes, after the handshake."""

    process: asyncio.subprocess.Process
    waiting: dict[int, asyncio.Future[bytes]] = field(default_factory=dict[int, "asyncio.Future[bytes]"])
    number: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ask(self, method: str, params: Mapping[str, Any]) -> bytes:
        """The line that answers a request."""
        self.number += 1
        answer = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        assert self.process.stdin is not None
        self.process.stdin.write(message(method, params, self.number))
        return await answer

    async def listen(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            match = _ID.search(line[:200]) or _ID.search(line[-200:])
            if match and (answer := self.waiting.pop(int(match[1]), None)):
                answer.set_result(line)
        for answer in self.waiting.values():
            answer.set_exception(ConnectionError("the server ended"))


@asynccontextmanager
async def over_stdio(command: Sequence[str], environment: Mapping[str, str]) -> AsyncGenerator[OverStdio]:
    """A server of its own process, ended with the block."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **environment},
        limit=MAX_LINE,
    )
    server = OverStdio(process)
    listening = asyncio.create_task(server.listen())
    try:
        await server.ask("initialize", HELLO)
        assert process.stdin is not None
        process.stdin.write(message("notifications/initialized", {}))
        yield server
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


@dataclass
class OverHttp:
    """A server behind Streamable HTTP, in a session if it wants one; a request takes a kept connection or one more."""

    process: asyncio.subprocess.Process
    port: int
    path: str
    idle: Connections = field(default_factory=Connections)
    number: int = 0
    session: str = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ask(self, method: str, params: Mapping[str, Any]) -> bytes:
        """The body that answers a request, whether it is JSON or an event stream."""
        self.number += 1
        _, body = await self._post(message(method, params, self.number))
        return body

    async def open(self) -> None:
        """The handshake."""
        head, _ = await self._post(message("initialize", HELLO, 0))
        if match := re.search(rb"mcp-session-id: (\S+)", head):
            self.session = f"mcp-session-id: {match[1].decode()}\r\n"
        await self._post(message("notifications/initialized", {}))

    async def _post(self, body: bytes) -> tuple[bytes, bytes]:
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\ncontent-type: application/json\r\n"
            f"accept: application/json, text/event-stream\r\nmcp-protocol-version: {LEGACY}\r\n"
            f"{self.session}content-length: {len(body)}\r\n\r\n"
        )
        return await exchange(self.idle, self.port, head.encode() + body)


async def exchange(idle: Connections, port: int, request: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer to one HTTP request, over a kept connection. Names in the head are in lower case.

    Raises:
        ConnectionError: the answer was no success.
    """
    # servers close what is idle for some seconds
    idle[:] = [connection for connection in idle if not connection[0].at_eof()]
    reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 2"):
        raise ConnectionError(head.decode())
    if length := re.search(rb"content-length: (\d+)", head):
        body = await reader.readexactly(int(length[1]))
    else:  # in chunks
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    idle.append((reader, writer))
    return head, body


@asynccontextmanager
async def over_http(
    command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/mcp"
) -> AsyncGenerator[OverHttp]:
    """A server of its own process on this port, once it answers."""
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=null, stdout=null, stderr=null, env={**os.environ, **environment}
    )
    server = OverHttp(process, port, path)
    try:
        await _until_it_listens(process, port)
        await server.open()
        yield server
    finally:
        for _, writer in server.idle:
            writer.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until_it_listens(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(30):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
    raise ConnectionError("the server ended")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has taken until now. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def peak_megabytes(pid: int) -> float:
    """The largest resident memory of a process until now. Linux only."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert match is not None
    return int(match[1]) / 1024
