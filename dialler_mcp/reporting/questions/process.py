"""The process of its own in which one question is answered: `python -m dialler_mcp.reporting.questions.process`.

It reads a `Task` as JSON from its standard input and writes an `Outcome` to its standard output. Why a process: DuckDB
can be interrupted between blocks of rows only, so a single value that grows, or the planning of a nested query, runs on
for minutes, and what functions allocate for themselves is not counted against its memory limit. A process has a hard
limit of both and can be ended; and what crashes it leaves the server alone.
"""

# ruff: noqa: S608 - the SQL that is put together is our own around a question that was checked

import contextlib
import json
import math
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict, cast

from dialler_mcp.child_process import bound
from dialler_mcp.reporting.questions import origin, refusals
from dialler_mcp.reporting.questions import rules as question_rules
from dialler_mcp.reporting.questions.errors import Columns, explained, placed
from dialler_mcp.reporting.questions.rules import MAX_DEPTH, VIEWS, NotAnswered
from dialler_mcp.reporting.snapshot.database import literal
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_CELL = 400  # characters of a text; an answer has no room for more
MAX_NAME = 64
MAX_COLUMNS = 100
DESCRIBE = "DESCRIBE "
ADDRESSES = 3 << 29  # bytes of addresses of the whole process: 1.5 GB; DuckDB's own limit is far below
_EXACT, _EXACT_DIGITS = 1 << 53, 15  # larger numbers are changed by readers of JSON
# Types whose cells leave DuckDB unchanged; all others become text.
_NUMBERS = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL"),
)


class Task(TypedDict):
    """A question; `making` are the trusted statements that make the views, `zone` is where the data's times are local,
    `memory` is as DuckDB writes it, `free` are the columns of text that somebody else wrote, `longest` is how many
    characters a text has at most.
    """

    making: list[str]
    zone: str
    sql: str
    limit: int
    seconds: float
    memory: str
    free: list[str]
    longest: int


class FirstRows(TypedDict):
    """The first rows, and whether there are more. `foreign`: of each column, whether it may hold text of others."""

    columns: list[str]
    types: list[str]
    foreign: list[bool]
    rows: list[list[Any]]
    more: bool


class Outcome(TypedDict, total=False):
    """One of these: what was found; why nothing, in words, which JSON holds as a list of both languages; that a file is
    gone, which was replaced meanwhile.
    """

    found: FirstRows
    reason: Words
    gone: bool


def answer(task: Task) -> Outcome:
    """Answer the question, from opening the files to the cells."""
    connection = opened(task)
    return {"gone": True} if connection is None else answered(connection, task)


