"""Success is what the dialler says, all of its records, and nobody else's."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.api.errors import (
    Conflict,
    DiallerError,
    Forbidden,
    NotDialler,
    NotFound,
    NotJson,
    OtherChanged,
    OtherRecord,
    OutcomeUnknown,
    PartOfRecords,
    ServerFault,
    TooMany,
    UnreadableAnswer,
)
from tests.api.wire import MISSING, Body, Wire, done, records, refusal

Use = Callable[[Dialler], Awaitable[object]]


async def listed(dialler: Dialler) -> list[int]:
    return [contact.id async for contact in dialler.list_contacts(538)]


LIST: Use = listed
READS: dict[str, Use] = {
    "list": LIST,
    "one": lambda dialler: dialler.get_contact(1),
    "search": lambda dialler: dialler.find_contacts_by_user_data("K"),
    "campaigns": lambda dialler: dialler.list_campaigns(),
    "batch": lambda dialler: dialler.get_contacts([1]),
    "history": lambda dialler: dialler.get_contact_history(1),
}
STATUS_ONLY: dict[str, Use] = {
    "lock": lambda dialler: dialler.lock_contact(1),
    "reset": lambda dialler: dialler.reset_contact(1),
    "delete": lambda dialler: dialler.delete_contact(1),
    "delete a campaign": lambda dialler: dialler.delete_campaign(1),
}
RECORD: dict[str, Use] = {
    "update": lambda dialler: dialler.update_contact({"ID": 1, "City": "Kiel"}),
    "import": lambda dialler: dialler.import_contact({"Name": "Neu"}, overwrite_duplicates=False),
}


def answer(content: object, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, json=content)


async def error_of(use: Use, *answers: Any) -> DiallerError:
    async with Wire(*answers).dialler() as dialler:
        with pytest.raises(DiallerError) as error:
            await use(dialler)
    return error.value


@pytest.mark.parametrize("name", [*STATUS_ONLY, *RECORD])
async def test_a_write_that_the_envelope_calls_failed_has_failed(name: str) -> None:
    use = (STATUS_ONLY | RECORD)[name]
    error = await error_of(use, answer({"status": 500, "error": "Deadlock found"}))
    assert type(error) is ServerFault
    assert "Deadlock found" in str(error)
    assert "Part of the change may be there" in str(error)
    assert type(await error_of(use, answer({"status": 409, "error": "exists"}))) is Conflict
    assert type(await error_of(use, answer({"status": 404, "error": "Dialler contact not found"}))) is NotFound


@pytest.mark.parametrize("content", [{}, [], None, 200, "ok", {"message": "login"}, {"status": "ok"}, {"records": []}])
@pytest.mark.parametrize("name", STATUS_ONLY)
async def test_an_answer_that_says_nothing_leaves_a_write_unknown(name: str, content: object) -> None:
    assert type(await error_of(STATUS_ONLY[name], answer(content))) is OutcomeUnknown


async def test_only_the_dialler_says_that_something_is_done() -> None:
    async with Wire(done(), answer({"status": 201})).dialler() as dialler:
        await dialler.lock_contact(1)
        await dialler.lock_contact(1)


@pytest.mark.parametrize("name", READS)
async def test_a_read_that_the_envelope_calls_failed_is_no_empty_list(name: str) -> None:
    for content in ('{"status":500,"error":"x","records":[]}', '{"records":[],"status":500}'):
        assert type(await error_of(READS[name], httpx2.Response(200, text=content))) is ServerFault
    contradiction: dict[str, Any] = {"status": 200, "error": "Deadlock", "records": [], "count": 0}
    assert "Deadlock" in str(await error_of(READS[name], answer(contradiction)))


@pytest.mark.parametrize("status", ["500", " 503 ", 500])
@pytest.mark.parametrize("name", READS)
async def test_a_status_may_be_written_as_text(name: str, status: object) -> None:
    assert type(await error_of(READS[name], answer({"status": status, "records": []}))) is ServerFault
    async with Wire(answer({"status": "200", "records": [{"ID": 1, "UserData": "K"}]})).dialler() as dialler:
        await READS[name](dialler)


@pytest.mark.parametrize("status", ["ERROR", "", True, 2.5, {}, "99999", 0, -1, 99, 600, "000", 2**63])
@pytest.mark.parametrize("name", [*READS, *STATUS_ONLY, *RECORD])
async def test_a_status_that_is_none_of_http_is_not_success(name: str, status: object) -> None:
    use = (READS | STATUS_ONLY | RECORD)[name]
    error = await error_of(use, answer({"status": status, "records": [{"ID": 1}]}))
    assert type(error) is (UnreadableAnswer if name in READS else OutcomeUnknown)


async def test_an_error_of_any_form_is_one() -> None:
    error = await error_of(LIST, answer({"status": 200, "records": [], "error": {"code": 17}}))
    assert type(error) is ServerFault


@pytest.mark.parametrize("name", READS)
async def test_a_part_of_the_records_is_an_error(name: str) -> None:
    rows = [{"ID": number} for number in (1, 2)]
    for envelope in ({"count": 3, "records": rows, "status": 200}, {"records": rows, "status": 200, "count": 3}):
        error = await error_of(READS[name], answer(envelope))
        assert type(error) is PartOfRecords
        assert "only 2 of 3" in str(error)


@pytest.mark.parametrize("count", ["3", " 3 ", 3.0])
@pytest.mark.parametrize("name", READS)
async def test_a_count_may_be_written_as_text(name: str, count: object) -> None:
    error = await error_of(READS[name], answer({"records": [{"ID": 1}], "count": count, "status": 200}))
    assert "only 1 of 3" in str(error)


@pytest.mark.parametrize("count", ["many", True, None, [3], {}, "9" * 30])
async def test_what_is_no_count_means_nothing(count: object) -> None:
    async with Wire(answer({"records": [], "count": count, "status": 200})).dialler() as dialler:
        assert await listed(dialler) == []


@pytest.mark.parametrize("extra", ["path", "timestamp", "trace"])
@pytest.mark.parametrize("name", ["one", "search", "campaigns", "batch", "history"])
async def test_an_error_of_others_inside_a_success_is_no_empty_list(name: str, extra: str) -> None:
    error = await error_of(READS[name], answer({"status": 404, "error": "Not Found", extra: "x"}))
    assert type(error) is NotDialler


async def test_a_count_below_the_rows_means_nothing() -> None:
    async with Wire(answer({"records": [{"ID": 1}, {"ID": 2}], "count": 1, "status": 200})).dialler() as dialler:
        assert await listed(dialler) == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        {"error": "Not Found"},
        {"status": 404},
        {"timestamp": "2026-11-28T09:00:00Z", "status": 404, "error": "Not Found", "path": "/rest"},
        {"status": 404, "error": "Not Found", "path": "/"},
        {"message": "no Route matched"},
        {"status": 200, "error": "x"},
        {"status": 404, "error": None},
        [],
    ],
)
@pytest.mark.parametrize("name", READS)
async def test_a_404_of_somebody_else_is_not_none(name: str, content: object) -> None:
    assert isinstance(await error_of(READS[name], answer(content, 404)), NotDialler if content else NotJson)


async def test_a_404_in_the_own_envelope_is_none() -> None:
    async with Wire(answer(MISSING, 404), answer(MISSING, 404)).dialler() as dialler:
        assert await dialler.find_contacts_by_user_data("K") == []
        assert await listed(dialler) == []


@pytest.mark.parametrize("name", [*READS, *STATUS_ONLY, *RECORD])
async def test_403_speaks_of_rights(name: str) -> None:
    use = (READS | STATUS_ONLY | RECORD)[name]
    for refusal_answer in (refusal(403, "no"), httpx2.Response(403), httpx2.Response(403, html="<h1>Forbidden</h1>")):
        error = await error_of(use, refusal_answer)
        assert type(error) is Forbidden
        assert "right" in str(error)


@pytest.mark.parametrize("name", READS)
async def test_429_waits_as_long_as_is_asked_and_tries_again(name: str) -> None:
    wire = Wire(httpx2.Response(429, headers={"retry-after": "7"}), records({"ID": 1, "UserData": "K"}))
    async with wire.dialler() as dialler:
        await READS[name](dialler)
    assert wire.pauses == [7]


async def test_a_write_waits_too_since_it_was_refused() -> None:
    wire = Wire(httpx2.Response(429, headers={"retry-after": "1"}), done())
    async with wire.dialler() as dialler:
        await dialler.lock_contact(1)
    assert [request.method for request in wire.requests] == ["PATCH", "PATCH"]


async def test_who_asks_to_wait_beyond_the_deadline_is_told_of_at_once() -> None:
    wire = Wire(httpx2.Response(429, headers={"retry-after": "3600"}))
    async with wire.dialler() as dialler:
        with pytest.raises(TooMany, match="fewer requests"):
            await dialler.get_contact(1)
    assert wire.pauses == []


@pytest.mark.parametrize("wish", ["", "soon", "-1", "Sat, 28 Nov 1970 09:00:00 GMT"])
async def test_an_odd_time_to_wait_is_the_usual_pause(wish: str) -> None:
    wire = Wire(httpx2.Response(429, headers={"retry-after": wish}), records({"ID": 1}))
    async with wire.dialler() as dialler:
        await dialler.get_contact(1)
    assert 0 < wire.pauses[0] < 1


@pytest.mark.parametrize("name", READS)
async def test_a_byte_order_mark_is_no_damage(name: str) -> None:
    content = (
        b"\xef\xbb\xbf" + json.dumps({"records": [{"ID": 1, "UserData": "K"}], "count": 1, "status": 200}).encode()
    )
    async with Wire(httpx2.Response(200, content=content)).dialler() as dialler:
        await READS[name](dialler)
    refusal_answer = b"\xef\xbb\xbf" + json.dumps({"status": 409, "error": "exists"}).encode()
    assert type(await error_of(READS[name], httpx2.Response(409, content=refusal_answer))) is Conflict


@pytest.mark.parametrize("name", READS)
async def test_what_is_nested_too_deeply_is_unreadable(name: str) -> None:
    for content in (b"[" * 100_000, b'{"records":[' + b"[" * 100_000, b'{"records":[],"x":' + b"[" * 100_000):
        assert isinstance(await error_of(READS[name], httpx2.Response(200, content=content)), NotJson)


async def test_a_write_whose_answer_is_nested_too_deeply_is_unknown() -> None:
    deep = httpx2.Response(200, content=b"[" * 100_000)
    assert type(await error_of(STATUS_ONLY["lock"], deep)) is OutcomeUnknown


async def test_a_list_whose_connection_breaks_or_whose_end_is_missing_is_no_shorter_list() -> None:
    broken_answer = Body(b'{"records":[{"ID":1},', b'{"ID":2}],"count":2')
    assert isinstance(await error_of(LIST, httpx2.Response(200, stream=broken_answer)), NotJson)


BY_ID: dict[str, Use] = {
    "contact": lambda dialler: dialler.get_contact(7),
    "campaign": lambda dialler: dialler.get_campaign(7),
    "event": lambda dialler: dialler.get_acd_event(7),
    "group": lambda dialler: dialler.get_acd_group(7),
}


@pytest.mark.parametrize("name", BY_ID)
async def test_a_read_by_id_is_answered_with_this_id_or_not_at_all(name: str) -> None:
    for row in ({"ID": 8}, {"Name": "without"}, {"ID": "seven"}):
        assert type(await error_of(BY_ID[name], records(row))) is OtherRecord
    async with Wire(records({"ID": 8}, {"ID": 7})).dialler() as dialler:
        assert getattr(await BY_ID[name](dialler), "id", None) == 7


async def test_an_update_that_answers_with_another_record_is_unknown() -> None:
    update = RECORD["update"]
    error = await error_of(update, records({"ID": 215299}))
    assert type(error) is OtherChanged
    assert "another record" in str(error)
    assert type(await error_of(update, records({"Name": "without"}))) is OutcomeUnknown
    async with Wire(records({"ID": 1})).dialler() as dialler:
        await update(dialler)


@pytest.mark.parametrize("status", [202, 204, 205, 206, 207])
@pytest.mark.parametrize("use", [*STATUS_ONLY.values(), *RECORD.values()], ids=[*STATUS_ONLY, *RECORD])
async def test_a_status_that_promises_or_says_nothing_is_no_success(use: Use, status: int) -> None:
    """202 is what a gateway says that keeps a request for later."""
    content = {"status": 200, "count": 1, "records": [{"ID": 1, "Name": "Neu"}]}
    for one in (answer(content, status), answer({**content, "status": status})):
        error = await error_of(use, one)
        assert isinstance(error, OutcomeUnknown)
        assert f"status {status}, which says neither" in str(error)


@pytest.mark.parametrize("use", READS.values(), ids=list(READS))
async def test_a_part_of_an_answer_is_none(use: Use) -> None:
    content = {"status": 200, "count": 1, "records": [{"ID": 1, "UserData": "K"}]}
    error = await error_of(use, answer(content, 206))
    assert isinstance(error, UnreadableAnswer)
    assert "status 206, which is not that of a whole answer" in str(error)


NESTED = (
    '{"data":{"status":500,"error":"Deadlock","records":[]}}',
    '{"data":{"status":200,"records":[{"ID":1,"UserData":"K"}]}}',
    '{"of":{"page":1,"records":[{"ID":1,"UserData":"K"}]},"status":200}',
    '{"records":[{"ID":1,"UserData":"K"}],"status":200,"records":[{"ID":2}]}',
)


@pytest.mark.parametrize("content", NESTED)
async def test_a_list_within_something_else_or_one_of_two_is_not_the_list_of_the_answer(content: str) -> None:
    error = await error_of(LIST, httpx2.Response(200, content=content))
    assert isinstance(error, UnreadableAnswer)


@pytest.mark.parametrize("count", [-1, "many", [9], 1e308, 10**30])
async def test_a_count_that_is_none_means_nothing(count: object) -> None:
    async with Wire(answer({"status": 200, "count": count, "records": [{"ID": 1}]})).dialler() as dialler:
        assert await listed(dialler) == [1]
