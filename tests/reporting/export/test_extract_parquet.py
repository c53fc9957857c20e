from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.errors import CannotKeep
from dialler_mcp.reporting.export import extract_parquet
from dialler_mcp.reporting.export.document import Fact
from dialler_mcp.reporting.export.extract import Column, Extract
from dialler_mcp.reporting.export.extract_parquet import write_parquet
from dialler_mcp.reporting.snapshot.database import Database

COLUMNS = (
    *(Column('the "name"', "VARCHAR"), Column("n", "BIGINT"), Column("share", "DECIMAL(5,2)")),
    *(Column("t", "TIMESTAMP"), Column("d", "DATE"), Column("yes", "BOOLEAN"), Column("list", "VARCHAR[]")),
)
ROW = ("O'Neil\u0000", 7, 0.25, datetime(2026, 11, 20, 14, 0), datetime(2026, 11, 20), True, "[a, b]")


def extract(rows: Sequence[Sequence[Any]]) -> Extract:
    return Extract("A", COLUMNS, iter(rows), [Fact("dialler", "dialler", "it's")], Language.en)


def read(sql: str) -> list[tuple[Any, ...]]:
    relation = duckdb.sql(sql)
    assert relation is not None
    return relation.fetchall()


def test_columns_keep_their_types_and_rows_their_order(tmp_path: Path):
    path = tmp_path / "x.parquet"
    assert write_parquet(extract([ROW, *([None, n, *[None] * 5] for n in range(20_000))]), path) == 20_001
    name, *first = read(f"FROM '{path}' LIMIT 1")[0]
    assert name.startswith("O'Neil")
    assert first == [7, 0.25, datetime(2026, 11, 20, 14, 0), date(2026, 11, 20), True, "[a, b]"]
    assert [n for (n,) in read(f"SELECT n FROM '{path}'")] == [7, *range(20_000)]
    assert list(tmp_path.iterdir()) == [path]


def test_it_says_what_it_is(tmp_path: Path):
    path = tmp_path / "x.parquet"
    write_parquet(extract([]), path)
    assert read(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')") == [("dialler", "it's")]


def test_a_full_disk_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise CannotKeep("the disk is full")

    monkeypatch.setattr(Database, "run", full)
    monkeypatch.setattr(extract_parquet, "Database", Database)
    with pytest.raises(OSError, match="the disk is full"):
        write_parquet(extract([ROW]), tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []
