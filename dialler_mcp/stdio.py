"""Serving over stdin and stdout: quick pipes, a probe that decides nothing, signals that leave cleanly."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
from mcp.server import MCPServer
from mcp.server._streamable_http_modern import (
    _SingleExchangeDispatchContext,  # pyright: ignore[reportPrivateUsage] - a ready context without a back-channel
)
from mcp.server.connection import Connection
from mcp.server.runner import modern_error_data, serve_dual_era_loop, serve_one
from mcp.server.stdio import stdio_server
from mcp.shared.inbound import InboundLadderRejection, classify_inbound_request
from mcp.shared.message import SessionMessage
from mcp.shared.transport_context import TransportContext
from mcp_types import ErrorData, JSONRPCError, JSONRPCRequest, JSONRPCResponse

from dialler_mcp.domain.text import without_halves

LONGEST_LINE = 64 << 20  # bytes of one message
GRACE = 3.0  # seconds to leave in after a signal


async def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve one client until it closes stdin, or SIGTERM or SIGINT arrives. The lifespan ends in either case."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_leave_on_signal, tasks.cancel_scope)
        await _serve(server)
        tasks.cancel_scope.cancel()


async def _leave_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            # A thread that reads stdin (where it is no pipe) cannot be cancelled; then the process is ended.
            asyncio.get_running_loop().call_later(GRACE, os._exit, 0)
            scope.cancel()
            return


async def _serve(server: MCPServer[Any]) -> None:
    lowlevel = server._lowlevel_server  # pyright: ignore[reportPrivateUsage] - stdio is served below the public API
    async with _transport() as (read, write), lowlevel.lifespan(lowlevel) as state:
        to_loop, loop_read = anyio.create_memory_object_stream[SessionMessage | Exception](0)

        async def answer(request: JSONRPCRequest) -> JSONRPCResponse | JSONRPCError:
            """A `server/discover` on a connection whose era is still open."""
            route = classify_inbound_request({"method": request.method, "params": request.params})
            if isinstance(route, InboundLadderRejection):
                error = ErrorData(code=route.code, message=route.message, data=route.data)
                return JSONRPCError(jsonrpc="2.0", id=request.id, error=error)
            connection = Connection.from_envelope(route.protocol_version, route.client_info, route.client_capabilities)
            context = _SingleExchangeDispatchContext(
                transport=TransportContext(kind="stdio", can_send_request=False),
                request_id=request.id,
                message_metadata=None,
            )
            try:
                result = await serve_one(
                    lowlevel, context, request.method, request.params, connection=connection, lifespan_state=state
                )
            except Exception as error:  # noqa: BLE001 - the SDK turns any failure of a handler into a protocol error
                return JSONRPCError(jsonrpc="2.0", id=request.id, error=modern_error_data(error))
            return JSONRPCResponse(jsonrpc="2.0", id=request.id, result=result)

        async def pass_on() -> None:
            """Some hosts probe with `server/discover` and then open with `initialize`; the SDK would refuse that."""
            undecided = True
            async with to_loop:
                async for item in cast(AsyncIterator[SessionMessage | Exception], read):
                    message = item.message if isinstance(item, SessionMessage) else None
                    if undecided and isinstance(message, JSONRPCRequest):
                        if message.method == "server/discover":
                            await write.send(SessionMessage(await answer(message)))
                            continue
                        undecided = False
                    await to_loop.send(item)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pass_on)
            await serve_dual_era_loop(
                lowlevel,
                cast(Any, loop_read),
                write,
                lifespan_state=state,
                init_options=lowlevel.create_initialization_options(),
            )
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def _transport() -> AsyncGenerator[tuple[Any, Any]]:
    """The SDK's stdio transport; on POSIX pipes over asyncio instead of worker threads, which halves a call."""
    if sys.platform == "win32" or not all(_is_pipe(fd) for fd in (0, 1)):
        async with stdio_server() as streams:
            yield streams
        return
    wire_in, wire_out = _divert(0, os.devnull), _divert(1, 2)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    read_transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(wire_in, "rb", buffering=0)
    )
    write_transport, protocol = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(wire_out, "wb", buffering=0)
    )
    writer = asyncio.StreamWriter(write_transport, protocol, None, loop)
    try:
        async with stdio_server(cast(Any, _Lines(reader)), cast(Any, _Writer(writer))) as streams:
            yield streams
    finally:
        read_transport.close()
        write_transport.close()


def _is_pipe(fd: int) -> bool:
    mode = os.fstat(fd).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _divert(fd: int, to: str | int) -> int:
    """Move the wire off a standard descriptor, so that nothing else in the process can read or write it."""
    wire = os.dup(fd)
    os.set_inheritable(wire, False)
    other = os.open(to, os.O_RDONLY) if isinstance(to, str) else os.dup(to)
    os.dup2(other, fd)
    os.close(other)
    return wire


class _Lines:
    """What `stdio_server` reads: the lines of stdin.

    A line that is too long or no UTF-8 must not end the server, nor may half an emoji leave a call without an answer.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def __aiter__(self) -> "_Lines":
        return self

    async def __anext__(self) -> str:
        try:
            line = await self._reader.readline()
        except ValueError:
            return "\n"
        if not line:
            raise StopAsyncIteration
        return without_halves(line).decode("utf-8", "replace")


class _Writer:
    """What `stdio_server` writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def write(self, text: str) -> None:
        self._writer.write(text.encode("utf-8", "replace"))

    async def flush(self) -> None:
        await self._writer.drain()
