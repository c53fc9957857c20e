"""The one place where the rooms are put together."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mcp.server import CacheHint, MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver.tools.base import Tool

from dialler_mcp.access import Access, access_of
from dialler_mcp.audit.middleware import Auditing
from dialler_mcp.dialler import audit_log, open_dialler
from dialler_mcp.domain.callers import Caller
from dialler_mcp.prompts import NAMES, add_prompts
from dialler_mcp.protocol.cards import CARD_URI, CONFIRM_TOOL, with_cards
from dialler_mcp.protocol.pages import HideFromOthers, page_extension
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.tools import DiallerTool
from dialler_mcp.reference.resources import add_resources
from dialler_mcp.service.process import Process, caller_of, spoken
from dialler_mcp.service.profile import Profile, forget_other_levels, profile_of, resume_jobs
from dialler_mcp.settings import Settings
from dialler_mcp.tools import (
    acd,
    callbacks,
    campaigns,
    changes,
    contact_changes,
    contact_data,
    contacts,
    data_check,
    exports,
    finding,
    jobs,
    lists,
    overview,
    overviews,
    questions,
    reports,
)
from dialler_mcp.tools.drop_card import DROP_TOOL, DROP_URI, with_drop_card
from dialler_mcp.tools.family import worded
from dialler_mcp.tools.jobs import JOB_URI, with_job_card
from dialler_mcp.tools.report_view import REPORT_URI, VIEW_TOOL, with_live_view

if TYPE_CHECKING:
    from dialler_mcp.audit.sink import Sink

VERSION = version("dialler-mcp")
RESUMES = 3.0
"""Seconds after the start when jobs go on that another process has left: by then the host has its tools."""

FAMILIES = (
    overview,
    campaigns,
    contacts,
    finding,
    overviews,
    contact_changes,
    contact_data,
    lists,
    exports,
    jobs,
    acd,
    changes,
    callbacks,
    reports,
    questions,
    data_check,
)
PAGES = {CARD_URI: "confirm.html", REPORT_URI: "report.html", DROP_URI: "drop.html", JOB_URI: "job.html"}
"""The files of the pages that a host shows, by URI."""
FOR_PAGES = (CONFIRM_TOOL, VIEW_TOOL, DROP_TOOL)
"""The tools that these pages call, and no model."""


def build_server(settings: Settings, *, profile: Profile | None = None, person: str = "") -> DiallerServer[Process]:
    """The MCP server for these settings. `person`: who is at the only client, if known. Tests give a `profile` with a
    dialler and a clock of their own.

    Raises:
        WrongPolicy: the settings name a tool that there is not, or leave none.
        Problem: a prompt template is wrong.
    """
    tools = list(all_tools())
    access = access_of(settings, tools)

    @asynccontextmanager
    async def lifespan(_: MCPServer[Process]) -> AsyncGenerator[Process]:
        async with _process(settings, profile, person, access) as process:
            server.state = process
            yield process

    def who(context: ServerRequestContext[Any, Any]) -> Caller:
        return caller_of(context, settings.role, person)

    catalogue = list(with_cards(with_job_card(with_drop_card(with_live_view(tools)))))
    server: DiallerServer[Process] = DiallerServer(
        "dialler-mcp",
        title="jtel dialler",
        version=VERSION,
        instructions=access.instructions(settings, Caller(role=settings.role)),
        permits=access.permits,
        caller_of=who,
        wording=worded,
        language_of=spoken,
        tools=catalogue,
        extensions=[page_extension(PAGES)],
        middleware=[*auditing(settings, catalogue, who), HideFromOthers(FOR_PAGES)],
        lifespan=lifespan,
        log_level="WARNING",
        cache_hints=dict.fromkeys(("tools/list", "prompts/list"), CacheHint(ttl_ms=300_000, scope="private")),
    )
    add_prompts(server, settings)
    add_resources(server)
    return server


@asynccontextmanager
async def _process(settings: Settings, profile: Profile | None, person: str, access: Access) -> AsyncGenerator[Process]:
    """What a server works with while it runs; without a profile, one with the configured dialler is opened."""
    async with AsyncExitStack() as stack:
        if profile is None:
            profile = profile_of(settings, await stack.enter_async_context(open_dialler(settings)))
            stack.push_async_callback(profile.aclose)
        forget_other_levels(settings, profile.dialler)
        stack.callback(asyncio.get_running_loop().call_later(RESUMES, resume_jobs, profile).cancel)
        yield Process(
            profile, settings.role, person, lambda caller, function: access.permits(caller, f"dialler_{function}")
        )


def auditing(
    settings: Settings, tools: Iterable[Tool], caller_of: Callable[[ServerRequestContext[Any, Any]], Caller]
) -> list[Auditing]:
    """What records every invocation in the audit log; nothing when that is switched off."""
    if not settings.audit:
        return []

    def open_sink() -> "Sink":
        return audit_log(settings)

    return [Auditing(open_sink, {tool.name: tool for tool in tools}, frozenset(NAMES), caller_of)]


def all_tools() -> Iterator[DiallerTool]:
    """Every tool, in a fixed order."""
    for family in FAMILIES:
        yield from family.tools.tools
