"""DuckDB behind a few functions: what a statement leaves, and how its errors are told."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dialler_mcp.reporting.errors import CannotKeep, Damaged
from dialler_mcp.reporting.snapshot.database import Database, Worker, literal


class Failing:
    """A connection whose every statement fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def execute(self, *_: object) -> None:
        raise self._error

    def close(self) -> None:
        pass


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(threads=1) as own_database:
        yield own_database


def _insert_and_fail(database: Database) -> None:
    database.insert("t", [(1,), (2,)])
    database.run("SELECT * FROM nothing")


def test_what_fails_halfway_leaves_nothing(database: Database):
    database.run("CREATE TABLE t (n INTEGER)")
    with pytest.raises(duckdb.CatalogException), database.transaction():
        _insert_and_fail(database)
    assert database.row("SELECT count(*) FROM t") == (0,)
    with database.transaction():
        database.insert("t", [(1,), (2,)])
    database.insert("t", [])
    assert list(database.rows("SELECT n FROM t ORDER BY n")) == [(1,), (2,)]
    assert database.columns("SELECT * FROM t") == [("n", "INTEGER")]


def test_any_text_is_a_literal(database: Database):
    text = "it's; DROP"
    assert database.row(f"SELECT {literal(text)}") == (text,)


@pytest.mark.parametrize(
    ("error", "meaning", "words"),
    [
        ("IOException: No space left on device", CannotKeep, "the disk is full"),
        ("IOException: could not write file", CannotKeep, "the disk cannot be written"),
        ("IOException: not a database", Damaged, "thrown away"),
        ("OutOfMemoryException: failed", CannotKeep, "no room on the disk"),
        ("SerializationException: bad", Damaged, "thrown away"),
        ("InvalidInputException: Corrupt file", Damaged, "thrown away"),
        (OSError(errno.ENOSPC, "x"), CannotKeep, "the disk is full"),
        (OSError(errno.EACCES, "Permission denied"), CannotKeep, "Permission denied"),
    ],
)
def test_an_error_is_told_as_what_it_means(
    monkeypatch: pytest.MonkeyPatch, error: str | OSError, meaning: type[Exception], words: str
):
    def connect(*options: object, **more: object) -> Any:
        if isinstance(error, OSError):
            return Failing(error)
        name, _, text = error.partition(": ")
        return Failing(getattr(duckdb, name)(text))

    monkeypatch.setattr(duckdb, "connect", connect)
    with pytest.raises(meaning, match=words):
        Database().run("SELECT 1")


def test_an_error_of_the_statement_itself_stays_what_it_is(database: Database):
    with pytest.raises(duckdb.CatalogException):
        database.run("SELECT * FROM nothing")


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path):
    file = tmp_path / "x.duckdb"
    file.write_bytes(b"no database" * 999)
    with pytest.raises(Damaged):
        Database(file)


async def test_work_is_done_one_after_the_other_in_one_thread():
    worker, order = Worker(), list[int]()
    first, second = worker(order.append, 1), worker(order.append, 2)
    await second
    await first
    worker.close()
    assert order == [1, 2]
