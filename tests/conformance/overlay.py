"""Our own server with the fixtures of the conformance suite on top: same tools, rules, middleware and protection.

For the tests alone. Started by `run.py` as `python -m tests.conformance.overlay`; takes its settings as ever.
"""

import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp import MCPDeprecationWarning
from mcp.server.streamable_http import EventCallback, EventMessage, EventStore
from mcp_types import (
    EmptyResult,
    JSONRPCMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from starlette.applications import Starlette

from dialler_mcp.cli.main import read_settings
from dialler_mcp.protocol.http import MAX_BODY, PATH, listen, protection, serve_http, url_of
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.server import build_server
from dialler_mcp.service.process import Process
from tests.conformance import contents, questions


def build_overlay() -> DiallerServer[Process]:
    """Our server and the fixtures."""
    server = build_server(read_settings())
    for tool in (*contents.TOOLS, *questions.TOOLS):
        server.add_tool(tool, structured_output=False)
    wide = server._tool_manager.get_tool("json_schema_2020_12_tool")  # pyright: ignore[reportPrivateUsage]
    assert wide is not None
    wide.parameters = contents.WIDE_SCHEMA
    contents.add_prompts(server)
    contents.add_resources(server)
    questions.add_prompt(server)
    add_old_methods(server)
    return server


def add_old_methods(server: DiallerServer[Process]) -> None:
    """Methods of the handshake's era that we have no use for, and the suite asks for."""

    async def accept(ctx: Any, params: Any) -> EmptyResult:
        return EmptyResult()

    lowlevel = server._lowlevel_server  # pyright: ignore[reportPrivateUsage]
    lowlevel.add_request_handler("logging/setLevel", SetLevelRequestParams, accept)
    lowlevel.add_request_handler("resources/subscribe", SubscribeRequestParams, accept)
    lowlevel.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, accept)


@dataclass
class Events(EventStore):
    """What was sent on each stream, so that a client can come back for it."""

    sent: list[tuple[str, JSONRPCMessage | None]] = field(default_factory=list[tuple[str, JSONRPCMessage | None]])

    async def store_event(self, stream_id: str, message: JSONRPCMessage | None) -> str:
        self.sent.append((stream_id, message))
        return str(len(self.sent))

    async def replay_events_after(self, last_event_id: str, send_callback: EventCallback) -> str | None:
        position = int(last_event_id)
        stream, _ = self.sent[position - 1]
        for number, (other, message) in enumerate(self.sent[position:], position + 1):
            if other == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def main() -> None:
    warnings.simplefilter("ignore", MCPDeprecationWarning)  # the suite still asks for logging
    server, listener = build_overlay(), listen("127.0.0.1", 0)
    app: Starlette = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_BODY,
        transport_security=protection(listener),
        event_store=Events(),  # our own server lets no stream be resumed; the suite asks for it
        retry_interval=100,
    )
    print(url_of(listener), file=sys.stderr, flush=True)
    anyio.run(serve_http, server, app, listener)


if __name__ == "__main__":
    main()
