from email.utils import formatdate
from typing import Any

import httpx2
import pytest

from dialler_mcp.api import Address, Dialler
from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import SANDBOX
from tests.conftest import no_pause, text_of
from tests.tools.asking import Make, ask, instead, records, refused, told


async def test_the_sandbox_is_named_loudly(bench: Make):
    answer = await told(bench(), "check_connection")
    assert answer["record"]["dialler"] == "SANDBOX"
    assert answer["notes"] == [SANDBOX]


async def test_a_real_dialler_shows_only_its_host(bench: Make):
    b = bench(base_url="https://dialler.example.com/rest/v1.0/17", token="geheim-123")
    b.profile.dialler = Dialler(
        Address("https://dialler.example.com/rest/v1.0/17", "geheim-123"),
        transport=httpx2.MockTransport(lambda _: records([{"ID": 1, "Name": "Echt"}])),
        pause=no_pause,
    )
    result = await ask(b, "check_connection")
    text = text_of(result) + str(result.structured_content)
    assert "dialler: dialler.example.com\n" in text
    assert "geheim" not in text
    assert "/17" not in text
    assert "SANDBOX" not in text


@pytest.mark.parametrize(("release", "words"), [("current", "yes"), ("no-batch", "missing"), ("oldest", "missing")])
async def test_the_batch_function_is_probed(bench: Make, release: Any, words: str):
    b = bench(Options(release=release))
    assert (await told(b, "check_connection"))["record"]["batch function"] == words
    assert b.wire.changes == []


async def test_what_cannot_be_told_is_unclear(bench: Make):
    b = bench()
    instead(b, "GET", "/acd/events/types", lambda: httpx2.Response(500, json={"error": "no"}))
    assert (await told(b, "check_connection"))["record"]["AcdEvents"] == "unclear: The dialler failed internally."


@pytest.mark.parametrize("error_body", ["json", "empty", "html"])
async def test_a_refused_token_is_a_clear_error(bench: Make, error_body: Any):
    text = await refused(bench(Options(token="another", error_body=error_body)), "check_connection")
    assert "did not accept the token (401)" in text
    assert "set DIALLER_TOKEN" in text
    assert "sandbox-token" not in text


@pytest.mark.parametrize(
    ("ahead", "words"), [(0, "agrees"), (600, "+600 s compared with ours"), (-7200, "-7200 s compared with ours")]
)
async def test_the_clocks_are_compared(bench: Make, monkeypatch: pytest.MonkeyPatch, ahead: int, words: str):
    monkeypatch.setattr("dialler_mcp.api.client.time.time", lambda: 1_795_179_600.0)
    b = bench()
    headers = {"Date": formatdate(1_795_179_600 + ahead, usegmt=True)}
    b.wire.instead = lambda _: httpx2.Response(200, headers=headers, json={"records": [], "count": 0, "status": 200})
    assert (await told(b, "check_connection"))["record"]["dialler's clock"] == words


async def test_a_dialler_without_a_clock_is_not_compared(bench: Make):
    assert "dialler's clock" not in (await told(bench(), "check_connection"))["record"]


async def test_a_server_that_answers_404_to_everything_is_no_dialler(bench: Make):
    b = bench()
    b.wire.instead = lambda _: httpx2.Response(404, json={"status": 404, "error": "Dialler campaign not found"})
    async with b.connect() as client:
        result = await client.call_tool("dialler_check_connection", {})
    assert result.is_error
    assert "Something else than the dialler answered (404)" in text_of(result)
