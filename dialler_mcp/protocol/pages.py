"""The MCP Apps: pages that a host shows beside the conversation, and tools that are there for these pages alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mcp.server.apps import APP_MIME_TYPE, Apps, client_supports_apps
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver.resources import FileResource

from dialler_mcp.protocol.cards import CARD_URI, CONFIRM_TOOL

REPORT_URI = "ui://dialler-mcp/report.html"
REPORT_TOOL = "dialler_campaign_report"
VIEW_TOOL = "dialler_report_view"
VIEW_META = "dialler-mcp/report"
"""Where the result of a tool carries what the page shows: in `_meta`, which hosts keep from the model."""

FOR_PAGES = (CONFIRM_TOOL, VIEW_TOOL)
"""The tools that only pages call."""
_PAGES = {CARD_URI: "confirm.html", REPORT_URI: "report.html"}


def page_extension() -> Apps:
    """The MCP Apps extension with its pages. Each is one file that needs no network, read when it is asked for."""
    apps = Apps()
    for uri, name in _PAGES.items():
        path = Path(__file__).parent.parent / "apps" / name
        meta = {"ui": {"prefersBorder": True}}
        apps.add_resource(FileResource(uri=uri, name=uri, path=path, mime_type=APP_MIME_TYPE, meta=meta))
    return apps


async def hide_from_others(context: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Middleware. A client without MCP Apps would hand the tools of the pages to the model: it neither sees nor reaches
    them.
    """
    if client_supports_apps(context):
        return await call_next(context)
    params = context.params or {}
    if context.method == "tools/call" and params.get("name") in FOR_PAGES:
        context = replace(context, params={**params, "name": f"{params['name']}_"})  # unknown, and answered so
    result = await call_next(context)
    if context.method == "tools/list" and isinstance(result, dict):
        return {**result, "tools": [tool for tool in result.get("tools", ()) if tool["name"] not in FOR_PAGES]}
    return result
