"""Jobs over contacts of the sandbox, and a worker that waits for nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import httpx2
import msgspec

from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.plan import Request, SharedKey, Step, Verb
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.engine import Engine
from dialler_mcp.lists.jobs.job import Draft, Job, JobMeaning, JobRow, Progress, RowState
from dialler_mcp.lists.jobs.ledger import Control, Ledger
from dialler_mcp.lists.jobs.worker import Worker
from tests.conftest import BERLIN, Bench, no_pause

CALLER = Caller("tests")
EVERY = tuple(RowState)


async def nothing_kept(_: int | None) -> None:
    """There are no local copies."""


def worker_of(
    b: Bench,
    *,
    lease: float = 60.0,
    connections: int = 4,
    rate: float = 1e9,
    clock: Callable[[], float] = time.time,
    pause: Callable[[float], Awaitable[None]] = no_pause,
) -> Worker:
    """A worker on the bench's dialler."""
    ledger = Ledger(b.profile.state, b.profile.journal, b.profile.identity, lease_seconds=lease)
    engine = Engine(b.profile.dialler, ledger, b.profile.journal, BERLIN, connections, rate, nothing_kept, pause, clock)
    return Worker(ledger, engine)


def contacts_of(b: Bench, count: int, campaign_id: int = 538) -> list[Contact]:
    """Some contacts as the dialler shows them in a list."""
    return [record_of(b, one.id) for one in b.store.contacts(campaign_id)[:count]]


def record_of(b: Bench, contact_id: int) -> Contact:
    """A contact as the dialler has it."""
    contact = b.store.contact(contact_id)
    assert contact is not None
    return contact


def step(verb: Verb, contact: Contact, **values: object) -> Step:
    """One change of an existing contact."""
    arguments = {"values": {**values, "ID": contact.id}} if verb == "update" else {"contact_id": contact.id}
    bound = {"lock": (), "update": tuple(values)}.get(verb)
    request = Request(f"{verb}_contact", arguments)
    label = f"contact {contact.id}"
    return Step(verb=verb, kind="contact", label=label, request=request, contact=contact, bound_fields=bound)


def new(name: str, number: str, key: str | None = None, campaign_id: int = 538) -> Step:
    """An import that creates a contact."""
    values = {"Name": name, "PhoneNumber1": number, "DiallerCampaignsID": campaign_id}
    values |= {"UserData": key} if key else {}
    request = Request("import_contact", {"values": values, "overwrite_duplicates": False})
    return Step(verb="import", kind="contact", label=name, request=request, key=SharedKey(key or ""))


async def steps_of(steps: Iterable[Step]) -> AsyncIterator[Step]:
    """These steps, as they come from a long list."""
    for one in steps:
        yield one


async def frozen(worker: Worker, steps: Iterable[Step], verb: Verb = "lock") -> Job:
    """A job of these steps, which waits."""
    means = JobMeaning(reopens=verb == "reset")  # some of them may be closed
    draft = Draft(verb, f"{verb} some", "dialler_change_contacts", CALLER, means)
    return await worker.ledger.freeze(lambda: draft, steps_of(steps))


async def started(worker: Worker, steps: Iterable[Step], verb: Verb = "lock") -> Job:
    """A job of these steps that runs, without anybody who works on it."""
    job = await frozen(worker, steps, verb)
    return await worker.ledger.start(job, Approval("phrase"), lambda _: None)


async def finished(worker: Worker, steps: Iterable[Step], verb: Verb = "lock") -> tuple[Progress, list[JobRow]]:
    """What became of a job of these steps, and its rows."""
    job = await started(worker, steps, verb)
    await asyncio.wait_for(worker.finish_all(), 60)
    return await seen(worker, job)


async def seen(worker: Worker, job: Job) -> tuple[Progress, list[JobRow]]:
    """A job and its rows as they are now."""
    return await worker.ledger.progress(job.id), await worker.ledger.rows(job.id, EVERY, 10_000)


async def entries_of(b: Bench, job: int) -> AsyncIterator[Entry]:
    """The entries that a job has in the journal."""
    last = 0
    while page := await b.profile.journal.of_job(job, after=last):
        for entry in page:
            yield entry
            last = entry.id


def states(rows: Iterable[JobRow]) -> list[str]:
    """The states of rows, in order."""
    return [row.state.value for row in rows]


def is_locked(b: Bench, contact: Contact) -> bool:
    """Whether the dialler has this contact locked."""
    return record_of(b, contact.id).b_locked is True


def changed(b: Bench, contact: Contact, **fields: object) -> None:
    """Somebody changes a contact at the dialler."""
    b.store.save_contact(msgspec.structs.replace(record_of(b, contact.id), **fields))


async def left_by_a_dead_process(b: Bench) -> tuple[Job, list[Contact]]:
    """A job that locks three contacts, and these. Its process died when it had begun two, of which one request had
    arrived.
    """
    dead = worker_of(b, lease=-1.0)
    contacts = [one for one in contacts_of(b, 20) if not one.b_locked][:3]
    job = await started(dead, [step("lock", one) for one in contacts])
    lease = await dead.ledger.take("dead")
    assert lease is not None
    rows, _ = await dead.ledger.exchange(lease, (), 2)
    await dead.ledger.begin(lease, [(row, None) for row in rows])
    changed(b, contacts[0], b_locked=True)
    return job, contacts


def controlled_at_the_first_change(b: Bench, worker: Worker, job: Job, control: Control) -> None:
    """Let somebody pause or cancel a job while its first change is under way."""
    controls = list[asyncio.Task[Job]]()

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.method == "PATCH" and not controls:
            controls.append(asyncio.ensure_future(worker.ledger.control(job.id, control)))
        return None

    b.wire.instead = answer
