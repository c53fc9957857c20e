"""Processes that die at any moment import everybody once."""

import asyncio
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import uvicorn

from dialler_mcp.api import Address, Dialler
from dialler_mcp.changes.gate import Confirmed
from dialler_mcp.lists.jobs.job import Draft, JobState, RowState
from dialler_mcp.protocol.http import listen
from dialler_mcp.sandbox import Options, Store, build_app
from tests.lists.jobs.killed import TOKEN, worker_at
from tests.lists.jobs.some_jobs import CALLER, EVERY, new, steps_of
from tests.places import Place

LEASE = 0.5
KILLS = int(os.environ.get("DIALLER_TEST_KILLS", "5"))
"""How often; each kill takes seconds, so that many are for one's own patience."""
ROOT = Path(__file__).parents[3]


class Reaper:
    """An ASGI application that kills a worker, and starts another, each time so many imports have come in."""

    def __init__(self, app: Any, kills: int, every: Callable[[], int]) -> None:
        self._app, self._left, self._every = app, kills, every
        self._next, self._count = every(), 0
        self._turn = threading.Lock()
        self.kill: Callable[[], None] = lambda: None
        self.killed = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope.get("path", "").endswith("/import"):
            with self._turn:
                self._count += 1
                if self._left and self._count >= self._next:
                    self._left -= 1
                    self._next = self._count + self._every()
                    self.killed += 1
                    self.kill()
        await self._app(scope, receive, send)


@contextmanager
def served(app: Any) -> Generator[str]:
    """The URL at which an application is served by a thread."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/rest/v1.0/1"
        server.should_exit = True
        thread.join()


class Workers:
    """Processes that work on the jobs of one state."""

    def __init__(self, place: str, url: str, count: int, random: Random) -> None:
        self._command = [sys.executable, "-m", "tests.lists.jobs.killed", place, url, str(LEASE)]
        self._random = random
        self._all = [self._one() for _ in range(count)]

    def _one(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=ROOT, env={**os.environ, "COVERAGE_PROCESS_START": ""})

    def kill(self) -> None:
        """Kill one of them with signal 9; another takes its place."""
        place = self._random.randrange(len(self._all))
        self._all[place].kill()
        self._all[place].wait()
        self._all[place] = self._one()

    def close(self) -> None:
        """Kill them all."""
        for one in self._all:
            one.kill()
            one.wait()


async def imported(place: Place, store: Store, *, rows: int, kills: int, processes: int, seed: int) -> None:
    """Import a list of people while workers are killed; afterwards each of them is there, once, and the report true."""
    random, before = Random(seed), len(store.contacts())
    share = rows // (kills + 1)
    app = Reaper(build_app(store, Options(token=TOKEN)), kills, lambda: random.randrange(share // 2, share))
    with served(app) as url:
        async with Dialler(Address(url, TOKEN)) as dialler:
            watcher = worker_at(dialler, place.store(), LEASE)
            people = [new(f"Person{n}", f"49302312{n:05}", f"Key{n}" if n % 2 else None) for n in range(rows)]
            drafted = Draft("import", "import a list", "dialler_import_list", CALLER)
            job = await watcher.ledger.freeze(lambda: drafted, steps_of(people))
            await watcher.ledger.start(job, Confirmed("phrase"), lambda _: None)
            workers = Workers(place.url, url, processes, random)
            app.kill = workers.kill
            try:
                await until_done(watcher, job.id)
            finally:
                workers.close()
            progress = await watcher.ledger.progress(job.id)
            reported = await watcher.ledger.rows(job.id, EVERY, rows)
    names = Counter(one.name for one in store.contacts() if (one.name or "").startswith("Person"))
    assert app.killed == kills
    assert progress.counts == {RowState.done: rows}
    assert len(names) == rows
    assert set(names.values()) == {1}
    assert len(store.contacts()) == before + rows
    ids = {one.name: one.id for one in store.contacts() if (one.name or "").startswith("Person")}
    assert all(row.contact_id == ids[row.step.label] for row in reported)


async def until_done(watcher: Any, job: int) -> None:
    """Wait until a job is done."""
    async with asyncio.timeout(1_500):
        while (await watcher.ledger.job(job)).state is not JobState.done:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.1)


@pytest.fixture
def people(few: Store) -> Generator[Store]:
    """A sandbox of its own."""
    store = few.copy()
    yield store
    store.close()


@pytest.mark.thorough
async def test_workers_that_are_killed_import_everybody_once(place: Place, people: Store):
    processes = 3 if "postgresql" in place.url else 2
    await imported(place, people, rows=max(200, 10 * KILLS), kills=KILLS, processes=processes, seed=KILLS)
