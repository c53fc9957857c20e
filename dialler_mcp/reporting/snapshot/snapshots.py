"""The snapshots of one dialler's campaigns: read once, kept in local files, refreshed in part, asked in SQL."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.errors import Damaged, NoSnapshot, SnapshotError
from dialler_mcp.reporting.snapshot.database import Database, literal
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.reporting.snapshot.keeping import Keeping
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage, Snapshot, coverage_of
from dialler_mcp.reporting.snapshot.reading import Pause
from dialler_mcp.reporting.snapshot.refreshing import Progress, Refresh, Source
from dialler_mcp.reporting.snapshot.stage import Identity, is_of

LIST_SECONDS = 900.0
MIN_SECONDS = 5.0
MAX_QUESTIONS = 2
OPENING_TRIES = 5  # a file can be replaced between finding and opening it


class Snapshots:
    """Reads and keeps the campaigns of one dialler. One per process; close it with `aclose`.

    `directory` gets a folder for this dialler. `connections` is the most at the same time; `list_seconds` the longest
    that a list of contacts may take; `least_seconds` are given to the histories after it, even if it took the whole
    budget, so that each call gets further; files older than `retention_hours` are removed at the next use.
    """

    def __init__(
        self,
        dialler: Dialler,
        directory: Path,
        *,
        zone: tzinfo,
        privacy: Privacy = Privacy.bank,
        retention_hours: float = 24.0,
        connections: int = 4,
        list_seconds: float = LIST_SECONDS,
        least_seconds: float = MIN_SECONDS,
        clock: Callable[[], float] = time.time,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.questions = asyncio.Semaphore(MAX_QUESTIONS)
        """The turns of questions in SQL: so many are answered at the same time, the others wait."""
        self._zone, self._privacy = zone, privacy
        self._address = dialler.address.base_url.rstrip("/")
        self._shelf = Shelf(directory, self._address, retention_hours, clock)
        self._source = Source(dialler, self._shelf, zone, clock, connections, list_seconds, least_seconds, pause)
        self._running: dict[int, tuple[Refresh, asyncio.Task[None]]] = {}
        self._said: dict[Path, tuple[tuple[int, int, int], CampaignCoverage | None]] = {}
        """What files say of themselves, as long as they are the same."""

    async def refresh(
        self,
        campaign_ids: Sequence[int],
        *,
        full: bool = False,
        budget_seconds: float = 35.0,
        progress: Progress | None = None,
    ) -> Coverage:
        """Read what is new of these campaigns, one after the other, and say what is known then.

        Asks for the list of contacts and for the histories of those that moved; with `full` of all, also of those that
        look as if nobody ever called them (a reset hides calls). When the budget is used up, what was read is kept and
        the next call goes on; a list that is not through goes on being read meanwhile (`reading`).

        Raises:
            CampaignUnknown, CannotKeep, DiallerError: when no campaign could be read; else it stands in `failed`.
        """
        until = time.monotonic() + budget_seconds
        self._shelf.sweep()
        failed = list[tuple[int, Exception]]()
        for campaign_id in dict.fromkeys(campaign_ids):
            try:
                await self._refresh(campaign_id, full, until, progress)
            except (SnapshotError, DiallerError) as error:
                failed.append((campaign_id, error))
        if failed and len(failed) == len(set(campaign_ids)):
            raise failed[0][1]
        return await self.coverage(campaign_ids, tuple(failed))

    async def _refresh(self, campaign_id: int, full: bool, until: float, progress: Progress | None) -> None:
        refresh, task = self._running.get(campaign_id) or self._start(campaign_id, full, until)
        refresh.until, refresh.progress = max(refresh.until, until), progress
        while not task.done():
            rest = until - time.monotonic()
            if rest <= 0 and refresh.listing:
                refresh.progress = None
                return
            await asyncio.wait([task], timeout=rest if rest > 0 else None)
        self._running.pop(campaign_id, None)
        if refresh.written:
            self._remember(*refresh.written)
        task.result()

    def _start(self, campaign_id: int, full: bool, until: float) -> tuple[Refresh, asyncio.Task[None]]:
        keeping = Keeping(self._privacy, self._zone, self._shelf.key() if self._privacy is Privacy.masked else b"")
        refresh = Refresh(self._source, self._identity(campaign_id), keeping, full, until)
        started = self._running[campaign_id] = refresh, asyncio.ensure_future(refresh.run())
        return started

    async def coverage(
        self, campaign_ids: Sequence[int] | None = None, failed: tuple[tuple[int, Exception], ...] = ()
    ) -> Coverage:
        """What is known of these campaigns, or of all that there are files of; nothing is read."""
        self._shelf.sweep()
        wanted = self._shelf.campaign_ids() if campaign_ids is None else list(dict.fromkeys(campaign_ids))
        found = await asyncio.to_thread(lambda: [self._coverage(number) for number in wanted])
        return Coverage(tuple(found), str(self._zone), self._privacy.value, failed)

    def _coverage(self, campaign_id: int) -> CampaignCoverage:
        reading = campaign_id in self._running
        found = self._usable(campaign_id)
        return replace(found, reading=reading) if found else CampaignCoverage(campaign_id, None, None, reading=reading)

    def _usable(self, campaign_id: int) -> CampaignCoverage | None:
        """What the file of a campaign says, None when there is none that can be used; a damaged one is thrown away."""
        for _ in range(OPENING_TRIES):
            path = self._shelf.newest(campaign_id)
            if path is None:
                return None
            try:
                return self._said_by(path, campaign_id)
            except FileNotFoundError:
                continue  # a newer one has taken its place
            except Damaged:
                if path == self._shelf.newest(campaign_id):
                    self._shelf.throw_away(path)
        return None

    def _said_by(self, path: Path, campaign_id: int) -> CampaignCoverage | None:
        """What a file says of itself; looked at once, since opening it takes some 40 ms."""
        written = _written(path)
        before, said = self._said.get(path, (None, None))
        if before == written:
            return said
        with Database(threads=1) as database:
            database.run(f"ATTACH {literal(path)} AS kept (READ_ONLY)")
            same = is_of(database, "kept", self._identity(campaign_id))
            said = coverage_of(database, "kept", campaign_id) if same else None
        self._remember(path, said)
        return said

    def _remember(self, path: Path, said: CampaignCoverage | None) -> None:
        with suppress(FileNotFoundError):  # a newer one has taken its place
            there = {file: known for file, known in self._said.items() if file.exists()}
            self._said = {**there, path: (_written(path), said)}

    def open(self, campaign_ids: Sequence[int]) -> Snapshot:
        """The snapshot of these campaigns, to ask questions of; as a context manager. Blocks for some milliseconds.

        Raises:
            NoSnapshot: some of them were not read yet, or under another privacy level.
        """
        self._shelf.sweep()
        wanted = list(dict.fromkeys(campaign_ids))
        for _ in range(OPENING_TRIES):
            missing = [number for number in wanted if self._usable(number) is None]
            if missing or not wanted:
                raise NoSnapshot(missing)
            files = [(number, path) for number in wanted if (path := self._shelf.newest(number))]
            try:
                return Snapshot(files, str(self._zone), self._privacy.value)
            except Damaged:
                self._said.clear()  # they are looked at again, and the damaged one is thrown away
        raise NoSnapshot(wanted)

    async def forget(self, campaign_ids: Sequence[int] | None = None) -> list[int]:
        """Delete the snapshots of these campaigns, or all; returns which there were. What is being read is dropped."""
        await self._stop([*self._running] if campaign_ids is None else campaign_ids)
        return self._shelf.forget(None if campaign_ids is None else list(campaign_ids))

    def hurry(self) -> None:
        """End the reading of histories soon, as if the budget was used up; a list is read to its end."""
        for refresh, _ in self._running.values():
            refresh.until = time.monotonic()

    async def aclose(self) -> None:
        """End what is being read."""
        await self._stop([*self._running])

    async def _stop(self, campaign_ids: Sequence[int]) -> None:
        """Wait until nothing of these is read or written any more."""
        tasks = [self._running.pop(number)[1] for number in campaign_ids if number in self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _identity(self, campaign_id: int) -> Identity:
        return Identity(self._address, campaign_id, str(self._zone), self._privacy)


def _written(path: Path) -> tuple[int, int, int]:
    """What differs when a file was written to or is another one."""
    there = path.stat()
    return there.st_ino, there.st_size, there.st_mtime_ns
