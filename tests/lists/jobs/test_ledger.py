from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.journal import Entry, Journal
from dialler_mcp.changes.plan import Verb
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.job import Draft, JobRow, JobState, RowState
from dialler_mcp.lists.jobs.ledger import Lease, Ledger, RowOutcome
from dialler_mcp.problem import Problem
from dialler_mcp.state.jobs import Lost
from dialler_mcp.words import Words
from tests.conftest import NOON
from tests.lists.jobs.some_jobs import CALLER, new, steps_of
from tests.places import Place
from tests.tools.asking import Clock

DAY = 86_400
PEOPLE = [new(f"Person{n}", f"493023125{n:05}", f"K{n}") for n in range(5)]
Make = Callable[..., Ledger]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of leases."""
    clock = Clock()
    monkeypatch.setattr("dialler_mcp.state.jobs.now", lambda _: clock.seconds)  # pyright: ignore
    return clock


@pytest.fixture
def make(place: Place, clock: Clock) -> Make:
    """Ledgers on one state, each as of a process of its own."""

    def made(dialler: str = "sandbox", days: int = 90) -> Ledger:
        store = place.store()
        journal = Journal(store, dialler, days, now=lambda: datetime.fromtimestamp(clock.seconds, UTC))
        return Ledger(store, journal, dialler, lease_seconds=60.0)

    return made


async def frozen(ledger: Ledger, title: str = "import 5", verb: Verb = "import") -> Any:
    draft = Draft(verb, title, "dialler_import_list", CALLER)
    return await ledger.freeze(lambda: draft, steps_of(PEOPLE))


async def running(ledger: Ledger, verb: Verb = "import") -> Any:
    return await ledger.start(await frozen(ledger, verb=verb), Approval("phrase"), lambda _: None)


async def test_a_caller_has_so_many_previews_and_loses_the_oldest(make: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.lists.jobs.ledger.MAX_WAITING", 3)
    ledger = make()
    job = await running(ledger)
    first, *others = [await frozen(ledger, f"import {number}") for number in range(4)]
    with pytest.raises(Problem, match="no such job"):
        await ledger.job(first.id)
    assert [(await ledger.job(one.id)).state for one in others] == [JobState.frozen] * 3
    assert (await ledger.job(job.id)).state is JobState.running
    assert await ledger.rows(first.id, tuple(RowState), 10) == []


async def test_what_cannot_be_frozen_leaves_no_rows(make: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.lists.jobs.ledger.MAX_ROWS", 3)
    monkeypatch.setattr("dialler_mcp.lists.jobs.ledger._BLOCK", 2)
    ledger = make()
    with pytest.raises(Problem, match="at most"):
        await frozen(ledger)
    assert await ledger.rows(1, tuple(RowState), 10) == []


async def test_one_holder_works_on_a_job_until_its_lease_has_run_out(make: Make, clock: Clock):
    one, other = make(), make()
    await running(one)
    first = await one.take("one")
    assert first is not None
    assert await other.take("other") is None
    clock.seconds += 61
    second = await other.take("other")
    assert second is not None
    assert (second.fence, second.was_held) == (first.fence + 1, True)
    with pytest.raises(Lost):
        await one.exchange(first, (), 5)
    with pytest.raises(Lost):
        await one.begin(first, [])
    with pytest.raises(Lost):
        await one.keep(first)


async def test_imports_go_one_after_the_other_and_other_jobs_beside_them(make: Make, clock: Clock):
    one, other = make(), make()
    first, second = await running(one), await running(one)
    lock = await running(one, "lock")
    lease, beside = await one.take("one"), await other.take("other")
    assert lease is not None
    assert beside is not None
    assert (lease.job.id, beside.job.id) == (first.id, lock.id)
    assert await other.take("other") is None
    assert [await other.import_before(job.id) for job in (first, second)] == [None, first.id]
    await one.leave(lease, JobState.paused)
    later = await other.take("other")
    assert later is not None
    assert later.job.id == second.id
    await one.control(first.id, "resume")
    assert await one.take("one") is None  # it came first, but another one is at it
    assert await one.import_before(first.id) == second.id
    clock.seconds += 61
    again = await one.take("one")
    assert again is not None
    assert again.job.id == first.id


async def test_a_contact_that_a_lost_process_created_beside_another_is_noted(make: Make, clock: Clock):
    """A process slept for longer than its lease between the look at its clock and the request."""
    one, other = make(), make()
    job = await running(one)
    first = await one.take("one")
    assert first is not None
    rows, _ = await one.exchange(first, (), 2)
    clock.seconds += 61
    second = await other.take("other")
    assert second is not None
    await other.exchange(second, [RowOutcome(row, RowState.done, contact_id=700 + row.number) for row in rows], 5)
    late = [RowOutcome(rows[0], RowState.done, contact_id=700), RowOutcome(rows[1], RowState.done, contact_id=800)]
    await one.note_late(first, late)
    await one.note_late(first, ())
    whys = {row.number: row.why for row in await other.rows(job.id, [RowState.done], 5)}
    assert whys[0] is None
    assert "ID 800" in (whys[1] or "")
    assert [row.number for row in await other.remarkable(job.id, 5)] == [1]


async def test_a_lease_that_is_kept_does_not_run_out(make: Make, clock: Clock):
    one, other = make(), make()
    await running(one)
    lease = await one.take("one")
    assert lease is not None
    for _ in range(3):
        clock.seconds += 50
        await one.keep(lease)
    assert await other.take("other") is None
    await one.leave(lease)
    again = await other.take("other")
    assert again is not None
    assert not again.was_held


async def test_rows_are_begun_before_they_are_sent_and_come_first_to_whoever_goes_on(make: Make, clock: Clock):
    ledger = make()
    job = await running(ledger)
    lease = await ledger.take("one")
    assert lease is not None
    rows, _ = await ledger.exchange(lease, (), 3)
    rows_begun = await ledger.begin(lease, [(rows[1], None)])
    assert (rows_begun[0].tries, rows_begun[0].state) == (1, RowState.new)
    again, _ = await ledger.exchange(lease, [ends.failed(rows[0], Words.alike("no"))], 5)
    assert [row.number for row in again] == [1, 2, 3, 4]
    assert again[0].state is RowState.begun
    progress = await ledger.progress(job.id)
    assert progress.counts == {RowState.failed: 1, RowState.begun: 1, RowState.new: 3}
    assert progress.finished == 1
    assert [row.why for row in await ledger.remarkable(job.id, 9)] == ["no"]


async def test_a_job_starts_once_and_only_where_it_is_admitted(make: Make):
    ledger = make()
    job = await frozen(ledger)

    def never(_: object) -> None:
        raise Problem("not today")

    with pytest.raises(Problem, match="not today"):
        await ledger.start(job, Approval(), never)
    assert (await ledger.job(job.id)).state is JobState.frozen
    assert (await ledger.start(job, Approval("card", reason="so"), lambda _: None)).reason == "so"
    with pytest.raises(Problem, match="started or cancelled already"):
        await ledger.start(job, Approval(), lambda _: None)


async def test_the_same_job_is_kept_once_while_it_waits(make: Make, clock: Clock):
    ledger = make()
    first = await frozen(ledger)
    assert (await frozen(ledger)).id == first.id
    assert (await frozen(ledger, "another")).id != first.id
    clock.seconds += 601
    assert (await frozen(ledger)).id != first.id


async def test_jobs_of_another_dialler_are_none(make: Make):
    ledger, other = make(), make("elsewhere")
    job = await running(ledger)
    with pytest.raises(Problem, match="no such job"):
        await other.job(job.id)
    assert await other.take("other") is None
    assert await other.newest(10) == ([], 0)
    assert not await other.running()
    assert await ledger.running()


async def test_a_job_without_rows_is_none(make: Make):
    ledger = make()
    draft = Draft("lock", "lock nobody", "dialler_change_contacts", CALLER)
    with pytest.raises(Problem, match="nobody to change"):
        await ledger.freeze(lambda: draft, steps_of([]))
    assert await ledger.newest(10) == ([], 0)


async def test_what_nobody_confirms_is_forgotten_after_a_day_and_what_is_done_with_the_journal(
    make: Make, clock: Clock
):
    ledger = make(days=7)
    waiting = await frozen(ledger, "never confirmed")
    job = await running(ledger)
    await ledger.control(job.id, "cancel")
    clock.seconds += 2 * DAY
    await frozen(ledger, "later")
    with pytest.raises(Problem, match="no such job"):
        await ledger.job(waiting.id)
    assert await ledger.job(job.id)
    clock.seconds += 6 * DAY
    await frozen(ledger, "much later")
    with pytest.raises(Problem, match="no such job"):
        await ledger.job(job.id)


async def test_a_wish_waits_for_the_holder_and_is_fulfilled_at_once_where_there_is_none(make: Make):
    ledger = make()
    job = await running(ledger)
    lease = await ledger.take("one")
    assert lease is not None
    assert (await ledger.control(job.id, "pause")).wish == "pause"
    _, wish = await ledger.exchange(lease, (), 1)
    assert wish == "pause"
    await ledger.leave(lease, JobState.paused, Words.alike("asked for"))
    assert (await ledger.job(job.id)).why == "asked for"
    assert (await ledger.control(job.id, "resume")).state is JobState.running
    assert (await ledger.control(job.id, "cancel")).state is JobState.cancelled
    with pytest.raises(Problem, match="nothing to pause"):
        await ledger.control(job.id, "pause")


async def test_a_job_that_was_cancelled_stays_so_whatever_is_asked_for_later(make: Make):
    ledger = make()
    job = await running(ledger)
    lease = await ledger.take("one")
    assert lease is not None
    await ledger.control(job.id, "cancel")
    assert (await ledger.control(job.id, "pause")).wish == "cancel"
    await ledger.leave(lease)  # its process ends before it has heard of it
    assert (await ledger.control(job.id, "pause")).state is JobState.cancelled


def test_a_row_keeps_its_step_as_it_was_frozen():
    row = {"number": 0, "state": "new", "tries": 0, "contact_id": None, "change": None, "why": None}
    assert JobRow.of({**row, "step": msgspec.json.encode(PEOPLE[0]).decode()}).step == PEOPLE[0]


async def test_what_somebody_else_takes_back_at_the_same_time_is_not_taken_back_twice(place: Place, make: Make):
    """Two jobs of two processes, which have both looked already: a deleted contact would come in twice."""
    journal = Journal(place.store(), "sandbox", 90, now=lambda: datetime.fromtimestamp(DAY, UTC))
    deletion = Entry(
        dialler="sandbox", began=journal.now(), status="done", tool="", verb="delete", kind="contact", label=""
    )
    number = await journal.begin(deletion)
    undo = msgspec.structs.replace(deletion, verb="import", status="begun", undoes=number)
    ledgers, sent, holds = (make(), make()), list[int](), list[Lease]()
    for ledger in ledgers:
        draft = Draft("undo", f"undo {len(holds)}", "dialler_undo_change", CALLER)
        job = await ledger.freeze(lambda draft=draft: draft, steps_of(PEOPLE[:1]))
        await ledger.start(job, Approval("phrase"), lambda _: None)
        hold = await ledger.take("somebody")
        assert hold is not None
        holds.append(hold)
    for ledger, hold in zip(ledgers, holds, strict=True):
        (row,), _ = await ledger.exchange(hold, (), 10)
        sent.append(len(await ledger.begin(hold, [(row, undo)])))
    assert sent == [1, 0]
    (row,) = await ledgers[1].rows(holds[1].job.id, (RowState.left,), 10)
    assert row.why == "this change is taken back already"


async def test_rows_that_never_left_have_no_entry_that_looks_like_a_change(make: Make, place: Place):
    ledger = make()
    job = await running(ledger)
    lease = await ledger.take("one")
    assert lease is not None
    rows, _ = await ledger.exchange(lease, (), 3)
    entries = [Entry(dialler="sandbox", began=NOON, tool="t", verb="import", kind="contact", label="x") for _ in rows]
    first, second, third = await ledger.begin(lease, list(zip(rows, entries, strict=True)))
    back = [RowOutcome(replace(one, tries=0), RowState.new) for one in (second, third)]
    await ledger.exchange(lease, [ends.done(first, None), *back], 3, [third])
    await ledger.leave(lease, JobState.paused)
    journal = Journal(place.store(), "sandbox", 90)
    ids = [one.change for one in (first, second, third)]
    statuses = [entry and (entry.status, entry.result) for entry in [await journal.get(one or 0) for one in ids]]
    assert statuses == [("done", None), *[("failed", "not sent: the job stopped before")] * 2]
    assert [row.change for row in await ledger.rows(job.id, tuple(RowState), 3)] == [first.change, None, None]


async def test_rows_that_are_being_sent_are_not_handed_out_again(make: Make):
    ledger = make()
    await running(ledger)
    lease = await ledger.take("one")
    assert lease is not None
    rows, _ = await ledger.exchange(lease, (), 2)
    busy = await ledger.begin(lease, [(row, None) for row in rows])
    following, _ = await ledger.exchange(lease, (), 2, busy)
    assert [row.number for row in following] == [2, 3]
    again, _ = await ledger.exchange(lease, (), 2)
    assert [row.number for row in again] == [0, 1]
