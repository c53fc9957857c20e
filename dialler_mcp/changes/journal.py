"""The journal: every change, with the record as it was before.

An entry is written in two steps: `begin` commits it before the request leaves, `finish` adds the result. A process that
dies in between leaves an entry without an end, which is shown as unknown. That is the truth.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from dialler_mcp.api.requests import is_id
from dialler_mcp.changes.plan import Kind, Verb
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import Campaign, ContactDetails
from dialler_mcp.state import changes as rows
from dialler_mcp.state.errors import StateError
from dialler_mcp.state.store import StateStore
from dialler_mcp.state.turns import may_tidy
from dialler_mcp.words import Language, Words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

R = TypeVar("R", bound=Record)

Status = Literal["begun", "done", "failed", "unknown"]
ARCHIVES = "journal"  # the directory of the campaigns' archives
_PAGE = 200  # entries that an export reads at a time


_BEING_UNDONE = Words("change {number} is being undone already", "Änderung {number} wird gerade schon zurückgenommen")
_NOT_SENT = Words("Nothing was sent.", "Es wurde nichts gesendet.")


class Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One change. `before` and `after` are records as JSON, whole and unmasked: an undo needs them.

    `status`: begun (no end is known), done, failed (surely did not happen), unknown. `result` is the reason for the
    last two. Times are UTC. `dialler` is where the change was made: one state may serve several. `caller` is the client
    that asked, `subject` the person it asked for, with their `role`; `job` is the job that it belongs to.
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
    subject: str = ""
    role: str = ""
    job: int | None = None
    reason: str | None = None
    confirmed_by: str = ""
    arguments: dict[str, Any] = {}
    before: msgspec.Raw | None = None
    after: msgspec.Raw | None = None
    result: str | None = None
    archive: str | None = None
    undoes: int | None = None

    @property
    def who(self) -> str:
        """The person and the program that asked."""
        return Caller(self.caller, self.subject).key

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
class EntryFilter:
    """Which entries are meant: those to which every given value applies. `until` is included."""

    contact_id: int | None = None
    campaign_id: int | None = None
    caller: str | None = None
    tool: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class End:
    """How one of many changes ended; what is None is left as it was."""

    number: int
    status: Status
    after: Record | None = None
    result: Words | None = None
    contact_id: int | None = None
    campaign_id: int | None = None


class Journal:
    """The changes made on one dialler. Every method raises `StateError` when the state cannot be used.

    Why a change failed is kept in its `language`.
    """

    def __init__(
        self,
        store: StateStore,
        dialler: str,
        days: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        language: Language = Language.en,
    ) -> None:
        self.store = store
        self.dialler = dialler
        self.now = now
        self.language = language
        self.days = days

    @property
    def archives(self) -> Path:
        return self.store.directory / ARCHIVES

    async def begin(
        self, entry: Entry, archive: Path | None = None, admit: Callable[["Connection"], None] | None = None
    ) -> int:
        """Remember a change before its request leaves; it is on the disk when this returns its ID.

        `archive` is a finished file in `archives`, which is renamed to `<ID>.jsonl.gz`. `admit` runs in the same
        transaction: if it raises, there is no entry, and what it writes is committed only with the entry.
        """

        def write(connection: "Connection") -> int:
            if admit is not None:
                admit(connection)
            self._prune(connection)
            if entry.undoes is not None:
                rows.hold(connection, entry.undoes)  # a second undo of the same change waits here
                if _undoing(connection, entry.undoes) is not None:
                    raise StateError(_BEING_UNDONE.filled(number=entry.undoes), _NOT_SENT)
            number = rows.add(connection, _row(entry))
            if archive is not None:
                name = f"{number}.jsonl.gz"
                archive.replace(archive.with_name(name))
                rows.amend(connection, number, {"archive": name})
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
        """Add the result of a change: the record as it is afterwards, and the ID of a new one."""
        columns = {
            "after": None if after is None else msgspec.json.encode(after).decode(),
            "result": result,
            "contact_id": _kept(contact_id),
            "campaign_id": _kept(campaign_id),
        }
        values = {name: value for name, value in columns.items() if value is not None}
        await self._amend(number, {"status": status, "ended": _stamp(self.now()), **values})

    def begin_all(self, connection: "Connection", entries: Sequence[Entry]) -> list[int]:
        """Remember many changes in a transaction that is under way; their IDs."""
        return rows.add_all(connection, [_row(entry) for entry in entries])

    def undone_already(self, connection: "Connection", entries: Sequence[Entry]) -> set[int]:
        """The changes that these entries would undo and that are undone already, or about to be. Another transaction
        that would undo the same waits until this one ends.
        """
        numbers = sorted({entry.undoes for entry in entries if entry.undoes is not None})
        for number in numbers:
            rows.hold(connection, number)
        return {number for number in numbers if _undoing(connection, number) is not None}

    def finish_all(self, connection: "Connection", ends: Sequence[End]) -> None:
        """Add the results of many changes in a transaction that is under way."""
        now = _stamp(self.now())
        updates = [
            {
                "id": end.number,
                "status": end.status,
                "ended": now,
                "after": None if end.after is None else msgspec.json.encode(end.after).decode(),
                "result": end.result and end.result.text(self.language),
                "contact_id": _kept(end.contact_id),
                "campaign_id": _kept(end.campaign_id),
            }
            for end in ends
        ]
        rows.finish_all(connection, updates)

    async def of_job(self, job: int, *, after: int = 0, limit: int = _PAGE) -> list[Entry]:
        """The changes of a job with IDs above `after`, the oldest first."""

        def read(connection: "Connection") -> list[Entry]:
            fitting = rows.Filter({"dialler": self.dialler, "job": job})
            return [_entry(row) for row in rows.oldest(connection, fitting, above=after, limit=limit)]

        return await self.store.run(read)

    async def note_after(self, number: int, after: Record) -> None:
        """Add the record as it is after a change whose own answer did not show it."""
        await self._amend(number, {"after": msgspec.json.encode(after).decode()})

    async def note_result(self, number: int, result: str) -> None:
        """Add what came of a change that is finished, in words."""
        await self._amend(number, {"result": result})

    async def _amend(self, number: int, values: Mapping[str, Any]) -> None:
        await self.store.run(lambda connection: rows.amend(connection, number, values))

    async def get(self, number: int) -> Entry | None:
        """One entry; None when there is none (any more)."""
        return await self.store.run(lambda connection: self._get(connection, number))

    async def page(self, selection: EntryFilter, below: int | None, limit: int) -> tuple[list[Entry], int]:
        """The newest entries with IDs below `below`, at most `limit`, and how many entries there are in all."""

        def read(connection: "Connection") -> tuple[list[Entry], int]:
            self._prune(connection)
            fitting = self._filter(selection)
            entries = [_entry(row) for row in rows.newest(connection, fitting, below=below, limit=limit)]
            return entries, rows.count(connection, fitting)

        return await self.store.run(read)

    async def campaigns(self) -> dict[int, str]:
        """The names of the campaigns that were changed themselves, by ID: also of those that are gone."""

        def read(connection: "Connection") -> dict[int, str]:
            return {row["campaign_id"]: row["label"] for row in rows.campaigns(connection, self.dialler)}

        return await self.store.run(read)

    async def undone_by(self, number: int) -> Entry | None:
        """The change that undid this one, unless it failed or was itself undone."""

        def read(connection: "Connection") -> Entry | None:
            undo = _undoing(connection, number)
            return None if undo is None else self._get(connection, undo)

        return await self.store.run(read)

    async def undone(self, numbers: Sequence[int]) -> set[int]:
        """Which of these changes were undone, as `undone_by` says."""

        def read(connection: "Connection") -> set[int]:
            return {number for number in numbers if _undoing(connection, number) is not None}

        return await self.store.run(read)

    async def perhaps_undone(self, numbers: Sequence[int]) -> set[int]:
        """Which of these changes have an undo of which nobody knows (yet) whether it happened."""

        def read(connection: "Connection") -> set[int]:
            undos = {number: _undoing(connection, number) for number in numbers}
            entries = {number: self._get(connection, undo) for number, undo in undos.items() if undo is not None}
            return {number for number, entry in entries.items() if entry is not None and entry.uncertain}

        return await self.store.run(read)

    async def export(self) -> AsyncGenerator[bytes]:
        """All entries of all diallers of this state, oldest first, each a line of JSON; images whole and unmasked."""
        last = 0
        while page := await self.store.run(lambda connection, last=last: rows.after(connection, last, _PAGE)):
            for row in page:
                yield msgspec.json.encode(_entry(row)) + b"\n"
                last = row["id"]

    def _get(self, connection: "Connection", number: int) -> Entry | None:
        """An entry of this dialler."""
        matches = rows.newest(connection, self._filter(EntryFilter()), number=number, limit=1)
        return _entry(matches[0]) if matches else None

    def _filter(self, selection: EntryFilter) -> rows.Filter:
        values = {name: getattr(selection, name) for name in ("contact_id", "campaign_id", "caller", "tool")}
        return rows.Filter(
            {"dialler": self.dialler, **{name: value for name, value in values.items() if value is not None}},
            since=None if selection.since is None else _stamp(selection.since),
            until=None if selection.until is None else _stamp(selection.until + timedelta(seconds=1)),
        )

    def _prune(self, connection: "Connection") -> None:
        """Remove entries older than the retention; archives first, so a crash leaves no file without an entry.

        On Windows an archive that somebody has open cannot be removed; its entry stays until the next time.
        """
        if not may_tidy(connection):
            return
        until = _stamp(self.now() - timedelta(days=self.days))
        open_elsewhere = list[str]()
        for name in rows.archives(connection, until):
            try:
                (self.archives / name).unlink(missing_ok=True)
            except PermissionError:
                open_elsewhere.append(name)
        rows.forget(connection, until, keep=open_elsewhere)


def _undoing(connection: "Connection", number: int) -> int | None:
    """The ID of the change that undid this one; None if there is none, or if it was undone itself."""
    undos = rows.undoing(connection, number)
    return next((undo for undo in undos if _undoing(connection, undo) is None), None)


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _kept(number: int | None) -> int | None:
    """An ID; None for a number that cannot be one, and that a database may not hold."""
    return number if is_id(number) else None


def _row(entry: Entry) -> dict[str, Any]:
    """An entry as a row; the table gives the ID."""
    images = {name: None if (raw := getattr(entry, name)) is None else bytes(raw).decode() for name in _IMAGES}
    plain = {name: getattr(entry, name) for name in entry.__struct_fields__ if name != "id"}
    arguments = msgspec.json.encode(entry.arguments).decode()
    end = _stamp(entry.ended) if entry.ended else None
    ids = {"contact_id": _kept(entry.contact_id), "campaign_id": _kept(entry.campaign_id)}
    return {**plain, **images, **ids, "arguments": arguments, "began": _stamp(entry.began), "ended": end}


def _entry(row: rows.Row) -> Entry:
    images = {name: None if (text := row[name]) is None else msgspec.Raw(text.encode()) for name in _IMAGES}
    arguments = msgspec.json.decode(row["arguments"])
    times = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("began", "ended")}
    values: dict[str, Any] = {**row, **images, **times, "arguments": arguments}
    return Entry(**values)


_IMAGES = ("before", "after")
