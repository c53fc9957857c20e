"""Files that callers hand in piece by piece: what is whole is read as a list, like a file in an allowed folder."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialler_mcp.lists.reading.pieces import GONE, IncomingFile, Pieces
from dialler_mcp.problem import Problem
from dialler_mcp.service import people_lists

if TYPE_CHECKING:
    from dialler_mcp.service.people_lists import PeopleList, PeopleLists


@dataclass(frozen=True)
class Outcome:
    """A list that was made of a file, with the number of its rows."""

    people: "PeopleList"
    rows: int


class Uploads:
    """The files that are being handed in to the lists of one profile."""

    def __init__(self, profile_lists: "PeopleLists", clock: Callable[[], float] = time.monotonic) -> None:
        self.pieces = Pieces(profile_lists.directory, people_lists.HOURS * 3_600, clock)
        self._lists = profile_lists
        self._reading: dict[str, asyncio.Task[Outcome]] = {}

    async def outcome(self, incoming: IncomingFile) -> Outcome | None:
        """The list in a file; None while bytes are missing, or while reading takes longer than an answer may. The same
        each time it is asked for.

        Raises:
            Unreadable: the file is no list.
            Problem: it was forgotten meanwhile.
        """
        if not incoming.is_whole:
            return None
        self._tidy()
        if incoming.id not in self._reading:
            self._reading[incoming.id] = asyncio.create_task(self._read(incoming))
        task = self._reading[incoming.id]
        ready, _ = await asyncio.wait([task], timeout=people_lists.WAITED)
        if task.cancelled():  # forgotten meanwhile
            raise Problem(GONE)
        return task.result() if ready else None

    async def _read(self, incoming: IncomingFile) -> Outcome:
        copy = self.pieces.hand_over(incoming)
        people = await self._lists.open_copy(incoming.caller, incoming.name, copy)
        return Outcome(people, await asyncio.to_thread(lambda: sum(1 for _ in people.table.rows())))

    def forget(self, incoming: IncomingFile) -> None:
        """Remove what was received of a file, or let go of the list that is made of it."""
        self.pieces.forget(incoming)
        self._tidy()

    def _tidy(self) -> None:
        """End the reading of files that were forgotten."""
        for identifier in [one for one in self._reading if not self.pieces.has(one)]:
            self._reading.pop(identifier).cancel()

    def close(self) -> None:
        """Forget all files."""
        self.pieces.close()
        self._tidy()
