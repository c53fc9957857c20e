"""The contact list as a stream of the client: what breaks it, and what it holds meanwhile."""

import asyncio
import json

import httpx2
import pytest

from dialler_mcp.api.errors import DiallerError, FunctionMissing, NoRecords, NotJson, TooSlow, Unauthorized, Unreachable
from tests.api.wire import Body, Wire, html, list_of, refusal

LONG = b'{"records":[' + b'{"ID":1},' * 150_000  # more than the client keeps before it hands out records
WHOLE = json.dumps(list_of({"ID": 1}, {"ID": 2}, {"ID": 3})).encode()


def stream(*pieces: bytes | Exception) -> httpx2.Response:
    return httpx2.Response(200, stream=Body(*pieces))


async def ids_of(wire: Wire, campaign_id: int | None = None, *, deadline: float = 10.0) -> list[int]:
    async with wire.dialler(deadline=deadline) as dialler:
        return [contact.id async for contact in dialler.list_contacts(campaign_id)]


async def error_of(wire: Wire, *, deadline: float = 10.0) -> DiallerError:
    with pytest.raises(DiallerError) as error:
        await ids_of(wire, deadline=deadline)
    return error.value


async def test_all_campaigns_are_asked_for_without_a_filter() -> None:
    wire = Wire(stream(WHOLE), stream(WHOLE))
    assert await ids_of(wire) == [1, 2, 3]
    assert await ids_of(wire, 538) == [1, 2, 3]
    assert [request.url.query for request in wire.requests] == [b"", b"diallerCampaignsID=538"]


async def test_what_an_old_release_sends_of_other_campaigns_is_left_out() -> None:
    rows = [{"ID": 1, "DiallerCampaignsID": 551}, {"ID": 2, "DiallerCampaignsID": 538}, {"ID": 3}]
    for campaign_id, ids in ((538, [2, 3]), (551, [1, 3]), (999, [3]), (None, [1, 2, 3])):
        assert await ids_of(Wire(stream(json.dumps(list_of(*rows)).encode())), campaign_id) == ids


async def test_a_list_in_single_bytes_is_the_same_list() -> None:
    assert await ids_of(Wire(stream(*[WHOLE[i : i + 1] for i in range(len(WHOLE))]))) == [1, 2, 3]


async def test_a_list_that_is_cut_by_the_network_is_unreachable_and_not_short() -> None:
    for end in range(len(WHOLE)):
        wire = Wire(stream(WHOLE[:end], httpx2.ReadError("cut")))
        error = await error_of(wire)
        assert type(error) is Unreachable
        assert "middle of the list" in str(error)
        assert len(wire.requests) == 1


async def test_a_list_that_ends_early_is_not_json_and_not_short() -> None:
    for end in range(len(WHOLE)):
        assert type(await error_of(Wire(stream(WHOLE[:end])))) is NotJson


async def test_a_list_is_tried_again_only_until_its_first_byte() -> None:
    wire = Wire(httpx2.ConnectError("refused"), html(503), stream(WHOLE))
    assert await ids_of(wire) == [1, 2, 3]
    assert len(wire.pauses) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (html(200), NotJson),
        (httpx2.Response(200, content=b""), NotJson),
        (httpx2.Response(200, json={"status": 200}), NoRecords),
        (httpx2.Response(200, json={"records": [1]}), NoRecords),
        (httpx2.Response(404), FunctionMissing),
        (refusal(401, "no"), Unauthorized),
    ],
)
async def test_an_odd_answer_is_an_error_and_no_empty_list(answer: httpx2.Response, kind: type[DiallerError]) -> None:
    assert type(await error_of(Wire(answer))) is kind


async def test_a_list_that_stops_coming_is_too_slow() -> None:
    stuck = Body(WHOLE[:40], asyncio.Event().wait, WHOLE[40:])
    error = await error_of(Wire(httpx2.Response(200, stream=stuck)), deadline=0.05)
    assert type(error) is TooSlow


async def test_the_deadline_falls_on_the_list_and_never_on_who_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the reader works the generator is suspended: the reader's own time must not be cancelled by it."""
    loop = asyncio.get_running_loop()
    now = loop.time
    answer = httpx2.Response(200, stream=Body(LONG, asyncio.Event().wait))
    async with Wire(answer).dialler() as dialler:
        contacts = dialler.list_contacts()
        await anext(contacts)
        monkeypatch.setattr(loop, "time", lambda: now() + 3600)
        for _ in range(3):
            await asyncio.sleep(0)  # an hour later, and not cancelled
        with pytest.raises(TooSlow):
            _ = [contact async for contact in contacts]


async def test_a_reader_who_stops_early_gives_the_connection_back() -> None:
    body = Body(LONG, b'{"ID":2}]}')
    async with Wire(httpx2.Response(200, stream=body)).dialler() as dialler:
        async for _ in dialler.list_contacts():
            break
        for _ in range(10):
            await asyncio.sleep(0)
        assert body.closed


@pytest.mark.parametrize("pieces", [(WHOLE,), (WHOLE[:60], httpx2.ReadError("cut")), (b"<html>",)])
async def test_a_list_that_ended_gives_the_connection_back(pieces: tuple[bytes | Exception, ...]) -> None:
    body = Body(*pieces)
    async with Wire(httpx2.Response(200, stream=body)).dialler() as dialler:
        try:
            assert [contact.id async for contact in dialler.list_contacts()] == [1, 2, 3]
        except DiallerError:
            assert len(pieces) == 2 or pieces == (b"<html>",)
        assert body.closed
