"""Lists that are made for a test."""

import tracemalloc
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dialler_mcp.lists.reading.table import Row, Table, read
from dialler_mcp.words import Words

HEAD = '<?xml version="1.0"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ZIPPED = "http://schemas.openxmlformats.org/package/2006/relationships"


def a_file(folder: Path, content: bytes | str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table_of(folder: Path, content: bytes | str, name: str = "list.csv", encoding: str | None = None) -> Table:
    return read(a_file(folder, content, name), name=name, encoding=encoding)


def cells_of(table: Table) -> list[list[str]]:
    """The cells of the rows that have no fault."""
    return [list(row.cells) for row in table.rows() if row.fault is None]


def faults_of(table: Table) -> dict[int, Words]:
    """The faults by the lines that have them."""
    return {row.line: row.fault for row in table.rows() if row.fault}


def said_of(table: Table) -> dict[int, str]:
    """The same in English."""
    return {line: fault.en for line, fault in faults_of(table).items()}


def shown(rows: Sequence[Row]) -> list[tuple[int, list[str]]]:
    return [(row.line, list(row.cells)) for row in rows]


@contextmanager
def memory(*, less_than: int) -> Generator[None]:
    """Fail where Python allocates more bytes at a time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < less_than
    finally:
        tracemalloc.stop()


def sheet_xml(rows: str, after: str = "") -> str:
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def a_workbook(
    folder: Path,
    sheets: Mapping[str, str],
    *,
    name: str = "list.xlsx",
    states: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
    properties: str = "",
) -> Path:
    """An XLSX by hand: the XML of each sheet by its name, the state of those that are not visible, more parts."""
    sheet_list = "".join(
        f'<sheet name="{title}" sheetId="{n}" r:id="s{n}" state="{(states or {}).get(title, "visible")}"/>'
        for n, title in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="s{n}" Type="{RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    for kind, part in (("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")):
        if f"xl/{part}" in (more or {}):
            relations += f'<Relationship Id="{kind}" Type="{RELATED}/{kind}" Target="/xl/{part}"/>'
    parts = {
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{properties}'
        f"<sheets>{sheet_list}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{ZIPPED}">{relations}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), start=1)},
        **(more or {}),
    }
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, xml in parts.items():
            archive.writestr(part, xml)
    return path
