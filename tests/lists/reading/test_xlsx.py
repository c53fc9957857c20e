"""An XLSX, cell by cell, and what is done to one to do harm."""

import zipfile
from pathlib import Path

import pytest

from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.table import Table, Unreadable, read
from tests.lists.reading.made import (
    HEAD,
    MAIN,
    a_workbook,
    cells_of,
    faults_of,
    memory,
    sheet_xml,
    shown,
    text_cell,
)

pytestmark = pytest.mark.usefixtures("quick_sheets")

STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="4">
<numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="[$-407]dd\\.mm\\.yyyy"/>
<numFmt numFmtId="166" formatCode="[h]:mm"/><numFmt numFmtId="167" formatCode="0 &quot;days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="166"/>
<xf numFmtId="167"/><xf numFmtId="20"/></cellXfs></styleSheet>"""


def row(number: int, *cells: str, about: str = "") -> str:
    return f'<row r="{number}"{about}>{"".join(cells)}</row>'


TOP = row(1, text_cell("A1", "Name"), text_cell("B1", "Wert"))


def sheet(folder: Path, *rows: str, after: str = "", **more: str) -> Table:
    """The table in a sheet under a head."""
    parts = {f"xl/{name}.xml": xml for name, xml in more.items()}
    path = a_workbook(folder, {"Kunden": sheet_xml(TOP + "".join(rows), after)}, more=parts)
    return read(path, name=path.name)


def value(folder: Path, cell: str, **more: str) -> str:
    """What becomes of a cell in B2."""
    (only,) = sheet(folder, row(2, text_cell("A2", "x"), cell), **more).rows()
    return only.cells[1]


@pytest.mark.parametrize(
    ("cell", "text", "kind"),
    [
        ('<c r="B2"><v>4930231250</v></c>', "4930231250", Kind.number),
        ('<c r="B2" t="n" s="1"><v>1067</v></c>', "1067", Kind.number),
        ('<c r="B2"><v>4.930231250E+9</v></c>', "4930231250", Kind.number),
        ('<c r="B2"><v>1234.5</v></c>', "1234.5", Kind.number),
        ('<c r="B2"><v>3.70400440532013E+19</v></c>', "3.70400440532013e+19", Kind.number),
        ('<c r="B2" s="2"><v>46387</v></c>', "2026-12-31", Kind.date),
        ('<c r="B2" s="3"><v>46387.604166666664</v></c>', "2026-12-31T14:30:00", Kind.date),
        ('<c r="B2" t="d"><v>2026-12-31T14:30:00</v></c>', "2026-12-31T14:30:00", Kind.date),
        ('<c r="B2" t="d"><v>soon</v></c>', "soon", Kind.date),
        ('<c r="B2" s="4"><v>1.5</v></c>', "36:00:00", Kind.time),
        ('<c r="B2" s="6"><v>0.5</v></c>', "12:00:00", Kind.time),
        ('<c r="B2" s="5"><v>5</v></c>', "5", Kind.number),
        ('<c r="B2" s="2"><v>-5</v></c>', "-5", Kind.number),
        ('<c r="B2" s="2"><v>x</v></c>', "x", Kind.number),
        ('<c r="B2" t="b"><v>1</v></c>', "true", Kind.boolean),
        ('<c r="B2" t="b"><v>0</v></c>', "false", Kind.boolean),
        ('<c r="B2" t="e"><v>#N/A</v></c>', "#N/A", Kind.error),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2", Kind.formula),
        ('<c r="B2" t="str"><f>"a"</f><v>a</v></c>', "a", Kind.formula),
        ('<c r="B2" s="2"><f>TODAY()</f><v>46387</v></c>', "2026-12-31", Kind.formula),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", Kind.error),
        ('<c r="B2"><f>1+1</f></c>', "", Kind.formula),
    ],
)
def test_a_cell_says_what_it_was(tmp_path: Path, cell: str, text: str, kind: Kind):
    content = value(tmp_path, cell, styles=STYLES)
    assert isinstance(content, TypedCell)
    assert (content, content.kind) == (text, kind)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (text_cell("B2", "=1+1"), "=1+1"),
        ('<c r="B2" t="inlineStr"><is><r><t>Mei</t></r>\n <r><t xml:space="preserve">er </t></r></is></c>', "Meier "),
        ('<c r="B2" t="inlineStr"><is><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh></is></c>', "東"),
        (text_cell("B2", "a_x000D_b_x005F_"), "a\rb_"),
        ('<c r="B2" t="s"><v>1</v></c>', "Meier & Co"),
        ('<c r="B2" t="s"><v>2</v></c>', "東"),
        ('<c r="B2" t="s"/>', ""),
        ('<c r="B2" s="1"/>', ""),
        ('<c t="inlineStr"><is><t>next</t></is></c>', "next"),
    ],
)
def test_a_text_is_a_text(tmp_path: Path, cell: str, text: str):
    shared = (
        f'{HEAD}<sst xmlns="{MAIN}"><si><t>x</t></si><si><r><t>Meier</t></r><r><t> &amp; Co</t></r></si>'
        '<si><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh></si></sst>'
    )
    content = value(tmp_path, cell, sharedStrings=shared, styles=STYLES)
    assert (content, type(content)) == (text, str)


def test_days_may_be_counted_from_1904(tmp_path: Path):
    rows = TOP + row(2, text_cell("A2", "x"), '<c r="B2" s="2"><v>44925</v></c>')
    properties = '<workbookPr date1904="1"/>'
    path = a_workbook(tmp_path, {"K": sheet_xml(rows)}, more={"xl/styles.xml": STYLES}, properties=properties)
    assert cells_of(read(path, name="x.xlsx")) == [["x", "2026-12-31"]]


def test_rows_keep_their_numbers(tmp_path: Path):
    table = sheet(
        tmp_path, row(5, text_cell("B5", "x")), f"<row>{text_cell('A6', 'y')}</row>", row(9, '<c r="A9" s="1"/>')
    )
    assert shown(list(table.rows())) == [(5, ["", "x"]), (6, ["y", ""])]


def test_more_than_the_head_has_is_a_column_without_a_name(tmp_path: Path):
    table = sheet(tmp_path, row(2, text_cell("A2", "x"), text_cell("B2", "1"), text_cell("C2", "y")))
    assert table.columns == ("Name", "Wert", "column 3")


def test_what_stands_far_right_below_is_a_fault(tmp_path: Path):
    rows = [row(number, text_cell(f"A{number}", "x"), text_cell(f"B{number}", "1")) for number in range(2, 300)]
    table = sheet(tmp_path, *rows, row(300, text_cell("A300", "x"), text_cell("ZZ300", "remark")))
    assert list(faults_of(table)) == [300]


def test_a_prefix_is_as_good_as_none(tmp_path: Path):
    xml = (
        f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Name</x:t>'
        '</x:is></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    path = a_workbook(tmp_path, {"K": xml})
    assert cells_of(read(path, name="x.xlsx")) == [["7"]]


def test_merged_cells_group_the_head(tmp_path: Path):
    names = ("Nr", "Name", "privat", "mobil")
    group = row(1, text_cell("A1", "Nr"), text_cell("B1", "Name"), text_cell("C1", "Telefon"))
    head = row(2, *(text_cell(f"{letter}2", name) for letter, name in zip("ABCD", names, strict=True) if letter > "B"))
    people = [row(n, *(f'<c r="{letter}{n}"><v>{n}</v></c>' for letter in "ABCD")) for n in (3, 4)]
    after = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:D1"/></mergeCells>'
    path = a_workbook(tmp_path, {"K": sheet_xml(group + head + "".join(people), after)})
    assert read(path, name="x.xlsx").columns == ("Nr", "Name", "Telefon privat", "Telefon mobil")


def test_hidden_rows_are_read_and_told(tmp_path: Path):
    table = sheet(tmp_path, row(2, text_cell("A2", "x"), text_cell("B2", "y"), about=' hidden="1"'))
    assert len(cells_of(table)) == 1
    assert any("Hidden rows (1)" in note.en for note in table.notes)


DATA = sheet_xml(TOP + row(2, text_cell("A2", "x"), text_cell("B2", "1")))
OTHER = sheet_xml(TOP + row(2, text_cell("A2", "y"), text_cell("B2", "2")))


def test_the_first_sheet_that_is_shown_is_read_and_the_others_named(tmp_path: Path):
    states = {"Alt": "hidden", "Geheim": "veryHidden"}
    path = a_workbook(tmp_path, {"Alt": OTHER, "Kunden": DATA, "Geheim": OTHER, "Mehr": OTHER}, states=states)
    table = read(path, name="x.xlsx")
    assert (table.sheet, table.hidden_sheets, table.other_sheets) == ("Kunden", ("Alt", "Geheim"), ("Mehr",))
    assert cells_of(table) == [["x", "1"]]
    assert [note.en for note in table.notes if "sheet" in note.en] == [
        "Only one sheet is read, and not the others (1): give sheet to read another.",
        "Hidden sheets (2) are not read.",
    ]


def test_another_sheet_is_read_when_it_is_asked_for(tmp_path: Path):
    path = a_workbook(tmp_path, {"Kunden": DATA, "Alt": OTHER}, states={"Alt": "hidden"})
    assert cells_of(read(path, name="x.xlsx", sheet="Alt")) == [["y", "2"]]
    with pytest.raises(Unreadable, match="no such sheet; it has: Kunden"):
        read(path, name="x.xlsx", sheet="Neu")
    with pytest.raises(Unreadable, match="no sheet that is not hidden"):
        read(a_workbook(tmp_path, {"A": DATA}, states={"A": "hidden"}), name="x.xlsx")


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        (sheet_xml(row(1, text_cell("A1", "x"), text_cell("XFE1", "y"))), "more columns"),
        (sheet_xml(row(1, text_cell("AAAA1", "y"))), "more columns"),
        (sheet_xml(row(1, text_cell("1", "y"))), "more columns"),
        (sheet_xml(row(1_048_577, text_cell("A1", "y"))), "damaged"),
        (sheet_xml(row(2, text_cell("A2", "y")) + row(1, text_cell("A1", "y"))), "damaged"),
        (sheet_xml(row(1, text_cell("B1", "y"), text_cell("A1", "y"))), "damaged"),
        (sheet_xml('<row r="x"/>'), "damaged"),
        (sheet_xml(row(1, '<c r="A1" t="s"><v>7</v></c>')), "damaged"),
        (sheet_xml(row(1, '<c r="A1" t="s"><v>-1</v></c>')), "damaged"),
        (sheet_xml(row(1, text_cell("A1", "y")))[:-20], "damaged"),
        (f'{HEAD}<!DOCTYPE x [<!ENTITY a "b">]>' + sheet_xml("").removeprefix(HEAD), "document type"),
        (sheet_xml(row(1, text_cell("A1", "y" * 5000))), "longer than a cell"),
        (sheet_xml(""), "empty"),
    ],
)
def test_a_sheet_that_is_none_is_refused(tmp_path: Path, xml: str, sentence: str):
    path = a_workbook(tmp_path, {"K": xml})
    with pytest.raises(Unreadable, match=sentence):
        read(path, name="x.xlsx", limits=Limits(cell=4000))


def test_a_wide_and_empty_sheet_takes_no_memory(tmp_path: Path):
    """Its two cells abort other readers, which take the space between them."""
    path = a_workbook(
        tmp_path, {"K": sheet_xml(row(1, text_cell("A1", "x")) + row(1_048_576, text_cell("XFD1048576", "y")))}
    )
    with memory(less_than=8_000_000):
        table = read(path, name="x.xlsx")
        assert len(table.columns) == 16_384
        assert [row.line for row in table.rows()][-1] == 1_048_576


@pytest.mark.parametrize(
    ("limits", "part"),
    [
        (Limits(unpacked_bytes=100_000), "xl/worksheets/sheet1.xml"),
        (Limits(ratio=20), "xl/worksheets/sheet1.xml"),
        (Limits(unpacked_bytes=100_000), "xl/sharedStrings.xml"),
    ],
)
def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, limits: Limits, part: str):
    padding = " " * 9_000_000
    if part == "xl/sharedStrings.xml":
        path = a_workbook(tmp_path, {"K": DATA}, more={part: f'{HEAD}<sst xmlns="{MAIN}">{padding}</sst>'})
    else:
        path = a_workbook(tmp_path, {"K": sheet_xml(padding + TOP)})
    with pytest.raises(Unreadable, match="unpacks to more"):
        read(path, name="x.xlsx", limits=limits)


def test_rows_that_become_too_much_are_refused(tmp_path: Path):
    rows = "".join(row(n, text_cell(f"A{n}", "x"), text_cell(f"XFD{n}", "y")) for n in range(1, 100))
    path = a_workbook(tmp_path, {"K": sheet_xml(rows)})
    with pytest.raises(Unreadable, match="more than a list"):
        read(path, name="x.xlsx", limits=Limits(unpacked_bytes=2_000_000))


def test_a_lie_about_the_size_of_a_part_is_seen(tmp_path: Path):
    path = a_workbook(tmp_path, {"K": sheet_xml(TOP + row(2, text_cell("A2", "y" * 3000)))})
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(Unreadable, match="damaged"):
        read(path, name="x.xlsx")


@pytest.mark.parametrize("missing_part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_a_workbook_that_lacks_a_part_is_damaged(tmp_path: Path, missing_part: str):
    whole = a_workbook(tmp_path, {"K": DATA})
    torn = tmp_path / "torn.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(torn, "w") as target:
        for name in source.namelist():
            if name != missing_part:
                target.writestr(name, source.read(name))
        target.writestr("other/workbook.xml", "")
    with pytest.raises(Unreadable):
        read(torn, name="x.xlsx")
