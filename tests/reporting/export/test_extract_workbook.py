import errno
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.export import extract_workbook
from dialler_mcp.reporting.export.document import Fact
from dialler_mcp.reporting.export.extract import Column, Extract
from dialler_mcp.reporting.export.extract_workbook import write_xlsx

FACTS = [Fact("dialler", "dialler", "=1+1")]


def extract(columns: Sequence[Column], rows: Sequence[Sequence[Any]], notice: str = "") -> Extract:
    return Extract("A & B", columns, iter(rows), FACTS, Language.en, notice)


def read(path: Path, sheet: int = 0) -> list[list[Any]]:
    cells: list[list[Any]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(sheet).to_python()
    )
    return cells


def test_texts_are_texts_and_nothing_is_a_formula(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    texts = ["=1+1", "https://example.com", "0123", "x" * 40_000]
    assert write_xlsx(extract([Column(str(n), "VARCHAR") for n in range(4)], [texts]), path) == 1
    assert read(path)[1] == [*texts[:3], "x" * 32_767]
    assert read(path, 1) == [["dialler", "=1+1"]]
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_numbers_keep_their_digits_and_times_are_times(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    columns = [Column("n", "BIGINT"), Column("big", "BIGINT"), Column("t", "TIMESTAMP"), Column("old", "DATE")]
    moment = datetime(2026, 11, 20, 14, 0)
    write_xlsx(extract(columns, [[7, 10**18 + 1, moment, datetime(1850, 1, 1)]]), path)
    assert read(path)[1] == [7.0, str(10**18 + 1), moment, "1850-01-01 00:00:00"]


def test_a_notice_comes_first(tmp_path: Path):
    write_xlsx(extract([Column("n", "BIGINT")], [[1]], "invented people"), tmp_path / "x.xlsx")
    assert [row[0] for row in read(tmp_path / "x.xlsx")] == ["invented people", "n", 1.0]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extract_workbook, "MAX_ROWS", 3)
    columns = [Column("n", "BIGINT")]
    assert write_xlsx(extract(columns, [[1], [2]]), tmp_path / "x.xlsx") == 2
    with pytest.raises(Problem, match="csv or parquet"):
        write_xlsx(extract(columns, [[1], [2], [3]]), tmp_path / "y.xlsx")


def test_a_full_disk_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space left"):
        write_xlsx(extract([Column("n", "BIGINT")], [[1]]), tmp_path / "x.xlsx")
