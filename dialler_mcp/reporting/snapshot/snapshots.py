"""The snapshots of one dialler's campaigns: read once, kept in local files, refreshed in part, asked in SQL."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.contacts import WHOLE_LIST
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

MIN_SECONDS = 5.0
MAX_QUESTIONS = 2
OPENING_TRIES = 5  # a file can be replaced between finding and opening it


class Snapshots:
    """Reads and keeps the campaigns of one dialler. One per process; close it with `aclose`.

    `directory` gets a folder for this dialler. At most `connections` are open at the same time;
    a list of contacts may take `list_seconds`. The histories get at least `least_seconds`, even if the list took the
    whole budget, so every invocation makes progress. Files older than `retention_hours` are removed at the next use.
    Without `agents`, nothing that is opened tells agents apart.
    """

    def __init__(
        self,
        dialler: Dialler,
        directory: Path,
        *,
        zone: tzinfo,
        privacy: Privacy = Privacy.bank,
        agents: bool = True,
        retention_hours: float = 24.0,
        connections: int = 4,
        list_seconds: float = WHOLE_LIST,
        least_seconds: float = MIN_SECONDS,
        clock: Callable[[], float] = time.time,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.questions = asyncio.Semaphore(MAX_QUESTIONS)
        """The turns of questions in SQL: `MAX_QUESTIONS` are answered at the same time, the others wait."""
        self._zone, self._privacy, self._agents = zone, privacy, agents
        self._address = dialler.address.base_url.rstrip("/")
        self._shelf = Shelf(directory, self._address, retention_hours, clock, privacy.value)
        self._shelf.forget_other_levels()
        self._source = Source(dialler, self._shelf, zone, clock, connections, list_seconds, least_seconds, pause)
        self._running: dict[int, tuple[Refresh, asyncio.Task[None]]] = {}
        self._coverages: dict[Path, tuple[tuple[int, int, int], CampaignCoverage | None]] = {}
        """What each file holds, with the stamp of the file that it was read from."""

    async def refresh(
        self,
        campaign_ids: Sequence[int],
        *,
        full: bool = False,
        budget_seconds: float = 35.0,
        progress: Progress | None = None,
    ) -> Coverage:
        """Read what is new in these campaigns, one after the other, and return their coverage.

        Asks for the list of contacts and for the histories of those that changed; with `full` for all histories, also
        of contacts that seem never to have been called (a reset hides calls). When the budget is used up, what was read
        is kept and the next invocation goes on; an unfinished list is read further in the background (`reading`).

        Raises:
            CampaignUnknown, CannotKeep, DiallerError: no campaign could be read. If some could, the errors of the
                others are in `failures`.
        """
        until = time.monotonic() + budget_seconds
        self._shelf.sweep()
        failures = list[tuple[int, Exception]]()
        for campaign_id in dict.fromkeys(campaign_ids):
            try:
                await self._refresh(campaign_id, full, until, progress)
            except (SnapshotError, DiallerError) as error:
                failures.append((campaign_id, error))
        if failures and len(failures) == len(set(campaign_ids)):
            raise failures[0][1]
        return await self.coverage(campaign_ids, tuple(failures))

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
        if refresh.result:
            self._remember(*refresh.result)
        task.result()

    def _start(self, campaign_id: int, full: bool, until: float) -> tuple[Refresh, asyncio.Task[None]]:
        keeping = Keeping(self._privacy, self._zone, self._shelf.key() if self._privacy is Privacy.masked else b"")
        refresh = Refresh(self._source, self._identity(campaign_id), keeping, full, until)
        run = self._running[campaign_id] = refresh, asyncio.ensure_future(refresh.run())
        return run

    async def coverage(
        self, campaign_ids: Sequence[int] | None = None, failures: tuple[tuple[int, Exception], ...] = ()
    ) -> Coverage:
        """What the snapshots of these campaigns hold, or all snapshots. Nothing is read from the dialler."""
        self._shelf.sweep()
        numbers = self._shelf.campaign_ids() if campaign_ids is None else list(dict.fromkeys(campaign_ids))
        coverages = await asyncio.to_thread(lambda: [self._coverage(number) for number in numbers])
        return Coverage(tuple(coverages), str(self._zone), self._privacy.value, failures, self._agents)

    def _coverage(self, campaign_id: int) -> CampaignCoverage:
        reading = campaign_id in self._running
        coverage = self._usable(campaign_id)
        return (
            replace(coverage, reading=reading)
            if coverage
            else CampaignCoverage(campaign_id, None, None, reading=reading)
        )

    def _usable(self, campaign_id: int) -> CampaignCoverage | None:
        """What the file of a campaign holds; None if there is no usable one. A damaged file is thrown away."""
        for _ in range(OPENING_TRIES):
            path = self._shelf.newest(campaign_id)
            if path is None:
                return None
            try:
                return self._coverage_in(path, campaign_id)
            except FileNotFoundError:
                continue  # a newer one has taken its place
            except Damaged:
                if path == self._shelf.newest(campaign_id):
                    self._shelf.throw_away(path)
        return None

    def _coverage_in(self, path: Path, campaign_id: int) -> CampaignCoverage | None:
        """What a file holds; None if it is of another identity. Remembered, since opening a file takes some 40 ms."""
        stamp = _stamp(path)
        before, coverage = self._coverages.get(path, (None, None))
        if before == stamp:
            return coverage
        with Database(threads=1) as database:
            database.run(f"ATTACH {literal(path)} AS kept (READ_ONLY)")
            same = is_of(database, "kept", self._identity(campaign_id))
            coverage = coverage_of(database, "kept", campaign_id) if same else None
        self._remember(path, coverage)
        return coverage

    def _remember(self, path: Path, coverage: CampaignCoverage | None) -> None:
        with suppress(FileNotFoundError):  # a newer one has taken its place
            there = {file: entry for file, entry in self._coverages.items() if file.exists()}
            self._coverages = {**there, path: (_stamp(path), coverage)}

    def open(self, campaign_ids: Sequence[int]) -> Snapshot:
        """Open the snapshot of these campaigns for questions, as a context manager. Blocks for some milliseconds.

        Raises:
            NoSnapshot: some of them were not read yet, or under another privacy level.
        """
        self._shelf.sweep()
        numbers = list(dict.fromkeys(campaign_ids))
        for _ in range(OPENING_TRIES):
            missing = [number for number in numbers if self._usable(number) is None]
            if missing or not numbers:
                raise NoSnapshot(missing)
            files = [(number, path) for number in numbers if (path := self._shelf.newest(number))]
            try:
                return Snapshot(files, str(self._zone), self._privacy.value, agents=self._agents)
            except Damaged:
                self._coverages.clear()  # so that `_usable` looks at the files again, and throws the damaged one away
        raise NoSnapshot(numbers)

    async def forget(self, campaign_ids: Sequence[int] | None = None) -> list[int]:
        """Delete the snapshots of these campaigns, or all, and return their IDs. Reading them is cancelled first."""
        await self._stop([*self._running] if campaign_ids is None else campaign_ids)
        return self._shelf.forget(None if campaign_ids is None else list(campaign_ids))

    def hurry(self) -> None:
        """Stop reading histories soon, as if the budget were used up; a list is still read to its end."""
        for refresh, _ in self._running.values():
            refresh.until = time.monotonic()

    async def aclose(self) -> None:
        """Cancel all reading."""
        await self._stop([*self._running])

    async def _stop(self, campaign_ids: Sequence[int]) -> None:
        """Cancel the reading of these campaigns, and wait until it has ended."""
        tasks = [self._running.pop(number)[1] for number in campaign_ids if number in self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _identity(self, campaign_id: int) -> Identity:
        return Identity(self._address, campaign_id, str(self._zone), self._privacy)


def _stamp(path: Path) -> tuple[int, int, int]:
    """A stamp of a file, which changes when it is written to or replaced."""
    there = path.stat()
    return there.st_ino, there.st_size, there.st_mtime_ns
