"""The journal: every change, with what was before, from before its request leaves until its result is known.

An entry is written in two steps: `begin` commits it before the request leaves, `finish` adds what came of it. A process
that dies in between leaves an entry that only begun; it reads as unknown, which is the truth.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from dialler_mcp.changes.intent import Verb
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import Campaign, ContactDetails
from dialler_mcp.state.store import StateError, StateStore

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

R = TypeVar("R", bound=Record)

Status = Literal["begun", "done", "failed", "unknown"]
Kind = Literal["contact", "campaign", "event"]
ARCHIVES = "journal"  # the directory of the campaigns' archives
_PAGE = 200  # entries that an export reads at a time


class Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One change. `before` and `after` are records as JSON, whole and unmasked: an undo needs them.

    `status`: begun (no end is known), done, failed (surely did not happen), unknown. `result` is the reason of the
    latter two. Times are UTC. `dialler` is where it was made: one state may serve several.
    """

    id: int = 0
    dialler: str
    began: datetime
    ended: datetime | None = None
    status: Status = "begun"
    tool: str
    verb: Verb
    kind: Kind
    label: str
    contact_id: int | None = None
    campaign_id: int | None = None
    caller: str = ""
    reason: str | None = None
    confirmed_by: str = ""
    arguments: dict[str, Any] = {}
    before: msgspec.Raw | None = None
    after: msgspec.Raw | None = None
    result: str | None = None
    archive: str | None = None
    undoes: int | None = None

    @property
    def uncertain(self) -> bool:
        return self.status in ("begun", "unknown")

    def contact_before(self) -> ContactDetails | None:
        """The contact with its history, as it was before."""
        return _image(self.before, ContactDetails) if self.kind == "contact" else None

    def contact_after(self) -> ContactDetails | None:
        return _image(self.after, ContactDetails) if self.kind == "contact" else None

    def campaign_before(self) -> Campaign | None:
        return _image(self.before, Campaign) if self.kind == "campaign" else None

    def campaign_after(self) -> Campaign | None:
        return _image(self.after, Campaign) if self.kind == "campaign" else None


def _image(image: msgspec.Raw | None, kind: type[R]) -> R | None:
    return None if image is None else msgspec.json.decode(image, type=kind)


