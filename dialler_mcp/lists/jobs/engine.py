"""Carries a held job out, batch by batch: look, commit what is about to be sent, send, commit what came of it.

    rows ─▶ images ─▶ compared ─▶ begun (committed) ─▶ sent, several at a time ─▶ read back ─▶ noted (committed)
                          └▶ left: what it was decided on has changed

While one batch is sent, what came of the batch before is noted and the next one is made ready, so that the connections
are never idle. Before each request the clock is looked at: a process that slept longer than half its lease sends
nothing more, and nothing is sent of which the image is too old.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from msgspec import UNSET

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.changes.comparing import check_answer
from dialler_mcp.changes.effects import DENIED, OTHER_VALUES, STILL_THERE, denies, not_taken
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.journal import Entry, Journal
from dialler_mcp.changes.recording import DEFECT, entry_of
from dialler_mcp.changes.runner import MAX_TWINS, READ_BACK, TWINS, send
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.current import current_contacts, in_parts
from dialler_mcp.lists.jobs.deciding import Decider, View, unanswered, values_of
from dialler_mcp.lists.jobs.job import OPEN, JobRow, JobState, RowState
from dialler_mcp.lists.jobs.ledger import Lease, Ledger, RowOutcome
from dialler_mcp.lists.jobs.outcomes import ErrorMeaning, means
from dialler_mcp.lists.jobs.pace import SECONDS, Pace
from dialler_mcp.problem import Problem
from dialler_mcp.state.errors import StateError
from dialler_mcp.state.jobs import Lost
from dialler_mcp.words import Words

BATCH = 200
FRESH = 10.0
"""Seconds after which a row is looked at again before it is sent."""
RECENT, MAX_FAILED = 100, 20
"""The stop rule: so many failures among so many rows pause a job."""
PATIENCE = 1_800.0
"""Seconds of trouble without one finished row after which a job is paused."""
_FAILED_OFTEN = Words(
    "{failed} of the last {recent} rows failed, the last one with: {why}",
    "{failed} der letzten {recent} Zeilen scheiterten, die letzte mit: {why}",
)
_TROUBLE = Words("Nothing could be done for half an hour. {why}", "Eine halbe Stunde lang ging nichts. {why}")
_CANCELLED = Words("cancelled; its request did not take effect", "abgebrochen; die Anfrage hat nichts bewirkt")
_CLOSED = Words(
    "closed for good by now: what its result means has changed since the job was confirmed",
    "inzwischen endgültig abgeschlossen: Was sein Ergebnis bedeutet, hat sich seit der Bestätigung geändert",
)
_PERSON_CLOSED = Words(
    "closed or locked by now: contact {id} has this key or number",
    "inzwischen abgeschlossen oder gesperrt: Kontakt {id} hat diesen Schlüssel oder diese Nummer",
)

Forget = Callable[[int | None], Awaitable[None]]


@dataclass
class _Slice:
    """One stretch of work on a job, from taking to leaving it. `until`: nothing is sent after it; `wish`: what a person
    has asked for; `stopping`: the process is about to end; `is_broken`: what comes of it cannot be noted any more.
    """

    lease: Lease
    decider: Decider
    pace: Pace
    stopping: asyncio.Event
    until: float
    fine_at: float
    wish: str | None = None
    stop_reason: Words | None = None
    is_broken: bool = False
    recent: dict[int, bool] = field(default_factory=dict[int, bool])
    """Of the last rows, by number, whether they failed."""

    @property
    def sends(self) -> bool:
        """Whether nothing has asked it to stop."""
        asked = self.wish is not None or self.stop_reason is not None or self.stopping.is_set()
        return not (asked or self.is_broken)


@dataclass(frozen=True)
class _Batch:
    """Rows that are committed as begun, and sent until their images are too old; `unread` are others that could not be
    made ready. `is_last`: there are no more, or no more shall be sent.
    """

    rows: Sequence[JobRow] = ()
    until: float = 0.0
    unread: Sequence[RowOutcome] = ()
    is_last: bool = False


@dataclass(frozen=True)
class Engine:
    """What works on the jobs of one dialler. `forget_copies` drops local copies that hold deleted contacts; `pause`
    waits, `clock` goes on while a laptop sleeps.
    """

    dialler: Dialler
    ledger: Ledger
    journal: Journal
    zone: tzinfo
    connections: int
    rate: float
    forget_copies: Forget
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.time

    async def run(self, lease: Lease, stopping: asyncio.Event) -> None:
        """Work on a job until it is done or paused, somebody else has it, or `stopping` is set."""
        since = datetime.fromtimestamp(lease.job.created, UTC)
        decider = Decider(self.dialler, since, self.zone, self.clock)
        pace = Pace(self.connections, self.rate, most=BATCH, clock=self.clock, pause=self.pause)
        work = _Slice(lease, decider, pace, stopping, until=self._until(), fine_at=self.clock())
        keeping = asyncio.create_task(self._keep(work))
        try:
            if lease.was_held:  # what its last holder has sent may be under way still
                await self.pause(self.dialler.address.deadline)
            await self._work(work)
            await self._leave(work)
        except Lost:
            return
        except StateError:  # the job stays held, until somebody takes it when its lease has run out
            raise
        except Exception:  # a defect, which is raised on: the job must not count as running
            await self.ledger.leave(work.lease, JobState.paused, DEFECT)
            raise
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    def _until(self) -> float:
        return self.clock() + self.ledger.lease_seconds / 2

    async def _keep(self, work: _Slice) -> None:
        """Keep the lease while requests are under way, and hear what a person asks for."""
        while True:
            await asyncio.sleep(self.ledger.lease_seconds / 6)
            until = self._until()  # before the state is asked, so that it never ends after the lease
            try:
                work.wish = await self.ledger.keep(work.lease) or work.wish
            except Lost:
                work.is_broken = True
                return
            except Problem:  # the state cannot be reached: the lease runs out, and nothing more is sent
                continue
            work.until = until

    async def _work(self, work: _Slice) -> None:
        """Send batch after batch, until there are no more or something asks to stop, and all that came of them is
        noted.
        """
        batch, endings = _Batch(), list[RowOutcome]()
        while endings or not batch.is_last:
            await work.pace.rest()
            sent, following = await asyncio.gather(
                self._send_all(work, batch), self._following(work, endings, batch.rows), return_exceptions=True
            )
            if isinstance(sent, BaseException):
                raise sent
            if isinstance(following, Lost):
                await self.ledger.note_late(work.lease, [*endings, *sent])
            if isinstance(following, BaseException):
                raise following
            batch, endings = following, [*sent, *following.unread]
            self._go_on(work, endings)

    async def _leave(self, work: _Slice) -> None:
        """Give the job back, with what becomes of it."""
        endings: Sequence[RowOutcome] = ()
        while True:
            rows = await self._exchanged(work, endings, ())
            open_rows = [row for row in rows if row.state is RowState.begun]
            if work.wish != "cancel" or not open_rows:
                break
            endings = await self._closed(work, open_rows)
        if not rows:
            await self.ledger.leave(work.lease, JobState.done)
        elif work.wish is not None:
            await self.ledger.leave(work.lease, JobState.cancelled if work.wish == "cancel" else JobState.paused)
        elif work.stop_reason is not None:
            await self.ledger.leave(work.lease, JobState.paused, work.stop_reason)
        else:
            await self.ledger.leave(work.lease)

    async def _exchanged(self, work: _Slice, endings: Sequence[RowOutcome], busy: Sequence[JobRow]) -> Sequence[JobRow]:
        until = self._until()
        rows, wish = await self.ledger.exchange(work.lease, endings, work.pace.rows, busy)
        work.until, work.wish = until, wish or work.wish
        return rows

    async def _following(self, work: _Slice, endings: Sequence[RowOutcome], busy: Sequence[JobRow]) -> _Batch:
        """Note what came of a batch, and make the next one ready, while the rows that are `busy` are sent."""
        try:
            looked_back = await self._looked_back(work, endings)
            # The others were judged when they were sent.
            self._judge(
                work, [new for new, old in zip(looked_back, endings, strict=True) if new.state is not old.state]
            )
            rows = await self._exchanged(work, looked_back, busy)
            if rows and work.sends and work.pace.is_slow:
                if busy:
                    return _Batch()
                await self._turn_is_near(work)
                rows = await self._exchanged(work, (), ())
            return await self._ready(work, rows) if rows and work.sends else _Batch(is_last=True)
        except BaseException:
            work.is_broken = True
            raise

    async def _turn_is_near(self, work: _Slice) -> None:
        """Wait until the next request may leave, or something asks to stop: rows are looked at just before."""
        while work.sends and (ahead := work.pace.ahead):
            await self.pause(min(ahead, SECONDS))

    def _judge(self, work: _Slice, endings: Iterable[RowOutcome]) -> None:
        """Stop where too much fails."""
        for one in endings:
            if one.state in OPEN:
                continue
            work.fine_at = self.clock()
            work.recent[one.row.number] = one.state in (RowState.failed, RowState.unknown)
            if len(work.recent) > RECENT:
                del work.recent[next(iter(work.recent))]
            if (failed := sum(work.recent.values())) > MAX_FAILED:
                figures = {"failed": failed, "recent": len(work.recent), "why": one.why}
                work.stop_reason = work.stop_reason or _FAILED_OFTEN.filled(**figures)

    def _go_on(self, work: _Slice, endings: Sequence[RowOutcome]) -> None:
        """Go slower or faster, and stop after too long a time of trouble. Where nothing was sent it stays so."""
        trouble = next((one.why for one in endings if one.state in OPEN and one.why), None)
        if trouble or any(one.state not in OPEN for one in endings):
            work.pace.went(trouble=trouble is not None)
        if trouble and self.clock() - work.fine_at > PATIENCE:
            work.stop_reason = work.stop_reason or _TROUBLE.filled(why=trouble)

    async def _ready(self, work: _Slice, rows: Sequence[JobRow]) -> _Batch:
        """These rows as they may be sent, without those that need no request (any more)."""
        job = work.lease.job
        # Nobody was closed when it was confirmed.
        is_guarded = job.verb in ("reset", "unlock") and not job.means.reopens
        try:
            closed_people = await work.decider.closed_people_by_now(rows)  # may take minutes, so the views come after
            views = await work.decider.views(rows)
            seen = self.clock()
            closed_rows = await work.decider.closed_by_now(views) if is_guarded else ()
        except DiallerError as error:
            if means(error) is ErrorMeaning.stop:
                work.stop_reason = error.words
            return _Batch(unread=[RowOutcome(row, row.state, why=error.words) for row in rows])
        ready, endings = list[tuple[JobRow, Entry | None]](), list[RowOutcome]()
        for row in rows:
            view = views[row.number]
            ending = await work.decider.settled(row, view)
            if ending is not None:
                endings.append(ending)
            elif row.number in closed_rows and _reopens(row, view):
                endings.append(ends.left(row, _CLOSED))
            elif row.number in closed_people:
                endings.append(ends.left(row, _PERSON_CLOSED.filled(id=closed_people[row.number])))
            else:
                entry = None if row.change is not None else self._entry(work.lease, row, view.image)
                ready.append((_again(row), entry))
        self._judge(work, [one for one in endings if one.state is not RowState.left])
        return _Batch(await self.ledger.begin(work.lease, ready, endings), until=seen + FRESH)

    async def _closed(self, work: _Slice, rows: Sequence[JobRow]) -> list[RowOutcome]:
        """What came of rows that may have been sent, where nothing shall be sent any more."""
        try:
            views = await work.decider.views(rows)
        except DiallerError as error:
            return [ends.unknown(row, error.words) for row in rows]
        endings = [await work.decider.settled(row, views[row.number]) for row in rows]
        return [one or ends.left(row, _CANCELLED) for row, one in zip(rows, endings, strict=True)]

    def _entry(self, lease: Lease, row: JobRow, image: Image) -> Entry:
        job = lease.job
        confirmation = Approval(job.confirmed_by or "", reason=job.reason)
        entry = entry_of(
            self.journal, job.tool, row.step, image, job.caller, confirmation, {}, undoes=row.step.undoes, job=job.id
        )
        entry.campaign_id = entry.campaign_id or values_of(row).get("DiallerCampaignsID")
        return entry

    async def _send_all(self, work: _Slice, batch: _Batch) -> list[RowOutcome]:
        """What came of these rows, sent in order, several at a time."""
        waiting, endings, pace, began = deque(batch.rows), list[RowOutcome](), work.pace, self.clock()
        count = 0

        async def worker() -> None:
            nonlocal count
            while waiting:
                row = waiting.popleft()
                await pace.turn()
                if not work.sends or self.clock() >= min(work.until, batch.until):
                    endings.append(RowOutcome(replace(row, tries=row.tries - 1), _before(row)))
                    continue
                count += 1
                ending = await self._sent(work, row)
                self._judge(work, [ending])
                endings.append(ending)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(pace.connections, len(batch.rows))):
                group.create_task(worker())
        pace.measured(count, self.clock() - began)
        for campaign in {_campaign(one.row) for one in endings if one.row.step.verb == "delete"}:
            await self.forget_copies(campaign)
        return endings

    async def _sent(self, work: _Slice, row: JobRow) -> RowOutcome:
        sent_at = self.journal.now()
        try:
            answer = await send(self.dialler, row.step.request)
            check_answer(row.step, answer, sent_at, self.zone)
        except DiallerError as error:
            return self._failed(work, row, error)
        contact = answer if isinstance(answer, Contact) else None
        fields = not_taken(values_of(row), contact, self.zone) if contact else []
        remark = OTHER_VALUES.filled(fields=", ".join(info.wire for info in fields)) if fields else None
        return replace(ends.done(row, contact, remark), why=remark)

    def _failed(self, work: _Slice, row: JobRow, error: DiallerError) -> RowOutcome:
        match means(error):
            case ErrorMeaning.failed:
                return ends.failed(row, error.words)
            case ErrorMeaning.unknown:
                return ends.unknown(row, error.words)
            case ErrorMeaning.look:
                return RowOutcome(row, RowState.begun, why=error.words)
            case ErrorMeaning.stop:
                work.stop_reason = error.words
            case ErrorMeaning.later:
                pass
        return RowOutcome(replace(row, tries=row.tries - 1), _before(row), why=error.words)

    async def _looked_back(self, work: _Slice, endings: Sequence[RowOutcome]) -> list[RowOutcome]:
        """The same, with what the answers did not show: the records as they are now, and people who came in twice."""
        successes = [one for one in endings if one.state is RowState.done]
        ids = [one.contact_id for one in successes if one.row.step.verb in READ_BACK and one.contact_id is not None]
        current, doubles = dict[int, Contact](), dict[int, list[Contact]]()
        with suppress(DiallerError):  # the changes are made all the same
            current = {contact.id: contact.alone() for contact, _ in await current_contacts(self.dialler, ids)}
            doubles = await work.decider.doubles([one.row for one in successes])
        deleted = [one.contact_id for one in successes if one.row.step.verb == "delete" and one.contact_id is not None]
        with suppress(DiallerError):
            for part in in_parts(deleted):
                current |= {contact.id: contact.alone() for contact in await self.dialler.get_contacts(part)}
        return [self._with(one, current.get(one.contact_id or 0), doubles.get(one.row.number)) for one in endings]

    def _with(self, one: RowOutcome, now: Contact | None, doubles: Sequence[Contact] | None) -> RowOutcome:
        if one.end is None or one.state is not RowState.done:
            return one
        if others := [str(contact.id) for contact in doubles or () if contact.id != one.contact_id]:
            remark = TWINS.filled(ids=", ".join(others[:MAX_TWINS]))
            return replace(one, why=remark, end=replace(one.end, result=remark))
        if now is None:
            return one
        step, end = one.row.step, replace(one.end, after=now)
        if step.contact is not None and denies(step.verb, step.contact, now, self.zone):
            why = STILL_THERE if step.verb == "delete" else DENIED
            return replace(one, state=RowState.unknown, why=why, end=replace(end, status="unknown", result=why))
        return replace(one, end=end)


def _reopens(row: JobRow, view: View) -> bool:
    """Whether its change lets the contact be called again: a reset, or the end of a lock."""
    contact = view.image.contact
    return row.step.verb == "reset" or (contact is not None and (contact.b_locked is UNSET or bool(contact.b_locked)))


def _campaign(row: JobRow) -> int | None:
    return row.step.contact.dialler_campaigns_id if row.step.contact else None


def _again(row: JobRow) -> JobRow:
    """A row that is sent once more. However many processes have died over it, that counts as one try: a row that never
    left is not given up.
    """
    has_died = row.state is RowState.begun and not unanswered(row)
    return replace(row, tries=1) if has_died else row


def _before(row: JobRow) -> RowState:
    """The state to which a row goes back whose request did not leave: what may have been sent earlier stays begun."""
    return RowState.begun if row.tries > 1 else RowState.new
