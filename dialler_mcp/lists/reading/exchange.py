"""What the process that reads a spreadsheet is told, and what it writes: a JSON line for each row, `[4, ["Anna", "7"],
".n"]` with a letter for the kind of each cell, and a summary as the last line.
"""

from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from dialler_mcp.domain.text import part
from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import Line, MergedCells
from dialler_mcp.words import Words

LETTERS = {kind: kind.value[0] for kind in Kind}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
TOO_LARGE = Words(
    "The sheet holds more than a list of people can: save the list alone, as XLSX or CSV.",
    "Das Blatt enthält mehr, als eine Liste von Personen kann: Speichern Sie die Liste allein, als XLSX oder CSV.",
)
_NO_SHEET = Words(
    "The spreadsheet has no such sheet; it has: {names}.", "Dieses Blatt hat die Tabelle nicht; sie hat: {names}."
)
_NONE = Words("none that is not hidden", "keines, das nicht ausgeblendet ist")
_ALL_HIDDEN = Words(
    "The spreadsheet has no sheet that is not hidden: show one, or give its name as sheet.",
    "Alle Blätter der Tabelle sind ausgeblendet: Blenden Sie eines ein, oder geben Sie seinen Namen als sheet an.",
)
MAX_SUMMARY = 1 << 18  # bytes
_MAX_NAMES = 50  # of sheets that are named
_BUFFER = 1 << 20


class Task(msgspec.Struct):
    """A file, which is one of `xlsx`, `xls`, `ods`, and the sheet that is wanted of it."""

    source: str
    format: str
    sheet: str | None
    limits: Limits


class Summary(msgspec.Struct):
    """What is known of a sheet when all of it was read; or `reason`, why it cannot be read."""

    sheet: str = ""
    hidden_sheets: list[str] = []
    other_sheets: list[str] = []
    merges: list[MergedCells] = []
    notes: list[Words] = []
    reason: Words | None = None


class Writer:
    """Writes rows, as many as are allowed."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._left = file, limits.unpacked_bytes
        self._encoder, self._buffer = msgspec.json.Encoder(), bytearray()

    def row(self, number: int, cells: Sequence[str], kinds: Sequence[str]) -> None:
        """A row: its cells, and the letters of their kinds."""
        letters = "".join(kinds)
        line = self._encoder.encode((number, cells, letters if letters.strip(".") else ""))
        self._buffer += line + b"\n"
        if len(self._buffer) > _BUFFER:
            self._flush()

    def close(self, summary: Summary) -> None:
        """The summary, behind the last row."""
        self._buffer += self._encoder.encode(summary)
        self._flush()
        self._file.flush()

    def fail(self, reason: Words) -> None:
        """In place of a summary, why there is none."""
        self._file.write(b"\n" + self._encoder.encode(Summary(reason=reason)))
        self._file.flush()

    def _flush(self) -> None:
        self._left -= len(self._buffer)
        if self._left < 0:
            raise Unreadable(TOO_LARGE)
        self._file.write(self._buffer)
        self._buffer.clear()


_ROWS = msgspec.json.Decoder(tuple[int, list[str], str])


def line_of(data: bytes | memoryview) -> Line:
    """A row that was written."""
    number, cells, letters = _ROWS.decode(data)
    if letters:
        pairs = zip(cells, letters, strict=True)
        cells = [cell if letter == "." else TypedCell(cell, KINDS[letter]) for cell, letter in pairs]
    return Line(number, cells)


def chosen(sheets: Sequence[tuple[str, bool]], wish: str | None) -> Summary:
    """Which of these sheets (name, hidden) is read: the one that is asked for, else the first that is not hidden.

    Raises:
        Unreadable: there is none.
    """
    visible_names = [name for name, hidden in sheets if not hidden]
    if wish is not None and wish not in [name for name, _ in sheets]:
        raise Unreadable(_NO_SHEET.filled(names=_spoken(visible_names) or _NONE))
    if wish is None and not visible_names:
        raise Unreadable(_ALL_HIDDEN)
    name = wish if wish is not None else visible_names[0]
    hidden_names = [one for one, is_hidden in sheets if is_hidden and one != name][:_MAX_NAMES]
    others = [one for one in visible_names if one != name][:_MAX_NAMES]
    return Summary(name, hidden_names, others)


def _spoken(names: Sequence[str]) -> str:
    """The names of sheets for an error, which is read at every privacy level: what some level masks in them is
    masked."""
    from dialler_mcp.domain.privacy import Privacy, readable

    return ", ".join(part(readable(name, Privacy.masked))[:80] for name in names[:_MAX_NAMES])
