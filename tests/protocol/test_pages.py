"""The pages of MCP Apps and the tools that only they call, seen by clients of both eras."""

from typing import Any

import pytest
from mcp import Client
from mcp.client import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp.shared.exceptions import MCPError

from dialler_mcp.protocol.cards import CONFIRM_TOOL
from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.tools.drop_card import DROP_TOOL, DROP_URI
from dialler_mcp.tools.jobs import JOB_URI, SHOW_JOB
from dialler_mcp.tools.report_view import REPORT_TOOL, REPORT_URI, VIEW_TOOL
from tests.conftest import Bench, QuickClient, text_of
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, Make

APPS: Any = [advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})]

FOR_PAGES = (CONFIRM_TOOL, VIEW_TOOL, DROP_TOOL)


def with_pages(b: Bench, era: str) -> Client:
    """A client that shows pages."""
    return QuickClient(b.server, mode=era, extensions=APPS)  # pyright: ignore[reportArgumentType]


async def test_the_tools_of_pages_are_there_for_pages_alone(bench: Make, era: str):
    b = bench()
    async with b.connect(era) as plain, with_pages(b, era) as showing:
        names = {tool.name for tool in (await plain.list_tools()).tools}
        unknown = await plain.call_tool("dialler_nothing", {})
        for name in FOR_PAGES:
            answer = await plain.call_tool(name, {"campaign_ids": [CAMPAIGN_1000]})
            assert text_of(answer) == text_of(unknown), name
        tools = {tool.name: tool for tool in (await showing.list_tools()).tools}
    assert not names & set(FOR_PAGES)
    assert REPORT_TOOL in names
    assert set(tools) == names | set(FOR_PAGES)
    assert (tools[VIEW_TOOL].meta or {})["ui"] == {"resourceUri": REPORT_URI, "visibility": ["app"]}
    assert (tools[REPORT_TOOL].meta or {})["ui"] == {"resourceUri": REPORT_URI}
    assert b.wire.requests == []


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({"role": "readonly"}, True),
        ({"role": "agent"}, True),
        ({"without": "reports"}, False),
        ({"without": REPORT_TOOL}, False),
        ({"tools": "contacts"}, False),
    ],
)
async def test_the_live_view_is_there_where_the_report_is(bench: Make, era: str, settings: dict[str, Any], there: bool):
    b = bench(**settings)
    async with with_pages(b, era) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert (REPORT_TOOL in names, VIEW_TOOL in names, REPORT_URI in uris) == (there, there, there)
        if not there:
            unknown = await client.call_tool("dialler_nothing", {})
            answer = await client.call_tool(VIEW_TOOL, {"campaign_ids": [CAMPAIGN_1000]})
            assert text_of(answer) == text_of(unknown)
            with pytest.raises(MCPError):
                await client.read_resource(REPORT_URI)
    assert b.wire.requests == []


@pytest.mark.parametrize(("settings", "there"), [({"role": "readonly"}, True), ({"without": SHOW_JOB}, False)])
async def test_the_card_of_a_job_is_there_where_its_tool_is(
    bench: Make, era: str, settings: dict[str, Any], there: bool
):
    async with with_pages(bench(**settings), era) as client:
        bound = {tool.name: (tool.meta or {}).get("ui") for tool in (await client.list_tools()).tools}
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert (SHOW_JOB in bound, JOB_URI in uris) == (there, there)
        if there:
            assert bound[SHOW_JOB] == {"resourceUri": JOB_URI}
        else:
            with pytest.raises(MCPError):
                await client.read_resource(JOB_URI)


@pytest.mark.thorough
async def test_only_clients_with_pages_get_what_these_show(bench: Make, era: str):
    b = bench(read=[CAMPAIGN_TEST])
    arguments = {"campaign_ids": [CAMPAIGN_TEST]}
    async with b.connect(era) as plain, with_pages(b, era) as showing:
        bare = await plain.call_tool(REPORT_TOOL, arguments)
        full = await showing.call_tool(REPORT_TOOL, arguments)
    assert VIEW_META not in (bare.meta or {})
    assert (full.meta or {})[VIEW_META]["request"]["campaign_ids"] == [CAMPAIGN_TEST]
    assert text_of(full) == text_of(bare)
    assert full.structured_content == bare.structured_content


@pytest.mark.parametrize("uri", [REPORT_URI, DROP_URI, JOB_URI])
async def test_each_page_is_one_file_that_needs_no_network(bench: Make, era: str, uri: str):
    async with with_pages(bench(), era) as client:
        (page,) = (await client.read_resource(uri)).contents
    html = str(getattr(page, "text", ""))
    assert page.mime_type == APP_MIME_TYPE
    assert (page.meta or {})["ui"] == {"prefersBorder": True}
    assert len(html.encode()) < 1_200_000
    head = html[: html.index("<style>")]
    assert "<script" not in head
    assert "<link" not in html[: html.index("<script")]
    assert html.startswith("<!doctype html>")
    assert html.count("<head>") >= 1
    assert html.index("<head>") < 100  # hosts put their policy there
