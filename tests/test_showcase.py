"""What the README shows works in the sandbox as it is written there, whatever the day."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from mcp import Client

from dialler_mcp.api import Address, Dialler
from dialler_mcp.sandbox import Store, build_app
from dialler_mcp.server import build_server
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from tests.conftest import BERLIN, URL, structure_of, text_of

README = Path(__file__).parent.parent / "README.md"
QUESTIONS = (
    "*Reset contact Contact10.*",
    "*Why is Frau Müller not being called?*",
    "*How did Campaign 1000 go last week, and what is left to dial?*",
    '*Delete Contact11.* – "This deletes the contact and its history for good. Shall I?"',
)


def test_these_are_its_questions():
    text = " ".join(line.removeprefix("> ") for line in README.read_text("utf-8").splitlines())
    assert all(question in text for question in QUESTIONS)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 30, 8, 0),  # a Monday, before the first call of the week
        *(
            pytest.param(moment, marks=pytest.mark.thorough)
            for moment in (datetime(2026, 12, 26, 23, 0), datetime(2027, 3, 31, 15, 0), datetime(2028, 2, 29, 0, 5))
        ),
    ],
    ids=str,
)
async def test_each_of_them_is_answered(now: datetime, tmp_path: Path):
    with closing(Store.open(now=now)) as store:
        transport = httpx2.ASGITransport(build_app(store, clock=lambda: now))
        dialler = Dialler(Address(URL, "sandbox-token"), transport=transport)
        settings = Settings(data_dir=tmp_path, audit=False)
        profile = profile_of(settings, dialler, now=lambda: now.replace(tzinfo=BERLIN))
        async with Client(build_server(settings, profile=profile)) as client:
            reset = await client.call_tool("dialler_reset_contact_by_user_data", {"user_data": "Contact10"})
            assert "is reset" in text_of(reset)
            answer = structure_of(await client.call_tool("dialler_find_contact", {"text": "Frau Müller"}))
            why = await client.call_tool("dialler_contact_overview", {"contact_id": answer["rows"][0][0]})
            assert "locked" in text_of(why)
            monday = now.date() - timedelta(days=now.weekday() + 7)
            week = {"since": str(monday), "until": str(monday + timedelta(days=6))}
            report = text_of(await client.call_tool("dialler_campaign_report", {"name": "Campaign 1000", **week}))
            assert "contact rate" in report
            assert "left to dial" in report
            refusal = text_of(await client.call_tool("dialler_delete_contact_by_user_data", {"user_data": "Contact11"}))
            assert "The contact and its history" in refusal
            assert "NOTHING WAS CHANGED YET" in refusal
        await profile.aclose()
