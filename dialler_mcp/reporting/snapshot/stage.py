"""Where a new generation of a snapshot is made: a database of its own, in a directory that is removed afterwards."""

# ruff: noqa: S608 - the SQL is put together from our own names, values are parameters

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.reporting.errors import NO_DISK, CannotKeep, Damaged
from dialler_mcp.reporting.snapshot import tables
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.database import Database, literal
from dialler_mcp.reporting.snapshot.files import remove
from dialler_mcp.reporting.snapshot.keeping import Keeping
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, coverage_of
from dialler_mcp.reporting.snapshot.reading import ContactResult

LOADED = 32 << 20  # bytes of JSON that are loaded at once; larger loads are fewer, and each has a fixed cost


@dataclass(frozen=True)
class Identity:
    """Which campaign a file holds, and in which zone and privacy; only a file of the same identity can be continued."""

    dialler: str
    campaign_id: int
    zone: str
    privacy: Privacy

    def row(self) -> tuple[object, ...]:
        return tables.SCHEMA, self.dialler, self.campaign_id, self.zone, self.privacy.value


@dataclass(frozen=True)
class Names:
    """A campaign and its result codes, English and German; `read_at` in seconds since 1970."""

    campaign: Campaign
    english: Sequence[ResultCode]
    german: Sequence[ResultCode]
    read_at: float


class Loader:
    """Collects NDJSON in a file and loads it into a table when there is enough.

    `load` gets the file and the length of its longest line, in bytes.
    """

    def __init__(self, file: Path, load: Callable[[str, int], None]) -> None:
        self._file, self._load, self._size, self._largest = file, load, 0, 0

    def add(self, lines: Sequence[bytes]) -> None:
        try:
            with self._file.open("ab") as file:
                file.writelines(lines)
        except OSError as error:
            raise CannotKeep(error.strerror or NO_DISK) from error
        self._size += sum(map(len, lines))
        self._largest = max(self._largest, *map(len, lines), 0)
        if self._size >= LOADED:
            self.flush()

    def flush(self) -> None:
        if self._size:
            self._load(str(self._file), self._largest)
            self._file.unlink()
            self._size = self._largest = 0


