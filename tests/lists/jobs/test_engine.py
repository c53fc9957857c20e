import asyncio
from collections import Counter
from collections.abc import Callable

import httpx2
import msgspec
import pytest

from dialler_mcp.domain.contact_state import attempts
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.engine import FRESH
from dialler_mcp.lists.jobs.job import JobState, RowState
from dialler_mcp.sandbox import Options
from tests.conftest import NOON, Bench
from tests.lists.jobs.some_jobs import (
    changed,
    contacts_of,
    finished,
    is_locked,
    left_by_a_dead_process,
    new,
    record_of,
    seen,
    started,
    states,
    step,
    worker_of,
)
from tests.tools.asking import START, Clock

Make = Callable[..., Bench]
PEOPLE = [(f"Person{n}", f"493023125{n:05}", f"K{n}") for n in range(30)]


def json_answer(status: int, reason: str = "") -> httpx2.Response:
    return httpx2.Response(status, json={"status": status, "error": reason, "records": [], "count": 0})


def refusing(
    *statuses: int, method: str = "PATCH", path: str = ""
) -> Callable[[httpx2.Request], httpx2.Response | None]:
    """Answers the first requests of this kind with these statuses, without doing anything."""
    rest = list(statuses)

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.method == method and request.url.path.endswith(path) and rest:
            return json_answer(rest.pop(0))
        return None

    return answer


