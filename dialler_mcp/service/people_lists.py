"""Lists of people that a caller has handed in, kept for some hours under a handle."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dialler_mcp.problem import Problem
from dialler_mcp.state.places import forget_older
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import CheckCounts
    from dialler_mcp.lists.checking.options import Options
    from dialler_mcp.lists.columns.mapping import ColumnMap, Proposal
    from dialler_mcp.lists.reading.table import Table

HOURS = 6
"""How long a list is kept after it was last used."""
WAITED = 35.0
"""Seconds that an answer waits for a check; a longer one goes on, and is asked for again."""
MAX_LISTS = 20
GONE = Words(
    "There is no such list (any more): a list is forgotten after {hours} hours. Check the file again.",
    "Diese Liste gibt es nicht (mehr): Nach {hours} Stunden wird eine Liste vergessen. Prüfen Sie die Datei noch "
    "einmal.",
).filled(hours=HOURS)
_PASTED = Words("pasted rows", "eingefügte Zeilen")
NOT_CHECKED = Words(
    "Nothing was sent: what the columns of this list are is not known yet. Check the list first.",
    "Es wurde nichts gesendet: Was die Spalten dieser Liste sind, ist noch nicht bekannt. Prüfen Sie die Liste zuerst.",
)
NO_LOCKS = Words(
    "This release does not show locks: whoever is locked cannot be told from others, and may be imported.",
    "Dieses Release zeigt keine Sperren: Wer gesperrt ist, lässt sich von anderen nicht unterscheiden und wird "
    "womöglich importiert.",
)
BUSY = Words(
    "This list is being checked still. Ask for the answer with list_id alone; then say more about it.",
    "Diese Liste wird noch geprüft. Fragen Sie nur mit list_id nach der Antwort; dann sagen Sie mehr dazu.",
)


@dataclass
class PeopleList:
    """A list of people, for its caller alone. `name` is what the caller calls it; `file` is our copy."""

    id: str
    caller: str
    name: str
    table: "Table"
    file: Path | None
    last_use: float
    proposals: Sequence["Proposal"] = ()
    columns: "ColumnMap | None" = None
    options: "Options | None" = None
    kept_targets: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a kept mapping says of its columns; a mapping that is given corrects it."""
    remarks: Words = NOTHING
    """What is to be said of kept mappings."""
    checking: "asyncio.Task[CheckCounts] | None" = None
    counts: "CheckCounts | None" = None
    """What the last check has counted so far."""
    hides_locks: bool = False
    """Whether the dialler did not show, when it was checked, who is locked."""
    rejects: Path | None = None
    contact_ids: Sequence[int] | None = None
    """Who its people are, where it was made of contacts of the dialler."""
    about: Sequence[str] = ()
    """What to know of the selection of these."""

    def forget(self) -> None:
        """Remove our copy, and end a check that goes on."""
        if self.checking is not None:
            self.checking.cancel()
        for path in self.file.parent.glob(f"{self.file.name}*") if self.file else ():
            remove(path)


def remove(path: Path) -> None:
    with suppress(OSError):  # somebody has it open, on Windows
        path.unlink()


class PeopleLists:
    """The lists of one profile, in a directory of ours. `folders` are those that a file may come from."""

    def __init__(self, directory: Path, folders: Sequence[Path], clock: Callable[[], float] = time.monotonic) -> None:
        self.directory = directory
        self.folders = folders
        self._clock = clock
        self._by_id: dict[str, PeopleList] = {}
        forget_older(directory, HOURS * 3_600)

    async def open_path(self, caller: str, path: str, encoding: str | None, sheet: str | None) -> PeopleList:
        """A list from a file in an allowed folder.

        Raises:
            Unreadable: it is none, or lies elsewhere.
        """
        from dialler_mcp.lists.reading.files import spool

        copy = await asyncio.to_thread(spool, path, self.folders, self.directory)
        return await self.open_copy(caller, copy.name, copy.path, encoding, sheet)

    async def open_copy(
        self, caller: str, name: str, copy: Path, encoding: str | None = None, sheet: str | None = None
    ) -> PeopleList:
        """A list from a copy of ours, which is removed where it is none.

        Raises:
            Unreadable: it is none.
        """
        from dialler_mcp.lists.reading.table import read

        try:
            table = await asyncio.to_thread(read, copy, name=name, encoding=encoding, sheet=sheet)
        except BaseException:
            remove(copy)
            raise
        return self._kept(caller, name, table, copy)

    async def read_again(self, people: PeopleList, encoding: str | None, sheet: str | None) -> None:
        """Read the file of a list in another encoding, or another sheet of it; what its columns are is open again.

        Raises:
            Unreadable: there is no such encoding or sheet, or no list in it.
            Problem: it is being checked.
        """
        from dialler_mcp.lists.reading.table import read

        if people.checking is not None:
            raise Problem(BUSY)
        if people.file is None or people.contact_ids is not None:  # pasted rows and contacts have neither
            return
        people.table = await asyncio.to_thread(read, people.file, name=people.name, encoding=encoding, sheet=sheet)
        people.columns, people.kept_targets = None, {}

    async def open_contacts(
        self, caller: str, name: str, copy: Path, contact_ids: Sequence[int], about: Sequence[str]
    ) -> PeopleList:
        """A list of contacts of the dialler, whose fields stand in a copy of ours."""
        people = await self.open_copy(caller, name, copy)
        people.contact_ids, people.about = contact_ids, about
        return people

    async def open_rows(self, caller: str, rows: str, language: Language) -> PeopleList:
        """A list from rows that stand in the invocation; it gets a name in this language.

        Raises:
            Unreadable: it is none, or too long.
        """
        from dialler_mcp.lists.reading.table import read_pasted

        table = await asyncio.to_thread(read_pasted, rows)
        return self._kept(caller, _PASTED.text(language), table, None)

    def _kept(self, caller: str, name: str, table: "Table", file: Path | None) -> PeopleList:
        self._tidy()
        if len(self._by_id) >= MAX_LISTS:  # whoever goes on with the oldest is told that it is gone
            self._by_id.pop(min(self._by_id.values(), key=lambda each: each.last_use).id).forget()
        one = PeopleList(secrets.token_hex(4), caller, name, table, file, self._clock())
        self._by_id[one.id] = one
        return one

    def get(self, caller: str, list_id: str) -> PeopleList:
        """A list of this caller.

        Raises:
            Problem: it has none of this name.
        """
        one = self.known(caller, list_id)
        if one is None:
            raise Problem(GONE)
        return one

    def known(self, caller: str, list_id: str) -> PeopleList | None:
        """A list of this caller, or None where it has none of this name."""
        self._tidy()
        one = self._by_id.get(list_id.strip().casefold())
        if one is None or one.caller != caller:
            return None
        one.last_use = self._clock()
        return one

    def being_checked(self, caller: str) -> list[PeopleList]:
        """The lists of this caller of which a check goes on, or has an answer that nobody has asked for yet."""
        return [one for one in self._by_id.values() if one.caller == caller and one.checking is not None]

    def _tidy(self) -> None:
        until = self._clock() - HOURS * 3_600
        for one in [one for one in self._by_id.values() if one.last_use < until]:
            del self._by_id[one.id]
            one.forget()

    def close(self) -> None:
        """Forget all lists."""
        for one in self._by_id.values():
            one.forget()
        self._by_id.clear()