@dataclass(frozen=True)
class Wanted:
    """Which entries: all that are given must fit. `until` belongs to it."""

    contact_id: int | None = None
    campaign_id: int | None = None
    caller: str | None = None
    tool: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Journal:
    """The changes made on one dialler. Every method raises `StateError` when the state cannot be used."""

    def __init__(
        self, store: StateStore, dialler: str, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.store = store
        self.dialler = dialler
        self.now = now
        self._days = days

    @property
    def archives(self) -> Path:
        return self.store.directory / ARCHIVES

    async def begin(
        self, entry: Entry, archive: Path | None = None, admit: Callable[["Connection"], None] | None = None
    ) -> int:
        """Remember a change before its request leaves; it is on the disk when this returns its ID.

        `archive` is a finished file in `archives`, which becomes `<ID>.jsonl.gz`. `admit` belongs to the transaction:
        what it raises prevents the entry, and what it writes is there only with the entry.
        """

        def write(connection: "Connection") -> int:
            from sqlalchemy import insert, select, update

            from dialler_mcp.state.schema import changes

            if admit is not None:
                admit(connection)
            self._prune(connection)
            if entry.undoes is not None:
                # PostgreSQL: one undo waits here for the other. SQLite has one writer, and ignores it.
                connection.execute(select(changes.c.id).where(changes.c.id == entry.undoes).with_for_update())
                if self._undoing(connection, entry.undoes) is not None:
                    raise StateError(f"change {entry.undoes} is being undone already", "Nothing was sent.")
            made = connection.execute(insert(changes).values(_row(entry))).inserted_primary_key
            number: int = made[0] if made else 0
            if archive is not None:
                name = f"{number}.jsonl.gz"
                archive.replace(archive.with_name(name))
                connection.execute(update(changes).where(changes.c.id == number).values(archive=name))
            return number

        return await self.store.run(write)

    async def finish(
        self,
        number: int,
        status: Status,
        *,
        after: Record | None = None,
        result: str | None = None,
        contact_id: int | None = None,
        campaign_id: int | None = None,
    ) -> None:
        """Add what came of a change, with the record as it is then and the ID that it got."""
        found = {
            "after": None if after is None else msgspec.json.encode(after).decode(),
            "result": result,
            "contact_id": contact_id,
            "campaign_id": campaign_id,
        }
        values = {name: value for name, value in found.items() if value is not None}
        await self._amend(number, {"status": status, "ended": _stamp(self.now()), **values})

    async def note_after(self, number: int, after: Record) -> None:
        """Add how the record looks after a change, where the change's own answer did not show it."""
        await self._amend(number, {"after": msgspec.json.encode(after).decode()})

    async def _amend(self, number: int, values: Mapping[str, Any]) -> None:
        def write(connection: "Connection") -> None:
            from sqlalchemy import update

            from dialler_mcp.state.schema import changes

            connection.execute(update(changes).where(changes.c.id == number).values(**values))

        await self.store.run(write)

    async def get(self, number: int) -> Entry | None:
        """One entry; None when there is none (any more)."""

        def read(connection: "Connection") -> Entry | None:
            found = self._select(connection, Wanted(), number + 1, 1)
            return found[0] if found and found[0].id == number else None

        return await self.store.run(read)

    async def page(self, wanted: Wanted, below: int | None, limit: int) -> tuple[list[Entry], int]:
        """The newest entries with IDs below `below`, at most `limit`, and how many there are in all."""

        def read(connection: "Connection") -> tuple[list[Entry], int]:
            from sqlalchemy import func, select

            from dialler_mcp.state.schema import changes

            self._prune(connection)
            total = connection.scalar(select(func.count()).select_from(changes).where(*self._conditions(wanted)))
            return self._select(connection, wanted, below, limit), total or 0

        return await self.store.run(read)

    async def undone_by(self, number: int) -> Entry | None:
        """The change that undid this one, unless it failed or was itself undone."""

        def read(connection: "Connection") -> Entry | None:
            undoing = self._undoing(connection, number)
            return None if undoing is None else self._select(connection, Wanted(), undoing + 1, 1)[0]

        return await self.store.run(read)

    async def undone(self, numbers: Sequence[int]) -> set[int]:
        """Those of these changes that were undone, as `undone_by` sees it."""

        def read(connection: "Connection") -> set[int]:
            return {number for number in numbers if self._undoing(connection, number) is not None}

        return await self.store.run(read)

    async def export(self) -> AsyncGenerator[bytes]:
        """Every entry as a line of JSON, oldest first, of all diallers of this state; images whole and unmasked."""
        last = 0
        while found := await self.store.run(lambda connection, last=last: self._older(connection, last)):
            for entry in found:
                yield msgspec.json.encode(entry) + b"\n"
            last = found[-1].id

    def _older(self, connection: "Connection", last: int) -> list[Entry]:
        from sqlalchemy import select

        from dialler_mcp.state.schema import changes

        rows = connection.execute(select(changes).where(changes.c.id > last).order_by(changes.c.id).limit(_PAGE))
        return [_entry(dict(row._mapping)) for row in rows]  # pyright: ignore[reportPrivateUsage] - its documented name

    def _select(self, connection: "Connection", wanted: Wanted, below: int | None, limit: int) -> list[Entry]:
        from sqlalchemy import select

        from dialler_mcp.state.schema import changes

        chosen = select(changes).where(*self._conditions(wanted)).order_by(changes.c.id.desc()).limit(limit)
        if below is not None:
            chosen = chosen.where(changes.c.id < below)
        return [_entry(dict(row._mapping)) for row in connection.execute(chosen)]  # pyright: ignore[reportPrivateUsage]

    def _conditions(self, wanted: Wanted) -> list["ColumnElement[bool]"]:
        from dialler_mcp.state.schema import changes

        columns = changes.c
        found = [columns.dialler == self.dialler]
        for name in ("contact_id", "campaign_id", "caller", "tool"):
            value = getattr(wanted, name)
            if value is not None:
                found.append(columns[name] == value)
        if wanted.since is not None:
            found.append(columns.began >= _stamp(wanted.since))
        if wanted.until is not None:
            found.append(columns.began < _stamp(wanted.until + timedelta(seconds=1)))
        return found

    def _undoing(self, connection: "Connection", number: int) -> int | None:
        """The ID of the change that undid this one. An undo of the undo brings the change into force again.

        An undo is younger than what it undoes; a damaged state that says otherwise leads nobody round in circles.
        """
        from sqlalchemy import select

        from dialler_mcp.state.schema import changes

        later = (changes.c.undoes == number, changes.c.id > number)
        tried = select(changes.c.id).where(*later, changes.c.status != "failed")
        for undo in connection.scalars(tried.order_by(changes.c.id.desc())):
            if self._undoing(connection, undo) is None:
                return undo
        return None

    def _prune(self, connection: "Connection") -> None:
        """Forget what is older than the retention. An archive goes first: a crash then leaves no file behind.

        On Windows an archive that somebody has open cannot be removed: its entry stays until the next time.
        """
        from sqlalchemy import delete, or_, select

        from dialler_mcp.state.schema import changes

        old = changes.c.began < _stamp(self.now() - timedelta(days=self._days))
        held = list[str]()
        for name in connection.scalars(select(changes.c.archive).where(old, changes.c.archive.is_not(None))):
            try:
                (self.archives / str(name)).unlink(missing_ok=True)
            except PermissionError:
                held.append(str(name))
        removed = or_(changes.c.archive.is_(None), changes.c.archive.not_in(held))
        connection.execute(delete(changes).where(old, removed))


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _row(entry: Entry) -> dict[str, Any]:
    """An entry as a row; its ID is given by the table."""
    images = {name: None if (raw := getattr(entry, name)) is None else bytes(raw).decode() for name in _IMAGES}
    plain = {name: getattr(entry, name) for name in entry.__struct_fields__ if name != "id"}
    arguments = msgspec.json.encode(entry.arguments).decode()
    ended = _stamp(entry.ended) if entry.ended else None
    return {**plain, **images, "arguments": arguments, "began": _stamp(entry.began), "ended": ended}


def _entry(row: Mapping[Any, Any]) -> Entry:
    images = {name: None if (text := row[name]) is None else msgspec.Raw(text.encode()) for name in _IMAGES}
    arguments = msgspec.json.decode(row["arguments"])
    times = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("began", "ended")}
    values: dict[str, Any] = {**row, **images, **times, "arguments": arguments}
    return Entry(**values)


_IMAGES = ("before", "after")
