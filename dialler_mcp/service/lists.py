"""Lists of people that a caller has handed in: kept for some hours under a handle, checked, and made into a job."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dialler_mcp.domain.flat import digits_at_most
from dialler_mcp.domain.private_data import PHONE_DIGITS
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.service import kept_mappings
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import names_of, read_list
from dialler_mcp.state.places import forget_older, own_directory, put_new
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import CheckCounts, Writer
    from dialler_mcp.lists.checking.options import Options
    from dialler_mcp.lists.checking.people import People
    from dialler_mcp.lists.columns.mapping import ColumnMap, Proposal
    from dialler_mcp.lists.kinds import Kind, Verdict
    from dialler_mcp.lists.reading.table import Table

HOURS = 6
"""How long a list is kept after it was last used."""
WAITED = 35.0
"""Seconds that an answer waits for a check; a longer one goes on, and is asked for again."""
MAX_LISTS = 20
_GONE = Words(
    "There is no such list (any more): a list is forgotten after {hours} hours. Check the file again.",
    "Diese Liste gibt es nicht (mehr): Nach {hours} Stunden wird eine Liste vergessen. Prüfen Sie die Datei noch "
    "einmal.",
)
_PASTED = Words("pasted rows", "eingefügte Zeilen")
_NOT_CHECKED = Words(
    "Nothing was sent: what the columns of this list are is not known yet. Check the list first, then import it.",
    "Es wurde nichts gesendet: Was die Spalten dieser Liste sind, ist noch nicht bekannt. Prüfen Sie die Liste "
    "zuerst, dann importieren Sie sie.",
)
_NOT_WRITTEN = Words(
    "The file with the rows cannot be written ({why}). Check the list without a file, or mend the folder.",
    "Die Datei mit den Zeilen lässt sich nicht schreiben ({why}). Prüfen Sie die Liste ohne Datei, oder bringen Sie "
    "den Ordner in Ordnung.",
)
BUSY = Words(
    "This list is being checked still. Ask for the answer with list_id alone; then say more about it.",
    "Diese Liste wird noch geprüft. Fragen Sie nur mit list_id nach der Antwort; dann sagen Sie mehr dazu.",
)
_DECISIONS = Words(
    "Correct the arguments: decisions are ready or left_out, for one of: {kinds}.",
    "Berichtigen Sie die Angaben: decisions sind ready oder left_out, zu einer Art von diesen: {kinds}.",
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
    rejects: Path | None = None

    def forget(self) -> None:
        """Remove our copy, and end a check that goes on."""
        if self.checking is not None:
            self.checking.cancel()
        for path in self.file.parent.glob(f"{self.file.name}*") if self.file else ():
            _remove(path)


def _remove(path: Path) -> None:
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
            _remove(copy)
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
        if people.file is None:  # rows that were pasted have neither
            return
        people.table = await asyncio.to_thread(read, people.file, name=people.name, encoding=encoding, sheet=sheet)
        people.columns, people.kept_targets = None, {}

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
            raise Problem(_GONE.filled(hours=HOURS))
        return one

    def known(self, caller: str, list_id: str) -> PeopleList | None:
        """A list of this caller, or None where it has none of this name."""
        self._tidy()
        one = self._by_id.get(list_id.strip().casefold())
        if one is None or one.caller != caller:
            return None
        one.last_use = self._clock()
        return one

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


@dataclass(frozen=True)
class ListWish:
    """What a caller says about a list: its campaign, what columns are, what was decided, where twins are looked for,
    which rows a file shall hold. `kept_name` is the name of a mapping to begin with, `keep` one under which to keep
    what the columns then are, `forget` one to forget. What is None stays as it was.
    """

    campaign_id: int | None = None
    mapping: Mapping[str, Any] | None = None
    decisions: Mapping[str, Any] | None = None
    twins: str | None = None
    file: str | None = None
    kept_name: str | None = None
    keep: str | None = None
    forget: str | None = None


async def checked_in_time(
    invocation: Invocation, people: PeopleList, wishes: ListWish, seconds: float | None = None
) -> "CheckCounts | None":
    """What a check finds; None where it takes longer than so many seconds (an answer's time), and goes on.

    Raises:
        Problem: something that was said makes no sense, or cannot be taken while a check goes on.
    """
    if people.checking is None:
        people.checking = asyncio.create_task(_begun(invocation, people, wishes))
    elif wishes != ListWish():
        raise Problem(BUSY)
    task = people.checking
    ready_tasks, _ = await asyncio.wait([task], timeout=WAITED if seconds is None else seconds)
    if not ready_tasks:
        return None
    if people.checking is task:  # whoever else waited for it is not the first
        people.checking = None
    return task.result()


async def _begun(invocation: Invocation, people: PeopleList, wishes: ListWish) -> "CheckCounts":
    """Take what is said, and check the list by it: one task, so that nobody says something else in between."""
    await _take(invocation, people, wishes)
    return await _checked(invocation, people, wishes.file)


async def _take(invocation: Invocation, people: PeopleList, wishes: ListWish) -> None:
    from dialler_mcp.lists.checking.options import Options, Scope

    people.remarks = NOTHING
    if wishes.forget:
        people.kept_targets, people.remarks = {}, await kept_mappings.forget(invocation, wishes.forget)
    if wishes.mapping is not None or wishes.kept_name or wishes.forget or people.columns is None:
        await _map(invocation, people, wishes)
    if wishes.keep and people.columns is not None:
        people.remarks = await kept_mappings.keep(invocation, wishes.keep, people.columns)
    before = people.options or Options()
    if people.options is None and people.file is None:  # typed in, perhaps to learn whose numbers these are
        await invocation.admit_lookup(sum(_guesses(row.cells) for row in people.table.rows()))
    campaigns = await invocation.profile.directory.campaigns()
    people.options = Options(
        campaign_id=wishes.campaign_id or before.campaign_id,
        campaigns={campaign.name or "": campaign.id for campaign in campaigns},
        scope=Scope(wishes.twins) if wishes.twins else before.scope,
        decisions={**before.decisions, **_decisions(wishes.decisions or {})},
    )


def _guesses(cells: Sequence[str]) -> int:
    """How many look-ups a row is: one, or more where it holds more numbers than a contact has, which could be tried one
    after the other by saying that other columns are the numbers.
    """
    numbers = sum(digits_at_most(cell) // PHONE_DIGITS for cell in cells)
    return max(1, ceil(numbers / len(NUMBER_FIELDS)))


async def _map(invocation: Invocation, people: PeopleList, wishes: ListWish) -> None:
    """Say what the columns are: as the caller does, else as a kept mapping does, else by their heads."""
    from dialler_mcp.lists.columns.aliases import LEFT_OUT
    from dialler_mcp.lists.columns.mapping import map_of, proposed

    columns = people.table.columns
    if wishes.kept_name:
        people.kept_targets = await kept_mappings.taken(invocation, wishes.kept_name, columns)
    elif wishes.mapping is None and not wishes.forget:
        people.kept_targets, people.remarks = await kept_mappings.offered(invocation, columns)
    corrections = {str(column): str(target) for column, target in (wishes.mapping or {}).items()}
    targets = set(corrections.values()) - {LEFT_OUT}  # the field of another column now
    kept_ones = {column: target for column, target in people.kept_targets.items() if target not in targets}
    people.proposals = await asyncio.to_thread(proposed, people.table, {**kept_ones, **corrections})
    people.columns = map_of(people.proposals)


def _decisions(wishes: Mapping[str, Any]) -> "dict[Kind, Verdict]":
    from dialler_mcp.lists.kinds import Kind, Verdict

    try:
        return {Kind(str(kind)): Verdict(str(verdict)) for kind, verdict in wishes.items()}
    except ValueError:
        kinds = ", ".join(kind for kind in Kind if kind.verdict is Verdict.asked)
        raise Problem(_DECISIONS.filled(kinds=kinds)) from None


async def _checked(invocation: Invocation, people: PeopleList, file: str | None) -> "CheckCounts":
    """What a check finds; the rows and their reasons go to a file beside, where one is wanted."""
    from dialler_mcp.lists.checking.verdict_files import Include, VerdictFile
    from dialler_mcp.lists.reading.pieces import plain_name

    people.rejects = None
    if file is None:
        return await check_list(invocation, people)
    profile = invocation.profile
    name = f"{Path(plain_name(people.name)).stem}-checked-{people.id}.xlsx"
    draft = profile.lists.directory / f"{uuid4().hex}.xlsx"
    try:
        own_directory(profile.lists.directory)
        with VerdictFile(draft, people.table.columns, profile.language(None), Include(file)) as verdicts:
            outcome = await check_list(invocation, people, verdicts)
        folder = next(iter(profile.folders), profile.lists.directory).resolve()
        people.rejects = await asyncio.to_thread(_placed, draft, folder, name)
    except OSError as error:
        raise Problem(_NOT_WRITTEN.filled(why=reason_of(error))) from None
    finally:
        _remove(draft)
    return outcome


def _placed(draft: Path, folder: Path, name: str) -> Path:
    """A copy of the draft in a folder, in place of the one that an earlier check of the list has left there."""
    path = folder / name
    path.unlink(missing_ok=True)
    put_new(draft, folder, path)
    return path


async def check_list(
    invocation: Invocation,
    people: PeopleList,
    writer: "Writer | None" = None,
    rules: Mapping[str, Any] | None = None,
) -> "CheckCounts":
    """A verdict for every row of a list whose columns and options are known; only the dialler's lists are read. What is
    said of the list while these are read is for the next check; `rules` are for this one alone.

    Raises:
        Problem: nobody knows its columns yet, or there is no such rule.
    """
    from dialler_mcp.lists.checking.check import check
    from dialler_mcp.lists.checking.people import People

    table, columns, options = people.table, people.columns, people.options
    if columns is None or options is None:
        raise Problem(_NOT_CHECKED)
    options = options.with_rules(rules) if rules is not None else options
    existing = People()
    await _add_existing(invocation, existing)
    return await asyncio.to_thread(check, table, columns, existing, options, writer)


async def _add_existing(invocation: Invocation, people: "People") -> None:
    """Who is there already, in all campaigns whatever the scope: who is closed or locked in one must not come back in
    another. Taken one by one, as they come: these may be millions.
    """
    from dialler_mcp.lists.checking.people import add_record, record_of

    names = await names_of(invocation, None, fresh=True)
    async for contact in read_list(invocation, None, set()):
        add_record(people, record_of(contact, names.code(contact)))
