"""Tidy rows are read as the parser reads them, and all else is left to it."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialler_mcp.lists.reading import parts as parts_module
from dialler_mcp.lists.reading import tidy
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import Writer
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.parts import Parts
from dialler_mcp.lists.reading.tidy import TidyCell, TidyRows, TidyStrings
from dialler_mcp.lists.reading.workbook import Strings, read_strings
from dialler_mcp.lists.reading.xlsx import read_sheet
from tests.lists.reading.made import HEAD, MAIN, a_workbook

STRINGS = f'{HEAD}<sst xmlns="{MAIN}"><si><t>Ada</t></si><si><t>Müller &amp; Co</t></si><si><t></t></si></sst>'
CELLS = (
    *('<c r="C{}" t="s"><v>2</v></c>', '<c r="D{}" t="s"><v>0</v></c>', '<c r="C{}" t="s"><v></v></c>'),
    *('<c r="E{}" t="s"><v> 1 </v></c>', '<c r="AC{}" t="s"><v>1</v></c>'),
    *('<c r="A{}" t="s"><v>0</v></c>', '<c r="B{}" s="1" t="s"><v>1</v></c>', '<c r="A{}"/>', '<c r="B{}" s="1"></c>'),
    *('<c r="C{}"><v>4930231250</v></c>', '<c r="C{}" t="n"><v>1.5E+3</v></c>', '<c r="D{}" t="b"><v>1</v></c>'),
    *('<c r="D{}" t="e"><v>#N/A</v></c>', '<c r="E{}" t="str"><v>Straße</v></c>', '<c t="str"><v>x</v></c>'),
    *('<c r="E{}" t="inlineStr"><is><t>a b</t></is></c>', '<c r="F{}" t="inlineStr"><is><t> x </t></is></c>'),
    *(
        '<c r="F{}" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>',
        '<c r="F{}" t="str"><v>A &amp; B</v></c>',
    ),
    *(
        '<c r="G{}"><f>1+1</f><v>2</v></c>',
        '<c r="G{}" t="str"><v>x\r\ny</v></c>',
        '<c r="G{}" t="str"><v>x\ny</v></c>',
    ),
    *('<c r="H{}" t="inlineStr"><is><r><t>x</t></r><rPh><t>y</t></rPh></is></c>', " ", "<!-- no cell -->"),
    *('<c  r="H{}" t="str"><v>two blanks</v></c>', "<c r='H{}' t='str'><v>single</v></c>", '<c r="AB{}"><v>7</v></c>'),
    *('<c r="I{}" t="str"><v><![CDATA[<row r="9"></row>]]></v></c>', '<c t="str" r="I{}"><v>turned</v></c>'),
)
HEADS = (
    *('<row r="{}">', '<row r="{}" spans="1:9" x14ac:dyDescent="0.25">', '<row r="{}" hidden="1">', "<row>"),
    *('<row  r="{}">', '<row r="{}" ht="&#49;5">', '<row r="{}" hidden="false">'),
)
BETWEEN = ("", "\n", '<row r="{}"/>', '<!-- <row r="{}"><c r="A{}" t="str"><v>no</v></c></row> -->')


def read_rows(xml: bytes, folder: Path, *, tidy_ones: bool) -> bytes | str:
    """What a sheet is read as, or why it is not; with tidy rows taken out or by the parser alone."""
    path = a_workbook(folder, {"Blatt": "SHEET"}, more={"xl/sharedStrings.xml": STRINGS})
    data = path.read_bytes()
    with zipfile.ZipFile(path, "w") as archive, zipfile.ZipFile(BytesIO(data)) as old:
        for name in old.namelist():
            archive.writestr(name, xml if "sheet1" in name else old.read(name))
    file = BytesIO()
    writer = Writer(file, Limits())
    with pytest.MonkeyPatch.context() as patch:
        if not tidy_ones:
            patch.setattr(TidyRows, "others", everything)
        try:
            writer.close(read_sheet(path, None, Limits(), writer))
        except Unreadable as error:
            return error.words.en
    return file.getvalue()


def everything(_: object, block: bytes) -> list[bytes]:
    """Leaves all of a part to the parser."""
    return [block]


def sheet(rows: str, start: str = HEAD) -> str:
    end = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    return f'{start}<worksheet xmlns="{MAIN}" xmlns:x14ac="x"><sheetData>{rows}</sheetData>{end}</worksheet>'


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """The XML of a sheet, most of whose rows are tidy."""
    rows = list[str]()
    for number in range(1, draw(st.integers(1, 8))):
        cells = [draw(st.sampled_from(CELLS)) for _ in range(draw(st.integers(0, 4)))]
        row = draw(st.sampled_from(HEADS)) + "".join(cells) + "</row>" + draw(st.sampled_from(BETWEEN))
        rows.append(row.replace("{}", str(number)))
    return sheet("".join(rows))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(xml=sheets(), block=st.integers(1, 300), longest=st.sampled_from([20, 1 << 20]))
def test_tidy_rows_are_read_as_the_parser_reads_them(xml: str, block: int, longest: int, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts_module, "BLOCK", block)
        patch.setattr(tidy, "LONGEST", longest)
        assert read_rows(xml.encode(), tmp_path, tidy_ones=True) == read_rows(xml.encode(), tmp_path, tidy_ones=False)


STRING_ITEMS = (
    *("<si><t>Ada</t></si>", '<si><t xml:space="preserve"> a </t></si>', "<si><t>A &amp; B</t></si>", "<si><t/></si>"),
    *("<si/>", "<si><r><t>a</t></r><r><t>b</t></r></si>", "<si><t>x\ny</t></si>", "<si><t>_x000D_</t></si>", "\n"),
    *(
        "<si><t>a</t><rPh><t>b</t></rPh></si>",
        "<!-- <si><t>no</t></si> -->",
        "<si><t>Müller</t></si>",
        "<si><t></t></si>",
    ),
    *("<si ><t>blank</t></si>", "<si><t><![CDATA[<si><t>x</t></si>]]></t></si>"),
)


def every_string(strings: Strings) -> Iterator[str]:
    """The strings, in order."""
    with suppress(IndexError):
        for number in count():
            yield strings[number]


def strings_in(xml: bytes, folder: Path, *, tidy_ones: bool) -> list[str] | str:
    """The shared strings of a workbook, or why they cannot be read; with tidy ones taken out or by the parser alone."""
    path = folder / "strings.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("strings.xml", xml)
    with Parts(path, Limits()) as parts, pytest.MonkeyPatch.context() as patch:
        if not tidy_ones:
            patch.setattr(TidyStrings, "others", everything)
        try:
            with closing(Strings()) as strings:
                read_strings(parts, "strings.xml", strings)
                return list(every_string(strings))
        except Unreadable as error:
            return error.words.en


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    items=st.lists(st.sampled_from(STRING_ITEMS), max_size=12),
    block=st.integers(1, 200),
    longest=st.sampled_from([20, 1 << 20]),
)
def test_tidy_strings_are_read_as_the_parser_reads_them(
    items: list[str], block: int, longest: int, tmp_path: Path
) -> None:
    xml = f'{HEAD}<sst xmlns="{MAIN}">{"".join(items)}</sst>'.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts_module, "BLOCK", block)
        patch.setattr(tidy, "LONGEST", longest)
        assert strings_in(xml, tmp_path, tidy_ones=True) == strings_in(xml, tmp_path, tidy_ones=False)


def test_strings_that_are_no_utf_8_are_refused_as_the_parser_does(tmp_path: Path) -> None:
    xml = f'{HEAD}<sst xmlns="{MAIN}"><si><t>Köln</t></si></sst>'.encode("latin-1")
    why = strings_in(xml, tmp_path, tidy_ones=True)
    assert "damaged" in why
    assert why == strings_in(xml, tmp_path, tidy_ones=False)


ONE = '<row r="1"><c r="A1" t="str"><v>Köln</v></c></row>'


@pytest.mark.parametrize(
    "xml",
    [
        sheet(ONE).encode(),
        sheet(ONE, '<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"),
        sheet(ONE, '<?xml version="1.0" encoding = "ISO-8859-1"?>').encode(),
        sheet(ONE, '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
        sheet(ONE, "").encode(),
        sheet(ONE, '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>').encode(),
        sheet(ONE).encode().replace("ö".encode(), b"\xf6"),
        sheet(ONE * 2).encode(),
        sheet(ONE).encode()[:-30],
        sheet(re.sub("<(/?)(row|c|v)", r"<\1p:\2", ONE)).encode().replace(b"<worksheet", b'<worksheet xmlns:p="p"'),
        sheet('<row r="9999999"><c r="A1"><v>1</v></c></row>').encode(),
        sheet('<row r="1"><c r="ZZZ1"><v>1</v></c></row>').encode(),
        sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>').encode(),
        sheet('<row r="1"><c r="A1" t="s"><v>x</v></c></row>').encode(),
        sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>').encode(),
        sheet('<row r="1"><c r="ZZZ1" t="s"><v>1</v></c></row>').encode(),
        sheet('<row r="1"><c r="B1" t="s"><v>1</v></c><c r="A1" t="s"><v>0</v></c></row>').encode(),
        sheet('<row r="1"><c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>').encode(),
        sheet('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>').encode(),
        sheet("<row r='1'><c r='A1' t='str'><v>a]]&gt;b</v></c></row>").encode(),
        sheet(ONE.replace("Köln", "a]]>b")).encode(),
        sheet(ONE.replace("Köln", "\uffff")).encode(),
    ],
)
def test_what_is_odd_is_read_or_refused_as_the_parser_does(xml: bytes, tmp_path: Path) -> None:
    assert read_rows(xml, tmp_path, tidy_ones=True) == read_rows(xml, tmp_path, tidy_ones=False)


def test_tidy_rows_do_not_reach_the_parser(tmp_path: Path) -> None:
    class Taken:
        def __init__(self) -> None:
            self.rows = list[tuple[object, ...]]()

        def add_row(self, number: int, cells: Sequence[TidyCell], *, hidden: bool) -> None:
            self.rows.append((number, *cells, hidden))

        def add_alike(
            self, number: int, kind: str, letters: Sequence[str], values: Sequence[str], *, hidden: bool
        ) -> None:
            self.rows.append((number, kind, letters, values, hidden))

    taken = Taken()
    rows = TidyRows(taken)
    texts = '<row r="2" hidden="1"><c r="B2" t="s"><v>7</v></c><c r="D2" s="3" t="s"><v>9</v></c></row>'
    others = [*rows.others(sheet(ONE + texts).encode()), *rows.others(b"")]
    assert b"".join(others) == sheet("").encode()
    cell = '<c r="A1" t="str"><v>Köln</v></c>'
    assert taken.rows == [
        (1, (cell, "A", "", "str", "Köln", ""), False),
        (2, "s", ("B", "D"), ("7", "9"), True),
    ]
