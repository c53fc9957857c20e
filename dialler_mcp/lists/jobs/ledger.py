"""The ledger: what is confirmed, what was begun and what came of it. It is the truth about a job, and drives it.

Whoever works on a job holds a lease on it, with a number (the fence) that is one higher for each new holder. Every
transaction of the job begins with the lease; who lost it can write nothing. A row is committed as begun before its
request leaves: what is found begun after a crash may have been sent, and is looked up before it is sent again.
"""

import hashlib
from collections.abc import AsyncIterable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.journal import End, Entry, Journal
from dialler_mcp.changes.plan import Step
from dialler_mcp.changes.runner import TWINS
from dialler_mcp.lists.jobs.job import STATES, Draft, Job, JobRow, JobState, NobodySelected, Progress, RowState
from dialler_mcp.problem import Problem
from dialler_mcp.state import jobs as rows
from dialler_mcp.state.store import StateStore
from dialler_mcp.words import Words, in_words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

MAX_ROWS = 1_000_000
_DAY = 86_400  # seconds; so long a job may wait for its confirmation
MAX_WAITING = 20
"""Jobs of one caller that wait for their confirmation; a further preview does away with the oldest."""
WAITS = 600.0
"""Seconds for which the same job is not made a second time, while it waits for its confirmation."""
_BLOCK = 1_000  # rows that are frozen in one transaction
_GONE = Words(
    "There is no such job (any more). List the jobs to see which there are.",
    "Diesen Auftrag gibt es nicht (mehr). Die Liste der Aufträge zeigt, welche es gibt.",
)
_NOTHING_TO = Words(
    "Job {job} is {state}: there is nothing to {control}. List the jobs to see how they are.",
    "Auftrag {job} ({state}): Hier ist nichts {control}. Die Liste der Aufträge zeigt, wie sie stehen.",
)
_TOO_MANY = Words(
    "A job may have at most {most} rows. Narrow the selection, or split the list.",
    "Ein Auftrag hat höchstens {most} Zeilen. Wählen Sie enger aus, oder teilen Sie die Liste.",
)
_STARTED = Words(
    "Nothing was sent: job {job} was started or cancelled already. Read the job to see.",
    "Es wurde nichts gesendet: Auftrag {job} wurde schon begonnen oder abgebrochen. Der Auftrag zeigt, wie er steht.",
)
_NOT_SENT = Words("not sent: the job stopped before", "nicht gesendet: Der Auftrag hielt vorher an")
_UNDONE = Words("this change is taken back already", "diese Änderung ist schon zurückgenommen")

Control = Literal["pause", "resume", "cancel"]
_CONTROLS: dict[Control, Words] = {
    "pause": Words("pause", "anzuhalten"),
    "resume": Words("resume", "fortzusetzen"),
    "cancel": Words("cancel", "abzubrechen"),
}
_MAY: dict[Control, tuple[JobState, ...]] = {
    "pause": (JobState.running,),
    "resume": (JobState.paused,),
    "cancel": (JobState.frozen, JobState.running, JobState.paused),
}
_BECOMES: dict[Control, JobState] = {
    "pause": JobState.paused,
    "resume": JobState.running,
    "cancel": JobState.cancelled,
}


def controls_of(job: Job) -> list[Control]:
    """What can be done to a job in its state."""
    return [control for control, states in _MAY.items() if job.state in states]


@dataclass(frozen=True)
class Lease:
    """A job that this process holds. `was_held`: its last holder did not give it back, so its requests may be under way
    still.
    """

    job: Job
    fence: int
    was_held: bool


@dataclass(frozen=True)
class RowOutcome:
    """What came of a row, and how its entry in the journal ends; `state` is `new` again where it surely never left."""

    row: JobRow
    state: RowState
    why: Words | None = None
    contact_id: int | None = None
    end: End | None = None


