import json
import time
from collections.abc import Callable
from datetime import UTC
from typing import Any

import httpx2
import msgspec
import pytest

from dialler_mcp.changes.plan import Verb
from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.jobs.deciding import MAX_TRIES, Decider
from dialler_mcp.lists.jobs.everybody import OLDEST
from dialler_mcp.lists.jobs.job import JobRow, JobState, RowState
from dialler_mcp.sandbox import Options
from tests.conftest import BERLIN, NOON, Bench
from tests.lists.jobs.some_jobs import (
    changed,
    contacts_of,
    finished,
    new,
    record_of,
    seen,
    started,
    states,
    step,
    worker_of,
)
from tests.tools.asking import Clock, fresh, records

Make = Callable[..., Bench]


NUMBER, OTHER = "493023125901", "493023125903"


def decider(b: Bench, clock: Callable[[], float] = time.time) -> Decider:
    return Decider(b.profile.dialler, NOON.replace(tzinfo=BERLIN).astimezone(UTC), BERLIN, clock)


def final_code(b: Bench, campaign_id: int) -> int:
    """A result code that closes for good."""
    return next(one.id for one in b.store.result_codes(campaign_id) if one.to_record(Language.en).b_aborted)


async def test_two_rows_about_one_contact_both_see_it(bench: Make):
    b = bench()
    (contact,) = contacts_of(b, 1)
    rows = [JobRow(number, RowState.new, step("lock", contact)) for number in range(2)]
    one = decider(b)
    views = await one.views(rows)
    assert [await one.settled(row, views[row.number]) for row in rows] == [None, None]


async def test_a_row_that_was_begun_and_whose_contact_has_changed_is_not_sent_again(bench: Make):
    b = bench()
    contact = next(one for one in contacts_of(b, 200) if one.n_tries_phone_number1)
    row = JobRow(0, RowState.begun, step("reset", contact), tries=1, change=1)
    changed(b, contact, comment="Kein Interesse mehr")
    one = decider(b)
    ending = await one.settled(row, (await one.views([row]))[0])
    assert ending is not None
    assert ending.state is RowState.left
    assert ending.end is not None
    assert ending.end.status == "failed"


async def test_for_imports_without_a_key_the_list_is_read_once_a_minute(bench: Make):
    b, clock = bench(), Clock()
    one = decider(b, clock)
    rows = [JobRow(number, RowState.new, new(f"Person{number}", NUMBER)) for number in range(2)]
    for row in rows:
        await one.views([row])
    assert len(b.wire.requests) == 1
    assert await one.doubles(rows) == {}
    assert len(b.wire.requests) == 1
    b.store.add_contact(fresh(dialler_campaigns_id=538, name="Person1", phone_number1=NUMBER))
    clock.seconds += OLDEST
    views = await one.views(rows)
    assert [len(view.arrivals) for view in views.values()] == [0, 1]


async def test_for_imports_without_a_key_each_campaign_has_its_own_list(bench: Make):
    b = bench()
    b.store.add_contact(fresh(dialler_campaigns_id=539, name="Person", phone_number1=NUMBER))
    rows = [JobRow(number, RowState.new, new("Person", NUMBER, campaign_id=538 + number)) for number in range(2)]
    assert [len(view.arrivals) for view in (await decider(b).views(rows)).values()] == [0, 1]


@pytest.mark.parametrize("way", ["number", "key", "lock"])
async def test_who_was_closed_since_the_check_is_not_imported_again(bench: Make, way: str):
    """Under another key or number, in another campaign: what the keys and the list of the campaign do not show."""
    b, clock = bench(), Clock()
    rows = [JobRow(0, RowState.new, new("Weiß", NUMBER, "K0")), JobRow(1, RowState.new, new("Neumann", OTHER, "K1"))]
    one = decider(b, clock)
    assert await one.closed_people_by_now(rows) == {}
    final: dict[str, Any] = {"dialler_campaigns_id": 539, "dialler_campaigns_result_codes_id": final_code(b, 539)}
    by_number = final | {"user_data": "CRM-9", "phone_number3": NUMBER}
    contact = b.store.add_contact(
        fresh(
            **{
                "number": by_number,
                "key": final | {"user_data": " k0", "phone_number1": "496990009123"},
                "lock": by_number | {"dialler_campaigns_result_codes_id": None, "b_locked": True},
            }[way]
        )
    )
    assert await one.closed_people_by_now(rows) == {}  # read a moment ago
    clock.seconds += OLDEST
    assert await one.closed_people_by_now(rows) == {0: contact.id}


async def test_a_row_about_somebody_closed_meanwhile_is_left_out_with_the_contact_that_shows_it(bench: Make):
    b = bench()
    worker = worker_of(b)
    job = await started(worker, [new("Weiß", NUMBER, "K0"), new("Neumann", OTHER, "K1")], "import")
    code = final_code(b, 539)
    contact = b.store.add_contact(
        fresh(user_data="CRM-9", phone_number2=NUMBER, dialler_campaigns_result_codes_id=code)
    )
    await worker.finish_all()
    _, rows = await seen(worker, job)
    assert states(rows) == ["left", "done"]
    assert rows[0].why == f"closed or locked by now: contact {contact.id} has this key or number"
    assert len(b.wire.changes) == 1


