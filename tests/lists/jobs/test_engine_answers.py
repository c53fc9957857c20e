"""What the answers of a dialler make of the rows of a job."""

import json
from collections.abc import Callable
from datetime import datetime

import httpx2
import pytest

from dialler_mcp.lists.jobs.job import JobState
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import (
    changed,
    contacts_of,
    finished,
    left_by_a_dead_process,
    new,
    record_of,
    seen,
    started,
    states,
    step,
    worker_of,
)
from tests.tools.asking import fresh

Make = Callable[..., Bench]
PEOPLE = [(f"Person{n}", f"493023125{n:05}", f"K{n}") for n in range(2)]


async def test_an_answer_about_somebody_else_is_no_success(bench: Make):
    b = bench()
    other = record_of(b, b.store.contacts(538)[3].id)

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/import"):
            body = json.loads(request.content)
            assert body["Name"]
            record = {"ID": other.id, "Name": other.name, "DiallerCampaignsID": 538, "UserData": other.user_data}
            return httpx2.Response(200, json={"status": 200, "count": 1, "records": [record]})
        return None

    b.wire.instead = answer
    progress, rows = await finished(worker_of(b), [new(*PEOPLE[0])], "import")
    assert progress.job.state is JobState.done
    assert states(rows) == ["unknown"]
    assert f"another contact (ID {other.id})" in (rows[0].why or "")
    assert len(b.wire.changes) == 1


async def test_a_change_that_is_refused_inside_a_success_is_no_success_and_keeps_its_reason(bench: Make):
    b = bench()
    (contact,) = [one for one in contacts_of(b, 30) if not one.b_locked][:1]

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        deadlock = {"status": 500, "error": "Deadlock of sandbox-token"}
        return httpx2.Response(200, json=deadlock) if request.url.path.endswith("/lock") else None

    b.wire.instead = answer
    progress, rows = await finished(worker_of(b), [step("lock", contact)])
    assert states(rows) == ["failed"]
    assert "sent 3 times, and the change is not there. Lock a Dialler Contact by ID" in (rows[0].why or "")
    (entry,) = await b.profile.journal.of_job(progress.job.id)
    assert entry.status == "failed"
    for text in (rows[0].why or "", entry.result or ""):
        assert "Deadlock of [token]" in text
        assert "sandbox-token" not in text


async def test_an_update_that_is_answered_with_another_record_is_unknown_and_sent_once(bench: Make):
    b = bench()
    (contact,) = contacts_of(b, 1)

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        record = {"ID": 215_299, "Name": contact.name}
        other = {"status": 200, "count": 1, "records": [record]}
        return httpx2.Response(200, json=other) if request.url.path.endswith("/update") else None

    b.wire.instead = answer
    progress, rows = await finished(worker_of(b), [step("update", contact, City="Kiel")], "update")
    assert states(rows) == ["unknown"]
    assert len(b.wire.changes) == 1
    (entry,) = await b.profile.journal.of_job(progress.job.id)
    assert (entry.status, entry.contact_id, entry.contact_after()) == ("unknown", contact.id, None)