class Stage:
    """A new generation of a campaign's file in the making. Every method blocks; one thread calls them in turn."""

    def __init__(self, directory: Path, identity: Identity, keeping: Keeping) -> None:
        self._directory, self._identity, self._keeping = directory, identity, keeping
        self.file = directory / "kept.duckdb"
        self.database = Database(directory / "stage.duckdb", threads=1)
        tables.create_stage(self.database, identity.privacy)
        self._contacts = Loader(directory / "contacts.json", self._load_contacts)
        self._calls = Loader(directory / "calls.json", self._load_calls)
        self._answers = Loader(directory / "answered.json", self._load_answered)
        self._known_codes: set[int] = set()
        self._writing = False
        self._full = self._new_names = False
        self._fresh = "fresh_calls"  # the table for new calls: that of the file itself, if it has no calls yet

    def continue_from(self, before: Path | None, *, full: bool) -> float | None:
        """Begin with a copy of the earlier file. Returns when its names were read; None if there is no usable file.

        Raises:
            Damaged: the file is damaged; try again without it.
        """
        self._full = full
        if before and self._take(before):
            (names_read,) = self.database.row("SELECT max(names_read) FROM kept.about")
            codes = self._codes()
            self._known_codes = set(codes)
            tables.fill_types(self.database, codes.values(), self._fresh)
            if self.database.row("SELECT count(*) FROM kept.calls") == (0,):
                self._fresh = "kept.calls"
        else:
            self._attach()
            tables.create_kept(self.database, self._identity.privacy)
            names_read, self._fresh = None, "kept.calls"
        tables.create_list(self.database, self._identity.privacy)
        tables.create_marks(self.database, full=full)
        return names_read

    def _take(self, before: Path) -> bool:
        try:
            shutil.copyfile(before, self.file)
        except OSError as error:
            self.file.unlink(missing_ok=True)
            raise CannotKeep(error.strerror or NO_DISK) from error
        try:
            self._attach()
            if is_of(self.database, "kept", self._identity):
                return True
            self.database.run("DETACH kept")
        except Damaged:
            with suppress(Damaged):
                self.database.run("DETACH DATABASE IF EXISTS kept")  # else Windows keeps the file
            remove(self.file)
            raise
        self.file.unlink()
        return False

    def _attach(self) -> None:
        self.database.run(f"ATTACH {literal(self.file)} AS kept")

    def add_contacts(self, lines: Sequence[bytes]) -> None:
        """Contacts as `Keeping.contact_lines` writes them."""
        self._contacts.add(lines)

    def add_histories(self, answers: bytes, calls: bytes) -> None:
        """`Answered` rows and all calls of those contacts, as `Keeping` writes them."""
        self._answers.add([answers])
        self._calls.add([calls])

    def end_of_list(self, *, full: bool) -> Sequence[int]:
        """The contacts whose history has to be asked for."""
        self._contacts.flush()
        self._settle()
        tables.settle_stage(self.database)
        return tables.pending(self.database, full=full)

    def contacts(self) -> int:
        (count,) = self.database.row(f"SELECT count(*) FROM {tables.STAGED}")
        return count

    def end_of_histories(self) -> bool:
        """Whether there are result codes without a known name."""
        self._answers.flush()
        self._calls.flush()
        self._settle()
        codes = self.database.rows(f"SELECT code FROM ({tables.SEEN_CODES}) WHERE coalesce(code, 0) <> 0")
        return any(code not in self._known_codes for (code,) in codes)

    def put_names(self, names: Names) -> None:
        """Replace what is known of the campaign and its result codes."""
        self._new_names = True
        german = {code.id: code.content for code in names.german}
        with self.database.transaction():
            self.database.run("DELETE FROM kept.campaign")
            self.database.run("DELETE FROM kept.result_codes")
            self.database.insert("kept.campaign", [self._row(names.campaign)])
            codes = [[*self._row(code), german.get(code.id), tables.type_name(code)] for code in names.english]
            self.database.insert("kept.result_codes", codes)
        self._known_codes = {code.id for code in names.english}
        tables.fill_types(self.database, names.english, self._fresh)

    def _row(self, record: Campaign | ResultCode) -> list[object]:
        return [self._keeping.plain(record, column) for column in columns_of(type(record), self._identity.privacy)]

    def finish(self, read_at: datetime, names_read: float, stop_reason: str | None) -> tuple[Path, CampaignCoverage]:
        """Write everything staged into the file, and close it. Returns the file and its coverage."""
        list_digest = tables.listed(self.database)
        if self._moved(list_digest):
            tables.fill_states(self.database, self._codes())
            if self._fresh != "kept.calls":
                tables.put_calls(self.database)
            tables.put_list(self.database, self._fresh)
            self.database.run("DELETE FROM kept.about")
            self.database.run(
                "INSERT INTO kept.about SELECT $1, $2, $3, $6, $4, $5, count(*), count(*) FILTER (history_known),"
                " (SELECT count(*) FROM kept.calls), coalesce(bool_and(result_shown), false),"
                " coalesce(bool_and(locked IS NOT NULL), false), $7, $8, $9 FROM kept.contacts",
                [*self._identity.row(), read_at, stop_reason, names_read, list_digest],
            )
        else:
            tables.drop_list(self.database)
            self.database.run("UPDATE kept.about SET read_at = $1", [read_at])
        self.database.run("DROP VIEW kept_marks")
        coverage = coverage_of(self.database, "kept", self._identity.campaign_id)
        self.database.run("DETACH kept")
        return self.file, coverage

    def _moved(self, list_digest: int | None) -> bool:
        """Whether anything differs from the earlier file."""
        if self._full or self._new_names:
            return True
        (answers,) = self.database.row("SELECT count(*) FROM answered")
        same = list(self.database.rows("SELECT contacts, listed, stopped FROM kept.about"))
        return bool(answers) or same != [(self.contacts(), list_digest, None)]

    def _codes(self) -> dict[int, ResultCode]:
        columns = "result_code_id, result_type_id, done, aborted, delay, appointment"
        rows = self.database.rows(f"SELECT {columns} FROM kept.result_codes")
        return {
            number: ResultCode(
                id=number,
                dialler_result_codes_types_id=type_id,
                b_done=done,
                b_aborted=aborted,
                b_delay=delay,
                b_appointment=appointment,
            )
            for number, type_id, done, aborted, delay, appointment in rows
        }

    def _write(self) -> None:
        """Load everything in one transaction: without a log, and without waiting for the disk after each piece."""
        if not self._writing:
            self.database.run("BEGIN")
            self._writing = True

    def _settle(self) -> None:
        if self._writing:
            self.database.run("COMMIT")
            self._writing = False

    def _load_contacts(self, file: str, size: int) -> None:
        columns = columns_of(Contact, self._identity.privacy)
        self._write()
        source = tables.loading(columns, file, size)
        tables.stage_contacts(self.database, columns, source, self._identity.campaign_id)

    def _load_calls(self, file: str, size: int) -> None:
        columns = columns_of(HistoryEntry, self._identity.privacy)
        self._write()
        source = tables.loading_calls(columns, file, size, self._identity.campaign_id)
        tables.stage_calls(self.database, source, self._fresh)

    def _load_answered(self, file: str, size: int) -> None:
        types = ", ".join(
            f"{name}: '{kind}'"
            for name, kind in zip(ContactResult.__struct_fields__, ("BIGINT", "BIGINT", "BOOLEAN"), strict=True)
        )
        source = f"read_json({literal(file)}, format='newline_delimited', columns={{{types}}})"
        self._write()
        self.database.run(f"INSERT INTO answered SELECT * FROM {source}")

    def close(self) -> None:
        self.database.close()


def is_of(database: Database, schema: str, identity: Identity) -> bool:
    """Whether an attached file is of this identity and of our version.

    Raises:
        Damaged: the file is damaged.
    """
    there = database.row(
        "SELECT count(*) FROM duckdb_columns() WHERE database_name = ? AND table_name = 'about'"
        " AND column_name IN ('schema', 'dialler', 'campaign_id', 'zone', 'privacy')",
        [schema],
    )
    if there != (5,):
        return False
    if database.row(f"SELECT max(schema) FROM {schema}.about") != (tables.SCHEMA,):
        return False
    rows = list(database.rows(f"SELECT schema, dialler, campaign_id, zone, privacy FROM {schema}.about"))
    return rows == [identity.row()]
