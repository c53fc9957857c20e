"""The error of a state that cannot be used, as a sentence without paths, passwords and values."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

_HINT = Words(
    "The change was not sent. Correct DIALLER_DATA_DIR or DIALLER_STATE_URL, then try again.",
    "Die Änderung wurde nicht gesendet. Berichtigen Sie DIALLER_DATA_DIR oder DIALLER_STATE_URL, und versuchen Sie es "
    "noch einmal.",
)
_CANNOT = Words("The journal cannot be used: {why}. {hint}", "Das Journal ist nicht verwendbar: {why}. {hint}")
_NO_DATABASE = Words(
    "The database does not work or cannot be reached", "Die Datenbank arbeitet nicht oder ist nicht erreichbar"
)
_TOO_BUSY = Words("The database is too busy", "Die Datenbank ist zu beschäftigt")
_NOT_WRITTEN = Words("Its file cannot be written ({why})", "Seine Datei lässt sich nicht schreiben ({why})")
_REASONS = (  # by how SQLite's name of the error begins, or by PostgreSQL's code
    ("SQLITE_FULL", Words("The disk is full", "Die Platte ist voll")),
    ("SQLITE_IOERR", Words("The disk is full or fails", "Die Platte ist voll oder defekt")),
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"),
        Words("Another process holds it locked", "Ein anderer Prozess hält es gesperrt"),
    ),
    (
        ("SQLITE_NOTADB", "SQLITE_CORRUPT"),
        Words("The file is damaged, or no state file at all", "Die Datei ist beschädigt, oder keine von dialler-mcp"),
    ),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"),
        Words("The file cannot be written", "Die Datei lässt sich nicht schreiben"),
    ),
)


class StateError(Problem):
    """The state cannot be read or written. The text says why and what to do; `why` is its first half."""

    def __init__(self, why: Words, hint: Words = _HINT) -> None:
        super().__init__(_CANNOT.filled(why=why, hint=hint))
        self.why = why


@contextmanager
def told_in_words() -> Generator[None]:
    """Turn what the database or the file system reports into a `StateError`."""
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    try:
        yield
    except DBAPIError as error:
        name = str(getattr(error.orig, "sqlite_errorname", getattr(error.orig, "sqlstate", "")))
        reason = next((words for begin, words in _REASONS if name.startswith(begin)), None)
        raise StateError(reason or _NO_DATABASE) from error
    except PoolTimeout as error:
        raise StateError(_TOO_BUSY) from error
    except OSError as error:
        raise StateError(_NOT_WRITTEN.filled(why=error.strerror or os.strerror(error.errno or 0))) from error