@pytest.mark.parametrize("release", ["current", "no-batch"])
async def test_the_keys_of_imports_are_read_right_before_each_batch_and_after_it(bench: Make, release: Any):
    b = bench(Options(release=release))
    one = decider(b)
    rows = [JobRow(number, RowState.new, new(f"Person{number}", "493023125901", f"K{number}")) for number in range(2)]
    assert [view.arrivals for view in (await one.views(rows)).values()] == [[], []]
    b.store.add_contact(fresh(dialler_campaigns_id=538, user_data="K1"))
    views = await one.views(rows)
    ending = await one.settled(rows[1], views[1])
    assert ending is not None
    assert ending.why is not None
    assert (ending.state, ending.why.en) == (RowState.left, f"came in meanwhile: contact {views[1].arrivals[0].id}")
    assert await one.settled(rows[0], views[0]) is None
    b.store.add_contact(fresh(dialler_campaigns_id=538, user_data="K1"))
    assert list(await one.doubles(rows)) == [1]


async def test_a_row_that_is_left_out_names_what_has_changed(bench: Make):
    b = bench()
    (contact,) = contacts_of(b, 1)
    row = JobRow(0, RowState.new, step("delete", contact))
    changed(b, contact, comment="Termin heute", city="Kiel")
    one = decider(b)
    ending = await one.settled(row, (await one.views([row]))[0])
    assert ending is not None
    assert ending.why is not None
    assert ending.why.en.endswith("Changed meanwhile: City, Comment.")


async def test_a_row_over_which_many_processes_died_is_not_given_up(bench: Make):
    """They had begun a whole batch, and died before most of it had left."""
    b = bench()
    alive = worker_of(b)
    job = await started(alive, [new(f"Person{n}", f"493023125{n:05}", f"K{n}") for n in range(3)], "import")
    for place in range(MAX_TRIES + 3):
        dead = worker_of(b, lease=-1.0)
        lease = await dead.ledger.take(f"dead {place}")
        assert lease is not None
        rows, _ = await dead.ledger.exchange(lease, (), 5)
        await dead.ledger.begin(lease, [(row, None) for row in rows])
    await alive.finish_all()
    _, rows = await seen(alive, job)
    assert states(rows) == ["done"] * 3
    assert [row.tries for row in rows] == [2] * 3  # so that a second contact is looked for
    assert len(b.wire.changes) == 3


async def test_a_row_whose_answer_is_lost_each_time_is_given_up(bench: Make):
    b = bench()

    def lost(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/import"):
            raise httpx2.ReadError("connection cut")
        return None

    b.wire.instead = lost
    _, rows = await finished(worker_of(b), [new("Person1", "493023125001", "K1")], "import")
    assert states(rows) == ["failed"]
    assert f"sent {MAX_TRIES} times" in (rows[0].why or "")


class LateArrival(httpx2.AsyncBaseTransport):
    """Answers the first import with a cut, and carries it out only when the same is sent again."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self._late: httpx2.Request | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/import"):
            if self._late is None:
                self._late = request
                raise httpx2.ReadError("connection cut")
            late = httpx2.Request(request.method, request.url, headers=request.headers, content=self._late.content)
            await (await self._inner.handle_async_request(late)).aread()
        return await self._inner.handle_async_request(request)


async def test_a_request_that_arrives_after_it_was_looked_for_is_reported_as_a_double(bench: Make):
    b = bench()
    b.wire.inner = LateArrival(b.wire.inner)
    worker = worker_of(b)
    progress, rows = await finished(worker, [new("Person0", "493023125000", "K0")], "import")
    assert states(rows) == ["done"]
    assert "may be called twice" in (rows[0].why or "")
    assert [row.number for row in await worker.ledger.remarkable(progress.job.id, 10)] == [0]


@pytest.mark.parametrize(("verb", "ending"), [("reset", "left"), ("lock", "done")])
async def test_a_contact_at_which_the_dialler_fails_again_and_again_does_not_stop_the_others(
    bench: Make, verb: Verb, ending: str
):
    """A lock needs no look."""
    b = bench()
    contacts = contacts_of(b, 3)
    damaged, tries = contacts[1].id, list[int]()

    def failing(request: httpx2.Request) -> httpx2.Response | None:
        path = request.url.path
        if request.method == "POST" and path.endswith("/dialler/contacts"):
            others = [one for one in json.loads(request.content)["IDList"] if one != damaged]
            return records([json.loads(msgspec.json.encode(record_of(b, one))) for one in others])
        if request.method == "GET" and path.endswith(f"/{damaged}"):
            tries.append(1)
            return httpx2.Response(500, json={"status": 500, "error": "NullPointerException"})
        return None

    b.wire.instead = failing
    progress, rows = await finished(worker_of(b), [step(verb, one) for one in contacts], verb)
    assert progress.job.state is JobState.done
    assert states(rows) == ["done", ending, "done"]
    assert (rows[1].why is None) is (ending == "done")
    assert len(tries) >= MAX_TRIES
