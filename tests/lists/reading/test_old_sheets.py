"""XLS and ODS."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from dialler_mcp.lists.reading import old_sheets
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.table import Unreadable, read
from tests.lists.reading.made import HEAD, cells_of, shown
from tests.lists.reading.test_table import SAMPLES

pytestmark = pytest.mark.usefixtures("quick_sheets")

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
PERSON = f"<table:table-row>{TEXT.format('Meier')}{TEXT.format('030 23125001')}</table:table-row>"
TOP = f"<table:table-row>{TEXT.format('Name')}{TEXT.format('Telefon')}</table:table-row>"


def an_ods(folder: Path, rows: str, doctype: str = "") -> Path:
    path = folder / "list.ods"
    content = (
        f"{HEAD}{doctype}<office:document-content {NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Kunden">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


def test_rows_keep_their_numbers(tmp_path: Path):
    empty = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    table = read(an_ods(tmp_path, empty + TOP + empty + PERSON), name="list.ods")
    assert (table.head_line, table.sheet) == (4, "Kunden")
    assert shown(list(table.rows())) == [(8, ["Meier", "030 23125001"])]


@pytest.mark.parametrize("name", ["04-libreoffice.ods", "05-old-excel.xls"])
def test_it_is_said_that_formulas_cannot_be_seen(name: str):
    assert old_sheets.NO_FORMULAS in read(SAMPLES / name, name=name).notes


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("x", ("x", ".")),
        (True, ("true", "b")),
        (2214710032.0, ("2214710032", "n")),
        (7, ("7", "n")),
        (dt.date(2026, 12, 31), ("2026-12-31", "d")),
        (dt.datetime(2026, 12, 31, 14, 30), ("2026-12-31T14:30:00", "d")),
        (dt.time(14, 30), ("14:30:00", "t")),
        (dt.timedelta(hours=26, minutes=30), ("26:30:00", "t")),
    ],
)
def test_values_say_what_they_were(value: old_sheets.Value, cell: tuple[str, str]):
    assert old_sheets._cell(value) == cell  # pyright: ignore[reportPrivateUsage]


def test_a_document_type_is_not_followed(tmp_path: Path):
    doctype = '<!DOCTYPE x [<!ENTITY a "Meier"><!ENTITY b "&a;&a;&a;">]>'
    row = f"<table:table-row>{TEXT.format('&b;')}</table:table-row>"
    with pytest.raises(Unreadable, match="damaged"):
        read(an_ods(tmp_path, TOP + row, doctype), name="list.ods")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path):
    path = an_ods(tmp_path, TOP + PERSON + " " * 9_000_000)
    for limits in (Limits(unpacked_bytes=1_000_000), Limits(ratio=20)):
        with pytest.raises(Unreadable, match="unpacks to more"):
            read(path, name="list.ods", limits=limits)


def test_a_damaged_file_is_refused(tmp_path: Path):
    path = tmp_path / "list.xls"
    path.write_bytes((SAMPLES / "05-old-excel.xls").read_bytes()[:3000] + "Workbook\0".encode("utf-16-le"))
    with pytest.raises(Unreadable, match="damaged"):
        read(path, name="list.xls")


def test_an_ods_with_its_usual_empty_end_is_small(tmp_path: Path):
    end = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    )
    assert len(cells_of(read(an_ods(tmp_path, TOP + PERSON + end + "</table:table-row>"), name="list.ods"))) == 1