async def test_a_twin_that_a_colleague_imports_at_the_same_time_is_reported(bench: Make):
    b = bench()

    def colleague(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/import") and b.wire.instead is not None:
            b.wire.instead = None
            b.store.add_contact(fresh(dialler_campaigns_id=538, user_data=PEOPLE[0][2]))
        return None

    b.wire.instead = colleague
    progress, rows = await finished(worker_of(b), [new(*one) for one in PEOPLE[:2]], "import")
    assert states(rows) == ["done", "done"]
    twin = next(one.id for one in b.store.contacts(538) if one.user_data == PEOPLE[0][2] and one.name == "Neu")
    assert f"the same UserData at the same time (ID {twin})" in (rows[0].why or "")
    assert rows[1].why is None
    assert "may be called twice" in ((await b.profile.journal.of_job(progress.job.id))[0].result or "")


async def test_what_the_records_do_not_show_afterwards_is_unknown_and_stops_the_job(bench: Make):
    """A gateway that answers everything with success changes nothing."""
    b = bench()
    contacts = [one for one in contacts_of(b, 60) if not one.b_locked]

    def accepted(request: httpx2.Request) -> httpx2.Response | None:
        return httpx2.Response(200, json={"status": 200}) if request.url.path.endswith("/lock") else None

    b.wire.instead = accepted
    progress, rows = await finished(worker_of(b), [step("lock", contacts[0])])
    assert states(rows) == ["unknown"]
    assert "the contact does not show it" in (rows[0].why or "")
    (entry,) = await b.profile.journal.of_job(progress.job.id)
    assert (entry.status, entry.result) == ("unknown", rows[0].why)
    progress, rows = await finished(worker_of(b), [step("lock", contacts[n % 30]) for n in range(300)])
    assert progress.job.state is JobState.paused
    assert states(rows).count("new") >= 200


async def test_fields_that_the_dialler_did_not_take_are_named_in_the_row(bench: Make):
    b = bench()
    (contact,) = contacts_of(b, 1)

    def kept(request: httpx2.Request) -> httpx2.Response | None:
        if not request.url.path.endswith("/update"):
            return None
        record = {"ID": contact.id, "Name": contact.name, "City": "Kie", "Comment": "VIP"}
        return httpx2.Response(200, json={"status": 200, "count": 1, "records": [record]})

    b.wire.instead = kept
    _, rows = await finished(worker_of(b), [step("update", contact, City="Kiel", Comment="VIP")], "update")
    assert states(rows) == ["done"]
    assert rows[0].why == "The dialler holds another value than was sent in: City."


async def test_an_update_of_a_time_whose_answer_is_lost_is_found_and_not_sent_again(bench: Make):
    b = bench()
    (contact,) = contacts_of(b, 1)
    lost = [True]

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/update") and lost:
            lost.clear()
            changed(b, contact, follow_up_date_time=datetime(2026, 12, 1, 10))
            raise httpx2.ReadTimeout("no answer")
        return None

    b.wire.instead = answer
    given = step("update", contact, FollowUpDateTime="2026-12-01T10:00:00")
    _, rows = await finished(worker_of(b), [given], "update")
    assert states(rows) == ["done"]
    assert len(b.wire.changes) == 1


async def test_a_defect_pauses_the_job_and_says_so(bench: Make, monkeypatch: pytest.MonkeyPatch):
    """Else it would be taken again and again, and look as if it ran."""
    b = bench()
    worker = worker_of(b)
    job = await started(worker, [step("lock", one) for one in contacts_of(b, 3)])

    def broken(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr("dialler_mcp.lists.jobs.engine.check_answer", broken)
    with pytest.raises(ExceptionGroup):
        await worker.finish_all()
    progress, rows = await seen(worker, job)
    assert progress.job.state is JobState.paused
    assert "a defect of dialler-mcp" in (progress.job.why or "")
    assert states(rows) == ["begun"] * 3
    monkeypatch.undo()
    await worker.ledger.control(job.id, "resume")
    await worker.finish_all()
    _, rows = await seen(worker, job)
    assert states(rows) == ["done"] * 3


async def test_who_is_still_there_is_not_noted_as_deleted(bench: Make):
    b = bench()
    contacts = contacts_of(b, 2)

    def accepted(request: httpx2.Request) -> httpx2.Response | None:
        kept = request.method == "DELETE" and request.url.path.endswith(str(contacts[0].id))
        return httpx2.Response(200, json={"status": 200}) if kept else None

    b.wire.instead = accepted
    progress, rows = await finished(worker_of(b), [step("delete", one) for one in contacts], "delete")
    assert states(rows) == ["unknown", "done"]
    assert "what was deleted is still there" in (rows[0].why or "")
    assert [entry.status for entry in await b.profile.journal.of_job(progress.job.id)] == ["unknown", "done"]


async def test_a_job_that_is_cancelled_while_nobody_holds_it_tells_what_was_sent(bench: Make):
    b = bench()
    alive = worker_of(b)
    job, _ = await left_by_a_dead_process(b)
    await alive.ledger.control(job.id, "cancel")
    await alive.finish_all()
    progress, rows = await seen(alive, job)
    assert progress.job.state is JobState.cancelled
    assert states(rows) == ["done", "left", "new"]
    assert not b.wire.changes
