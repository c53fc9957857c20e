"""An XLSX, row by row in bounded memory: what its cells hold, and what other readers hide of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from dialler_mcp.lists.reading.cells import Kind, date_text, moment_text, written_number
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import Summary, Writer, chosen
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import MergedCells
from dialler_mcp.lists.reading.parts import DAMAGED, Parts
from dialler_mcp.lists.reading.tidy import TidyCell, TidyRows
from dialler_mcp.lists.reading.workbook import Strings, Workbook, read_strings, unescaped, workbook_of
from dialler_mcp.words import Words

TOO_WIDE = Words(
    "The sheet has more columns than a sheet can have: it is damaged, save it again.",
    "Das Blatt hat mehr Spalten, als ein Blatt haben kann: Es ist beschädigt, speichern Sie es noch einmal.",
)
TOO_LONG = Words(
    "A cell of the spreadsheet is longer than a cell can be: save the list alone, as XLSX or CSV.",
    "Eine Zelle der Tabelle ist länger, als eine sein kann: Speichern Sie die Liste allein, als XLSX oder CSV.",
)
_HIDDEN_ROWS = Words(
    "Hidden rows ({count}), e.g. those that a filter hides, are read, too.",
    "Ausgeblendete Zeilen ({count}), etwa von einem Filter, werden auch gelesen.",
)
_MAX_ROW = 1_048_576
_MAX_MERGED, _MERGED_ABOVE = 2_000, 300  # how many are kept, and above which line: they are for the head alone
_DIGITS = "0123456789"
_TEXTS = ("inlineStr", "str")  # kinds of cells that hold their text themselves
_SHAPES = 256  # of rows that are remembered: which columns they fill


def read_sheet(source: Path, wish: str | None, limits: Limits, writer: Writer) -> Summary:
    """Write the rows of a sheet: the one that was asked for, else the first that is not hidden.

    Raises:
        Unreadable: the file is damaged, too large, or has no such sheet.
    """
    with Parts(source, limits) as parts:
        workbook = workbook_of(parts)
        summary = chosen([(sheet.name, sheet.hidden) for sheet in workbook.sheets], wish)
        part = next(sheet.part for sheet in workbook.sheets if sheet.name == summary.sheet)
        with closing(Strings()) as strings:
            if workbook.strings_part is not None:
                read_strings(parts, workbook.strings_part, strings)
            stream = _Stream(workbook, strings, limits, writer)
            parts.parse(part, stream.start, stream.end, stream.text, TidyRows(stream).others)
    summary.merges = stream.merged
    if stream.hidden_rows:
        summary.notes.append(_HIDDEN_ROWS.filled(count=stream.hidden_rows))
    return summary


class _Stream:
    """The handlers of the parser: a row goes out when it ends."""

    def __init__(self, workbook: Workbook, strings: Strings, limits: Limits, writer: Writer) -> None:
        self.workbook, self.strings, self.limits, self.writer = workbook, strings, limits, writer
        self.merged = list[MergedCells]()
        self.hidden_rows = 0
        self.columns = dict[str, int]()
        self.rising = lru_cache(_SHAPES)(self._rising)
        self.row, self.column, self.hidden = 0, -1, False
        self.cells, self.kinds = list[str](), list[str]()
        self.cell: Mapping[str, str] = {}
        self.pieces, self.length = list[str](), 0
        self.inside = self.phonetic = self.formula = False
        self.most = limits.cell

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self.cell = attributes
        elif name == "v" or name == "t":
            self.inside = not self.phonetic
        elif name == "row":
            self.begin(int(attributes.get("r", self.row + 1)), hidden=attributes.get("hidden") in ("1", "true"))
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self._merge(attributes["ref"])

    def text(self, data: str) -> None:
        if self.inside:
            self.pieces.append(data)
            self.length += len(data)
            if self.length > self.most:
                raise Unreadable(TOO_LONG)

    def end(self, name: str) -> None:
        if name == "c":
            reference, value = self.cell.get("r"), "".join(self.pieces)
            self.pieces, self.length = [], 0
            letters = reference.rstrip(_DIGITS) if reference else None
            self.add(letters, self.cell.get("t", "n"), self.cell.get("s", ""), value)
        elif name == "row":
            self.finish()
        elif name == "rPh":
            self.phonetic = False
        else:
            self.inside = False

    def begin(self, number: int, *, hidden: bool) -> None:
        """A row begins."""
        before, self.row, self.column, self.hidden = self.row, number, -1, hidden
        if not before < number <= _MAX_ROW:
            raise Unreadable(DAMAGED)

    def finish(self) -> None:
        """The row ends."""
        if self.cells:
            self.hidden_rows += self.hidden
            self.writer.row(self.row, self.cells, self.kinds)
            self.cells, self.kinds = [], []

    def add_row(self, number: int, cells: Sequence[TidyCell], *, hidden: bool) -> None:
        """A whole row."""
        self.begin(number, hidden=hidden)
        for _, letters, style, kind, value, text in cells:
            self.add(letters, kind or "n", style, value or text)
        self.finish()

    def add_alike(self, number: int, kind: str, letters: Sequence[str], values: Sequence[str], *, hidden: bool) -> None:
        """A whole row of shared strings or texts, mostly in columns from left to right."""
        self.begin(number, hidden=hidden)
        columns, texts = self.rising(letters), self._texts(kind, values)
        if columns is None or texts is None:
            for each, value in zip(letters, values, strict=True):
                self.add(each, kind, "", value)
        else:
            if columns[-1] >= len(texts):
                by_column = dict(zip(columns, texts, strict=True))
                texts = [by_column.get(column, "") for column in range(columns[-1] + 1)]
            while texts and not texts[-1]:
                texts.pop()
            self.cells = texts
        self.finish()

    def _texts(self, kind: str, values: Sequence[str]) -> list[str] | None:
        """The texts of these cells; None where one needs a closer look."""
        if kind == "s":
            return self.strings.texts(list(map(int, values)))
        is_usual = "_x" not in "".join(values) and max(map(len, values)) <= self.most
        return list(values) if is_usual else None

    def _rising(self, letters: Sequence[str]) -> Sequence[int] | None:
        """The columns of these letters, where each is right of the one before."""
        columns = [self._column(each) for each in letters]
        return columns if all(left < right for left, right in pairwise(columns)) else None

    def _column(self, letters: str) -> int:
        column = self.columns.get(letters)
        if column is None:
            column = self.columns[letters] = _number(letters, self.limits)
        return column

    def add(self, letters: str | None, kind: str, style: str, value: str) -> None:
        """The next cell of the row, in this column or in the next one."""
        column = self.column + 1 if letters is None else self.columns.get(letters)
        self.column = column = self._column(letters or "") if column is None else column
        if is_shared := kind == "s":
            value = self.strings[int(value)] if value else ""
        if not value and not self.formula:
            return
        if is_shared:
            text, letter = value, "."
        elif len(value) > self.most:
            raise Unreadable(TOO_LONG)
        else:
            text, letter = (value, ".") if kind in _TEXTS and "_x" not in value else self._value(kind, style, value)
        if self.formula:
            self.formula = False
            letter = letter if letter == "e" else "f"
        if column != len(self.cells):
            self._pad(column - len(self.cells))
        self.cells.append(text)
        self.kinds.append(letter)

    def _pad(self, missing: int) -> None:
        if self.column >= self.limits.columns:
            raise Unreadable(TOO_WIDE)
        if missing < 0:
            raise Unreadable(DAMAGED)
        self.cells += [""] * missing
        self.kinds += "." * missing

    def _value(self, kind: str, style: str, value: str) -> tuple[str, str]:
        """The text of a cell, and the letter of its kind."""
        if kind == "n":
            if style in self.workbook.dates or style in self.workbook.clocks:
                return self._moment(style, value)
            return written_number(value), "n"
        match kind:
            case "b":
                return "true" if value == "1" else "false", "b"
            case "e":
                return value, "e"
            case "d":
                return _iso(value), "d"
            case _:
                return unescaped(value), "."

    def _moment(self, style: str, value: str) -> tuple[str, str]:
        try:
            serial = float(value or "nan")
        except ValueError:
            return value, "n"
        clock = style in self.workbook.clocks
        moment = moment_text(serial, clock=clock, since_1904=self.workbook.since_1904)
        if moment is None:
            return written_number(value), "n"
        return str(moment), "t" if moment.kind == Kind.time else "d"

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        line = int(first.lstrip(first.rstrip(_DIGITS)))
        if line <= _MERGED_ABOVE and len(self.merged) < _MAX_MERGED:
            self.merged.append(
                MergedCells(line, *(self._column(each.rstrip(_DIGITS)) for each in (first, last or first)))
            )


def _number(letters: str, limits: Limits) -> int:
    """The column that letters name, from 0."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= limits.columns or len(letters) > 3:
        raise Unreadable(TOO_WIDE)
    return number - 1


def _iso(value: str) -> str:
    try:
        return str(date_text(dt.datetime.fromisoformat(value)))
    except ValueError:
        return value
