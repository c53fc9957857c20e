"""The confirmation card (an MCP App): a button that only a person can press.

A guarded tool that cannot ask through the client shows its preview as a card. The tool, its arguments and the phrase
travel in `_meta`, which hosts hide from the model. The button invokes a tool that only cards can use; this one repeats
the invocation with the phrase, which is checked as always.
"""

import base64
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, cast

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations

from dialler_mcp.protocol.schemas import slim_schema

CARD_URI = "ui://dialler-mcp/confirm.html"
CARD_META = {"ui": {"resourceUri": CARD_URI}}
TOKEN_META = "dialler-mcp/confirm"  # noqa: S105 - the name of a field
REASON_META = "dialler-mcp/reason"
"""Whether the card asks for a reason, which goes beside the token."""

CONFIRM_TOOL = "dialler_confirm_by_card"

_button_press: ContextVar[bool] = ContextVar("pressed", default=False)


def card_token(tool: str, arguments: Mapping[str, Any], phrase: str) -> str:
    """What the button sends back. It needs no seal of its own: the phrase is bound to tool, arguments and record."""
    rest = {name: value for name, value in arguments.items() if value is not None and name != "confirm"}
    content = json.dumps([tool, rest, phrase], ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(content.encode()).decode()


def pressed() -> bool:
    """Whether this invocation comes from the button of a card."""
    return _button_press.get()


@contextmanager
def _press() -> Generator[None]:
    token = _button_press.set(True)
    try:
        yield
    finally:
        _button_press.reset(token)


def with_cards(tools: Iterable[Tool]) -> Iterator[Tool]:
    """The tools, with the card for those that may ask, and the tool behind the card's button."""
    for tool in tools:
        if "confirm" in tool.parameters.get("properties", {}):
            tool.meta = {**(tool.meta or {}), **CARD_META}
        yield tool
    yield _button()


async def dialler_confirm_by_card(
    token: str, context: Context[Any], reason: str | None = None
) -> CallToolResult | InputRequiredResult:
    """For the confirmation card only."""
    tool, arguments = _read(token)
    if reason:
        arguments["reason"] = reason
    with _press():
        return await context.mcp_server.call_tool(tool, arguments, context)


@cache
def _button() -> Tool:
    hints = ToolAnnotations(
        title="Confirm by card",
        read_only_hint=False,
        destructive_hint=True,
        idempotent_hint=False,
        open_world_hint=False,
    )
    meta = {"ui": {"resourceUri": CARD_URI, "visibility": ["app"]}}
    button = Tool.from_function(
        dialler_confirm_by_card, title=hints.title, annotations=hints, meta=meta, structured_output=False
    )
    button.parameters = slim_schema(button.parameters)
    return button


def _read(token: str) -> tuple[str, dict[str, Any]]:
    refusal = ToolError("Nothing was changed: this confirmation is none of ours. Ask for a new preview.")
    try:
        content: object = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
    except (ValueError, RecursionError):
        raise refusal from None
    match content:
        case [str() as tool, dict(), str() as phrase] if tool != CONFIRM_TOOL:
            arguments = cast(list[Any], content)[1]
            return tool, {**arguments, "confirm": phrase}
        case _:
            raise refusal
