"""Reads the histories of many contacts: in batches of a size that the dialler can stand, a few at a time."""

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

FIRST_BATCH, MIN_BATCH, MAX_BATCH = 50, 10, 100  # contacts; of more the event loop would be busy for too long
MAX_CALLS = 500  # that an answer should hold, for the same reason
WANTED = 1.0  # seconds that a batch should take
SLOW = 8.0  # seconds; a dialler that needs so long is asked less at a time
MAX_FAILURES = 4  # one after the other, then the dialler is left alone
FIRST_PAUSE = 0.5  # seconds after a failure; doubled each time
# What a dialler, or a proxy before it, does that is asked too much.
_HARD = (ServerFault, TooSlow, Unreachable, UnreadableAnswer)


class Stopped(StrEnum):
    """Why reading ended before everything was read: the budget was used up, the dialler failed or answered too slowly,
    or its release shows no history at all.
    """

    time = auto()
    faults = auto()
    no_history = auto()


class NoHistory(Exception):
    """Not even one contact's history can be asked for."""


class Answered(msgspec.Struct, gc=False):
    """That the history of a contact is known; its current result, where the answer showed it (0: none)."""

    contact_id: int
    code: int | None
    shown: bool


class Histories(NamedTuple):
    """What one answer tells about several contacts."""

    answered: list[Answered]
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
    stopped: Stopped | None = None
    error: DiallerError | None = None
    """What ended it, where asking again would not help: the token was refused, say."""
    width: int = field(init=False)
    size: int = FIRST_BATCH
    single: bool = False
    failures: int = 0
    unexpected: int = 0
    """Contacts without an answer, or without any history though there are signs of one."""

    def __post_init__(self) -> None:
        self.width = self.connections

    async def read(self, contact_ids: Sequence[int], until: Callable[[], float]) -> AsyncGenerator[Histories]:
        """The histories as they come, in any order, until all are there or `until()` on the clock; then `stopped`
        says why. What the dialler does not answer for is left out.
        """
        waiting, position = deque[Sequence[int]](), 0
        running: dict[asyncio.Task[Histories], tuple[Sequence[int], float]] = {}
        try:
            while self.stopped is None:
                while len(running) < self.width and (waiting or position < len(contact_ids)):
                    if waiting:
                        asked = waiting.popleft()
                    else:
                        asked = contact_ids[position : position + self.size]
                        position += len(asked)
                    running[asyncio.ensure_future(self._ask(asked))] = asked, self.clock()
                if not running:
                    return
                done, _ = await asyncio.wait(
                    running, timeout=max(0.0, until() - self.clock()), return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    asked, began = running.pop(task)
                    if found := await self._taken(task, asked, self.clock() - began, waiting):
                        yield found
                if self.clock() >= until() and (running or waiting or position < len(contact_ids)):
                    self.stopped = self.stopped or Stopped.time
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _taken(
        self, task: asyncio.Task[Histories], asked: Sequence[int], took: float, waiting: deque[Sequence[int]]
    ) -> Histories | None:
        """What a request brought; None if it failed, then it waits for its next turn."""
        try:
            found = task.result()
        except FunctionMissing:
            self.single, self.size = True, MIN_BATCH
            waiting.extend(asked[start : start + MIN_BATCH] for start in range(0, len(asked), MIN_BATCH))
        except NoHistory:
            self.stopped = Stopped.no_history
        except _HARD:
            middle = len(asked) // 2
            waiting.extend(part for part in (asked[:middle], asked[middle:]) if part)
            await self._back_off()
        except DiallerError as error:
            self.stopped, self.error = Stopped.faults, error
        else:
            self._adapt(len(asked), len(found.calls), took)
            return found
        return None

    def _adapt(self, count: int, calls: int, took: float) -> None:
        """A batch that was quick and short may be followed by a larger one, up to twice as large."""
        self.failures = 0
        if took > SLOW:
            self.width = max(1, self.width // 2)
        elif self.width < self.connections:
            self.width += 1
        if count >= self.size:  # the last one, or half of a failed one, says little
            factor = min(2.0, max(0.5, min(WANTED / max(took, 0.001), MAX_CALLS / max(calls, 1))))
            self.size = min(MAX_BATCH, max(MIN_BATCH, int(self.size * factor)))

    async def _back_off(self) -> None:
        self.failures += 1
        self.width, self.size = max(1, self.width // 2), max(MIN_BATCH, self.size // 2)
        if self.failures >= MAX_FAILURES:
            self.stopped = Stopped.faults
        else:
            await self.pause(FIRST_PAUSE * 2 ** (self.failures - 1))

    async def _ask(self, contact_ids: Sequence[int]) -> Histories:
        if self.single:
            return await self._one_by_one(contact_ids)
        histories = await self.dialler.rows(batch_request(contact_ids), history_form(self.privacy))
        wanted = set(contact_ids)
        found = {history.id: history for history in histories if history.id in wanted}
        note_strangers(len(histories) - len(found))
        self.unexpected += len(wanted) - len(found)
        calls = [call for history in found.values() for call in _calls(history.id, history.calls or ())]
        return Histories([_answered(history) for history in found.values()], calls)

    async def _one_by_one(self, contact_ids: Sequence[int]) -> Histories:
        """Of an old release: the result is not told then. A contact that fails makes the whole lot fail."""
        answered, calls = list[Answered](), list[Kept]()
        for contact_id in contact_ids:
            try:
                rows = await self.dialler.rows(history_request(contact_id), call_form(self.privacy))
            except FunctionMissing as error:
                raise NoHistory from error
            self.unexpected += not rows
            calls += _calls(contact_id, rows)
            answered.append(Answered(contact_id, None, shown=False))
        return Histories(answered, calls)


def _calls(contact_id: int, calls: Sequence[Kept]) -> Sequence[Kept]:
    """The calls of a contact, without those that name another one."""
    own = [call for call in calls if call.dialler_contacts_id in (None, 0, contact_id)]
    note_strangers(len(calls) - len(own))
    for call in own:
        call.dialler_contacts_id = contact_id
    return own


def _answered(history: Kept) -> Answered:
    """The result stands in the record or, where a release leaves it out there, in the code that comes with it."""
    if history.code is msgspec.UNSET:
        return Answered(history.id, history.result.id if history.result else 0, shown=True)
    return Answered(history.id, history.code or 0, shown=True)
