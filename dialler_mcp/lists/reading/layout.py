"""Where the head of a table is, among titles, group heads, units and gaps; and which lines below it are no people."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dialler_mcp.domain.spelling import plain
from dialler_mcp.lists.reading.cells import Kind, TypedCell, name_text
from dialler_mcp.lists.reading.lines import Line, MergedCells
from dialler_mcp.words import Words

NO_HEAD = Words(
    "No line looks like a head, so the columns are numbered: column 1, column 2, …",
    "Keine Zeile sieht nach einer Kopfzeile aus; die Spalten sind nummeriert: `column 1`, `column 2`, …",
)
_SEVERAL = Words(
    "Several columns are called {name}: the later ones have a number added.",
    "Mehrere Spalten heißen {name}: Die späteren haben eine Zahl dahinter.",
)
_ABOVE = Words(
    "What stands above line {line} is no part of the table.", "Was über Zeile {line} steht, gehört nicht zur Tabelle."
)
UNITS = Words("This line holds units, no person.", "Diese Zeile enthält Einheiten, keine Person.")
SUM = Words("This is a sum, no person.", "Das ist eine Summe, keine Person.")
HEAD_AGAIN = Words(
    "This line repeats the head, it is no person.", "Diese Zeile wiederholt die Kopfzeile; sie ist keine Person."
)

# What stands in the column of a person and not in a head: figures, amounts, dates, telephone numbers, addresses.
_FIGURE = re.compile(r"[+\-'(€]*\s?\d[\d\s.,/()'’:\-–\u2011]*(E[+-]?\d+)?\s?(€|%|EUR)?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_UNIT = re.compile(r"[(\[][^)\]]{1,20}[)\]]|€|EUR|%|kWh|km|m²|Stk\.?|h|min", re.IGNORECASE)
_AMOUNT = re.compile(r"[+\-]?(0|[1-9]\d{0,8}|[1-9]\d{0,2}([.,' ]\d{3})+)([.,]\d+)?\s?(€|%|EUR)?", re.IGNORECASE)
_SUM_TEXT = r"((zwischen|gesamt|end|teil)?summen?|gesamt|insgesamt|total|sub-?total|grand total|sum|Σ)\s*:?"
_SUM_WORD = re.compile(_SUM_TEXT, re.IGNORECASE)
_SUM_LINE = re.compile(rf"^\s*{_SUM_TEXT}\s*$", re.IGNORECASE | re.MULTILINE)
_UNITS_BELOW = 3  # lines below the head
_PEOPLE_SEEN = 5  # lines below a head of two lines, one of which must hold a figure


@dataclass(frozen=True)
class Layout:
    """How a table is laid out. What lies right of its columns has no name.

    `first`: the number of the first line that may be a person. `heads`: the cells of the head as they stand there.
    """

    columns: tuple[str, ...]
    first: int
    head_line: int | None = None
    heads: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()

    def are_people(self, lines: Sequence[Line]) -> bool:
        """Whether surely none of these lines has a fault; quick."""
        if not lines or lines[0].number <= (self.head_line or 0) + _UNITS_BELOW:
            return False
        firsts = [line.cells[0] for line in lines]
        are_filled = all(firsts) and not any(map(str.isspace, firsts))
        may_be_head = bool(self.heads) and self.heads[0] in firsts
        return are_filled and not may_be_head and not _SUM_LINE.search("\n".join(firsts))

    def fault(self, line: Line) -> Words | None:
        """Why a line below the head is no person; None if it may be one."""
        cells = line.cells
        first = next((cell for cell in cells if cell and not cell.isspace()), "").strip()
        if _SUM_WORD.fullmatch(first) and _are_amounts(_words(line)[1:]):
            return SUM
        if self.head_line is None:
            return None
        if line.number <= self.head_line + _UNITS_BELOW and all(map(_UNIT.fullmatch, _words(line))):
            return UNITS
        return HEAD_AGAIN if cells and cells[0] == self.heads[0] and tuple(cells) == self.heads else None


def _words(line: Line) -> list[str]:
    return [cell.strip() if type(cell) is str else cell for cell in line.cells if cell.strip()]


def _are_amounts(cells: Sequence[str]) -> bool:
    return all(
        _AMOUNT.fullmatch(cell) or (isinstance(cell, TypedCell) and cell.kind in (Kind.formula, Kind.error))
        for cell in cells
    )


def layout_of(lines: Sequence[Line], merges: Sequence[MergedCells] = (), *, ragged: bool = False) -> Layout:
    """How a table is laid out, judging by its first lines, at least one of them not empty. `ragged`: a line with more
    cells than others is a mistake; else there are columns without a name.

    The head is the first line that fills at least two thirds of the columns, and with words only. What fills fewer is a
    title above it, or a group head, which is joined to the names below it: `Telefon privat`. The first line of a person
    ends the search.
    """
    good = [line for line in lines if not line.fault] or lines
    columns = {column for line in good for column, cell in enumerate(line.cells) if cell.strip()}
    if not columns:
        return Layout(("column 1",), good[0].number, notes=(NO_HEAD,))
    first = next((line for line in good if len(_filled(line)) * 2 >= len(columns)), good[0])
    for place, line in enumerate(good):
        filled_columns = _filled(line)
        if not _is_head(line) and len(filled_columns) * 2 >= len(columns) and not _is_remark(line):
            break
        if not _is_head(line) or len(filled_columns) * 3 < len(columns) * 2:
            continue
        head, group = line, good[place - 1] if place and _groups(good[place - 1], line, merges) else None
        below = good[place + 1] if place + 1 < len(good) else None
        if below and _groups(line, below, merges) and _two_lines(line, good[place + 1 :], columns):
            head, group = below, line
        width = max(_filled(head) | (_usual(good) if ragged else columns)) + 1
        layout = _with_head(head, group, width, merges)
        return replace(layout, notes=(*_above(good[0], group or head, head), *layout.notes))
    usual, _ = Counter(len(line.cells) for line in good).most_common(1)[0]
    width = min(usual, max(columns) + 1) if ragged else max(columns) + 1
    names = tuple(f"column {number}" for number in range(1, width + 1))
    return Layout(names, first.number, notes=(*_above(good[0], first, first), NO_HEAD))


def _above(top: Line, first: Line, head: Line) -> tuple[Words, ...]:
    return () if top.number == first.number else (_ABOVE.filled(line=head.number),)


def _usual(lines: Sequence[Line]) -> set[int]:
    """The columns that most lines fill."""
    counts = Counter(column for line in lines for column in _filled(line))
    return {column for column, count in counts.items() if count * 2 > len(lines)}


def _filled(line: Line) -> set[int]:
    return {column for column, cell in enumerate(line.cells) if cell.strip()}


def _is_head(line: Line) -> bool:
    return not any(_is_value(cell) for cell in line.cells)


def _is_remark(line: Line) -> bool:
    """Whether a line says something about the list: "Stand:" and a date."""
    return any(cell.rstrip().endswith(":") for cell in line.cells)


def _is_value(cell: str) -> bool:
    if isinstance(cell, TypedCell):
        return cell.kind != Kind.formula
    text = cell.strip()
    return _FIGURE.fullmatch(text) is not None or _ADDRESS.fullmatch(text) is not None


def _two_lines(above: Line, rest: Sequence[Line], columns: set[int]) -> bool:
    """Whether the line below is rather the second line of a head than a person: it fills half of the columns, or all
    gaps above it, and has no figures, as those below it have.
    """
    below, *people = rest[: _PEOPLE_SEEN + 1]
    filled_columns = _filled(below)
    fills = len(filled_columns) * 2 >= len(columns) or columns - _filled(above) <= filled_columns
    return fills and _is_head(below) and any(not _is_head(line) for line in people)


def _groups(above: Line, head: Line, merges: Sequence[MergedCells]) -> bool:
    """Whether a line holds the group heads of the next: words with gaps that the head fills."""
    group_columns, head_columns = _filled(above), _filled(head)
    if above.number + 1 != head.number or not group_columns or not _is_head(above) or not head_columns - group_columns:
        return False
    if _is_remark(above):
        return False
    if len(group_columns) == 1:  # a title, unless it lies over a part of the columns
        return any(one.line == above.number and one.last - one.first + 1 < len(head_columns) for one in merges)
    return bool(merges) or max(group_columns) * 2 >= max(head_columns)  # a title of two cells stands on the left


def _with_head(head: Line, group: Line | None, width: int, merges: Sequence[MergedCells]) -> Layout:
    names = [name_text(cell) for cell in head.cells[:width]]
    names += [""] * (width - len(names))
    if group:
        above = _spread(group, names, merges)
        names = [_joined(one, name) for one, name in zip(above, names, strict=True)]
    heads = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    twins = [name for name, count in Counter(names).items() if name and count > 1]
    notes = [_SEVERAL.filled(name=repr(name)) for name in twins[:3]]
    return Layout(tuple(_distinct(heads)), head.number + 1, head.number, tuple(head.cells), tuple(notes))


def _spread(group: Line, heads: Sequence[str], merges: Sequence[MergedCells]) -> list[str]:
    """The group head over each column: as far as its cells are merged, else up to the next group. One without a name
    below it is the name of its column alone.
    """
    ranges = {one.first: one.last for one in merges if one.line == group.number}
    names, present, last = list[str](), "", len(heads)
    for column, head in enumerate(heads):
        cell = name_text(group.cells[column]) if column < len(group.cells) else ""
        if cell:
            present, last = cell, ranges.get(column, column if ranges or not head else len(heads))
        names.append(present if column <= last else "")
    return names


def _joined(group: str, name: str) -> str:
    if not name or plain(name).startswith(plain(group)):
        return name or group
    return f"{group} {name}".strip()


def _distinct(names: Iterable[str]) -> list[str]:
    """The names, those that are there already with a number behind: the second `Telefon` is `Telefon 2`."""
    taken, following = set[str](), dict[str, int]()
    distinct = list[str]()
    for name in names:
        candidate, number = name, following.get(name, 2)
        while candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        taken.add(candidate)
        following[name] = number
        distinct.append(candidate)
    return distinct
