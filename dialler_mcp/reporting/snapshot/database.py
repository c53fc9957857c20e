"""DuckDB behind a few typed functions. It is imported when first used: it costs a third of a second and 20 MB."""

import asyncio
import errno
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from dialler_mcp.reporting.errors import DISK_FULL, NO_DISK, NO_ROOM, CannotKeep, Damaged

T = TypeVar("T")

SCRATCH_MEMORY = "96MB"  # beyond it DuckDB spills to its temporary directory
FETCHED = 10_000  # rows at a time
BEHIND = 10  # of 19, the niceness of the thread that works for a snapshot


@contextmanager
def _translated() -> Generator[None]:
    import duckdb

    try:
        yield
    except (duckdb.SerializationException, duckdb.FatalException, duckdb.InternalException) as error:
        raise Damaged from error
    except duckdb.IOException as error:
        message = str(error)
        full = next((words for words in ("No space left", "File too large", "quota") if words in message), None)
        if full or "write" in message:
            raise CannotKeep(DISK_FULL if full else NO_DISK) from error
        raise Damaged from error
    except duckdb.OutOfMemoryException as error:
        raise CannotKeep(NO_ROOM) from error
    except duckdb.Error as error:
        if "orrupt" in str(error):
            raise Damaged from error
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        raise CannotKeep(DISK_FULL if full else error.strerror or NO_DISK) from error


class Database:
    """One DuckDB connection. Every function blocks; see `Worker`."""

    def __init__(self, path: Path | None = None, *, memory: str = SCRATCH_MEMORY, threads: int = 2) -> None:
        import duckdb

        config: dict[str, Any] = {
            "memory_limit": memory,
            "threads": threads,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(path.parent / "spill") if path else "",
        }
        with _translated():
            self._connection = duckdb.connect(str(path) if path else ":memory:", config=config)

    def run(self, sql: str, values: Sequence[object] = ()) -> None:
        """Run a statement, without its answer.

        Raises:
            CannotKeep: the disk is full.
            Damaged: a file is damaged.
        """
        with _translated():
            self._connection.execute(sql, list(values))

    def insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Put rows of equal length into a table, in one statement: every statement takes a millisecond, however short
        it is."""
        if rows:
            marks = f"({', '.join('?' * len(rows[0]))})"
            self.run(
                f"INSERT INTO {table} VALUES {', '.join([marks] * len(rows))}",  # noqa: S608 - a name of ours
                [value for row in rows for value in row],
            )

    def rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, fetched as they are needed; no other statement may run meanwhile."""
        with _translated():
            result = self._connection.execute(sql, list(values))
            while block := result.fetchmany(FETCHED):
                yield from block

    def row(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
        """The first row of a query that has at least one."""
        return next(iter(list(self.rows(sql, values))))

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """Name and type of the columns of a query."""
        return [(name, kind) for name, kind, *_ in self.rows(f"DESCRIBE {sql}")]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """A transaction: everything within is written, or nothing."""
        self.run("BEGIN")
        try:
            yield
        except BaseException:
            with _translated():
                self._connection.rollback()
            raise
        self.run("COMMIT")

    def interrupt(self) -> None:
        """End the statement that is running in another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Worker:
    """One thread for all blocking work, so that the event loop does not wait."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="snapshot", initializer=_step_back)

    def __call__(self, work: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def close(self) -> None:
        """Drop the work that has not begun, and wait for that which has."""
        self._thread.shutdown(cancel_futures=True)


def _step_back() -> None:
    """Lower the priority of this thread, so that the event loop goes first; only where threads have priorities."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def literal(text: object) -> str:
    """A text as an SQL literal, for paths: DuckDB takes no parameters for these."""
    return "'" + str(text).replace("'", "''") + "'"
