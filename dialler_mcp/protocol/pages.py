"""The MCP Apps: pages that a host shows beside the conversation, and tools for these pages alone."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcp.server.apps import APP_MIME_TYPE, Apps, client_supports_apps
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver.resources import FileResource

VIEW_META = "dialler-mcp/report"
"""The key in the `_meta` of a tool's result under which the data of the page lie; hosts hide `_meta` from the model."""
JOB_META = "dialler-mcp/job"
"""The same for the card of a job."""

LANGUAGE_META = "dialler-mcp/language"
"""The language of the answer: a card that shows it speaks the same, whatever the host's locale."""


def page_extension(pages: Mapping[str, str]) -> Apps:
    """The MCP Apps extension with its pages: files of `apps/` by their URIs.

    Each is one file that needs no network, read when it is asked for.
    """
    apps = Apps()
    for uri, name in pages.items():
        path = Path(__file__).parent.parent / "apps" / name
        meta = {"ui": {"prefersBorder": True}}
        apps.add_resource(FileResource(uri=uri, name=uri, path=path, mime_type=APP_MIME_TYPE, meta=meta))
    return apps


class HideFromOthers:
    """Middleware that hides the `tools` of the pages from clients without MCP Apps, which would offer them to the
    model. Such a client can neither list nor use them.
    """

    def __init__(self, tools: Collection[str]) -> None:
        self._tools = frozenset(tools)

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if client_supports_apps(ctx):
            return await call_next(ctx)
        params = ctx.params or {}
        name: object = params.get("name")
        if ctx.method == "tools/call" and isinstance(name, str) and name in self._tools:
            ctx = replace(ctx, params={**params, "name": f"{name}_"})  # a name that no tool has
        result = await call_next(ctx)
        if ctx.method == "tools/list" and isinstance(result, dict):
            return {**result, "tools": [tool for tool in result.get("tools", ()) if tool["name"] not in self._tools]}
        return result
