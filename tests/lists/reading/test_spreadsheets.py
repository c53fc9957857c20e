"""The process in which a spreadsheet is read, from outside."""

import sys
import threading
from pathlib import Path

import pytest

from dialler_mcp.lists.reading import spreadsheets
from dialler_mcp.lists.reading.limits import MEGABYTE, Limits
from dialler_mcp.lists.reading.spreadsheets import BROKEN, TOO_SLOW
from dialler_mcp.lists.reading.table import Unreadable, read
from tests.lists.reading.made import a_workbook, cells_of, sheet_xml, text_cell
from tests.lists.reading.test_old_sheets import PERSON, TEXT, TOP, an_ods
from tests.lists.reading.test_table import SAMPLES

LAST = TEXT.format("x") + "</table:table-row>"
XLSX = "03-floats-merged-head.xlsx"


def test_nothing_is_left_beside_the_file(tmp_path: Path):
    path = tmp_path / XLSX
    path.write_bytes((SAMPLES / XLSX).read_bytes())
    table = read(path, name=XLSX)
    assert sys.platform == "win32" or list(tmp_path.iterdir()) == [path]
    path.unlink()
    assert len(cells_of(table)) == 4


def test_a_process_that_breaks_down_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "_CHILD", "dialler_mcp.no_such_module")
    with pytest.raises(Unreadable) as error:
        read(SAMPLES / XLSX, name=XLSX)
    assert error.value.words == BROKEN


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(Unreadable) as error:
        read(SAMPLES / XLSX, name=XLSX, limits=Limits(seconds=0.001))
    assert error.value.words == TOO_SLOW


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_sheet_that_needs_too_much_memory_is_told(tmp_path: Path):
    """A row behind a million empty ones: a kilobyte that takes hundreds of megabytes."""
    gap = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    wide = PERSON.replace("</table:table-row>", '<table:table-cell table:number-columns-repeated="18"/>' + LAST)
    path = an_ods(tmp_path, TOP + PERSON + gap + wide)
    with pytest.raises(Unreadable) as error:
        read(path, name="list.ods", limits=Limits(memory=200 * MEGABYTE))
    assert error.value.words == BROKEN


def test_its_own_sentence_comes_through(tmp_path: Path):
    path = a_workbook(tmp_path, {"K": sheet_xml('<row r="1">' + text_cell("AAAA1", "x") + "</row>")})
    with pytest.raises(Unreadable, match="more columns"):
        read(path, name="x.xlsx")


@pytest.mark.usefixtures("quick_sheets")
def test_rows_are_whole_wherever_blocks_end(monkeypatch: pytest.MonkeyPatch):
    whole = cells_of(read(SAMPLES / XLSX, name=XLSX))
    for size in (1, 7, 64):
        monkeypatch.setattr(spreadsheets, "_BLOCK", size)
        assert cells_of(read(SAMPLES / XLSX, name=XLSX)) == whole


@pytest.mark.usefixtures("quick_sheets")
def test_several_may_read_the_rows_at_once(tmp_path: Path):
    rows = "".join(f'<row r="{n}">{text_cell(f"A{n}", f"Nr {n}")}</row>' for n in range(1, 2000))
    table = read(a_workbook(tmp_path, {"K": sheet_xml(rows)}), name="x.xlsx")
    read_by = list[int]()
    readers = [threading.Thread(target=lambda: read_by.append(len(cells_of(table)))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert read_by == [1998] * 4
