"""Reads one campaign: its list as a stream, then the histories of the contacts that changed."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.contacts import list_request
from dialler_mcp.api.errors import NotFound
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.reporting.errors import CampaignUnknown, Damaged
from dialler_mcp.reporting.snapshot.database import Worker
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.reporting.snapshot.forms import contact_form
from dialler_mcp.reporting.snapshot.keeping import Keeping
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage
from dialler_mcp.reporting.snapshot.reading import HistoryReader, Pause
from dialler_mcp.reporting.snapshot.stage import Identity, Names, Stage

NAMES_HOLD = 3600.0  # seconds until a campaign and its result codes are asked for again
HANDED_ON = 1 << 20  # bytes of the list that go to the database together
MAX_WAITING = 8  # such pieces between the stream and the database; bounds the memory


class Step(NamedTuple):
    """How far a refresh has come: `amount` of `total`; `phase` is contacts (`total` unknown) or histories."""

    campaign_id: int
    phase: str
    amount: int
    total: int | None


Progress = Callable[[Step], Awaitable[None]]


@dataclass
class Source:
    """How one dialler is read."""

    dialler: Dialler
    shelf: Shelf
    zone: tzinfo
    clock: Callable[[], float]
    connections: int
    list_seconds: float
    least_seconds: float
    pause: Pause


@dataclass
class Refresh:
    """The reading of one campaign. `until` may be changed while it runs. It limits the histories only: a list that is
    cut off would have to begin anew.
    """

    source: Source
    identity: Identity
    keeping: Keeping
    full: bool
    until: float
    progress: Progress | None = None
    listing: bool = True
    result: tuple[Path, CampaignCoverage] | None = None
    """The new file when it is in place, and what it holds."""
    _names: Names | None = field(default=None, init=False)

    async def run(self) -> None:
        """Read what is new and put a new file in place.

        Raises:
            CampaignUnknown: there is no such campaign, or it was deleted meanwhile; the earlier file stays.
            CannotKeep: the disk is full; the earlier file stays.
            DiallerError: the list could not be read, and the earlier file stays; or a request for histories was
                refused, and what was read before is in the new file.
        """
        try:
            await self._attempt()
        except Damaged:  # noticed only when the damaged part was read
            self._throw_away()
            self.listing = True
            await self._attempt()

    async def _attempt(self) -> None:
        worker = Worker()
        with self.source.shelf.work() as directory:
            try:
                stage = await worker(Stage, directory, self.identity, self.keeping)
                try:
                    await self._read(stage, worker)
                finally:
                    stage.database.interrupt()
                    worker.close()
                    stage.close()
            finally:
                worker.close()

    async def _read(self, stage: Stage, worker: Worker) -> None:
        names_read = await worker(self._begin, stage)
        if self.full or names_read is None or self.source.clock() - names_read > NAMES_HOLD:
            names_read = await self._read_names(stage, worker)
        read_at = datetime.fromtimestamp(self.source.clock(), self.source.zone).replace(tzinfo=None, microsecond=0)
        await self._read_list(stage, worker)
        waiting = await worker(lambda: stage.end_of_list(full=self.full))
        if not await worker(stage.contacts) and self._names is None:
            await self._campaign()
        self.listing = False
        self.until = max(self.until, time.monotonic() + self.source.least_seconds)
        reader = HistoryReader(
            self.source.dialler,
            self.identity.campaign_id,
            self.source.connections,
            self.source.pause,
            privacy=self.identity.privacy,
        )
        await self._read_histories(stage, worker, reader, waiting)
        if await worker(stage.end_of_histories) and self._names is None:
            names_read = await self._read_names(stage, worker)
        stop_reason = reader.stop_reason.name if reader.stop_reason else None
        file, coverage = await worker(stage.finish, read_at, names_read, stop_reason)
        self.result = await worker(self.source.shelf.put, file, self.identity.campaign_id), coverage
        if reader.error:
            raise reader.error

    def _begin(self, stage: Stage) -> float | None:
        before = self.source.shelf.newest(self.identity.campaign_id)
        try:
            return stage.continue_from(before, full=self.full)
        except Damaged:
            self._throw_away()
            return stage.continue_from(None, full=self.full)

    def _throw_away(self) -> None:
        if before := self.source.shelf.newest(self.identity.campaign_id):
            self.source.shelf.throw_away(before)

    async def _read_names(self, stage: Stage, worker: Worker) -> float:
        dialler, number = self.source.dialler, self.identity.campaign_id
        campaign = await self._campaign()
        english, german = [await dialler.get_result_codes(number, language) for language in (Language.en, Language.de)]
        self._names = Names(campaign, english, german, self.source.clock())
        await worker(stage.put_names, self._names)
        return self._names.read_at

    async def _campaign(self) -> Campaign:
        try:
            return await self.source.dialler.get_campaign(self.identity.campaign_id)
        except NotFound as error:
            raise CampaignUnknown(self.identity.campaign_id) from error

    async def _read_list(self, stage: Stage, worker: Worker) -> None:
        """Read the list; the stream waits for the database only when that falls far behind."""
        waiting, lines, size, count = deque[Awaitable[None]](), list[bytes](), 0, 0
        call, form = list_request(self.identity.campaign_id), contact_form(self.identity.privacy)
        blocks = self.source.dialler.blocks(call, form, self.source.list_seconds)
        try:
            async with aclosing(blocks):
                async for contacts in blocks:
                    lines.append(self.keeping.contact_lines(contacts))
                    size += len(lines[-1])
                    count += len(contacts)
                    if size > HANDED_ON:
                        waiting.append(worker(stage.add_contacts, lines))
                        lines, size = [], 0
                        if len(waiting) > MAX_WAITING:
                            await waiting.popleft()
                        await self._tell("contacts", count, None)
            waiting.append(worker(stage.add_contacts, lines))
            while waiting:
                await waiting.popleft()
        finally:
            await asyncio.gather(*waiting, return_exceptions=True)
        await self._tell("contacts", count, count)

    async def _read_histories(
        self, stage: Stage, worker: Worker, reader: HistoryReader, waiting: Sequence[int]
    ) -> None:
        count = 0
        async with aclosing(reader.read(waiting, lambda: self.until)) as answers:
            async for histories in answers:
                lines = self.keeping.lines(histories.answers), self.keeping.call_lines(histories.calls)
                await worker(stage.add_histories, *lines)
                count += len(histories.answers)
                await self._tell("histories", count, len(waiting))
        if reader.missing:
            await self._campaign()  # contacts are missing: was the campaign deleted meanwhile?

    async def _tell(self, phase: str, count: int, total: int | None) -> None:
        if self.progress:
            await self.progress(Step(self.identity.campaign_id, phase, count, total))
