"""What must outlive the process: the journal, the key, the codes already used and the counts, in SQLite or PostgreSQL.

Opened at the first use, so that a start and reads stay quick. Several processes may work on one state side by side.
"""

import asyncio
import os
import secrets
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dialler_mcp.problem import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

FILE = "state.sqlite3"
PATIENCE = 5.0  # seconds that another process may hold the file
_SETTLING = 0.02  # seconds between tries to switch a new file to WAL, for which SQLite does not wait by itself
_ADVISORY = 0x6A74656C  # PostgreSQL: any number will do, as long as nobody else uses it
_KEY_BYTES = 32
_SEALS = "confirmation"
_HINT = "The change was not sent. Correct DIALLER_DATA_DIR or DIALLER_STATE_URL, then call again."
_SAID = (  # what SQLite reports, by the beginning of its name
    ("SQLITE_FULL", "The disk is full"),
    ("SQLITE_IOERR", "The disk is full or fails"),
    (("SQLITE_BUSY", "SQLITE_LOCKED"), "Another process holds it locked"),
    (("SQLITE_NOTADB", "SQLITE_CORRUPT"), "The file is damaged, or no state file at all"),
    (("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"), "The file cannot be written"),
)


class StateError(Problem):
    """The state cannot be read or written. The text says why and what to do; `why` is its first half."""

    def __init__(self, why: str, hint: str = _HINT) -> None:
        super().__init__(f"The journal cannot be used: {why}. {hint}")
        self.why = why


class UsedAlready(Exception):
    """The code was used already, by whatever process."""


class StateStore:
    """One state: `url` (SQLAlchemy) of a database, or else a SQLite file in `directory`."""

    def __init__(self, directory: Path, url: str | None = None, *, patience: float = PATIENCE) -> None:
        self.directory = directory
        self._url = url
        self._patience = patience
        self._engine: Engine | None = None
        self._opened: tuple[int, int] | None = None
        self._turn = threading.Lock()

    async def run(self, work: Callable[["Connection"], T]) -> T:
        """What `work` gives, in a transaction of its own that is committed when this returns.

        Raises:
            StateError: the state cannot be used; nothing of `work` stays.
        """
        return await asyncio.to_thread(self.work, work)

    def work(self, work: Callable[["Connection"], T]) -> T:
        """The same, in the caller's own thread."""
        with self._turn, _errors():  # one at a time within the process: SQLite has one writer anyway
            if self._engine is None:
                self._engine = self._open()
            if self._url is None and self._file() != self._opened:
                raise StateError("Its file was removed or replaced while it was in use", "Restart dialler-mcp.")
            with self._engine.begin() as connection:
                return work(connection)

    def _file(self) -> tuple[int, int] | None:
        """Which file it is; SQLite would go on writing to one that nobody can find any more."""
        try:
            found = (self.directory / FILE).stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        with self._turn:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _open(self) -> "Engine":
        from sqlalchemy import StaticPool, create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError

        options: dict[str, Any] = {}
        if self._url is None:
            path = self.directory / FILE
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            # A copy of a state file that somebody made readable holds bank data all the same.
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
        try:
            url = self._url or f"sqlite:///{self.directory / FILE}"
            if url.startswith("sqlite"):
                options = {"connect_args": {"timeout": self._patience, "check_same_thread": False}}
                if url in ("sqlite://", "sqlite:///:memory:"):
                    options["poolclass"] = StaticPool
            engine = create_engine(url, hide_parameters=True, **options)  # no key or record in an error's text
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            why = "DIALLER_STATE_URL is no URL of a database that can be used here"
            raise StateError(
                why, "It looks like postgresql+psycopg://user@host/database; see docs/changes.md."
            ) from error
        try:
            if engine.dialect.name == "sqlite":
                self._tune(engine)
            _prepare(engine)
            self._opened = self._file()
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _tune(self, engine: "Engine") -> None:
        """A commit is on the disk when it returns; readers and a writer do not stop each other."""
        from sqlalchemy import event

        def connected(connection: Any, _: object) -> None:
            connection.isolation_level = None  # else the driver begins transactions as it sees fit
            until = time.monotonic() + self._patience
            while not _switched_to_wal(connection, until):
                time.sleep(_SETTLING)
            connection.execute("PRAGMA synchronous=FULL")

        def begun(connection: "Connection") -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", begun)


def _switched_to_wal(connection: Any, until: float) -> bool:
    """SQLite answers "busy" at once when two processes make the same file; it does not wait as it does elsewhere."""
    import sqlite3

    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY and time.monotonic() < until:
            return False
        raise
    return True


def _prepare(engine: "Engine") -> None:
    """Make the tables in an empty database, and those that an older version did not have; make the key, once.

    Raises:
        StateError: it is somebody else's, or of a newer version.
    """
    from sqlalchemy import insert, inspect, select, update

    from dialler_mcp.state import schema as tables

    with engine.begin() as connection:
        take_turns(connection)
        present = set(inspect(connection).get_table_names())
        if tables.version.name not in present:
            # A file is ours alone; in a database there may be tables of others, as long as they have other names.
            if present if engine.dialect.name == "sqlite" else present & set(tables.metadata.tables):
                raise StateError("It is the database of another program, or what is left of ours")
            tables.metadata.create_all(connection)
            connection.execute(insert(tables.version).values(version=tables.VERSION))
        elif (found := connection.scalar(select(tables.version.c.version))) != tables.VERSION:
            if found is None or found > tables.VERSION:
                raise StateError(f"It is of version {found}, this dialler-mcp knows version {tables.VERSION}")
            tables.metadata.create_all(connection)
            connection.execute(update(tables.version).values(version=tables.VERSION))
        if connection.scalar(select(tables.keys.c.name).where(tables.keys.c.name == _SEALS)) is None:
            connection.execute(insert(tables.keys).values(name=_SEALS, value=secrets.token_bytes(_KEY_BYTES)))


def take_turns(connection: "Connection") -> None:
    """Let no other process count or make anything until this transaction ends. SQLite has one writer anyway."""
    from sqlalchemy import text

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})


def sealing_key(connection: "Connection") -> bytes:
    """The key of the phrases: made with the state, the same for every process."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import keys

    return connection.execute(select(keys.c.value).where(keys.c.name == _SEALS)).scalar_one()


def use_once(connection: "Connection", code: str, *, now: float, expires: float) -> None:
    """Use up a code until `expires`; times are seconds since 1970.

    Raises:
        UsedAlready: it was; the transaction must end.
    """
    from sqlalchemy import delete, insert
    from sqlalchemy.exc import IntegrityError

    from dialler_mcp.state.schema import used_codes

    connection.execute(delete(used_codes).where(used_codes.c.expires <= now))
    try:
        connection.execute(insert(used_codes).values(code=code, expires=expires))
    except IntegrityError as error:
        raise UsedAlready from error


@contextmanager
def _errors() -> Generator[None]:
    """What the database or the file system reports, as a sentence without paths, passwords and values."""
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    try:
        yield
    except DBAPIError as error:
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        said = next((words for begin, words in _SAID if name.startswith(begin)), None)
        raise StateError(said or "The database does not work or cannot be reached") from error
    except PoolTimeout as error:
        raise StateError("The database is too busy") from error
    except OSError as error:
        raise StateError(f"Its file cannot be written ({os.strerror(error.errno or 0)})") from error
