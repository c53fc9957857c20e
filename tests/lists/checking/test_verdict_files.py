import csv
import io
import stat
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.checking import verdict_files
from dialler_mcp.lists.checking.check import check
from dialler_mcp.lists.checking.options import Options
from dialler_mcp.lists.checking.people import People
from dialler_mcp.lists.checking.verdict_files import Include, VerdictFile
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.reading.table import Row
from dialler_mcp.problem import Problem
from tests.lists.tables import ListTable, figure, listed, sample

TABLE = listed("Name;Telefon", "Lang;030 23125001", "Lux;112", ["Busch", figure("4312345678")], "Meier;030 231250/251")


def _written(path: Path, table: Listing, include: Include = Include.rejects, language: Language = Language.en) -> None:
    with VerdictFile(path, table.columns, language, include) as file:
        check(table, map_of(proposed(table)), People(), Options(campaign_id=7), file)


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def _sheet(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(0).to_python()


def test_rejects_come_with_verdict_and_reason_behind_their_own_columns(tmp_path: Path) -> None:
    _written(tmp_path / "rejects.csv", TABLE)
    assert _csv(tmp_path / "rejects.csv") == [
        ["Name", "Telefon", "Check: result", "Check: reason"],
        ["Lux", "112", "left out", "no phone number that can be dialled (PhoneNumber1: emergency number)"],
        ["Busch", "4312345678", "a person must decide", "phone number unclear (PhoneNumber1: country unclear)"],
        ["Meier", "030 231250/251", "a person must decide", "phone number unclear (PhoneNumber1: several numbers)"],
    ]


def test_a_workbook_with_all_rows_keeps_texts_as_texts_and_figures_as_figures(tmp_path: Path) -> None:
    _written(tmp_path / "all.xlsx", TABLE, Include.all, Language.de)
    head, *rows = _sheet(tmp_path / "all.xlsx")
    assert head == ["Name", "Telefon", "Prüfung: Ergebnis", "Prüfung: Grund"]
    assert [row[:3] for row in rows] == [
        ["Lang", "030 23125001", "bereit"],
        ["Lux", "112", "ausgelassen"],
        ["Busch", 4312345678.0, "ein Mensch muss entscheiden"],
        ["Meier", "030 231250/251", "ein Mensch muss entscheiden"],
    ]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_nothing_in_a_file_is_run_by_a_spreadsheet(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"all.{suffix}"
    _written(path, sample("16-formulas-empty-columns.csv", tmp_path), Include.all)
    if suffix == "csv":
        cells = [cell for row in _csv(path) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == ["+493023125141"]
        assert "'=cmd|' /C calc'!A0" in cells
    else:
        rows = _sheet(path)
        assert rows[1][0] == "=cmd|' /C calc'!A0"
        with ZipFile(path) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_file_that_was_mended_is_given_again(tmp_path: Path) -> None:
    table = listed("Name;Telefon", "=Lux;112", "Busch;113")
    _written(tmp_path / "first.csv", table)
    head, first, _ = _csv(tmp_path / "first.csv")
    again = ListTable(head, [Row(2, [first[0], "030 23125001", *first[2:]], None)])
    _written(tmp_path / "second.csv", again, Include.all)
    head, row = _csv(tmp_path / "second.csv")
    assert head == ["Name", "Telefon", "Check: result", "Check: reason"]
    assert row == ["'=Lux", "030 23125001", "ready", "new contact"]


@pytest.mark.parametrize("name", ["checked.xlsx", "checked.csv"])
def test_a_file_with_verdicts_is_its_owners_alone(tmp_path: Path, name: str) -> None:
    with VerdictFile(tmp_path / name, ["Name"], Language.en, Include.all):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_no_file_is_overwritten_and_other_names_are_refused(tmp_path: Path) -> None:
    _written(tmp_path / "a.csv", TABLE)
    with pytest.raises(Problem, match="a file of this name already"):
        _written(tmp_path / "a.csv", TABLE)
    with pytest.raises(Problem, match=r"called \.xlsx or \.csv"):
        _written(tmp_path / "a.ods", TABLE)


def test_a_workbook_that_is_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_files, "MAX_ROWS", 3)
    with pytest.raises(Problem, match="holds no more rows"):
        _written(tmp_path / "a.xlsx", TABLE, Include.all)
