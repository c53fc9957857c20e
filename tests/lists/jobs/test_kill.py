"""Processes that die at any moment import everybody once."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
import uvicorn

from dialler_mcp.api import Address, Dialler
from dialler_mcp.changes.gate import Approval
from dialler_mcp.lists.jobs.job import Draft, JobState, RowState
from dialler_mcp.protocol.http import listen
from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.state.errors import StateError
from tests.lists.jobs.killed import TOKEN, worker_at
from tests.lists.jobs.some_jobs import CALLER, EVERY, new, steps_of
from tests.places import POSTGRES, Place, schema

LEASE = 0.5
POSTGRES_TCP = os.environ.get("DIALLER_TEST_POSTGRES_TCP")
RESTART = os.environ.get("DIALLER_TEST_POSTGRES_RESTART")
"""The command that restarts the PostgreSQL of the tests."""
KILLS = int(os.environ.get("DIALLER_TEST_KILLS", "5"))
"""How often; each kill takes seconds, so that many are for one's own patience."""
ROOT = Path(__file__).parents[3]


class Reaper:
    """An ASGI application that strikes each time so many imports have come in: kills a worker, for one."""

    def __init__(self, app: Any, strikes: int, every: Callable[[], int]) -> None:
        self._app, self._left, self._every = app, strikes, every
        self._next, self._count = every(), 0
        self._turn = threading.Lock()
        self.strike: Callable[[], None] = lambda: None
        self.struck = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope.get("path", "").endswith("/import"):
            with self._turn:
                self._count += 1
                if self._left and self._count >= self._next:
                    self._left -= 1
                    self._next = self._count + self._every()
                    self.struck += 1
                    self.strike()
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

    def stop(self) -> None:
        """Let all but one sleep for longer than their lease, as a laptop does; then they go on."""
        for one in self._all[1:]:
            one.send_signal(signal.SIGSTOP)
            threading.Timer(4 * LEASE, one.send_signal, (signal.SIGCONT,)).start()

    def close(self) -> None:
        """Kill them all."""
        for one in self._all:
            one.kill()
            one.wait()


Strike = Callable[[Workers], None]


async def imported(
    place: Place, store: Store, *, rows: int, strikes: int, processes: int, strike: Strike = Workers.kill
) -> None:
    """Import a list of people while the workers are struck; afterwards each of them is there, once, and the report
    true.
    """
    random, before = Random(strikes), len(store.contacts())
    share = rows // (strikes + 1)
    app = Reaper(build_app(store, Options(token=TOKEN)), strikes, lambda: random.randrange(share // 2, share))
    with served(app) as url:
        async with Dialler(Address(url, TOKEN)) as dialler:
            watcher = worker_at(dialler, place.store(), LEASE)
            people = [new(f"Person{n}", f"493023125{n:05}", f"Key{n}" if n % 2 else None) for n in range(rows)]
            draft = Draft("import", "import a list", "dialler_import_list", CALLER)
            job = await watcher.ledger.freeze(lambda: draft, steps_of(people))
            await watcher.ledger.start(job, Approval("phrase"), lambda _: None)
            workers = Workers(place.url, url, processes, random)
            app.strike = lambda: strike(workers)
            try:
                await until_done(watcher, job.id)
            finally:
                workers.close()
            progress = await watcher.ledger.progress(job.id)
            job_rows = await watcher.ledger.rows(job.id, EVERY, rows)
    names = Counter(one.name for one in store.contacts() if (one.name or "").startswith("Person"))
    assert app.struck == strikes
    assert progress.counts == {RowState.done: rows}
    assert len(names) == rows
    assert set(names.values()) == {1}
    assert len(store.contacts()) == before + rows
    ids = {one.name: one.id for one in store.contacts() if (one.name or "").startswith("Person")}
    assert all(row.contact_id == ids[row.step.label] for row in job_rows)


async def until_done(watcher: Any, job: int) -> None:
    """Wait until a job is done."""
    async with asyncio.timeout(max(1_500, 20 * KILLS)):
        state = None
        while state is not JobState.done:
            await asyncio.sleep(0.1)
            with suppress(StateError):  # a database that is being restarted
                state = (await watcher.ledger.job(job)).state


@pytest.fixture
def people(few: Store) -> Generator[Store]:
    """A sandbox of its own."""
    store = few.copy()
    yield store
    store.close()


@pytest.mark.thorough
async def test_workers_that_are_killed_import_everybody_once(place: Place, people: Store):
    processes = 3 if "postgresql" in place.url else 2
    await imported(place, people, rows=max(200, 10 * KILLS), strikes=KILLS, processes=processes)


@pytest.mark.thorough
async def test_workers_that_sleep_for_longer_than_their_lease_import_everybody_once(place: Place, people: Store):
    await imported(place, people, rows=120, strikes=2, processes=2, strike=Workers.stop)


@pytest.mark.thorough
@pytest.mark.skipif(RESTART is None, reason="restarts PostgreSQL: scripts/postgres says how")
@pytest.mark.parametrize("url", [POSTGRES, POSTGRES_TCP], ids=["on-postgresql-socket", "on-postgresql-tcp"])
async def test_a_database_that_is_restarted_in_the_middle_loses_nothing(people: Store, tmp_path: Path, url: str):
    def restart(_: Workers) -> None:
        subprocess.run(shlex.split(RESTART or ""), check=True, stdout=subprocess.DEVNULL, cwd="/")

    with schema(url) as own:
        place = Place(tmp_path, own)
        await imported(place, people, rows=120, strikes=1, processes=2, strike=restart)
        for store in place.stores:
            store.close()