class CutAfter(httpx2.AsyncBaseTransport):
    """Does the work and loses the answer, for every request of a method that `hits`."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, hits: Callable[[int], bool], path: str) -> None:
        self._inner, self._hits, self._path = inner, hits, path
        self.count = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if request.method != "GET" and self._path in request.url.path:
            self.count += 1
            if self._hits(self.count):
                await response.aread()
                raise httpx2.ReadError("connection cut")
        return response


async def test_every_row_is_done_and_journalled(bench: Make):
    b = bench()
    contacts = contacts_of(b, 25)
    worker = worker_of(b)
    progress, rows = await finished(worker, [step("lock", one) for one in contacts])
    assert progress.job.state is JobState.done
    assert states(rows) == ["done"] * 25
    assert all(is_locked(b, one) for one in contacts)
    entries = await b.profile.journal.of_job(progress.job.id)
    assert [entry.contact_id for entry in entries] == [one.id for one in contacts]
    assert {(entry.status, entry.verb, entry.job) for entry in entries} == {("done", "lock", progress.job.id)}
    before, after = entries[0].contact_before(), entries[0].contact_after()
    assert before
    assert after
    assert (bool(before.b_locked), after.b_locked) == (bool(contacts[0].b_locked), True)


async def test_a_reset_an_update_and_a_deletion_are_done(bench: Make):
    b = bench()
    worker = worker_of(b)
    contacts = [one for one in contacts_of(b, 200) if attempts(one)][:6]
    first, second, third = contacts[:2], contacts[2:4], contacts[4:]
    await finished(worker, [step("reset", one) for one in first], "reset")
    await finished(worker, [step("update", one, City="Bonn") for one in second], "update")
    await finished(worker, [step("delete", one) for one in third], "delete")
    assert [attempts(record_of(b, one.id)) for one in first] == [0, 0]
    assert [record_of(b, one.id).city for one in second] == ["Bonn", "Bonn"]
    assert [b.store.contact(one.id) for one in third] == [None, None]


@pytest.mark.parametrize("options", [Options(), Options(release="no-batch")], ids=["batch", "single"])
async def test_who_has_changed_since_is_left_out_and_named(bench: Make, options: Options):
    b = bench(options)
    contacts = [one for one in contacts_of(b, 200) if attempts(one)][:4]
    worker = worker_of(b)
    job = await started(worker, [step("reset", one) for one in contacts], "reset")
    changed(b, contacts[1], comment="Kein Interesse mehr")
    b.store.delete_contact(contacts[2].id)
    await worker.finish_all()
    progress, rows = await seen(worker, job)
    assert states(rows) == ["done", "left", "left", "done"]
    assert "has changed" in (rows[1].why or "")
    assert rows[2].why == "the contact is gone"
    assert attempts(record_of(b, contacts[1].id)) > 0
    assert len(await b.profile.journal.of_job(job.id)) == 2
    assert progress.counts[RowState.left] == 2


async def test_an_import_whose_answer_is_lost_is_looked_up_and_not_sent_twice(bench: Make):
    b = bench()
    worker = worker_of(b)
    b.wire.inner = wire = CutAfter(b.wire.inner, lambda count: count % 3 == 0, "/import")
    before = len(b.store.contacts())
    progress, rows = await finished(worker, [new(*one) for one in PEOPLE], "import")
    assert progress.job.state is JobState.done
    assert set(states(rows)) == {"done"}
    assert len(b.store.contacts()) == before + len(PEOPLE)
    assert wire.count == len(PEOPLE)
    keys = Counter(one.user_data for one in b.store.contacts() if (one.user_data or "").startswith("K"))
    assert all(keys[key] == 1 for _, _, key in PEOPLE)
    entries = [entry for entry in await b.profile.journal.of_job(progress.job.id) if entry.result]
    assert len(entries) == 10
    assert all("the dialler was asked" in (entry.result or "") for entry in entries)


async def test_an_import_without_a_key_is_looked_up_by_number_and_name(bench: Make):
    b = bench()
    worker = worker_of(b)
    b.wire.inner = wire = CutAfter(b.wire.inner, lambda count: count == 2, "/import")
    progress, rows = await finished(worker, [new(name, number) for name, number, _ in PEOPLE[:4]], "import")
    assert states(rows) == ["done"] * 4
    assert wire.count == 4
    assert all(row.contact_id for row in rows)
    assert progress.job.state is JobState.done


async def test_an_import_that_failed_inside_the_dialler_is_sent_again_after_looking(bench: Make):
    b = bench()
    worker = worker_of(b)
    b.wire.instead = refusing(500, 500, method="POST", path="/import")
    progress, rows = await finished(worker, [new(*one) for one in PEOPLE[:5]], "import")
    assert states(rows) == ["done"] * 5
    assert sorted(row.tries for row in rows) == [1, 1, 1, 2, 2]
    assert len(await b.profile.journal.of_job(progress.job.id)) == 5


async def test_who_came_in_meanwhile_is_left_out(bench: Make):
    b = bench()
    worker = worker_of(b)
    job = await started(worker, [new(*one) for one in PEOPLE[:3]], "import")
    twin = record_of(b, b.store.contacts(538)[0].id)
    name, number, key = PEOPLE[1]
    fresh = type(twin)(id=0, dialler_campaigns_id=538, name=name, phone_number1=number, user_data=key, dt_imported=NOON)
    b.store.add_contact(fresh)
    await worker.finish_all()
    _, rows = await seen(worker, job)
    assert states(rows) == ["done", "left", "done"]
    assert "came in meanwhile" in (rows[1].why or "")


async def test_who_came_in_meanwhile_without_a_key_is_left_out(bench: Make):
    b = bench()
    worker = worker_of(b)
    job = await started(worker, [new(*one) for one in PEOPLE[:3]], "import")
    for campaign_id, (name, number, _) in zip((538, 539), PEOPLE[1:3], strict=True):
        twin = Contact(id=0, name=name, phone_number4=number, dt_imported=NOON)
        b.store.add_contact(msgspec.structs.replace(twin, dialler_campaigns_id=campaign_id))
    await worker.finish_all()
    _, rows = await seen(worker, job)
    assert states(rows) == ["done", "left", "done"]
    assert "came in meanwhile" in (rows[1].why or "")


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_dialler_is_asked_more_slowly_until_all_is_done(bench: Make, status: int):
    b = bench()
    b.wire.instead = refusing(*[status] * 20)
    contacts = contacts_of(b, 10)
    progress, rows = await finished(worker_of(b), [step("lock", one) for one in contacts])
    assert progress.job.state is JobState.done
    assert states(rows) == ["done"] * 10
    assert all(is_locked(b, one) for one in contacts)


async def test_a_dialler_that_is_down_is_waited_for(bench: Make):
    b = bench()
    down = iter([True] * 15)

    def answer(_: httpx2.Request) -> httpx2.Response | None:
        if next(down, False):
            raise httpx2.ConnectError("down")
        return None

    worker = worker_of(b)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 3)])
    b.wire.instead = answer
    await worker.finish_all()
    progress, rows = await seen(worker, job)
    assert progress.job.state is JobState.done
    assert states(rows) == ["done"] * 3


async def test_a_token_that_is_not_accepted_pauses_the_job_which_goes_on_with_a_new_one(bench: Make):
    b = bench()
    b.wire.instead = refusing(401, 401, 401, 401)
    worker = worker_of(b, connections=1)
    progress, rows = await finished(worker, [step("lock", one) for one in contacts_of(b, 5)])
    assert progress.job.state is JobState.paused
    assert "token" in (progress.job.why or "")
    assert set(states(rows)) == {"new"}
    b.wire.instead = None
    await worker.ledger.control(progress.job.id, "resume")
    await worker.finish_all()
    progress, rows = await seen(worker, progress.job)
    assert progress.job.state is JobState.done
    assert states(rows) == ["done"] * 5
    assert progress.job.why is None


class UntilTheNext(httpx2.AsyncBaseTransport):
    """Answers no change before the contacts of the next batch were asked for."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner, self._batches, self._next = inner, 0, asyncio.Event()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH":
            await asyncio.wait_for(self._next.wait(), 20)
        else:
            self._batches += 1
            if self._batches == 2:
                self._next.set()
        return await self._inner.handle_async_request(request)


