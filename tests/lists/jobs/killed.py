"""Works on the jobs in a place until they are done, as a process that may be killed: `python -m … STATE URL LEASE`.

The dialler is a sandbox that another process serves at `URL`.
"""

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

from dialler_mcp.api import Address, Dialler
from dialler_mcp.changes.journal import Journal
from dialler_mcp.lists.jobs.engine import Engine
from dialler_mcp.lists.jobs.ledger import Ledger
from dialler_mcp.lists.jobs.worker import Worker
from dialler_mcp.state.errors import StateError
from dialler_mcp.state.store import StateStore
from tests.conftest import BERLIN

TOKEN, DIALLER = "sandbox-token", "sandbox"


async def _forgotten(_: int | None) -> None:
    """There are no local copies."""


def worker_at(dialler: Dialler, store: StateStore, lease: float) -> Worker:
    """A worker on this state."""
    journal = Journal(store, DIALLER, 30)
    ledger = Ledger(store, journal, DIALLER, lease_seconds=lease)
    return Worker(ledger, Engine(dialler, ledger, journal, BERLIN, 8, 1e9, _forgotten))


async def main(place: str, url: str, lease: float) -> None:
    """Work until there is nothing left that this process could take."""
    async with Dialler(Address(url, TOKEN, deadline=2.0)) as dialler:
        worker = worker_at(dialler, StateStore(Path("unused"), place), lease)
        while time.time():
            with suppress(StateError):  # a database that is being restarted
                await worker.finish_all()
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