class Ledger:
    """The jobs on one dialler. Every method raises `StateError` when the state cannot be used.

    `lease_seconds` is the number of seconds for which a holder keeps a job without a sign of life.
    """

    def __init__(self, store: StateStore, journal: Journal, dialler: str, *, lease_seconds: float = 60.0) -> None:
        self._store = store
        self._journal = journal
        self._dialler = dialler
        self.lease_seconds = lease_seconds

    def _now(self) -> float:
        return self._journal.now().timestamp()

    async def freeze(self, draft: Callable[[], Draft], steps: AsyncIterable[Step]) -> Job:
        """Keep these steps as the rows of a job that waits for its confirmation. What the job is called may depend on
        its rows, so `draft` is asked after them. The same job of the same caller that waits already is kept instead.

        Raises:
            NobodySelected: there are none.
            Problem: there are too many.
        """
        number = await self._store.run(self._begin_draft)
        try:
            total, digest = await self._add_all(number, steps)
        except Problem:
            await self._store.run(lambda connection: rows.remove(connection, number))
            raise
        return await self._store.run(lambda connection: self._frozen(connection, number, draft(), total, digest))

    async def _add_all(self, number: int, steps: AsyncIterable[Step]) -> tuple[int, str]:
        """Keep the steps of a job as its rows, in order; how many these are, and their digest."""
        total, digest, block = 0, hashlib.sha256(), list[dict[str, Any]]()
        async for step in steps:
            content = msgspec.json.encode(step)
            digest.update(len(content).to_bytes(8) + content)
            contact_id = step.contact.id if step.contact else None
            values = {"job": number, "number": total, "state": "new", "step": content.decode()}
            block.append({**values, "contact_id": contact_id})
            total += 1
            if len(block) >= _BLOCK:
                await self._add(block)
                block = []
            if total > MAX_ROWS:
                raise Problem(_TOO_MANY.filled(most=in_words(MAX_ROWS)))
        if not total:
            raise NobodySelected
        await self._add(block)
        return total, digest.hexdigest()

    def _begin_draft(self, connection: "Connection") -> int:
        now = self._now()
        rows.forget(connection, now - self._journal.days * _DAY, now - _DAY)
        blank = dict.fromkeys(("verb", "title", "tool", "caller", "subject", "role", "digest"), "")
        values = {"dialler": self._dialler, "created": now, "state": "draft", "means": "{}", "total": 0}
        return rows.add(connection, {**blank, **values})

    def _frozen(self, connection: "Connection", number: int, draft: Draft, total: int, digest: str) -> Job:
        values = {
            "state": "frozen",
            "verb": draft.verb,
            "title": draft.title,
            "tool": draft.tool,
            "caller": draft.caller.client,
            "subject": draft.caller.subject,
            "role": draft.caller.role.value,
            "means": msgspec.json.encode(draft.means).decode(),
            "digest": digest,
            "total": total,
            "undoes": draft.undoes,
        }
        same = {name: values[name] for name in ("state", "tool", "caller", "subject", "digest", "title")}
        waiting = rows.like(connection, self._dialler, same, self._now() - WAITS)
        if waiting is not None:
            rows.remove(connection, number)
            return Job.of(waiting)
        rows.amend(connection, number, values)
        own = {name: values[name] for name in ("state", "caller", "subject")}
        for old in rows.older(connection, self._dialler, own, MAX_WAITING):
            rows.remove(connection, old)
        return self._job(connection, number)

    async def _add(self, block: list[dict[str, Any]]) -> None:
        await self._store.run(lambda connection: rows.add_rows(connection, block))

    async def job(self, number: int) -> Job:
        """A job on this dialler.

        Raises:
            Problem: there is none.
        """
        return await self._store.run(lambda connection: self._job(connection, number))

    def _job(self, connection: "Connection", number: int) -> Job:
        row = rows.get(connection, number)
        if row is None or row["dialler"] != self._dialler or row["state"] == "draft":
            raise Problem(_GONE)
        return Job.of(row)

    async def progress(self, number: int) -> Progress:
        """How far a job is.

        Raises:
            Problem: there is none.
        """

        def read(connection: "Connection") -> Progress:
            return self._progress(connection, self._job(connection, number))

        return await self._store.run(read)

    def _progress(self, connection: "Connection", job: Job) -> Progress:
        return Progress(job, {RowState(state): count for state, count in rows.counts(connection, job.id).items()})

    async def newest(self, limit: int, below: int | None = None) -> tuple[list[Progress], int]:
        """The newest jobs with IDs below `below`, how far they are, and how many jobs there are in all."""

        def read(connection: "Connection") -> tuple[list[Progress], int]:
            jobs = rows.newest(connection, self._dialler, limit, below=below)
            progress = [self._progress(connection, Job.of(row)) for row in jobs]
            return progress, rows.count(connection, self._dialler)

        return await self._store.run(read)

    async def running(self) -> bool:
        """Whether a job runs, whoever works on it."""
        return await self._store.run(lambda connection: rows.running(connection, self._dialler))

    async def import_before(self, number: int) -> int | None:
        """The import that goes before this one, which waits for it."""
        return await self._store.run(lambda connection: rows.import_before(connection, self._dialler, number))

    async def remarkable(self, number: int, limit: int) -> list[JobRow]:
        """Rows of a job that were left out, failed, have an unknown outcome or a remark, in order."""
        records = await self._store.run(lambda connection: rows.remarkable(connection, number, limit))
        return [JobRow.of(row) for row in records]

    async def rows(self, number: int, states: Collection[RowState], limit: int, after: int = -1) -> list[JobRow]:
        """Rows of a job in one of these states with numbers above `after`, in order."""
        names = [state.value for state in states]
        records = await self._store.run(lambda connection: rows.rows_in(connection, number, names, limit, after=after))
        return [JobRow.of(row) for row in records]

    async def start(self, job: Job, approval: Approval, admit: Callable[["Connection"], None]) -> Job:
        """Let a frozen job run. `admit` runs in the same transaction: if it raises, the job stays as it is.

        Raises:
            Problem: it is not waiting for a confirmation.
        """

        def write(connection: "Connection") -> Job:
            admit(connection)
            values = {
                "state": "running",
                "began": self._now(),
                "confirmed_by": approval.by,
                "reason": approval.reason,
            }
            if not rows.amend(connection, job.id, values, states=("frozen",)):
                raise Problem(_STARTED.filled(job=job.id))
            return self._job(connection, job.id)

        return await self._store.run(write)

    async def control(self, number: int, control: Control) -> Job:
        """Pause, resume or cancel a job. Requests under way are finished first; what may have been sent is looked up.

        Raises:
            Problem: it cannot be done to a job in its state.
        """

        def write(connection: "Connection") -> Job:
            job = self._job(connection, number)
            if job.state not in _MAY[control]:
                raise Problem(_NOTHING_TO.filled(job=number, state=STATES[job.state], control=_CONTROLS[control]))
            wish: Control = "cancel" if job.wish == "cancel" else control  # that stays, whatever is asked for later
            if job.held:
                rows.amend(connection, number, {"wish": wish})
            elif wish == "cancel" and rows.counts(connection, number).get(RowState.begun):
                rows.amend(connection, number, {"state": "running", "wish": wish, "why": None})
            else:
                end = {"ended": self._now()} if wish == "cancel" else {}
                values = {"state": _BECOMES[wish].value, "wish": None, "why": None, "owner": None, **end}
                rows.amend(connection, number, values, states=[state.value for state in _MAY[control]])
            return self._job(connection, number)

        return await self._store.run(write)

    async def take(self, owner: str) -> Lease | None:
        """A running job that nobody holds (any more), held by `owner` now; None where there is none."""
        row = await self._store.run(lambda connection: rows.take(connection, self._dialler, owner, self.lease_seconds))
        return None if row is None else Lease(Job.of({**row, "now": 0.0}), row["fence"], row["was_held"])

    async def keep(self, lease: Lease) -> str | None:
        """Keep the lease; what a person has asked for meanwhile.

        Raises:
            Lost: somebody else has the job now.
        """
        return await self._store.run(
            lambda connection: rows.hold(connection, lease.job.id, lease.fence, self.lease_seconds)
        )

    async def exchange(
        self, lease: Lease, outcomes: Sequence[RowOutcome], limit: int, busy: Sequence[JobRow] = ()
    ) -> tuple[list[JobRow], str | None]:
        """Note what came of rows, and return the next ones without those that are being sent, with what a person has
        asked for.

        Raises:
            Lost: somebody else has the job now; nothing was noted.
        """

        def write(connection: "Connection") -> tuple[list[JobRow], str | None]:
            wish = rows.hold(connection, lease.job.id, lease.fence, self.lease_seconds)
            self._note(connection, lease, outcomes)
            open_rows = rows.open_rows(connection, lease.job.id, limit + len(numbers))
            free_rows = [row for row in open_rows if row["number"] not in numbers]
            return [JobRow.of(row) for row in free_rows[:limit]], wish

        numbers = {row.number for row in busy}
        return await self._store.run(write)

    def _note(self, connection: "Connection", lease: Lease, outcomes: Sequence[RowOutcome]) -> None:
        ends = [one.end for one in outcomes if one.end is not None]
        self._journal.finish_all(connection, ends)
        rows.set_rows(
            connection,
            lease.job.id,
            [
                {
                    "number": one.row.number,
                    "state": one.state.value,
                    "fence": lease.fence,
                    "tries": one.row.tries,
                    "contact_id": one.contact_id or one.row.contact_id,
                    "change": one.row.change,
                    "why": one.why and one.why.text(self._journal.language),
                }
                for one in outcomes
            ],
        )

    async def note_late(self, lease: Lease, outcomes: Sequence[RowOutcome]) -> None:
        """Note what this process sent although it had lost the job: an import of a row that whoever has the job now had
        sent again has brought a second contact.
        """
        late = [
            {
                "number": one.row.number,
                "contact_id": one.contact_id,
                "why": TWINS.filled(ids=one.contact_id).text(self._journal.language),
            }
            for one in outcomes
            if one.state is RowState.done and one.row.step.verb == "import" and one.row.step.contact is None
        ]
        await self._store.run(lambda connection: rows.note_late(connection, lease.job.id, late))

    async def begin(
        self, lease: Lease, starts: Sequence[tuple[JobRow, Entry | None]], outcomes: Sequence[RowOutcome] = ()
    ) -> list[JobRow]:
        """Commit that these rows are about to be sent, each with its entry in the journal; one that was begun before
        has its entry already. Returns the rows as they are now, without those that would undo what somebody else has
        undone, or is about to.

        Raises:
            Lost: somebody else has the job now; nothing may be sent.
        """

        def write(connection: "Connection") -> list[JobRow]:
            rows.hold(connection, lease.job.id, lease.fence, self.lease_seconds)
            self._note(connection, lease, outcomes)
            undone = self._journal.undone_already(connection, [entry for _, entry in starts if entry is not None])
            going = [(row, entry) for row, entry in starts if entry is None or entry.undoes not in undone]
            late = [row for row, entry in starts if entry is not None and entry.undoes in undone]
            self._note(connection, lease, [RowOutcome(row, RowState.left, why=_UNDONE) for row in late])
            numbers = iter(self._journal.begin_all(connection, [entry for _, entry in going if entry is not None]))
            ready = [
                replace(row, tries=row.tries + 1, change=next(numbers) if entry is not None else row.change)
                for row, entry in going
            ]
            self._note(connection, lease, [RowOutcome(row, RowState.begun) for row in ready])
            return ready

        return await self._store.run(write)

    async def leave(self, lease: Lease, state: JobState | None = None, why: Words | None = None) -> None:
        """Give the job back; `state` is what becomes of it where it does not run on. Rows that were made ready and not
        sent have no entry in the journal any more that looks like a change under way.
        """
        reason = why and why.text(self._journal.language)

        def write(connection: "Connection") -> None:
            end_time = {"ended": self._now()} if state and state.ended else {}
            change = {"state": state.value, "why": reason, "wish": None, **end_time} if state else {}
            if rows.let_go(connection, lease.job.id, lease.fence, change):
                numbers = rows.take_back_unsent(connection, lease.job.id)
                ends = [End(number, "failed", result=_NOT_SENT) for number in numbers]
                self._journal.finish_all(connection, ends)

        await self._store.run(write)
