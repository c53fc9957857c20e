"""An extract as Parquet, for other programs."""

# ruff: noqa: S608 - the SQL is put together from our own names

import errno
import os
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from dialler_mcp.reporting.errors import CannotKeep
from dialler_mcp.reporting.export.extract import Cell, Column, Extract
from dialler_mcp.reporting.snapshot.database import FETCHED, Database, literal

MEMORY, LONGEST = "512MB", 16 << 20
"""Of DuckDB, and bytes of a row."""
_PLAIN = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "DATE", "TIMESTAMP"),
)
"""The types that a column keeps; whatever else there is becomes a number or text."""


def write_parquet(extract: Extract, path: Path) -> int:
    """The file, with the facts as its key-value metadata; returns how many rows. DuckDB writes what was first put into
    a file of JSON lines beside it: so each text is clean, as in all other files.

    Raises:
        OSError: there is no room for it.
    """
    lines = path.with_suffix(".ndjson")
    try:
        count = _write_lines(extract, lines)
        _copy(extract, lines, path)
    except CannotKeep as error:
        raise OSError(errno.ENOSPC, error.why.en) from error
    finally:
        lines.unlink(missing_ok=True)
    return count


def _copy(extract: Extract, lines: Path, path: Path) -> None:
    names = _names(extract)
    types = ", ".join(f"{name}: {literal(_type(column))}" for name, column in zip(names, extract.columns, strict=True))
    expressions = ", ".join(
        f"{name} AS {_quoted(column.heading)}" for name, column in zip(names, extract.columns, strict=True)
    )
    about = ", ".join(f"{_quoted(fact.name)}: {literal(fact.text)}" for fact in extract.facts)
    with Database(memory=MEMORY, threads=1) as database:
        database.run("SET preserve_insertion_order = true")
        database.run(
            f"COPY (SELECT {expressions} FROM read_json({literal(lines)}, format='newline_delimited',"
            f" columns={{{types}}}, maximum_object_size={LONGEST}))"
            f" TO {literal(path)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{about}}})"
        )


def _names(extract: Extract) -> list[str]:
    """What the columns are called on the way: headings may be anything."""
    return [f"c{place}" for place in range(len(extract.columns))]


def _write_lines(extract: Extract, lines: Path) -> int:
    encoder, count = msgspec.json.Encoder(), 0
    names = _names(extract)
    with os.fdopen(os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := list(islice(extract.rows, FETCHED)):
            file.write(encoder.encode_lines([dict(zip(names, map(_plain, row), strict=True)) for row in block]))
            count += len(block)
    return count


def _plain(value: Cell) -> Cell:
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _type(column: Column) -> str:
    if column.type.startswith("DECIMAL"):
        return "DOUBLE"
    if column.type.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    return column.type if column.type in _PLAIN else "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
