"""A list of people as a table, whatever it came in: `read` for a file, `read_pasted` and `read_objects` for rows that
stand in an invocation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from dialler_mcp.lists.reading import content, delimited, records, spreadsheets
from dialler_mcp.lists.reading.cells import Kind, TypedCell, is_tidy, tidied
from dialler_mcp.lists.reading.content import Content
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.layout import Layout, layout_of
from dialler_mcp.lists.reading.limits import MAX_PASTED, Limits
from dialler_mcp.lists.reading.lines import Line, Source
from dialler_mcp.words import Words

__all__ = ("Kind", "Limits", "Row", "Table", "TypedCell", "Unreadable", "read", "read_objects", "read_pasted")

EMPTY = Words(
    "The file is empty: it holds no line and no cell. Give one that holds people.",
    "Die Datei ist leer: Sie enthält keine Zeile und keine Zelle. Geben Sie eine mit Personen an.",
)
ONLY_A_HEAD = Words(
    "The file holds a head, but no line below it: there is nobody to read.",
    "Die Datei enthält eine Kopfzeile, aber keine darunter: Zu lesen ist niemand.",
)
_TOO_FEW = Words(
    "This line has {cells} cells, and the head {width}: it is cut off, or a separator is missing.",
    "Diese Zeile hat {cells} Zellen, die Kopfzeile {width}: Sie ist abgeschnitten, oder ein Trennzeichen fehlt.",
)
_TOO_MANY_CELLS = Words(
    "This line has {cells} cells, and the head {width}: a separator stands within one of them.",
    "Diese Zeile hat {cells} Zellen, die Kopfzeile {width}: In einer davon steht ein Trennzeichen.",
)
_TOO_MANY = Words(
    "These are more than {most} rows: save them to a file, and give its path.",
    "Das sind mehr als {most} Zeilen: Speichern Sie sie in eine Datei, und geben Sie ihren Pfad an.",
)
_BLOCK = 200  # lines that are looked at together: few enough for memory, however long they are
_SAMPLE = 200  # lines that tell where the head is


class Row(NamedTuple):
    """A line of the table, with as many cells as the head has.

    `line`: as a person counts it, in the file or the sheet; of a JSON file the number of the record. Cells are composed
    (NFC) and without invisible characters; what was no text is `TypedCell`. `fault`: why this row cannot be used at
    all, a sentence; its cells are then what could be read of it.
    """

    line: int
    cells: Sequence[str]
    fault: Words | None


@dataclass(frozen=True)
class Table:
    """What a file holds. `columns` are distinct; `notes` say what was decided in reading it, a sentence each.

    Names of sheets and columns are text of whoever made the file.
    """

    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    hidden_sheets: Sequence[str]
    other_sheets: Sequence[str]
    head_line: int | None
    columns: Sequence[str]
    notes: Sequence[Words]
    _source: Source = field(repr=False)
    _layout: Layout = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows below the head, from the first, each time it is called. Empty ones are left out."""
        first, head_line = self._layout.first, self._layout.head_line
        for block in _filled(self._source):
            lines = [line for line in block if line.number >= first and line.number != head_line]
            if all(line.fault is None for line in lines) and self._are_people(lines):
                yield from map(Row._make, lines)
            else:
                yield from map(self._row, lines)

    def _are_people(self, lines: Sequence[Line]) -> bool:
        """Whether these lines, read without a fault, are surely rows without one; most are, and show it together."""
        width = len(self.columns)
        return all(len(line.cells) == width for line in lines) and self._layout.are_people(lines)

    def _row(self, line: Line) -> Row:
        number, cells, fault = line
        width = len(self.columns)
        if not fault:
            is_misfit = len(cells) > width or self._source.ragged
            fault = self._layout.fault(line) or (_misfit(cells, width) if is_misfit else None)
        if len(cells) != width:
            cells = [*cells[:width], *[""] * (width - len(cells))]
        return Row(number, cells, fault)


def read(
    source: Path, *, name: str, encoding: str | None = None, sheet: str | None = None, limits: Limits = Limits()
) -> Table:
    """The table that a file holds.

    `source` is a copy of our own, beside which more files may be made; `name` is what the person calls it. `encoding`
    and `sheet` are asked for where they cannot be told, or another one is meant.

    Raises:
        Unreadable: it is no list, is damaged, protected or too large, or there is no such encoding or sheet.
    """
    kind = content.content_of(source)
    match kind:
        case Content.xlsx | Content.xls | Content.ods:
            source_of_lines = spreadsheets.read_file(source, kind, sheet, limits)
        case Content.json:
            source_of_lines = records.read_file(source, encoding, limits)
        case Content.text:
            source_of_lines = delimited.read_file(source, encoding, limits)
    return _table(source_of_lines, content.misnamed(name, source_of_lines.format))


def read_pasted(text: str, limits: Limits = Limits()) -> Table:
    """The table in rows that were pasted: as from a spreadsheet, as CSV or as JSON, at most `MAX_PASTED`.

    Raises:
        Unreadable: it holds no list, or too many rows.
    """
    source = records.read_text(text, limits) if content.looks_like_json(text) else delimited.read_text(text, limits)
    return _few(_table(source))


def read_objects(rows: Sequence[Mapping[str, object]], limits: Limits = Limits()) -> Table:
    """The table in rows that are objects already, at most `MAX_PASTED`; those within are flattened as in a JSON file.

    Raises:
        Unreadable: there are none, or too many.
    """
    return _few(_table(records.read_objects(rows, limits)))


def _few(table: Table) -> Table:
    if sum(1 for _ in islice(table.rows(), MAX_PASTED + 1)) > MAX_PASTED:
        raise Unreadable(_TOO_MANY.filled(most=MAX_PASTED))
    return table


def _table(source: Source, *notes: Words) -> Table:
    sample = list(islice(chain.from_iterable(_filled(source)), _SAMPLE))
    if source.columns is not None:
        layout = Layout(source.columns, 0)
    elif sample:
        layout = layout_of(sample, source.merges, ragged=source.ragged)
    else:
        raise Unreadable(EMPTY)
    table = Table(
        source.format,
        source.encoding,
        source.delimiter,
        source.sheet,
        source.hidden_sheets,
        source.other_sheets,
        layout.head_line,
        layout.columns,
        tuple(note for note in (*notes, *source.notes, *layout.notes) if note.en),
        source,
        layout,
    )
    if next(table.rows(), None) is None:
        raise Unreadable(ONLY_A_HEAD)
    return table


def _filled(source: Source) -> Iterator[list[Line]]:
    """The lines that are not empty, tidied, in blocks. Most need no tidying, which many of them show together."""
    lines = source.lines()
    while block := list(islice(lines, _BLOCK)):
        if not is_tidy("".join(chain.from_iterable(line.cells for line in block))):
            block = list(map(_tidied, block))
        yield [line for line in block if line.fault or not _is_empty(line)]


def _tidied(line: Line) -> Line:
    return line if is_tidy("".join(line.cells)) else Line(line.number, tidied(line.cells), line.fault)


def _is_empty(line: Line) -> bool:
    text = "".join(line.cells)
    return not text or text.isspace()


def _misfit(cells: Sequence[str], width: int) -> Words | None:
    """Whether there are cells without a column, or columns without a cell."""
    if len(cells) < width:
        return _TOO_FEW.filled(cells=len(cells), width=width)
    if any(cell.strip() for cell in cells[width:]):
        return _TOO_MANY_CELLS.filled(cells=len(cells), width=width)
    return None
