"""What goes over the wire, in bytes; the tokens are asserted beside the tools (`test_tool_list.py`, `tools/`)."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from mcp_types import CallToolResult, ListToolsResult

from dialler_mcp.protocol.http import listen
from dialler_mcp.service import listing
from dialler_mcp.service.present import ContactView
from tests.conftest import Bench
from tests.service.test_history import rows
from tests.tools.asking import CONTACT10, ask, instead, records

CAMPAIGN_1000 = 538

Make = Callable[..., Bench]


def wire(result: CallToolResult | ListToolsResult) -> int:
    """Bytes of a result as JSON, without its JSON-RPC envelope."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


async def test_a_tool_costs_less_than_1_024_bytes_of_the_list_on_average(bench: Make, era: Any):
    """Beside those of lists and jobs (tests/test_tool_list.py)."""
    async with bench(without="jobs").connect(era) as client:
        answer = await client.list_tools()
    assert wire(answer) / len(answer.tools) < 1_024


async def test_answers_stay_small_on_the_wire(bench: Make):
    b = bench()
    instead(b, "GET", f"/dialler/contacts/contact/{CONTACT10}/history", lambda: records(rows(20)))
    assert wire(await ask(b, "get_contact", {"contact_id": CONTACT10})) <= 2_500
    assert wire(await ask(b, "list_contacts", {"campaign_id": CAMPAIGN_1000})) <= 5_000
    assert wire(await ask(b, "get_contact_history", {"contact_id": CONTACT10})) <= 4_000


async def test_a_list_makes_views_of_the_rows_that_are_shown_only(bench: Make, monkeypatch: pytest.MonkeyPatch):
    """A view of each contact that passes by would be most of the work of a long list."""
    views: list[ContactView] = []

    def noted(*parts: Any) -> ContactView:
        views.append(ContactView(*parts))
        return views[-1]

    monkeypatch.setattr(listing, "ContactView", noted)
    await ask(bench(), "list_contacts", {"campaign_id": CAMPAIGN_1000, "limit": 5})
    assert len(views) == 5


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_answer_over_http_leaves_at_once(host: str):
    """With Nagle's algorithm each answer waits for an acknowledgement: 40 ms more for every call."""
    with listen(host, 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
