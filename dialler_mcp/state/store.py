"""The store of all that must outlive the process: journal, key, used codes and counts, in SQLite or PostgreSQL.

It is opened at the first use, so that the start and reads stay quick. Several processes may use one state side by side.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dialler_mcp.state.errors import StateError, told_in_words
from dialler_mcp.state.places import own_directory, own_file
from dialler_mcp.state.preparing import prepare
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

FILE = "state.sqlite3"
PATIENCE = 5.0  # seconds that another process may hold the file
_DRIVER = Words(
    "The change was not sent. Install it with `pip install 'dialler-mcp[postgres]'`.",
    "Die Änderung wurde nicht gesendet. Installieren Sie ihn mit `pip install 'dialler-mcp[postgres]'`.",
)
_NO_DRIVER = Words("The driver of PostgreSQL is missing", "Der Treiber für PostgreSQL fehlt")
_NO_URL = Words(
    "DIALLER_STATE_URL is no URL of a database that can be used here",
    "DIALLER_STATE_URL ist keine URL einer Datenbank, die hier verwendbar ist",
)
_LOOKS_LIKE = Words(
    "It looks like postgresql+psycopg://user@host/database; see docs/changes.md.",
    "Sie sieht so aus: postgresql+psycopg://user@host/database; siehe docs/changes.md.",
)
_REPLACED = Words(
    "Its file was removed or replaced while it was in use",
    "Seine Datei wurde entfernt oder ersetzt, während es in Gebrauch war",
)
_RESTART = Words("Restart dialler-mcp.", "Starten Sie dialler-mcp neu.")
_SETTLING = 0.02  # seconds between attempts to switch a new file to WAL, for which SQLite does not wait by itself


class StateStore:
    """One state: the database at `url` (in SQLAlchemy's form), else a SQLite file in `directory`."""

    def __init__(self, directory: Path, url: str | None = None, *, patience: float = PATIENCE) -> None:
        self.directory = directory
        self._url = url
        self._patience = patience
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None
        self._turn = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether there may be something in the state already."""
        return self._url is not None or (self.directory / FILE).exists()

    async def run(self, work: Callable[["Connection"], T]) -> T:
        """What `work` gives, in a transaction of its own that is committed when this returns.

        Raises:
            StateError: the state cannot be used; nothing of `work` stays.
        """
        return await asyncio.to_thread(self.work, work)

    def work(self, work: Callable[["Connection"], T]) -> T:
        """The same, in the caller's own thread."""
        with told_in_words(), ExitStack() as turn:
            turn.enter_context(self._turn)
            if self._engine is None:
                self._engine = self._open()
            engine = self._engine
            if self._url is None and self._file() != self._identity:
                raise StateError(_REPLACED, _RESTART)
            if engine.dialect.name != "sqlite":
                turn.close()  # SQLite alone has one writer; elsewhere each has a connection of its own
            with engine.begin() as connection:
                return work(connection)

    def _file(self) -> tuple[int, int] | None:
        """The identity of the file, to notice that it was removed: SQLite would go on writing to the removed file."""
        try:
            status = (self.directory / FILE).stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        with self._turn:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _open(self) -> "Engine":
        from sqlalchemy import StaticPool, create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError

        options: dict[str, Any] = {"pool_pre_ping": True}  # a server that was restarted has closed its connections
        if self._url is None:
            own_file(own_directory(self.directory) / FILE)
        try:
            url = self._url or f"sqlite:///{self.directory / FILE}"
            if url.startswith("sqlite"):
                options = {"connect_args": {"timeout": self._patience, "check_same_thread": False}}
                if url in ("sqlite://", "sqlite:///:memory:"):
                    options["poolclass"] = StaticPool
            engine = create_engine(url, hide_parameters=True, **options)  # no key or record in an error's text
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            if isinstance(error, ImportError) and (self._url or "").startswith("postgresql"):
                raise StateError(_NO_DRIVER, _DRIVER) from error
            raise StateError(_NO_URL, _LOOKS_LIKE) from error
        try:
            if engine.dialect.name == "sqlite":
                self._tune(engine)
            prepare(engine, self._patience)
            self._identity = self._file()
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _tune(self, engine: "Engine") -> None:
        """Set SQLite up so that a commit is on the disk when it returns, and readers and a writer do not wait for each
        other.
        """
        from sqlalchemy import event

        def connected(connection: Any, _: object) -> None:
            connection.isolation_level = None  # else the driver begins transactions by itself
            until = time.monotonic() + self._patience
            while not _switched_to_wal(connection, until):
                time.sleep(_SETTLING)
            connection.execute("PRAGMA synchronous=FULL")

        def begun(connection: "Connection") -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", begun)


def _switched_to_wal(connection: Any, until: float) -> bool:
    """Try to switch to WAL. When two processes make the same file, SQLite answers "busy" at once, without waiting."""
    import sqlite3

    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY and time.monotonic() < until:
            return False
        raise
    return True
