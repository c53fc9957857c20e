from collections.abc import Callable

import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import Bench, structure_of, text_of

Make = Callable[..., Bench]

CONTACT10 = 215220


async def test_reset_shows_before_and_after_and_keeps_the_history(bench: Make, era: str):
    b = bench()
    async with b.connect(era) as client:
        change = structure_of(await client.call_tool("dialler_reset_contact_by_user_data", {"user_data": "Contact10"}))
        history = structure_of(await client.call_tool("dialler_get_contact_history", {"contact_id": CONTACT10}))
    assert change["status"] == "done"
    assert change["before"]["attempts"] == 3
    assert change["after"] == {"state": "new"}
    assert history["total"] == 3
    assert b.wire.changes == ["PATCH /dialler/contacts/contact/reset"]
