"""The error of a state that cannot be used, as a sentence without paths, passwords and values."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from dialler_mcp.problem import Problem

_HINT = "The change was not sent. Correct DIALLER_DATA_DIR or DIALLER_STATE_URL, then try again."
_REASONS = (  # by how SQLite's name of the error begins, or by PostgreSQL's code
    ("SQLITE_FULL", "The disk is full"),
    ("SQLITE_IOERR", "The disk is full or fails"),
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"), "Another process holds it locked"),
    (("SQLITE_NOTADB", "SQLITE_CORRUPT"), "The file is damaged, or no state file at all"),
    (("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"), "The file cannot be written"),
)


class StateError(Problem):
    """The state cannot be read or written. The text says why and what to do; `why` is its first half."""

    def __init__(self, why: str, hint: str = _HINT) -> None:
        super().__init__(f"The journal cannot be used: {why}. {hint}")
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
        raise StateError(reason or "The database does not work or cannot be reached") from error
    except PoolTimeout as error:
        raise StateError("The database is too busy") from error
    except OSError as error:
        raise StateError(f"Its file cannot be written ({error.strerror or os.strerror(error.errno or 0)})") from error
