"""Serving over Streamable HTTP, both protocol eras at one address, for clients on this machine alone.

Clients of the handshake era get a session, for two reasons. A question to a person goes out on the stream of the
invocation, and the answer comes in as a separate request, which must find that invocation. And these clients give their
name and capabilities only in the handshake: without a session they would all look the same to limits, journal and
confirmation. Clients from 2026-07-28 on send both with each request and need no session.
"""

import asyncio
import ipaddress
import os
import signal
import socket
from typing import Any

import h11
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from sse_starlette.sse import AppStatus
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import HANDLED_SIGNALS

from dialler_mcp.problem import Problem
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.sessions import RoomForSessions

PATH = "/mcp"
MAX_BODY = 4 << 20  # bytes of one request
MAX_SESSIONS = 200  # of clients of the handshake era; the one that was idle longest makes room for another
ROOM = 20  # sessions beyond these that may begin at once, before room is made
MAX_WAIT = 30.0  # seconds in which a request must arrive as a whole
IDLE = 12 * 3600.0  # seconds without a request after which a session ends; long, as many hosts cannot begin another
GRACE = 5  # seconds in which running invocations can end after a signal

_NAMES = ("127.0.0.1", "localhost", "[::1]")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on this address; port 0 takes a free one.

    Raises:
        Problem: the address is not on this machine alone, or cannot be listened on.
    """
    address = _loopback(host)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        listener = socket.create_server((str(address), port), family=family)
        # asyncio sets this only on sockets that it makes; without it each answer waits 40 ms for an acknowledgement
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        hint = "Stop what listens there, or choose another port with --port."
        raise Problem(f"Cannot listen on port {port} of {address}: {os.strerror(error.errno or 0)}. {hint}") from error


def _loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of this name, which must be one that only this machine reaches."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise Problem(
            "--host must be an address of this machine alone, as 127.0.0.1 or ::1 or localhost: there is no sign-in "
            "yet, so whoever reaches the server may do all that its token may."
        )
    return address


def url_of(listener: socket.socket) -> str:
    """Where clients find the server."""
    return f"http://{_authority(listener)}{PATH}"


def _authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def protection(listener: socket.socket) -> TransportSecuritySettings:
    """The host names under which the server may be reached, on any port (tunnels change it); as origins, only its own.

    A web page whose name points to this machine (DNS rebinding) sends that name as host, and is refused.
    """
    authority = _authority(listener)
    host, _, port = authority.rpartition(":")
    names = sorted({*_NAMES, host})
    return TransportSecuritySettings(
        allowed_hosts=[*names, *(f"{name}:*" for name in names)],  # clients leave port 80 out
        allowed_origins=[f"http://{name}:{port}" for name in names],
    )


def http_app(server: DiallerServer[Any], listener: socket.socket) -> Starlette:
    """The ASGI application. The server's lifespan is entered once, with the application's."""
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_BODY,
        session_idle_timeout=IDLE,
        max_sessions=MAX_SESSIONS + ROOM,
        transport_security=protection(listener),
    )
    app.add_middleware(RoomForSessions, path=PATH, most=MAX_SESSIONS)
    app.add_middleware(NoStandingStream)
    app.add_middleware(WithoutSlash)
    return app


class WithoutSlash:
    """Answers `/mcp/` as `/mcp`: not every client follows the usual redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == f"{PATH}/":
            scope = {**scope, "path": PATH, "raw_path": PATH.encode()}
        await self._app(scope, receive, send)


class NoStandingStream:
    """Refuses the stream that clients of the handshake era open beside their requests: nothing is ever sent on it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] in ("GET", "HEAD"):
            await Response(status_code=405, headers={"Allow": "POST, DELETE"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def serve_http(server: DiallerServer[Any], app: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT arrives; then running invocations get a moment to end, and the lifespan ends."""
    for number in HANDLED_SIGNALS:  # uvicorn takes them over, and raises them again once everything has ended
        signal.signal(number, signal.SIG_IGN)
    await HttpServer(server, app).serve(sockets=[listener])


class WholeRequests(H11Protocol):
    """A connection that ends when a request does not arrive as a whole in time; uvicorn would wait for ever."""

    _waiting: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether a request is still to come as a whole."""
        return self._waiting is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._wait()
        else:
            self._arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """The time runs from the first byte on: bytes that trickle in later do not extend it."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(MAX_WAIT, self._end)

    def _arrived(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end(self) -> None:
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # else an answer has begun already
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self.transport.close()


class HttpServer(uvicorn.Server):
    """Uvicorn without a log of requests, which does not wait for clients that only listen."""

    def __init__(self, server: DiallerServer[Any], app: ASGIApp) -> None:
        self._dialler_server = server
        AppStatus.disable_automatic_graceful_drain()  # it would cut off the answers of running invocations at once
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                http=WholeRequests,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._dialler_server.end_listening()
        await super().shutdown(sockets)
