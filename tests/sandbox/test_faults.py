"""Faults on demand: each one does what it says, and only to the requests it concerns."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.faults import HEADER, KNOWN, ConnectionCut, Faults, parse_faults

Connect = Callable[..., httpx2.AsyncClient]

CAMPAIGNS = "/dialler/campaigns"


async def ask(client: httpx2.AsyncClient, fault: str, path: str = CAMPAIGNS) -> httpx2.Response:
    return await client.get(path, headers={HEADER: fault})


def test_faults_and_selectors_are_read() -> None:
    assert parse_faults("") == Faults()
    assert parse_faults("latency=1.5, status=500,every=2,after=3") == Faults(1.5, 500, None, None, 3, 2)
    assert parse_faults("cut").damage == "cut"
    assert parse_faults("revoke-after=3").revoke_after == 3


@pytest.mark.parametrize("text", ["explode", "status", "cut=1", "latency="])
def test_an_unknown_fault_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(ValueError, match="Unknown fault") as error:
        parse_faults(text)
    assert all(name in str(error.value) for name in KNOWN)


@pytest.mark.parametrize("text", ["status=many", "latency=x", "status=42", "every=0", "latency=-1"])
def test_a_number_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_faults(text)


async def test_an_unknown_fault_stops_the_application_or_the_request(connect: Connect, store: Store) -> None:
    async with connect() as client:
        answer = await ask(client, "explode")
    assert answer.status_code == 400
    assert "Unknown fault" in answer.json()["error"]
    with pytest.raises(ValueError, match="Unknown fault"):
        build_app(store, Options(faults="explode"))


@pytest.mark.parametrize(
    ("status", "content_type"),
    [
        (500, "application/json"),
        (502, "text/html; charset=utf-8"),
        (503, "text/html; charset=utf-8"),
        (409, "application/json"),
        (401, "application/json"),
    ],
)
async def test_a_status_comes_with_the_body_of_whoever_sends_it(
    connect: Connect, status: int, content_type: str
) -> None:
    async with connect() as client:
        answer = await ask(client, f"status={status}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)


async def test_the_body_of_a_500_is_a_switch(connect: Connect) -> None:
    async with connect(Options(error_body="empty")) as client:
        assert (await ask(client, "status=500")).content == b""


async def test_a_page_or_a_redirect_stands_in_for_the_answer(connect: Connect) -> None:
    async with connect() as client:
        page = await ask(client, "html")
        redirect = await ask(client, "redirect")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (redirect.status_code, redirect.headers["location"]) == (
        301,
        "https://sandbox/rest/v1.0/1/dialler/campaigns",
    )


async def test_a_cut_comes_after_the_work_is_done(connect: Connect, store: Store) -> None:
    async with connect() as client:
        with pytest.raises(ConnectionCut):
            await client.patch("/dialler/contacts/contact/215220/lock", headers={HEADER: "cut"})
    contact = store.contact(215220)
    assert contact
    assert contact.b_locked
    async with connect(raises=False) as client:
        half = await ask(client, "cut")
    assert 0 < len(half.content) < int(half.headers["content-length"])


async def test_spoiled_json_is_half_of_it_and_no_list_is_an_object(connect: Connect) -> None:
    async with connect() as client:
        half = await ask(client, "invalid-json")
        odd = await ask(client, "no-list")
        empty = await ask(client, "no-list", "/nothing")
    with pytest.raises(ValueError, match=r".+"):
        half.json()
    assert half.status_code == 200
    assert odd.json()["records"] == {"count": 7}
    assert empty.status_code == 404


async def test_latency_waits_and_then_answers(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    async with connect(Options(faults="latency=1")) as client:
        assert (await ask(client, "latency=0.5")).status_code == 200
    assert waits == [1.5]


async def statuses(client: httpx2.AsyncClient, count: int) -> list[int]:
    return [(await client.get(CAMPAIGNS)).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("revoke-after=3", [200, 200, 200, 401, 401]),
        ("status=503,after=2", [200, 200, 503, 503, 503]),
        ("status=503,every=2", [200, 503, 200, 503, 200]),
        ("status=503,after=1,every=2", [200, 200, 503, 200, 503]),
    ],
)
async def test_selectors_choose_the_requests(connect: Connect, faults: str, expected: list[int]) -> None:
    async with connect(Options(faults=faults)) as client:
        assert await statuses(client, 5) == expected


async def test_what_is_not_http_passes(store: Store) -> None:
    started: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup" if not started else "lifespan.shutdown"}

    async def send(message: Any) -> None:
        started.append(message["type"])

    await build_app(store)({"type": "lifespan", "app": None}, receive, send)
    assert started == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
