from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.document import Fact
from dialler_mcp.reporting.export.extract import Column, Extract
from dialler_mcp.reporting.export.extract_text import write_csv, write_jtel

COLUMNS = (
    *(Column("name", "VARCHAR"), Column("amount", "DOUBLE"), Column("at", "TIMESTAMP"), Column("day", "DATE")),
    Column("locked", "BOOLEAN"),
)
ROW = ("=cmd|'x'!A0", 1234.5, datetime(2026, 11, 20, 14, 0), datetime(2026, 11, 20), True)


def extract(rows: Sequence[Sequence[Any]], language: Language = Language.en) -> Extract:
    return Extract("A (1)", COLUMNS, iter(rows), [Fact("dialler", "dialler", "A, B")], language)


def test_english_is_after_the_rfc(tmp_path: Path):
    assert write_csv(extract([ROW, [None] * 5]), tmp_path / "x.csv") == 2
    assert (tmp_path / "x.csv").read_bytes() == (
        b'"# dialler: A, B"\r\nname,amount,at,day,locked\r\n'
        b"'=cmd|'x'!A0,1234.5,2026-11-20 14:00:00,2026-11-20,true\r\n,,,,\r\n"
    )


def test_german_is_for_a_german_excel(tmp_path: Path):
    write_csv(extract([ROW], Language.de), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text("utf-8").splitlines() == [
        "\ufeff# dialler: A, B",
        "name;amount;at;day;locked",
        "'=cmd|'x'!A0;1234,5;2026-11-20 14:00:00;2026-11-20;ja",
    ]


def test_jtels_has_quotation_marks_around_texts_and_times_and_nothing_before_its_headings(tmp_path: Path):
    assert write_jtel(extract([ROW[:4], ['a "b"; c', None, None, None]]), tmp_path / "x.csv") == 2
    assert (tmp_path / "x.csv").read_text("utf-8").splitlines() == [
        '"name";"amount";"at";"day";"locked"',
        '"\'=cmd|\'x\'!A0";1234.5;"2026-11-20 14:00:00";"2026-11-20 00:00:00"',
        '"a ""b""; c";"";"";""',
    ]


def test_a_full_disk_is_told(tmp_path: Path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("a system without /dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_csv(extract([ROW] * 10_000), full)
