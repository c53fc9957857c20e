import asyncio
from collections.abc import Callable

import httpx2
import pytest

from dialler_mcp.lists.jobs.job import JobState, RowState
from dialler_mcp.state.errors import StateError
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of, new, seen, started, states, step, worker_of
from tests.tools.asking import Clock

Make = Callable[..., Bench]


async def test_a_worker_ends_when_no_job_runs_and_begins_anew_when_it_is_woken(bench: Make):
    b = bench()
    worker = worker_of(b)
    for contact in contacts_of(b, 2):
        job = await started(worker, [step("lock", contact)])
        worker.wake()
        await worker.idle()
        progress, _ = await seen(worker, job)
        assert progress.job.state is JobState.done
    await worker.aclose()


async def test_a_worker_that_was_never_woken_is_closed_at_once(bench: Make):
    worker = worker_of(bench())
    await worker.idle()
    await worker.aclose()


async def test_a_worker_that_is_closed_takes_no_job(bench: Make):
    b = bench()
    worker = worker_of(b)
    await started(worker, [step("lock", contact) for contact in contacts_of(b, 1)])
    await worker.aclose()
    assert await worker.finish_all() == 0


@pytest.mark.parametrize("has_keys", [True, False])
async def test_two_processes_with_an_import_each_bring_nobody_in_twice(bench: Make, *, has_keys: bool):
    b = bench()
    people = [new(f"Person{n}", f"493023125{n:05}", f"K{n}" if has_keys else None) for n in range(20)]
    workers = [worker_of(b), worker_of(b)]
    jobs = [await started(worker, people, "import") for worker in workers]
    await asyncio.gather(*(worker.finish_all() for worker in workers))
    outcomes = [(await seen(workers[0], job))[1] for job in jobs]
    assert [states(rows) for rows in outcomes] == [["done"] * 20, ["left"] * 20]
    assert all("came in meanwhile" in (row.why or "") for row in outcomes[1])
    assert len([change for change in b.wire.changes if "/import" in str(change)]) == 20


async def test_a_disk_that_is_full_in_the_middle_loses_nothing(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b, clock = bench(), Clock()
    monkeypatch.setattr("dialler_mcp.state.jobs.now", lambda _: clock.seconds)  # pyright: ignore
    worker, other = worker_of(b, clock=clock), worker_of(b, clock=clock)
    people = [new(f"Person{n}", f"493023125{n:05}", f"K{n}") for n in range(40)]
    job = await started(worker, people, "import")

    def room(pages: int) -> None:
        b.profile.state.work(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").all())

    def filling(request: httpx2.Request) -> None:
        if request.url.path.endswith("/import"):
            room(1)  # no page more than there are

    b.wire.instead = filling
    with pytest.raises(StateError, match="The disk is full"):
        await worker.finish_all()
    room(100_000)
    count = len(b.wire.changes)
    assert 0 < count <= len(people)
    clock.seconds += 100
    b.wire.instead = None
    await other.finish_all()
    progress, _ = await seen(other, job)
    assert progress.counts == {RowState.done: 40}
    assert len(b.wire.changes) == 40
    names = [one.name for one in b.store.contacts(538) if (one.name or "").startswith("Person")]
    assert sorted(names, key=str) == sorted((step.label for step in people), key=str)
