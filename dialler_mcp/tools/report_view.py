"""The live view of a report: what its page shows, and the tool with which the page filters."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from mcp.server.mcpserver.tools.base import Tool
from pydantic import BeforeValidator, Field, PrivateAttr

from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.parameters import Id, Lang, When, plain_number
from dialler_mcp.service.reports import made, page_meta, period, with_agents
from dialler_mcp.tools.family import family

REPORT_URI = "ui://dialler-mcp/report.html"
REPORT_TOOL = "dialler_campaign_report"
VIEW_TOOL = "dialler_report_view"

tools = family("report_view")

MAX_CHOSEN = 400
"""Keys of one filter: more than a year of days."""

Hour = Annotated[int, BeforeValidator(plain_number), Field(ge=0, le=23)]
Weekday = Annotated[int, BeforeValidator(plain_number), Field(ge=1, le=7)]


class ReportView(Answer):
    """Which report it is; the view itself is for the page alone."""

    title: str
    _meta: dict[str, Any] | None = PrivateAttr(default=None)

    def text(self) -> str:
        return self.title

    def meta(self) -> dict[str, Any] | None:
        return self._meta

    def with_meta(self, meta: dict[str, Any] | None) -> "ReportView":
        """The same with what the page needs."""
        self._meta = meta
        return self


@tools.reads(title="Report view")
async def dialler_report_view(
    invocation: Invocation,
    campaign_ids: Annotated[list[Id], Field(description="campaign IDs", min_length=1, max_length=50)],
    since: Annotated[When, Field(description="calls from: YYYY-MM-DD[THH:MM], local")] = None,
    until: Annotated[When, Field(description="calls until, same form")] = None,
    language: Lang = None,
    days: Annotated[list[date] | None, Field(description="only these days", max_length=MAX_CHOSEN)] = None,
    hours: Annotated[list[Hour] | None, Field(description="0 to 23", max_length=24)] = None,
    weekdays: Annotated[list[Weekday] | None, Field(description="1 (Monday) to 7", max_length=7)] = None,
    results: Annotated[list[Id] | None, Field(description="result code IDs", max_length=MAX_CHOSEN)] = None,
    agents: Annotated[list[Id] | None, Field(description="agent IDs", max_length=MAX_CHOSEN)] = None,
) -> ReportView:
    """For the page of a report only: the same report, narrowed to what was chosen on the page."""
    if agents:
        with_agents(invocation)
    scope = replace(
        period(invocation, since, until),
        days=days or (),
        hours=hours or (),
        weekdays=weekdays or (),
        results=results or (),
        agents=agents or (),
    )
    report = await asyncio.to_thread(made, invocation, list(dict.fromkeys(campaign_ids)), scope)
    title = ", ".join(report.campaigns.values())
    return ReportView(title=title).with_meta(page_meta(invocation, report, invocation.profile.language(language)))


def with_live_view(others: Iterable[Tool]) -> Iterator[Tool]:
    """The tools, that of the report bound to its page, and the tool behind this page."""
    for tool in others:
        if tool.name == REPORT_TOOL:
            tool.meta = {**(tool.meta or {}), "ui": {"resourceUri": REPORT_URI}}
        yield tool
    for tool in tools.tools:
        tool.meta = {"ui": {"resourceUri": REPORT_URI, "visibility": ["app"]}}
        yield tool
