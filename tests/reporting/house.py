"""A dialler's sandbox, the wire to it, and the snapshots that are read over it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from dialler_mcp.api import Address, Dialler
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox import Options, Store, build_app
from tests.conftest import BERLIN, NOON, URL, RecordingTransport, no_pause

CAMPAIGN = 538
OTHER = 551
COUNT = "SELECT count(*) FROM contacts"
SMALL = 539

Instead = Callable[[httpx2.Request], httpx2.Response | None]


@dataclass
class Clock:
    """Seconds since 1970, as the test wants them."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """One sandbox and what reads it."""

    store: Store
    directory: Path
    options: Options = field(default_factory=Options)
    privacy: Privacy = Privacy.bank
    clock: Clock = field(default_factory=Clock)
    pauses: list[float] = field(default_factory=list[float])
    retention_hours: float = 24.0

    def __post_init__(self) -> None:
        app = build_app(self.store, self.options, clock=lambda: NOON, rng=Random(1))
        self.wire = RecordingTransport(httpx2.ASGITransport(app))
        self.dialler = Dialler(Address(URL, "sandbox-token"), transport=self.wire, pause=no_pause)
        self.snapshots = self.made()

    def made(self, **changes: Any) -> Snapshots:
        """Snapshots over the same files, as of another process."""
        usual: dict[str, Any] = {
            "zone": BERLIN,
            "privacy": self.privacy,
            "clock": self.clock,
            "pause": self._pause,
            "retention_hours": self.retention_hours,
        }
        return Snapshots(self.dialler, self.directory, **{**usual, **changes})

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def asked(self) -> list[str]:
        """What was asked since the last look: method and path."""
        values = [f"{r.method} {r.url.path.removeprefix('/rest/v1.0/1/dialler/')}" for r in self.wire.requests]
        self.wire.requests.clear()
        return values

    def files(self) -> list[Path]:
        """All but the note of the privacy level, which always lies there."""
        return sorted(path for path in self.directory.rglob("*") if path.is_file() and path.name != "privacy")

    def figures(self, sql: str, campaign_ids: tuple[int, ...] = (CAMPAIGN,)) -> list[tuple[Any, ...]]:
        """The answer to a question."""
        with self.snapshots.open(campaign_ids) as snapshot:
            return list(snapshot.rows(sql))

    def call(self, contact_id: int) -> None:
        """The dialler tries a contact once more: its counter moves and a call is recorded."""
        (contact,) = self.store.contacts_by_id([contact_id])
        contact.n_tries_phone_number1 = (contact.n_tries_phone_number1 or 0) + 1
        self.store.save_contact(contact)


Fail = Callable[[httpx2.Request], Awaitable[httpx2.Response]]


def is_batch(request: httpx2.Request) -> bool:
    return request.method == "POST" and request.url.path.endswith("/dialler/contacts")


def is_list(request: httpx2.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/dialler/contacts")
