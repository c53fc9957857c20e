"""The tool behind the page of a report: it narrows what was read before, and asks the dialler nothing."""

from functools import partial
from typing import Any

import pytest
from mcp import Client

from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.tools.report_view import REPORT_TOOL, VIEW_TOOL
from tests.conftest import Bench, structure_of, text_of
from tests.protocol.test_pages import with_pages
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, Make

BOTH = [CAMPAIGN_1000, CANCELLERS]


@pytest.fixture
def bench(bench: Make) -> Make:
    """Both campaigns were read before, so that a report asks for their lists alone."""
    return partial(bench, read=BOTH)


async def report(client: Client, **arguments: Any) -> dict[str, Any]:
    """The view that comes with a report."""
    result = await client.call_tool(REPORT_TOOL, arguments)
    assert not result.is_error, text_of(result)
    return (result.meta or {})[VIEW_META]


async def view(client: Client, **arguments: Any) -> dict[str, Any]:
    """The view that the page asks for."""
    result = await client.call_tool(VIEW_TOOL, arguments)
    assert not result.is_error, text_of(result)
    return (result.meta or {})[VIEW_META]


def figure(view: dict[str, Any], name: str) -> int:
    return next(one["n"] for one in view["figures"] if one["name"] == name)


@pytest.mark.thorough
async def test_the_same_request_gives_the_same_view_and_asks_the_dialler_nothing(bench: Make, era: str):
    b = bench()
    async with with_pages(b, era) as client:
        whole = await report(client, campaign_ids=BOTH, since="2026-11-02", language="de")
        assert any(note.startswith("Stand") for note in whole["notes"])
        assert any("Übungs-Dialler" in note for note in whole["notes"])
        b.wire.requests.clear()
        assert await view(client, **whole["request"]) == whole
    assert b.wire.requests == []


@pytest.mark.parametrize("most", [2, 5])
@pytest.mark.thorough
async def test_filters_are_exact(bench: Make, most: int):
    """The parts of a whole add up to it, each as the choice says it before."""
    async with with_pages(bench(), "auto") as client:
        whole = await report(client, campaign_ids=[CAMPAIGN_1000])
        for by in ("days", "hours", "weekdays", "agents"):
            choices = whole["choices"][by][:most]
            assert len(choices) == most, by
            for one in choices:
                part = await view(client, **whole["request"], **{by: [one["key"]]})
                assert figure(part, "attempts") == one["count"], by
            together = await view(client, **whole["request"], **{by: [one["key"] for one in choices]})
            assert figure(together, "attempts") == sum(one["count"] for one in choices), by
            assert together["request"][by] == [one["key"] for one in choices]


@pytest.mark.everyone
@pytest.mark.parametrize("most", [2, None])
@pytest.mark.thorough
async def test_a_result_is_filtered_by_all_its_codes(bench: Make, most: int | None):
    async with with_pages(bench(), "auto") as client:
        whole = await report(client, campaign_ids=BOTH)
        assert len(whole["choices"]["results"][0]["codes"]) > 1
        for one in whole["choices"]["results"][:most]:
            part = await view(client, **whole["request"], results=one["codes"])
            assert [(each["key"], each["count"]) for each in part["choices"]["results"]] == [(one["key"], one["count"])]


@pytest.mark.thorough
async def test_a_campaign_can_be_looked_at_alone(bench: Make):
    async with with_pages(bench(), "auto") as client:
        whole = await report(client, campaign_ids=BOTH)
        alone = await view(client, **{**whole["request"], "campaign_ids": [CANCELLERS]})
        own = await report(client, campaign_ids=[CANCELLERS])
    assert alone["figures"] == own["figures"]
    assert "comparison" not in alone["charts"]


async def test_what_was_not_read_is_not_read_for_the_page(bench: Make, era: str):
    b = bench(read=())
    async with with_pages(b, era) as client:
        result = await client.call_tool(VIEW_TOOL, {"campaign_ids": BOTH})
    assert result.is_error
    assert "ask for the report again" in text_of(result)
    assert b.wire.requests == []


WRONG: list[dict[str, Any]] = [
    {},
    {"campaign_ids": []},
    {"campaign_ids": [0]},
    {"campaign_ids": list(range(1, 52))},
    {"campaign_ids": [CAMPAIGN_1000], "hours": [24]},
    {"campaign_ids": [CAMPAIGN_1000], "hours": [True]},
    {"campaign_ids": [CAMPAIGN_1000], "weekdays": [0]},
    {"campaign_ids": [CAMPAIGN_1000], "days": ["2026-13-01"]},
    {"campaign_ids": [CAMPAIGN_1000], "days": ["'; DROP TABLE calls"]},
    {"campaign_ids": [CAMPAIGN_1000], "results": ["NE"]},
    {"campaign_ids": [CAMPAIGN_1000], "agents": [-1]},
    {"campaign_ids": [CAMPAIGN_1000], "days": ["2026-11-02"] * 401},
    {"campaign_ids": [CAMPAIGN_1000], "since": "yesterday"},
    {"campaign_ids": [CAMPAIGN_1000], "since": "2026-11-20", "until": "2026-11-02"},
    {"campaign_ids": [CAMPAIGN_1000], "name": "Campaign 1000"},
]


async def test_wrong_arguments_are_refused_without_repeating_them(bench: Make):
    b = bench()
    async with with_pages(b, "auto") as client:
        for wrong in WRONG:
            result = await client.call_tool(VIEW_TOOL, wrong)
            assert result.is_error, wrong
            assert "Correct the arguments" in text_of(result), wrong
            assert "DROP" not in text_of(result)
    assert b.wire.requests == []


async def test_a_model_that_were_shown_it_would_read_little(bench: Make, era: str):
    b: Bench = bench()
    async with with_pages(b, era) as client:
        result = await client.call_tool(VIEW_TOOL, {"campaign_ids": [CAMPAIGN_1000, CAMPAIGN_1000]})
    assert structure_of(result) == {"title": "Campaign 1000"}
    assert text_of(result) == "Campaign 1000"


async def test_where_nobody_sees_figures_by_agent_the_page_has_none(bench: Make):
    async with with_pages(bench(agent_figures=False), "auto") as client:
        page = await report(client, campaign_ids=[CAMPAIGN_1000])
        assert page["choices"]["agents"] == []
        assert len(page["choices"]["hours"]) > 1
        refusal = await client.call_tool(VIEW_TOOL, {"campaign_ids": [CAMPAIGN_1000], "agents": [7]})
    assert refusal.is_error
    assert "Figures by agent are switched off here (DIALLER_AGENT_FIGURES)" in text_of(refusal)
