"""What every reader of a format gives: the lines of a file, before anybody knows which of them is the head."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dialler_mcp.words import Words


class Line(NamedTuple):
    """A line as it stands in its file: `number` as a person counts it, of its first line if it has several."""

    number: int
    cells: Sequence[str]
    fault: Words | None = None  # why it cannot be used; its cells are what could be read of it


class MergedCells(NamedTuple):
    """Cells of one line that are shown as one, from the first to the last column, counted from 0."""

    line: int
    first: int
    last: int


@dataclass(frozen=True)
class Source:
    """A file that was opened. `lines` reads it from its beginning, each time it is called.

    `columns`: the fields, where the format names them with each value; there is no head then. `ragged`: a line says
    how many cells it has, so too few of them are a fault.
    """

    format: str
    lines: Callable[[], Iterator[Line]]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    hidden_sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    merges: tuple[MergedCells, ...] = ()
    ragged: bool = False
    notes: tuple[Words, ...] = ()
