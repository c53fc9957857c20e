"""What the tests of the tools share: calls, their answers, and faults on the wire."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
from mcp_types import CallToolResult

from dialler_mcp.changes.confirmation import Confirmation
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.untrusted import Fence
from tests.conftest import NOON, Bench, structure_of, text_of

Make = Callable[..., Bench]

CONTACT10 = 215220
LOCKED_MUELLER = 215231
CLOSED_MUELLER = 215232
WITH_ORDERS = 215241
CAMPAIGN_1000, CAMPAIGN_TEST, WINBACK, HALF_PRICE, CANCELLERS, NPS, RENEWAL = 538, 539, 542, 547, 551, 556, 560
FRESH = 218000
START = 1_795_179_600.0  # seconds; any will do


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, seconds: float = START) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def steady(b: Bench, clock: Clock | None = None) -> Bench:
    """The same phrases, fence marks and pseudonyms in every run."""
    b.profile.confirmation = Confirmation(b.profile.state, clock=clock or Clock(), key=b"k" * 32)
    b.profile.present = replace(b.profile.present, fence=Fence("mark"), key=b"k" * 16)
    return b


async def ask(b: Bench, tool: str, arguments: dict[str, Any] | None = None, mode: str = "auto") -> CallToolResult:
    async with b.connect(mode) as client:
        return await client.call_tool(f"dialler_{tool}", arguments or {})


async def told(b: Bench, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structure of a call that succeeds."""
    return structure_of(await ask(b, tool, arguments))


async def refused(b: Bench, tool: str, **arguments: Any) -> str:
    """The words of a call that fails."""
    result = await ask(b, tool, arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


def compact(structure: object) -> str:
    """A structure as it goes over the wire."""
    return json.dumps(structure, ensure_ascii=False, separators=(",", ":"))


def contact(b: Bench, contact_id: int) -> Contact:
    record = b.store.contact(contact_id)
    assert record is not None
    return record


def change(b: Bench, contact_id: int, **values: Any) -> Contact:
    """Change a record behind the server's back."""
    record = contact(b, contact_id)
    for name, value in values.items():
        setattr(record, name, value)
    b.store.save_contact(record)
    return record


def keep_only(b: Bench, *campaign_ids: int) -> None:
    """Delete the other campaigns behind the server's back, so that they need not be read."""
    for campaign in b.store.campaigns():
        if campaign.id not in campaign_ids:
            b.store.delete_campaign(campaign.id)


def records(rows: list[dict[str, Any]]) -> httpx2.Response:
    """An answer of the dialler."""
    return httpx2.Response(200, json={"records": rows, "count": len(rows), "status": 200})


def instead(b: Bench, method: str, path: str, answer: Callable[[], httpx2.Response]) -> None:
    """Answer the requests to one path ourselves; `answer` may raise what the network raises."""

    def respond(request: httpx2.Request) -> httpx2.Response | None:
        place = request.url.path.removeprefix("/rest/v1.0/1")
        return answer() if (request.method, place) == (method, path) else None

    b.wire.instead = respond


def never_answered() -> httpx2.Response:
    raise httpx2.ReadTimeout("no answer")


def fresh(**values: Any) -> Contact:
    """A contact for the store."""
    usual: dict[str, Any] = {
        "dialler_campaigns_id": CAMPAIGN_TEST,
        "name": "Neu",
        "phone_number1": "493023125000",
        "dialler_campaigns_result_codes_id": None,
        "b_locked": None,
        "dt_imported": NOON,
    }
    return Contact(**{**usual, **values})


def ids(answer: dict[str, Any]) -> list[int]:
    place = answer["columns"].index("ID")
    return [row[place] for row in answer["rows"]]
