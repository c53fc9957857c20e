"""Works on the jobs of one dialler in the background of a process, one job after the other."""

import asyncio
from contextlib import suppress
from uuid import uuid4

from dialler_mcp.lists.jobs.engine import Engine
from dialler_mcp.lists.jobs.ledger import Ledger
from dialler_mcp.state.errors import StateError

LOOK = 15.0
"""Seconds between two looks for jobs that other processes have left."""
PATIENCE = 20.0
"""Seconds that requests under way have to come to their end when the process is about to."""


class Worker:
    """What works on the jobs of one dialler in this process; it begins with `wake`, and ends where no job runs any
    more."""

    def __init__(self, ledger: Ledger, engine: Engine) -> None:
        self.ledger = ledger
        self._engine = engine
        self._owner = uuid4().hex
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There may be something to do now."""
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def idle(self) -> None:
        """Wait until no job runs any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            rest = True
            with suppress(StateError):  # looked for again later
                await self.finish_all()
                rest = await self.ledger.running()
            if not rest and not self._woken.is_set():
                return  # no job is left, whoever held it; `wake` begins anew
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._woken.wait()

    async def finish_all(self) -> int:
        """Work on the jobs that nobody holds until none is left; how many these were."""
        count = 0
        while not self._stopping.is_set() and (hold := await self.ledger.take(self._owner)) is not None:
            await self._engine.run(hold, self._stopping)
            count += 1
        return count

    async def aclose(self) -> None:
        """Finish the requests under way, note what came of them, and give the job back for whoever goes on."""
        self._stopping.set()
        self._woken.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
