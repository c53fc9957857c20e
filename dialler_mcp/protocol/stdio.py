"""Serving over stdin and stdout: quick pipes, a probe that decides nothing, signals that leave cleanly."""

import asyncio
import os
import signal
import stat
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import anyio
from mcp.server import MCPServer, Server
from mcp.server._streamable_http_modern import (
    _SingleExchangeDispatchContext,  # pyright: ignore[reportPrivateUsage] - a ready context without a back-channel
)
from mcp.server.connection import Connection
from mcp.server.runner import modern_error_data, serve_dual_era_loop, serve_one
from mcp.server.stdio import stdio_server
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.inbound import InboundLadderRejection, classify_inbound_request
from mcp.shared.message import SessionMessage
from mcp.shared.transport_context import TransportContext
from mcp_types import ErrorData, JSONRPCError, JSONRPCRequest, JSONRPCResponse, jsonrpc_message_adapter

from dialler_mcp.domain.text import without_halves

Message = SessionMessage | Exception

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

        async def answer(request: JSONRPCRequest) -> None:
            await write.send(SessionMessage(await _discovered(lowlevel, state, request)))

        await serve_dual_era_loop(
            lowlevel,
            _Probed(read, answer),
            write,
            lifespan_state=state,
            init_options=lowlevel.create_initialization_options(),
        )


async def _discovered(lowlevel: Server[Any], state: Any, request: JSONRPCRequest) -> JSONRPCResponse | JSONRPCError:
    """The answer to a `server/discover` on a connection whose era is still open."""
    route = classify_inbound_request({"method": request.method, "params": request.params})
    if isinstance(route, InboundLadderRejection):
        error = ErrorData(code=route.code, message=route.message, data=route.data)
        return JSONRPCError(jsonrpc="2.0", id=request.id, error=error)
    connection = Connection.from_envelope(route.protocol_version, route.client_info, route.client_capabilities)
    context = _SingleExchangeDispatchContext(
        transport=TransportContext(kind="stdio", can_send_request=False), request_id=request.id, message_metadata=None
    )
    try:
        result = await serve_one(
            lowlevel, context, request.method, request.params, connection=connection, lifespan_state=state
        )
    except Exception as error:  # noqa: BLE001 - the SDK turns any failure of a handler into a protocol error
        return JSONRPCError(jsonrpc="2.0", id=request.id, error=modern_error_data(error))
    return JSONRPCResponse(jsonrpc="2.0", id=request.id, result=result)


class _Stream:
    """The parts of the SDK's stream protocols that are the same for each of ours. There is nothing to close."""

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None: ...


class _Incoming(_Stream, ABC):
    """A stream that is read: messages, or what is wrong with one."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    @abstractmethod
    async def receive(self) -> Message: ...


class _Probed(_Incoming):
    """Some hosts probe with `server/discover` and then open with `initialize`; the SDK would refuse that.

    So a probe is answered here and decides nothing.
    """

    def __init__(self, inner: ReadStream[Message], answer: Callable[[JSONRPCRequest], Awaitable[None]]) -> None:
        self._inner = inner
        self._answer = answer
        self._undecided = True

    async def receive(self) -> Message:
        while True:
            item = await self._inner.receive()
            message = item.message if isinstance(item, SessionMessage) else None
            if not (self._undecided and isinstance(message, JSONRPCRequest)):
                return item
            if message.method != "server/discover":
                self._undecided = False
                return item
            await self._answer(message)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def _transport() -> AsyncGenerator[tuple[ReadStream[Message], WriteStream[SessionMessage]]]:
    """The SDK's stdio transport; on POSIX pipes ours, without its worker threads and queues, which halves a call."""
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
        yield _Lines(reader), _Answers(writer)
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


class _Lines(_Incoming):
    """The messages on stdin, one a line.

    A line that is too long or no UTF-8 must not end the server, nor may half an emoji leave a call without an answer.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def receive(self) -> Message:
        try:
            line = await self._reader.readline()
            if not line:
                raise anyio.EndOfStream
            text = without_halves(line).decode("utf-8", "replace")
            return SessionMessage(jsonrpc_message_adapter.validate_json(text, by_name=False))
        except ValueError as error:  # too long, no JSON, or no message
            return error


class _Answers(_Stream):
    """The messages on stdout, one a line. Each is written whole, whichever call it answers."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, item: SessionMessage, /) -> None:
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        try:
            self._writer.write(f"{text}\n".encode("utf-8", "replace"))
            await self._writer.drain()
        except ConnectionError as error:
            raise anyio.BrokenResourceError from error
