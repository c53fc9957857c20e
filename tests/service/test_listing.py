"""What is picked from a long list, and how the client hears of it meanwhile."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.records import Contact
from dialler_mcp.service.listing import Smallest
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, CONTACT10, Make, fresh, ids, refused, told


@given(ids=st.lists(st.integers(1, 50), max_size=60), most=st.integers(1, 12))
def test_the_smallest_stay_however_they_come(ids: list[int], most: int):
    smallest = Smallest[Contact](most)
    for number in ids:
        smallest.offer(number, Contact(id=number))
        assert len(smallest) < 2 * most + 1
    assert [contact.id for contact in smallest.items()] == sorted(ids)[:most]


@pytest.mark.everyone
async def test_a_client_that_asks_hears_how_far_a_long_list_is(bench: Make, era: str):
    text: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        text.append((progress, total, message))

    async with bench().connect(era) as client:
        await client.call_tool("dialler_list_contacts", {}, progress_callback=hear)
        assert text == [(1000, None, "1000 records read")]
        await client.call_tool("dialler_list_contacts", {"campaign_id": CAMPAIGN_TEST}, progress_callback=hear)
    assert len(text) == 1


async def test_a_filtered_list_says_of_how_many_by_what_and_in_which_order(bench: Make):
    b = bench()
    answer = await told(
        b,
        "list_contacts",
        campaign_id=CAMPAIGN_1000,
        state="delay",
        result=" ki ",
        min_attempts=1,
        since="2026-11-20",
        until="2026-11-21",
        text="a",
    )
    assert answer["summary"] == (
        '0 of 420 contacts in Campaign 1000 (538) match state follow-up, result "ki", at least 1 attempt, '
        'next attempt from 2026-11-20 00:00+01:00, next attempt until 2026-11-21 23:59+01:00, text "a"'
    )
    words: dict[str, dict[str, Any]] = {
        "at least 2 attempts, at most 4 attempts": {"min_attempts": 2, "max_attempts": 4},
        "at most 0 attempts": {"max_attempts": 0},
        "locked": {"state": "locked"},
    }
    for text, filters in words.items():
        summary = (await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=2, **filters))["summary"]
        assert f"of 420 contacts in Campaign 1000 (538) match {text}: " in summary
        assert summary.endswith("; 2 shown, by ID")
    every = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=2)
    assert every["summary"].startswith("420 contacts in Campaign 1000 (538): ")


async def test_a_list_counts_without_rows(bench: Make):
    b = bench()
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, state="done", limit=0)
    assert answer["summary"].endswith(f"match state done: {answer['total']} done; 0 shown")
    assert (answer["rows"], answer.get("next_cursor")) == ([], None)
    assert answer["total"] == (await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, state="done"))["total"] > 0
    for tool in ("list_campaigns", "list_callbacks", "list_acd_events", "list_acd_groups", "list_changes"):
        result = await told(b, tool, limit=0)
        assert (result["rows"], result.get("next_cursor")) == ([], None), tool
        assert "0 shown" in result["summary"], tool
    history = await told(b, "get_contact_history", contact_id=CONTACT10, limit=0)
    assert (history["total"], history["rows"], history.get("next_cursor")) == (3, [], None)


async def test_every_tool_that_takes_the_id_of_a_campaign_takes_its_name(bench: Make):
    b = bench()
    await told(b, "update_contact", contact_id=CONTACT10, City="Ulm")
    for tool in ("list_contacts", "get_result_codes", "list_callbacks", "list_changes"):
        by_id = await told(b, tool, campaign_id=CAMPAIGN_1000)
        assert by_id["rows"], tool
        assert (await told(b, tool, name=" campaign 1000 "))["rows"] == by_id["rows"], tool
        assert "campaign_id or name, not both" in await refused(b, tool, campaign_id=CAMPAIGN_1000, name="NPS"), tool
        assert "Near matches" in await refused(b, tool, name="Campaign 2000"), tool
    assert "give campaign_id or name" in await refused(b, "get_result_codes")


@pytest.mark.parametrize("text", ["030 231250", "+49 (0)30 231250", "0049 030 231250", "4930231250", "030/231250"])
async def test_the_text_of_a_list_may_be_a_number_in_any_notation(bench: Make, text: str):
    b = bench()
    one = b.store.add_contact(fresh(phone_number1=None, phone_number4="030-231250"))
    other = b.store.add_contact(fresh(phone_number1="4930231250"))
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_TEST, text=text)
    assert {one.id, other.id} <= set(ids(answer))