async def test_while_a_batch_is_sent_the_next_one_is_looked_at(bench: Make):
    b = bench()
    b.wire.inner = UntilTheNext(b.wire.inner)
    _, rows = await finished(worker_of(b, connections=1), [step("lock", one) for one in contacts_of(b, 25)])
    assert states(rows) == ["done"] * 25


async def test_a_row_that_has_waited_too_long_is_looked_at_again(bench: Make):
    b, clock = bench(), Clock()
    contacts = [one for one in contacts_of(b, 200) if attempts(one)][:4]
    worker = worker_of(b, connections=1, clock=clock)

    def slow(request: httpx2.Request) -> httpx2.Response | None:
        if request.method == "PATCH" and clock.seconds == START:
            clock.seconds += FRESH
            changed(b, contacts[2], comment="Kein Interesse mehr")
        return None

    b.wire.instead = slow
    _, rows = await finished(worker, [step("reset", one) for one in contacts], "reset")
    assert states(rows) == ["done", "done", "left", "done"]
    assert "has changed" in (rows[2].why or "")
    assert [row.tries for row in rows] == [1, 1, 0, 1]


async def test_however_long_it_takes_to_read_who_is_closed_a_row_is_looked_at_once(bench: Make):
    b, clock = bench(), Clock()
    posts = list[str]()

    def slow(request: httpx2.Request) -> httpx2.Response | None:
        path = request.url.path.rsplit("/", 1)[-1]
        if request.method == "POST":
            posts.append(path)
        elif path == "contacts":
            clock.seconds += FRESH
        return None

    b.wire.instead = slow
    _, rows = await finished(worker_of(b, clock=clock), [new(*PEOPLE[0])], "import")
    assert states(rows) == ["done"]
    assert posts[:2] == ["contacts", "import"]


async def test_rows_that_a_dead_process_has_begun_are_looked_up(bench: Make):
    b = bench()
    alive = worker_of(b)
    job, contacts = await left_by_a_dead_process(b)
    await alive.finish_all()
    _, rows = await seen(alive, job)
    assert states(rows) == ["done"] * 3
    assert [row.tries for row in rows] == [1, 2, 1]
    assert b.wire.changes == [f"PATCH /dialler/contacts/contact/{one.id}/lock" for one in contacts[1:]]


async def test_a_fresh_contact_that_was_called_at_once_is_still_the_imported_one(bench: Make):
    b = bench()
    worker = worker_of(b)
    b.wire.inner = wire = CutAfter(b.wire.inner, lambda count: count == 1, "/import")

    def called(request: httpx2.Request) -> httpx2.Response | None:
        for contact in b.store.contacts(538):
            if contact.user_data == PEOPLE[0][2] and not contact.n_tries_phone_number1:
                contact.n_tries_phone_number1 = 1
                b.store.save_contact(contact)
        return None

    b.wire.instead = called
    _, rows = await finished(worker, [new(*PEOPLE[0])], "import")
    assert states(rows) == ["done"]
    assert wire.count == 1


async def test_an_import_that_cannot_be_told_from_others_is_unknown_and_not_sent_again(bench: Make):
    b = bench()
    b.wire.inner = wire = CutAfter(b.wire.inner, lambda count: count == 1, "/import")
    untold = msgspec.structs.replace(new(*PEOPLE[0]), key=None)
    _, rows = await finished(worker_of(b), [untold], "import")
    assert states(rows) == ["unknown"]
    assert wire.count == 1
