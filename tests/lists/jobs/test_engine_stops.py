"""What makes a job stop: a person, failures, trouble, the end or the sleep of its process."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from dialler_mcp.lists.jobs.engine import MAX_FAILED
from dialler_mcp.lists.jobs.job import JobState, RowState
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import (
    contacts_of,
    controlled_at_the_first_change,
    entries_of,
    finished,
    is_locked,
    seen,
    started,
    states,
    step,
    worker_of,
)
from tests.lists.jobs.test_engine import CutAfter, refusing
from tests.tools.asking import Clock

Make = Callable[..., Bench]


async def test_many_failures_pause_the_job(bench: Make):
    b = bench()
    b.wire.instead = refusing(*[400] * 1000)
    contacts = contacts_of(b, 230)
    progress, rows = await finished(worker_of(b), [step("lock", one) for one in contacts])
    assert progress.job.state is JobState.paused
    assert "rows failed" in (progress.job.why or "")
    assert progress.counts[RowState.failed] > MAX_FAILED
    assert progress.counts[RowState.new] >= 200  # nothing more is sent at once
    assert not any(is_locked(b, one) for one in contacts if not one.b_locked)
    assert "400" in (rows[0].why or "")


@pytest.mark.thorough
async def test_what_a_person_asks_for_is_heard_before_the_next_batch(bench: Make):
    b = bench()
    worker = worker_of(b, connections=1)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 250)])
    controlled_at_the_first_change(b, worker, job, "pause")
    await worker.finish_all()
    progress, _ = await seen(worker, job)
    assert progress.job.state is JobState.paused
    done = progress.counts[RowState.done]
    assert progress.counts == {RowState.done: done, RowState.new: 250 - done}
    assert 0 < done < 250
    assert len(b.wire.changes) == done
    await worker.ledger.control(job.id, "cancel")
    progress, _ = await seen(worker, job)
    assert progress.job.state is JobState.cancelled
    assert progress.counts[RowState.done] == done
    entries = [entry async for entry in entries_of(b, job.id)]
    assert Counter(entry.status for entry in entries) == Counter(done=done, failed=len(entries) - done)
    assert {entry.result for entry in entries if entry.status == "failed"} <= {"not sent: the job stopped before"}


@pytest.mark.thorough
async def test_cancelled_while_an_outcome_is_unknown_the_dialler_is_asked(bench: Make):
    b = bench()
    worker = worker_of(b, connections=1)
    b.wire.inner = CutAfter(b.wire.inner, lambda count: count == 1, "/lock")
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 205)])
    controlled_at_the_first_change(b, worker, job, "cancel")
    await worker.finish_all()
    progress, rows = await seen(worker, job)
    assert progress.job.state is JobState.cancelled
    assert RowState.begun not in {row.state for row in rows}
    assert rows[0].state is RowState.done


class Asleep(httpx2.AsyncBaseTransport):
    """While the first change is under way the machine sleeps, for longer than a lease; `meanwhile` happens. It falls
    asleep after `before`.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, clock: Clock) -> None:
        self._inner, self._clock = inner, clock
        self.before = asyncio.Event()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH" and self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await self.before.wait()
            self._clock.seconds += 100
            await happens()
        return await self._inner.handle_async_request(request)


async def test_one_that_wakes_after_its_lease_sends_nothing_more(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b, clock = bench(), Clock()
    monkeypatch.setattr("dialler_mcp.state.jobs.now", lambda _: clock.seconds)  # pyright: ignore
    sleeper, other = worker_of(b, connections=1, clock=clock), worker_of(b, clock=clock)
    job = await started(other, [step("lock", one) for one in contacts_of(b, 5)])
    b.wire.inner = asleep = Asleep(b.wire.inner, clock)
    asleep.meanwhile = other.finish_all
    exchange, calls = sleeper.ledger.exchange, 0

    async def exchanged(*arguments: Any) -> Any:
        nonlocal calls
        rows = await exchange(*arguments)
        if (calls := calls + 1) == 2:  # the next batch is made ready beside
            asleep.before.set()
        return rows

    monkeypatch.setattr(sleeper.ledger, "exchange", exchanged)
    await sleeper.finish_all()
    _, rows = await seen(other, job)
    assert states(rows) == ["done"] * 5
    assert len(b.wire.changes) == 6  # the one that was under way, and five of the other


@pytest.mark.thorough
async def test_a_process_that_ends_gives_the_job_back_with_what_came_of_it(bench: Make):
    b = bench()
    worker, other = worker_of(b, connections=1), worker_of(b)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 250)])
    ending, start = list[asyncio.Task[None]](), asyncio.Event()

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.method == "PATCH" and not ending:
            ending.append(asyncio.ensure_future(worker.aclose()))
            start.set()
        return None

    b.wire.instead = answer
    worker.wake()
    await start.wait()
    await ending[0]
    progress, _ = await seen(worker, job)
    assert progress.job.state is JobState.running
    assert not progress.job.held
    done = progress.counts[RowState.done]
    assert progress.counts == {RowState.done: done, RowState.new: 250 - done}
    await other.finish_all()
    progress, _ = await seen(other, job)
    assert progress.counts == {RowState.done: 250}
    assert len(b.wire.changes) == 250


@pytest.mark.thorough
async def test_half_an_hour_of_trouble_pauses_the_job(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    worker = worker_of(b)
    monkeypatch.setattr("dialler_mcp.lists.jobs.engine.PATIENCE", timedelta(0).total_seconds())
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 2)])
    b.wire.instead = refusing(*[429] * 1000)
    await worker.finish_all()
    progress, _ = await seen(worker, job)
    assert progress.job.state is JobState.paused
    assert "429" in (progress.job.why or "")
