"""Snapshots that are read once in a test process, and lent to the tests that only look at them."""

import asyncio
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest

from dialler_mcp.api import Address, Dialler
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox import Store, build_app
from dialler_mcp.service import reports
from dialler_mcp.service.fresh import copies_of
from dialler_mcp.service.questions import FRESH_ENOUGH


@dataclass(frozen=True)
class SharedSnapshots:
    """Reads campaigns of the filled sandbox as they are at a time, each once per privacy level, and keeps the files."""

    store: Store
    place: Path
    url: str
    time: datetime

    def lend(self, campaign_ids: Iterable[int], privacy: Privacy, directory: Path) -> None:
        """Put the snapshots of these campaigns into a directory, as if they had been read there."""
        folder = self.place / privacy.value
        there = {path.name.partition(".")[0] for path in folder.rglob("*.duckdb")}
        if missing := [number for number in campaign_ids if str(number) not in there]:
            with ThreadPoolExecutor(1) as thread:  # in this one the loop of the test may run
                thread.submit(asyncio.run, self._read(missing, privacy, folder)).result()
        prefixes = {f"{number}." for number in campaign_ids}

        def others(_: str, names: list[str]) -> list[str]:
            return [name for name in names if name.endswith(".duckdb") and f"{name.partition('.')[0]}." not in prefixes]

        # A snapshot never changes once it is there, so links will do.
        shutil.copytree(folder, directory, copy_function=os.link, ignore=others)

    async def _read(self, campaign_ids: list[int], privacy: Privacy, directory: Path) -> None:
        zone = self.time.tzinfo
        assert isinstance(zone, ZoneInfo)
        with closing(self.store.copy()) as store:
            sandbox = httpx2.ASGITransport(build_app(store, clock=lambda: self.time.replace(tzinfo=None)))
            async with Dialler(Address(self.url, "sandbox-token"), transport=sandbox) as dialler:
                snapshots = Snapshots(dialler, directory, zone=zone, privacy=privacy, clock=self.time.timestamp)
                coverage = await snapshots.refresh(campaign_ids, budget_seconds=100)
                assert coverage.complete
                await snapshots.aclose()


def report_on_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a report take a snapshot that is young, as a question does, and not ask for the list again: for tests of
    what a report says and not of how it reads.
    """
    monkeypatch.setattr(reports, "copies_of", partial(copies_of, within=FRESH_ENOUGH))