def opened(task: Task) -> "DuckDBPyConnection | None":
    """The views that a question is put to, read-only and for good; None where a file is gone."""
    import duckdb

    connection = duckdb.connect(":memory:", config=_config(task["memory"]))
    try:
        for statement in task["making"]:
            connection.execute(statement)
    except duckdb.Error:
        return None
    with contextlib.suppress(duckdb.Error):  # a zone that only Python knows: now() is in that of the machine then
        connection.execute(f"SET TimeZone = {literal(task['zone'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def answered(connection: "DuckDBPyConnection", task: Task) -> Outcome:
    """Answer the question from what was opened for it."""
    columns = {view: [row[0] for row in connection.execute(f"DESCRIBE {view}").fetchall()] for view in VIEWS}
    timer = threading.Timer(task["seconds"], connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        return {"found": found(connection, task, columns)}
    except NotAnswered as error:
        return {"reason": placed(error, task["sql"])}
    except MemoryError:
        return {"reason": refusals.TOO_LARGE}
    except RecursionError:
        return {"reason": refusals.TOO_DEEP}
    finally:
        timer.cancel()


def _config(memory: str) -> dict[str, Any]:
    return {
        "memory_limit": memory,
        "threads": 2,
        "temp_directory": "",
        "max_temp_directory_size": "0KB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "max_expression_depth": MAX_DEPTH,
        "errors_as_json": True,
    }


def found(connection: "DuckDBPyConnection", task: Task, views: Columns) -> FirstRows:
    """The rows of the answer. Only one more than wanted is computed; each cell is cut before it leaves DuckDB."""
    sql, limit = task["sql"], task["limit"]
    with _explaining(sql, views, before=0):
        tree, query = _checked(connection, sql)
    with _explaining(sql, views, before=len(DESCRIBE)):
        columns = connection.execute(f"{DESCRIBE}{sql}").fetchall()
    if len(columns) > MAX_COLUMNS:
        raise NotAnswered(refusals.TOO_MANY_COLUMNS.filled(most=MAX_COLUMNS))
    names, types = [str(row[0]) for row in columns], [str(row[1]) for row in columns]
    cells = ", ".join(_cell(number, kind, task["longest"]) for number, kind in enumerate(types))
    aliases = ", ".join(f"c{number}" for number in range(len(names)))
    with _explaining(sql, views, before=None):
        connection.execute("BEGIN TRANSACTION READ ONLY")
        rows = connection.execute(f"SELECT {cells} FROM ({query}) AS q({aliases}) LIMIT {limit + 1}").fetchall()
    return {
        "columns": unique(names),
        "types": types,
        "foreign": origin.foreign(tree, names, types, views, task["free"]),
        "rows": [[scalar(value, task["longest"]) for value in row] for row in rows[:limit]],
        "more": len(rows) > limit,
    }


@contextmanager
def _explaining(sql: str, views: Columns, *, before: int | None) -> Generator[None]:
    """Turn DuckDB's errors into `NotAnswered` in words."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise explained(error, sql, views, before) from error


def _checked(connection: "DuckDBPyConnection", sql: str) -> tuple[dict[str, Any], str]:
    """The tree of the question, and the question as it says it, without comments and semicolon: what was looked at is
    what runs.

    Raises:
        NotAnswered: it is not one question, or holds what is not allowed.
    """
    import duckdb

    statements = connection.extract_statements(sql)
    if not statements:
        raise NotAnswered(refusals.NO_QUESTION)
    if len(statements) > 1:
        raise NotAnswered(refusals.ONE_STATEMENT)
    if statements[0].type == duckdb.StatementType.MULTI:
        raise NotAnswered(refusals.PIVOT)
    if statements[0].type != duckdb.StatementType.SELECT:
        raise NotAnswered(refusals.NO_WRITING)
    (tree_text,) = _row(connection, "SELECT json_serialize_sql(?::VARCHAR)", sql)
    tree = json.loads(tree_text)
    if tree["error"]:
        raise NotAnswered(refusals.ONLY_SELECT)
    names = connection.execute("SELECT lower(view_name) FROM duckdb_views() WHERE internal").fetchall()
    question_rules.check(tree, {name for (name,) in names})
    (query,) = _row(connection, "SELECT json_deserialize_sql(?::JSON)", tree_text)
    return tree, query


def _row(connection: "DuckDBPyConnection", sql: str, value: str) -> tuple[str]:
    return cast(tuple[str], connection.execute(sql, [value]).fetchone())


def _cell(number: int, kind: str, longest: int) -> str:
    """The expression with which a column leaves DuckDB: numbers unchanged, all else as text of bounded length."""
    plain = kind.startswith(_NUMBERS) and not kind.endswith("]")
    return f"c{number}" if plain else f"left(c{number}::VARCHAR, {longest + 1})"


def unique(names: Sequence[str]) -> list[str]:
    """Short and distinct names of columns: the second `name` is `name_2`."""
    distinct = list[str]()
    for name in names:
        short, number = name[:MAX_NAME], 1
        while (candidate := short if number == 1 else f"{short}_{number}") in distinct:
            number += 1
        distinct.append(candidate)
    return distinct


def scalar(value: object, longest: int = MAX_CELL) -> Any:
    """A cell for JSON: numbers that are exact there, all else as text that is cut if long."""
    match value:
        case bool() | None:
            return value
        case int():
            return value if -_EXACT <= value <= _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return float(value) if len(value.as_tuple().digits) <= _EXACT_DIGITS else str(value)
        case _:
            text = str(value)
            return text if len(text) <= longest else f"{text[:longest]}…"


def main() -> None:
    """Answer one question."""
    task = cast(Task, json.load(sys.stdin.buffer))
    bound(memory=ADDRESSES, cpu_seconds=math.ceil(task["seconds"]) * 2 + 5, file_bytes=0)
    sys.stdout.buffer.write(json.dumps(answer(task)).encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
