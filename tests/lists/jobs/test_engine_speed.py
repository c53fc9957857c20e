"""How fast the engine goes, by a clock that only its pauses move."""

import asyncio

import pytest

from dialler_mcp.lists.jobs.job import JobState
from dialler_mcp.lists.jobs.worker import Worker
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of, seen, started, states, step, worker_of
from tests.lists.jobs.test_engine import refusing
from tests.tools.asking import Clock, Make

MAX_PAUSES = 200


class Pauses:
    """Waits by moving a clock, after whatever goes on beside has had its turn."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.seconds = list[float]()
        self.begun = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        assert len(self.seconds) < MAX_PAUSES, "it waits for ever"
        self.seconds.append(seconds)
        self.begun.set()
        until = self.clock.seconds + seconds
        await asyncio.sleep(0.01)
        self.clock.seconds = max(self.clock.seconds, until)


def pausing_worker(b: Bench, pauses: Pauses, rate: float) -> Worker:
    return worker_of(b, rate=rate, clock=pauses.clock, pause=pauses)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3, 0.5, 2.0])
async def test_however_slow_a_job_is_every_turn_sends_a_row(bench: Make, rate: float):
    b, pauses = bench(), Pauses()
    worker, start = pausing_worker(b, pauses, rate), pauses.clock.seconds
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 4)])
    await worker.finish_all()
    _, rows = await seen(worker, job)
    assert states(rows) == ["done"] * 4
    assert pauses.clock.seconds - start == pytest.approx(3 / rate)  # pyright: ignore


async def test_a_pause_is_heard_while_a_slow_job_waits_for_its_turn(bench: Make):
    b, pauses = bench(), Pauses()
    worker = pausing_worker(b, pauses, 0.1)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 3)])
    running = asyncio.create_task(worker.finish_all())
    await pauses.begun.wait()
    await worker.ledger.control(job.id, "pause")
    await running
    progress, rows = await seen(worker, job)
    assert progress.job.state is JobState.paused
    assert states(rows) == ["done", "new", "new"]


@pytest.mark.parametrize("rows", [3, 100])
async def test_the_rest_grows_as_long_as_nothing_gets_through(bench: Make, rows: int):
    b, pauses = bench(), Pauses()
    worker = pausing_worker(b, pauses, 0.0)
    b.wire.instead = refusing(*[429] * 12 * rows)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, rows)])
    await worker.finish_all()
    progress, _ = await seen(worker, job)
    assert progress.job.state is JobState.done
    assert pauses.seconds[:3] == [1.0, 2.0, 4.0]
