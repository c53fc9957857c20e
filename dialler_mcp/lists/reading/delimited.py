"""CSV and its kin: cells between commas, semicolons, tabs or bars.

Python's `csv` takes the lines apart. What it passes over in silence (a quotation mark that is never closed, a cell
without end, bytes that are no letters) becomes a fault of the line where it began, and the reading goes on below it.
"""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import TextIO

from dialler_mcp.lists.reading.encodings import DAMAGED, Encoding, encoding_of, lost
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import Line, Source
from dialler_mcp.words import Words

DELIMITERS = (";", ",", "\t", "|")
NOT_CLOSED = Words(
    "A quotation mark is opened in this line and never closed.",
    "In dieser Zeile beginnt ein Anführungszeichen, das nirgends endet.",
)
TOO_LONG = Words(
    "A cell of this line is too long to be one: a quotation mark or a line break is missing.",
    "Eine Zelle dieser Zeile ist zu lang, um eine zu sein: Ein Anführungszeichen oder Zeilenumbruch fehlt.",
)
_ONE_COLUMN = "\x1f"  # separates nothing: a file of one column has whatever text in it
_END = "\x1eend\x1e\n"  # read as a record of its own, unless a quotation mark was left open
_SAMPLE, _LONG = 200, 20_000  # lines, and characters of each, that tell the delimiter
_NAMED = re.compile(r"sep=(.)\r?\n?")  # Excel's own first line

_MAX_TITLES = 10  # lines above a head that have one cell each

Opener = Callable[[], TextIO]


def read_file(source: Path, encoding: str | None, limits: Limits) -> Source:
    """A text file.

    Raises:
        Unreadable: it is no text, or its encoding cannot be told.
    """
    decoding = encoding_of(source, encoding)
    return _source(lambda: decoding.open(source, ""), limits, decoding)


def read_text(text: str, limits: Limits) -> Source:
    """Text that was pasted."""
    return _source(lambda: io.StringIO(text, newline=""), limits, None)


def _source(opener: Opener, limits: Limits, decoding: Encoding | None) -> Source:
    with opener() as file:
        sample = [line[:_LONG] for line in islice(_physical(file, limits), _SAMPLE)]
    match = _NAMED.fullmatch(sample[0]) if sample else None
    delimiter = match[1] if match else _delimiter(sample, limits)

    def lines() -> Iterator[Line]:
        with opener() as file:
            physical = _physical(file, limits)
            if match:
                next(physical)
            records = _records(physical, delimiter or _ONE_COLUMN, 2 if match else 1, limits)
            if decoding and decoding.damaged:
                records = map(_with_damage, records)
            yield from records

    notes = decoding.notes if decoding else ()
    return Source("csv", lines, decoding and decoding.name, delimiter, ragged=True, notes=notes)


def _with_damage(line: Line) -> Line:
    return line._replace(fault=line.fault or DAMAGED) if lost(line.cells) else line


def _delimiter(sample: Sequence[str], limits: Limits) -> str | None:
    """The one that takes most lines apart into equally many cells, more than one; None: a file of one column."""
    best: str | None = None
    most = (0.0, 0)
    for delimiter in DELIMITERS:
        lines = [line for line in _records(iter(sample), delimiter, 1, limits) if not line.fault and any(line.cells)]
        lengths = [len(line.cells) for line in lines]
        several = Counter(length for length in lengths if length > 1)
        titles = sum(1 for _ in takewhile(lambda length: length == 1, lengths))
        below = len(lengths) - titles if titles <= _MAX_TITLES and several.total() > 1 else len(lengths)
        if several and several.total() * 2 > below:
            cells, count = max(several.items(), key=lambda one: (one[1], one[0]))
            most, best = max((most, best), ((count / len(lengths), cells), delimiter), key=lambda one: one[0])
    return best


def _physical(file: TextIO, limits: Limits) -> Iterator[str]:
    """The lines of a file, each with its end. One without end is cut, so that it is told and not kept in memory."""
    most = limits.cell + 1
    while line := file.readline(most):
        yield line
        while len(line) == most and not line.endswith("\n"):
            line = file.readline(most)


class _Feed:
    """Hands lines to `csv`, and remembers those of the present record: `record_lines`, cleared by who reads them."""

    def __init__(self, physical: Iterator[str], most: int) -> None:
        self._physical, self._most = physical, most
        self._again = deque[str]()
        self.record_lines = list[str]()

    def lines(self) -> Iterator[str]:
        """The lines from here on, until they are at an end or one record has too many of them."""
        lines, again, physical = self.record_lines, self._again, self._physical
        while len(lines) <= self._most:
            line = again.popleft() if again else next(physical, _END)
            if line[-1] not in "\n\r":
                line += "\n"
            lines.append(line)
            yield line
            if line == _END:
                return

    def first_alone(self) -> str:
        """Take the first line for a record of its own and return it; the others are read again."""
        first, *rest = self.record_lines
        self._again.extendleft(reversed(rest))
        self.record_lines.clear()
        return first


def _records(physical: Iterator[str], delimiter: str, number: int, limits: Limits) -> Iterator[Line]:
    """The records of the lines, beginning with the line of this number."""
    csv.field_size_limit(limits.cell)  # of the whole process, in which nothing else reads CSV
    feed = _Feed(physical, limits.breaks)
    lines = feed.record_lines
    while True:
        fault = None
        try:
            for cells in csv.reader(feed.lines(), delimiter=delimiter, strict=True):
                if lines[0] == _END:
                    return
                if len(lines) > limits.breaks or max(map(len, lines)) > limits.cell:
                    fault = TOO_LONG
                    break
                yield Line(number, cells)
                number += len(lines)
                lines.clear()
        except csv.Error as error:
            fault = TOO_LONG if "limit" in str(error) else NOT_CLOSED
        several = len(lines) > 1
        cells, is_closed = _alone(feed.first_alone(), delimiter)
        yield Line(number, cells, fault if several or not is_closed or fault == TOO_LONG else None)
        number += 1


def _alone(line: str, delimiter: str) -> tuple[Sequence[str], bool]:
    """What can be read of a line that is not as CSV should be, and whether its quotation marks are closed."""
    try:
        cells, *others = csv.reader([line, _END], delimiter=delimiter)
    except csv.Error:
        return [], False
    return cells, bool(others)
