"""Reads the histories of many contacts: a few batches at a time, of a size that the dialler can cope with."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import NamedTuple

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.contacts import batch_request, history_request
from dialler_mcp.api.errors import DiallerError, FunctionMissing, ServerFault, TooSlow, Unreachable, UnreadableAnswer
from dialler_mcp.api.strangers import note_strangers
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.snapshot.forms import Kept, call_form, history_form

FIRST_BATCH, MIN_BATCH, MAX_BATCH = 50, 10, 100  # contacts; decoding more would block the event loop for too long
MAX_CALLS = 500  # calls that an answer should hold, for the same reason
BATCH_SECONDS = 1.0  # seconds that a batch should take
SLOW = 8.0  # seconds; a dialler that takes longer gets fewer requests at a time
MAX_FAILURES = 4  # in a row, then reading stops
FIRST_PAUSE = 0.5  # seconds after a failure; doubled each time
# The errors of a dialler, or of a proxy before it, that is overloaded.
_HARD = (ServerFault, TooSlow, Unreachable, UnreadableAnswer)


class StopReason(StrEnum):
    """Why reading ended before everything was read: the budget was used up, the dialler failed or answered too slowly,
    or its release shows no history at all.
    """

    time = auto()
    faults = auto()
    no_history = auto()


class NoHistory(Exception):
    """The release cannot even give the history of a single contact."""


class ContactResult(msgspec.Struct, gc=False):
    """A contact whose history was read; `code` is its present result (0: none), if `shown` in the answer."""

    contact_id: int
    code: int | None
    shown: bool


class Histories(NamedTuple):
    """The histories of several contacts, from one answer."""

    answers: list[ContactResult]
    calls: list[Kept]


Pause = Callable[[float], Awaitable[None]]


@dataclass
class HistoryReader:
    """Asks for histories with at most `connections` requests at a time, fewer while the dialler is slow or fails."""

    dialler: Dialler
    campaign_id: int
    connections: int
    pause: Pause = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    privacy: Privacy = Privacy.bank
    stop_reason: StopReason | None = None
    error: DiallerError | None = None
    """The error that ended the reading and that repeating would not help, such as a refused token."""
    width: int = field(init=False)
    size: int = FIRST_BATCH
    single: bool = False
    failures: int = 0
    missing: int = 0
    """Contacts without an answer, or without a history although there are signs of calls."""

    def __post_init__(self) -> None:
        self.width = self.connections

    async def read(self, contact_ids: Sequence[int], until: Callable[[], float]) -> AsyncGenerator[Histories]:
        """The histories as they arrive, in any order, until all are read or the clock reaches `until()`; then
        `stop_reason` says why. Contacts that the dialler does not answer for are left out.
        """
        waiting, position = deque[Sequence[int]](), 0
        running: dict[asyncio.Task[Histories], tuple[Sequence[int], float]] = {}
        try:
            while self.stop_reason is None:
                while len(running) < self.width and (waiting or position < len(contact_ids)):
                    if waiting:
                        batch = waiting.popleft()
                    else:
                        batch = contact_ids[position : position + self.size]
                        position += len(batch)
                    running[asyncio.ensure_future(self._ask(batch))] = batch, self.clock()
                if not running:
                    return
                tasks, _ = await asyncio.wait(
                    running, timeout=max(0.0, until() - self.clock()), return_when=asyncio.FIRST_COMPLETED
                )
                for task in tasks:
                    batch, began = running.pop(task)
                    if histories := await self._taken(task, batch, self.clock() - began, waiting):
                        yield histories
                if self.clock() >= until() and (running or waiting or position < len(contact_ids)):
                    self.stop_reason = self.stop_reason or StopReason.time
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _taken(
        self, task: asyncio.Task[Histories], batch: Sequence[int], took: float, waiting: deque[Sequence[int]]
    ) -> Histories | None:
        """The histories of a finished request; None if it failed, and then its contacts are asked for again later."""
        try:
            histories = task.result()
        except FunctionMissing:
            self.single, self.size = True, MIN_BATCH
            waiting.extend(batch[start : start + MIN_BATCH] for start in range(0, len(batch), MIN_BATCH))
        except NoHistory:
            self.stop_reason = StopReason.no_history
        except _HARD:
            middle = len(batch) // 2
            waiting.extend(part for part in (batch[:middle], batch[middle:]) if part)
            await self._back_off()
        except DiallerError as error:
            self.stop_reason, self.error = StopReason.faults, error
        else:
            self._adapt(len(batch), len(histories.calls), took)
            return histories
        return None

    def _adapt(self, count: int, calls: int, took: float) -> None:
        """Choose the next size: after a quick and short batch a larger one, up to twice as large."""
        self.failures = 0
        if took > SLOW:
            self.width = max(1, self.width // 2)
        elif self.width < self.connections:
            self.width += 1
        if count >= self.size:  # a smaller one (the last, or half of a failed one) says little
            factor = min(2.0, max(0.5, min(BATCH_SECONDS / max(took, 0.001), MAX_CALLS / max(calls, 1))))
            self.size = min(MAX_BATCH, max(MIN_BATCH, int(self.size * factor)))

    async def _back_off(self) -> None:
        self.failures += 1
        self.width, self.size = max(1, self.width // 2), max(MIN_BATCH, self.size // 2)
        if self.failures >= MAX_FAILURES:
            self.stop_reason = StopReason.faults
        else:
            await self.pause(FIRST_PAUSE * 2 ** (self.failures - 1))

    async def _ask(self, contact_ids: Sequence[int]) -> Histories:
        if self.single:
            return await self._one_by_one(contact_ids)
        histories = await self.dialler.rows(batch_request(contact_ids), history_form(self.privacy))
        ids = set(contact_ids)
        by_id = {history.id: history for history in histories if history.id in ids}
        note_strangers(len(histories) - len(by_id))
        self.missing += len(ids) - len(by_id)
        calls = [call for history in by_id.values() for call in _calls(history.id, history.calls or ())]
        return Histories([_answered(history) for history in by_id.values()], calls)

    async def _one_by_one(self, contact_ids: Sequence[int]) -> Histories:
        """For old releases, which do not show the result here. If one contact fails, the whole batch does."""
        answers, calls = list[ContactResult](), list[Kept]()
        for contact_id in contact_ids:
            try:
                rows = await self.dialler.rows(history_request(contact_id), call_form(self.privacy))
            except FunctionMissing as error:
                raise NoHistory from error
            self.missing += not rows
            calls += _calls(contact_id, rows)
            answers.append(ContactResult(contact_id, None, shown=False))
        return Histories(answers, calls)


def _calls(contact_id: int, calls: Sequence[Kept]) -> Sequence[Kept]:
    """The calls of a contact, without those that name another one."""
    own = [call for call in calls if call.dialler_contacts_id in (None, 0, contact_id)]
    note_strangers(len(calls) - len(own))
    for call in own:
        call.dialler_contacts_id = contact_id
    return own


def _answered(history: Kept) -> ContactResult:
    """The result is in the record's own field or, in releases that omit it, in the nested result code."""
    if history.code is msgspec.UNSET:
        return ContactResult(history.id, history.result.id if history.result else 0, shown=True)
    return ContactResult(history.id, history.code or 0, shown=True)
