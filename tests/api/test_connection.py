"""What goes over the connection: no cookies, no token in an answer, nothing without an end."""

import asyncio
import base64
import gzip
import json
import re
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.api import Address, Dialler, connection
from dialler_mcp.api.errors import DiallerError, OutcomeUnknown, ProxyFailed, TooLarge, TooSlow, Unreachable
from dialler_mcp.api.requests import Request
from dialler_mcp.api.secrets import MARK, Secret
from tests.api.wire import URL, Body, Wire, records, refusal

TOKEN = "s3cret/Token+9&<x>"


def speaking(*answers: httpx2.Response) -> Dialler:
    rest = list(answers)
    transport = httpx2.MockTransport(lambda request: rest.pop(0))
    return Dialler(Address(URL, TOKEN), transport=transport)


async def test_no_cookie_is_kept() -> None:
    wire = Wire(*[httpx2.Response(200, json={"records": [], "status": 200}, headers={"set-cookie": "a=1"})] * 2)
    async with wire.dialler() as dialler:
        await dialler.list_campaigns()
        await dialler.list_campaigns()
    assert "cookie" not in wire.requests[1].headers


FORMS = {
    "plain": TOKEN,
    "percent": quote(TOKEN, safe=""),
    "percent, lower": re.sub("%..", lambda found: found[0].lower(), quote(TOKEN, safe="")),
    "base64": base64.b64encode(TOKEN.encode()).decode(),
    "base64, for URLs": base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    "hex": TOKEN.encode().hex(),
    "HTML": "s3cret/Token+9&amp;&lt;x&gt;",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
async def test_the_token_is_in_no_answer(form: str) -> None:
    async with speaking(
        refusal(401, f"Invalid token {form}"),
        refusal(500, f"Invalid token {form}"),
        records({"ID": 1, "Comment": f"token: {form}"}),
        records({"ID": 1, "Name": f"token: {form}"}),
    ) as dialler:
        for _ in range(2):
            with pytest.raises(DiallerError) as error:
                await dialler.get_contact(1)
            assert form.casefold() not in str(error.value).casefold()
        assert form not in str(await dialler.get_contact(1))
        assert form not in str([contact async for contact in dialler.list_contacts(538)])


@given(st.integers(0, 60), st.lists(st.integers(1, 40), max_size=6))
def test_a_token_that_arrives_in_pieces_is_taken_out(before: int, sizes: list[int]) -> None:
    content = b" " * before + json.dumps({"records": [], "status": 200, "note": TOKEN}).encode()
    pieces = list[bytes]()
    rest = content
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    pieces.append(rest)

    async def read() -> bytes:
        line = connection.Connection(Address(URL, TOKEN))
        response = httpx2.Response(200, stream=Body(*pieces))
        return b"".join([piece async for piece in line.pieces(response)])

    assert asyncio.run(read()) == content.replace(TOKEN.encode(), MARK)


def test_a_token_in_json_with_escapes_is_found() -> None:
    for text in (r"s3cret\/Token+9&<x>", r"s3cret/Token+9\u0026\u003cx\u003e"):
        assert Secret(TOKEN).taken_out(text.encode()) == MARK


def test_who_waits_in_vain_for_a_connection_is_told_that_nothing_left() -> None:
    line = connection.Connection(Address(URL, TOKEN))
    lock = Request("Lock a Dialler Contact by ID", "PATCH", "/dialler/contacts/contact/1/lock")
    assert isinstance(line.gone(lock, httpx2.PoolTimeout("none free")), Unreachable)
    assert isinstance(line.gone(lock, httpx2.ReadTimeout("slow")), TooSlow)


def test_a_short_token_is_not_looked_for_in_other_words() -> None:
    assert Secret("an").taken_out(b"Campaign and plan") == b"Campaign and plan"


async def test_an_answer_without_end_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_ANSWER", 1_000_000)
    bomb = gzip.compress(b" " * 20_000_000)
    response = httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=Body(bomb))
    async with speaking(response) as dialler:
        with pytest.raises(TooLarge):
            await dialler.list_campaigns()


async def test_of_an_error_only_the_beginning_is_read() -> None:
    body = Body(*[b"x" * 40_000 for _ in range(1000)])
    async with speaking(httpx2.Response(400, stream=body)) as dialler:
        with pytest.raises(DiallerError):
            await dialler.get_contact(1)
    assert body.closed


async def test_a_list_without_end_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialler_mcp.api.streaming.MAX_RECORDS", 1000)
    row = b'{"ID":1,"Comment":"' + b"x" * 1000 + b'"},'
    async with speaking(httpx2.Response(200, stream=Body(b'{"records":[', *[row * 500 for _ in range(10)]))) as dialler:
        with pytest.raises(TooLarge):
            _ = [contact async for contact in dialler.list_contacts(538)]


async def test_a_large_answer_is_decoded_beside_the_loop() -> None:
    rows = [{"ID": number, "UserData": "K", "Comment": "x" * 1000} for number in range(1, 2000)]
    async with speaking(records(*rows), httpx2.Response(200, content=b" " * 2_000_000)) as dialler:
        assert len(await dialler.find_contacts_by_user_data("K")) == len(rows)
        with pytest.raises(DiallerError):
            await dialler.find_contacts_by_user_data("K")


async def test_a_dead_proxy_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    address = Address("http://dialler.invalid/rest/v1.0/1", "secret-token", allow_http=True)

    async def no_pause(_: float) -> None: ...

    async with Dialler(address, pause=no_pause) as dialler:
        with pytest.raises(ProxyFailed, match="HTTPS_PROXY"):
            await dialler.list_campaigns()


def test_the_path_of_the_certificates_is_checked_before(tmp_path: Path) -> None:
    with pytest.raises(DiallerError, match="DIALLER_CA_FILE"):
        Address(URL, TOKEN, ca_file=tmp_path / "none.pem")


DATES = ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "never")


@pytest.mark.parametrize("date", DATES)
async def test_a_date_that_there_cannot_be_is_none_and_no_failure(date: str) -> None:
    wait = httpx2.Response(429, headers={"retry-after": date})
    done = httpx2.Response(200, json={"status": 200}, headers={"date": date})
    async with Wire(wait, done).dialler() as dialler:
        await dialler.lock_contact(1)
        assert dialler.clock_skew is None


@pytest.mark.parametrize("status", [300, 303, 304])
async def test_a_redirect_after_which_a_change_may_be_made_leaves_it_unknown(status: int) -> None:
    """303 says that the result is to be seen elsewhere; the others that nothing was done come before it is."""
    async with speaking(httpx2.Response(status, headers={"location": "/rest/v1.0/1/dialler/done"})) as dialler:
        with pytest.raises(OutcomeUnknown) as error:
            await dialler.lock_contact(1)
    assert f"status {status}, which says neither" in str(error.value)
