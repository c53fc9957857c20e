"""One call after another: what is tried again, what never is, and how long anything may take."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.api.errors import (
    DiallerError,
    NoConnection,
    NotJson,
    OutcomeUnknown,
    ServerFault,
    TooSlow,
    UnexpectedStatus,
    Unreachable,
)
from tests.api.wire import URL, Answer, Body, Wire, done, html, records, refusal

Use = Callable[[Dialler], Awaitable[object]]

READS: dict[str, Use] = {
    "get": lambda dialler: dialler.get_contact(1),
    "search": lambda dialler: dialler.find_contacts_by_user_data("Contact10"),
    "batch, though it is a POST": lambda dialler: dialler.get_contacts([1]),
}
WRITES: dict[str, Use] = {
    "import": lambda dialler: dialler.import_contact({"Name": "Muster"}, overwrite_duplicates=False),
    "update": lambda dialler: dialler.update_contact({"ID": 1, "City": "Köln"}),
    "delete": lambda dialler: dialler.delete_contact(1),
    "lock": lambda dialler: dialler.lock_contact_by_user_data("Contact10"),
    "clone": lambda dialler: dialler.clone_campaign("A", "B"),
    "event": lambda dialler: dialler.create_acd_event({"Subject": "Rückruf"}),
}
NEVER_LEFT = [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout]
MAY_HAVE_LEFT = [
    httpx2.ReadTimeout,
    httpx2.WriteTimeout,
    httpx2.ReadError,
    httpx2.WriteError,
    httpx2.RemoteProtocolError,
    httpx2.ProxyError,
]

reads = pytest.mark.parametrize("use", READS.values(), ids=READS)
writes = pytest.mark.parametrize("use", WRITES.values(), ids=WRITES)


async def for_ever(*_: object) -> httpx2.Response:
    await asyncio.Event().wait()
    raise AssertionError


def no_upstream(status: int) -> httpx2.Response:
    return refusal(status, "no upstream")


async def error_of(wire: Wire, use: Use, *, deadline: float = 10.0) -> DiallerError:
    async with wire.dialler(deadline=deadline) as dialler:
        with pytest.raises(DiallerError) as error:
            await use(dialler)
    return error.value


@reads
@pytest.mark.parametrize("failure", [*NEVER_LEFT, *MAY_HAVE_LEFT])
async def test_a_read_is_tried_again_after_a_failed_connection(use: Use, failure: type[Exception]) -> None:
    wire = Wire(failure("broken"), failure("broken"), records({"ID": 1, "UserData": "Contact10"}))
    async with wire.dialler() as dialler:
        assert await use(dialler)
    assert len(wire.requests) == 3


@reads
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_read_is_tried_again_when_a_proxy_has_no_answer(use: Use, status: int) -> None:
    wire = Wire(html(status), records({"ID": 1, "UserData": "Contact10"}))
    async with wire.dialler() as dialler:
        assert await use(dialler)
    assert len(wire.requests) == 2


@reads
async def test_a_read_whose_body_breaks_off_is_tried_again(use: Use) -> None:
    broken_answer = httpx2.Response(200, stream=Body(b'{"records":[', httpx2.ReadError("cut")))
    wire = Wire(broken_answer, records({"ID": 1, "UserData": "Contact10"}))
    async with wire.dialler() as dialler:
        assert await use(dialler)
    assert len(wire.requests) == 2


@reads
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: httpx2.ConnectError("refused"), Unreachable),
        (lambda: httpx2.ReadError("cut"), Unreachable),
        (lambda: httpx2.ReadTimeout("slow"), TooSlow),
        (lambda: httpx2.ConnectTimeout("slow"), NoConnection),
        (lambda: httpx2.Response(200, stream=Body(b"{", httpx2.ReadError("cut"))), Unreachable),
        (lambda: html(503), NotJson),
        (lambda: refusal(503, "starting"), ServerFault),
        (lambda: httpx2.Response(502), ServerFault),
    ],
)
async def test_a_read_is_given_up_after_three_tries(
    use: Use, answer: Callable[[], Answer], kind: type[DiallerError]
) -> None:
    wire = Wire(answer(), answer(), answer())
    assert type(await error_of(wire, use)) is kind
    assert len(wire.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 501])
async def test_a_read_that_is_refused_is_not_tried_again(status: int) -> None:
    wire = Wire(refusal(status, "no"))
    assert (await error_of(wire, READS["get"])).status == status
    assert len(wire.requests) == 1


async def test_pauses_grow_and_are_jittered() -> None:
    series: set[tuple[float, ...]] = set()
    for _ in range(5):
        wire = Wire(*[httpx2.ConnectError("refused")] * 3)
        await error_of(wire, READS["get"])
        first, second = wire.pauses
        assert 0.1 <= first <= 0.3
        assert 0.2 <= second <= 0.6
        series.add(tuple(wire.pauses))
    assert len(series) > 1


@writes
@pytest.mark.parametrize("failure", MAY_HAVE_LEFT)
async def test_a_write_is_not_repeated_when_it_may_have_arrived(use: Use, failure: type[Exception]) -> None:
    wire = Wire(failure("broken"))
    error = await error_of(wire, use)
    assert type(error) is OutcomeUnknown
    assert "Read the record first" in error.hint.en
    assert len(wire.requests) == 1
    assert wire.pauses == []


@writes
@pytest.mark.parametrize("answer", [html, no_upstream])
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_write_is_not_repeated_after_an_answer_of_a_proxy(
    use: Use, answer: Callable[[int], httpx2.Response], status: int
) -> None:
    wire = Wire(answer(status))
    error = await error_of(wire, use)
    assert type(error) is OutcomeUnknown
    assert error.status == status
    assert len(wire.requests) == 1


@writes
@pytest.mark.parametrize("failure", NEVER_LEFT)
async def test_a_write_that_surely_never_left_is_tried_again(use: Use, failure: type[Exception]) -> None:
    wire = Wire(failure("refused"), records({"ID": 1, "UserData": "Contact10"}))
    async with wire.dialler() as dialler:
        await use(dialler)
    assert len(wire.requests) == 2


@writes
async def test_a_write_that_never_left_is_unreachable_not_unknown(use: Use) -> None:
    wire = Wire(*[httpx2.ConnectError("refused")] * 3)
    assert type(await error_of(wire, use)) is Unreachable


@writes
async def test_a_write_is_not_repeated_after_it_once_may_have_arrived(use: Use) -> None:
    wire = Wire(httpx2.ConnectError("refused"), httpx2.ReadError("cut"))
    assert type(await error_of(wire, use)) is OutcomeUnknown
    assert len(wire.requests) == 2


@writes
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_a_write_whose_answer_breaks_off_is_unknown(use: Use, status: int) -> None:
    wire = Wire(httpx2.Response(status, stream=Body(b"{", httpx2.ReadError("cut"))))
    assert type(await error_of(wire, use)) is OutcomeUnknown
    assert len(wire.requests) == 1


@reads
@pytest.mark.parametrize(
    "hang",
    [
        lambda: for_ever,
        lambda: httpx2.Response(200, stream=Body(b"{", for_ever)),
        lambda: httpx2.Response(500, stream=Body(for_ever)),
    ],
)
async def test_a_read_that_hangs_is_too_slow(use: Use, hang: Callable[[], Answer]) -> None:
    error = await error_of(Wire(hang()), use, deadline=0.05)
    assert type(error) is TooSlow
    assert "Nothing was changed" in error.hint.en


@writes
@pytest.mark.parametrize("hang", [lambda: for_ever, lambda: httpx2.Response(200, stream=Body(b"{", for_ever))])
async def test_a_write_that_hangs_is_unknown_and_says_how_to_check(use: Use, hang: Callable[[], Answer]) -> None:
    wire = Wire(hang())
    error = await error_of(wire, use, deadline=0.05)
    assert type(error) is OutcomeUnknown
    assert "unknown whether the change took effect" in str(error)
    assert "Read the record first" in str(error)
    assert len(wire.requests) == 1


async def test_the_deadline_covers_all_attempts_and_the_pauses_between() -> None:
    wire = Wire(httpx2.ReadError("cut"))
    async with wire.dialler(deadline=0.05, pause=for_ever) as dialler:
        with pytest.raises(TooSlow):
            await dialler.get_contact(1)
    assert len(wire.requests) == 1


async def test_a_cancelled_call_stays_cancelled() -> None:
    async with Wire(for_ever).dialler() as dialler:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(dialler.get_contact(1), 0.01)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (f"{URL}/new/1", f"{URL}/new/1"),
        ("/rest/v1.0/1/new?x=%2F", f"{URL}/new?x=%2F"),
        (f"{URL.replace('.example', '.example:443')}/new/1", f"{URL}/new/1"),
    ],
)
async def test_a_redirect_of_a_get_below_the_base_url_is_followed(location: str, path: str) -> None:
    wire = Wire(httpx2.Response(307, headers={"location": location}), records({"ID": 1, "UserData": "Contact10"}))
    async with wire.dialler() as dialler:
        assert (await dialler.get_contact(1)).id == 1
    assert str(wire.requests[1].url) == path


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/rest/v1.0/1",
        "https://dialler.example/rest/v1.0/2/dialler/campaigns",
        "https://dialler.example/rest/v1.0/11",
        "https://dialler.example/login",
        "https://dialler.example:8443/rest/v1.0/1/dialler/campaigns",
        "https://dialler.example:99999/rest/v1.0/1/dialler/campaigns",
        "https://user@dialler.example/rest/v1.0/1/dialler/campaigns",
        "/rest/v1.0/1/../2/dialler/campaigns",
        "//elsewhere.example/rest/v1.0/1",
        "https://dialler.example.evil.example/",
        "http://dialler.example/rest/v1.0/1",
        "ftp://dialler.example/",
        "https://dialler.example:port/",
    ],
)
async def test_a_redirect_to_anywhere_but_below_the_base_url_is_not_followed(location: str) -> None:
    wire = Wire(httpx2.Response(302, headers={"location": location}))
    error = await error_of(wire, READS["get"])
    assert type(error) is UnexpectedStatus
    assert error.status == 302
    assert "Nothing was changed" in error.hint.en
    assert len(wire.requests) == 1


@pytest.mark.parametrize("use", [*WRITES.values(), READS["batch, though it is a POST"]])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_of_anything_but_a_get_is_not_followed(use: Use, status: int) -> None:
    wire = Wire(httpx2.Response(status, headers={"location": f"{URL}/elsewhere"}))
    assert type(await error_of(wire, use)) is UnexpectedStatus
    assert len(wire.requests) == 1


async def test_redirects_in_a_circle_end() -> None:
    wire = Wire(*[httpx2.Response(302, headers={"location": f"{URL}/again"}) for _ in range(10)])
    error = await error_of(wire, READS["get"])
    assert "circle" in str(error)
    assert len(wire.requests) == 4


async def test_a_redirect_gives_its_connection_back_before_it_is_followed() -> None:
    body = Body(b"moved")

    async def after_redirect(_: httpx2.Request) -> httpx2.Response:
        assert body.closed
        return records({"ID": 1, "UserData": "Contact10"})

    wire = Wire(httpx2.Response(302, headers={"location": f"{URL}/new"}, stream=body), after_redirect)
    async with wire.dialler() as dialler:
        await dialler.get_contact(1)


async def test_a_failed_try_gives_its_connection_back_before_the_next() -> None:
    body = Body(b"busy")

    async def afterwards(_: httpx2.Request) -> httpx2.Response:
        assert body.closed
        return records({"ID": 1, "UserData": "Contact10"})

    async with Wire(httpx2.Response(503, stream=body), afterwards).dialler() as dialler:
        await dialler.get_contact(1)


@pytest.mark.parametrize(
    ("date", "skew"),
    [
        ("Sun, 09 Sep 2001 01:46:40 GMT", 0.0),
        ("Sun, 09 Sep 2001 02:46:40 GMT", 3600.0),
        ("Sun, 09 Sep 2001 03:45:40 +0200", -60.0),
        ("yesterday", None),
        (None, None),
    ],
)
async def test_the_clock_of_the_dialler_is_compared_with_ours(
    date: str | None, skew: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    answer = done()
    if date:
        answer.headers["date"] = date
    async with Wire(answer).dialler() as dialler:
        await dialler.lock_contact(1)
        assert dialler.clock_skew == skew


async def test_closing_a_client_that_was_never_used_does_nothing() -> None:
    async with Wire().dialler() as dialler:
        assert dialler.clock_skew is None
    await dialler.aclose()
