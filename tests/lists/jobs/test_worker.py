from collections.abc import Callable

from dialler_mcp.lists.jobs.job import JobState
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of, seen, started, step, worker_of

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
