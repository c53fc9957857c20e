"""What is picked from a long list, and how the client hears of it meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.records import Contact
from dialler_mcp.service.listing import Smallest
from tests.tools.asking import CAMPAIGN_TEST, Make


@given(ids=st.lists(st.integers(1, 50), max_size=60), most=st.integers(1, 12))
def test_the_smallest_stay_however_they_come(ids: list[int], most: int):
    smallest = Smallest[Contact](most)
    for number in ids:
        smallest.offer(number, Contact(id=number))
        assert len(smallest) < 2 * most + 1
    assert [contact.id for contact in smallest.items()] == sorted(ids)[:most]


@pytest.mark.everyone
async def test_a_client_that_asks_hears_how_far_a_long_list_is(bench: Make, era: str):
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with bench().connect(era) as client:
        await client.call_tool("dialler_list_contacts", {}, progress_callback=hear)
        assert told == [(1000, None, "1000 records read")]
        await client.call_tool("dialler_list_contacts", {"campaign_id": CAMPAIGN_TEST}, progress_callback=hear)
    assert len(told) == 1
