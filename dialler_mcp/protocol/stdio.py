"""Serving over stdin and stdout, with `server/discover` as a probe before the handshake, and a clean end."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any

import anyio
from mcp.server import MCPServer, Server
from mcp.server._streamable_http_modern import (
    _SingleExchangeDispatchContext,  # pyright: ignore[reportPrivateUsage] - a ready context without a back-channel
)
from mcp.server.connection import Connection
from mcp.server.runner import modern_error_data, serve_dual_era_loop, serve_one
from mcp.shared._stream_protocols import ReadStream
from mcp.shared.inbound import InboundLadderRejection, classify_inbound_request
from mcp.shared.message import SessionMessage
from mcp.shared.transport_context import TransportContext
from mcp_types import ErrorData, JSONRPCError, JSONRPCRequest, JSONRPCResponse

from dialler_mcp.protocol.wire import IncomingStream, Message, open_wire

GRACE = 3.0  # seconds in which the process must end after a signal, or once the host is gone
SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name)]
"""The signals that ask a process to end; SIGBREAK exists on Windows only (Ctrl+Break)."""


async def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve one client until it closes stdin or stdout, or a signal arrives. The lifespan ends in any case."""
    with anyio.CancelScope() as scope, _left_on_signal(scope.cancel) as end:
        await _serve(server, end)


@contextmanager
def _left_on_signal(leave: Callable[[], None]) -> Generator[Callable[[], None]]:
    """Call `leave` when a signal arrives, and see that the process ends soon after; what this yields does the same.

    The handlers are the process's, since the event loop of Windows has none.
    """
    loop = asyncio.get_running_loop()

    def arrived(*_: object) -> None:
        loop.call_soon_threadsafe(end)

    def end() -> None:
        # A thread in the middle of its work cannot be cancelled; the process does not wait for it longer than this.
        loop.call_later(GRACE, os._exit, 0)
        leave()

    before = {number: signal.signal(number, arrived) for number in SIGNALS}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _serve(server: MCPServer[Any], leave: Callable[[], None]) -> None:
    lowlevel = server._lowlevel_server  # pyright: ignore[reportPrivateUsage] - stdio is served below the public API
    async with open_wire(leave) as (reader, writer), lowlevel.lifespan(lowlevel) as state:

        async def answer(request: JSONRPCRequest) -> None:
            await writer.send(SessionMessage(await _discovered(lowlevel, state, request)))

        await serve_dual_era_loop(
            lowlevel,
            _ProbedStream(reader, answer),
            writer,
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


class _ProbedStream(IncomingStream):
    """Answers `server/discover` before the protocol era is decided.

    Some hosts probe with it and then begin with `initialize`, which the SDK would refuse after a `server/discover`.
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
