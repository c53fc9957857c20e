"""Which field each column of a list becomes: proposed with examples, or as a person says it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from itertools import islice
from typing import Any, Self

from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.lists.columns.aliases import (
    FIELDS,
    LEFT_OUT,
    RESULT_HEADS,
    TARGETS,
    Target,
    folded,
    is_phone,
    target_of,
    target_under_group,
)
from dialler_mcp.lists.columns.contents import DATE, are_full_names, content_of
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

EXAMPLES = 3
LOOKED_AT = 200  # rows
_VERSION = 1
_NUMBERED = re.compile(r"column \d+")  # as a column without a head is called (`reading/layout.py`)


_NO_COLUMN = Words(
    "The mapping names a column that the list does not have. Take the names from its columns.",
    "Die Zuordnung nennt eine Spalte, die die Liste nicht hat. Nehmen Sie die Namen ihrer Spalten.",
)
_NO_FIELD = Words(
    "The mapping names a field that an import does not take. Use one of these: {names}.",
    "Die Zuordnung nennt ein Feld, das ein Import nicht nimmt. Verwenden Sie eines von diesen: {names}.",
)
_TWICE = Words(
    "The mapping gives {field} to two columns. Leave one of them out with {sign}.",
    "Die Zuordnung gibt {field} zwei Spalten. Lassen Sie eine davon mit {sign} weg.",
)
_DAMAGED = Words(
    "The kept mapping is damaged. Map the columns anew.",
    "Die gemerkte Zuordnung ist beschädigt. Ordnen Sie die Spalten neu zu.",
)
_OTHER_RELEASE = Words(
    "The kept mapping is of another release. Map the columns anew.",
    "Die gemerkte Zuordnung stammt aus einer anderen Version. Ordnen Sie die Spalten neu zu.",
)


class Recognition(StrEnum):
    """How a column was recognised."""

    told = auto()
    head = auto()
    part = auto()  # of its head
    content = auto()
    unknown = auto()


@dataclass(frozen=True)
class Proposal:
    """A column, what it becomes (None: no field takes it; `-`: it is left out), and how sure that is.

    `instead` is what it may be as well, which a person should say: a name that seems to hold first names, too.
    """

    column: str
    target: str | None
    sure: Recognition
    examples: tuple[str, ...]
    instead: str | None = None


@dataclass(frozen=True)
class ColumnMap:
    """The targets of the columns, in their order. Plain data: it can be kept under a name and proposed again."""

    columns: tuple[str, ...]
    targets: tuple[str | None, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.columns)

    @property
    def untaken(self) -> list[str]:
        """The columns that no field takes."""
        return [column for column, target in zip(self.columns, self.targets, strict=True) if target is None]

    @property
    def told(self) -> dict[str, str]:
        """The same as a person would say it of a list with these columns; what no field takes stays out."""
        return {column: target or LEFT_OUT for column, target in zip(self.columns, self.targets, strict=True)}

    def data(self) -> dict[str, Any]:
        """As JSON: `{"version": 1, "fingerprint": "…", "columns": [["Kd-Nr", "UserData"], …]}`."""
        pairs = [list(pair) for pair in zip(self.columns, self.targets, strict=True)]
        return {"version": _VERSION, "fingerprint": self.fingerprint, "columns": pairs}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """What `data` gave.

        Raises:
            Problem: it is none, or of a later version, or of fields that an import does not take.
        """
        try:
            pairs = [(str(column), target) for column, target in data["columns"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Problem(_DAMAGED) from error
        if data.get("version") != _VERSION or any(target not in (*TARGETS, LEFT_OUT, None) for _, target in pairs):
            raise Problem(_OTHER_RELEASE)
        return cls(tuple(column for column, _ in pairs), tuple(target for _, target in pairs))


def fingerprint(columns: Sequence[str]) -> str:
    """The same for two lists whose heads are the same, whatever their order, case, blanks and signs."""
    return hashlib.sha256("\n".join(sorted(map(folded, columns))).encode()).hexdigest()[:16]


def are_numbered(columns: Sequence[str]) -> bool:
    """Whether the list has no heads, so that its columns are called as those of any other."""
    return all(_NUMBERED.fullmatch(column) for column in columns)


def map_of(proposals: Sequence[Proposal]) -> ColumnMap:
    return ColumnMap(tuple(one.column for one in proposals), tuple(one.target for one in proposals))


def proposed(table: Listing, corrections: Mapping[str, str] | None = None) -> list[Proposal]:
    """What each column becomes: as a person says (column to field, `-` to leave it out), by its head, by its content.

    Raises:
        Problem: a person named a column or a field that is none, or one field twice.
    """
    columns = table.columns
    cells = _cells(table)
    by_place = _said(columns, corrections or {})
    proposals = [
        _proposal(column, by_place.get(place), cells[place])
        if place in by_place or _is_free(column)
        else _result(column)
        for place, column in enumerate(columns)
    ]
    return _in_slots(_without_twins(_with_names(proposals, cells)))


def _cells(table: Listing) -> list[list[str]]:
    rows = [row for row in islice(table.rows(), LOOKED_AT) if not row.fault]
    return [[row.cells[place] for row in rows if place < len(row.cells)] for place in range(len(table.columns))]


def _said(columns: Sequence[str], corrections: Mapping[str, str]) -> dict[int, str]:
    by_head = {head: place for place, head in enumerate(columns)}
    by_folded = {folded(head): place for place, head in reversed(list(enumerate(columns)))}
    by_place = dict[int, str]()
    for head, field in corrections.items():
        place = by_head.get(head, by_folded.get(folded(head)))
        if place is None:
            raise Problem(_NO_COLUMN)
        target = field if field in (*TARGETS, LEFT_OUT) else target_of(field)
        if target is None:
            names = ", ".join(_names())
            raise Problem(_NO_FIELD.filled(names=names))
        if target != Target.phone and target != LEFT_OUT and target in by_place.values():
            raise Problem(_TWICE.filled(field=target, sign=repr(LEFT_OUT)))
        by_place[place] = target
    return by_place


def _names() -> list[str]:
    return [*FIELDS, *Target]


def _is_free(column: str) -> bool:
    return column not in RESULT_HEADS


def _result(column: str) -> Proposal:
    """A column that an earlier check added."""
    return Proposal(column, LEFT_OUT, Recognition.head, ())


def _proposal(column: str, correction: str | None, cells: Sequence[str]) -> Proposal:
    examples = tuple(islice(dict.fromkeys(cell for cell in cells if cell.strip()), EXAMPLES))
    if correction:
        return Proposal(column, correction, Recognition.told, examples)
    if target := target_of(column):
        return Proposal(column, target, Recognition.head, examples)
    if target := target_under_group(column):
        return Proposal(column, target, Recognition.part, examples)
    content = content_of(cells)
    if content is None or content == DATE:
        return Proposal(column, None, Recognition.unknown, examples)
    return Proposal(column, content, Recognition.content, examples)


def _with_names(proposals: Sequence[Proposal], cells: Sequence[Sequence[str]]) -> list[Proposal]:
    """A `Name` beside no first name, whose cells hold several words, may be a full name: a person should say."""
    has_first = any(one.target == "FirstName" for one in proposals)
    return [
        Proposal(one.column, one.target, one.sure, one.examples, Target.full_name.value)
        if one.target == "Name" and one.sure is not Recognition.told and not has_first and are_full_names(cells[place])
        else one
        for place, one in enumerate(proposals)
    ]


def _without_twins(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Each field goes to one column: to the one that a person named, else to the first by its head."""
    order = sorted(range(len(proposals)), key=lambda place: (list(Recognition).index(proposals[place].sure), place))
    targets, twins = set[str](), set[int]()
    for place in order:
        target = proposals[place].target
        if target in (None, LEFT_OUT, Target.phone):
            continue
        (twins if target in targets else set[int]()).add(place)
        targets.add(str(target))
    return [
        Proposal(one.column, None, Recognition.unknown, one.examples) if place in twins else one
        for place, one in enumerate(proposals)
    ]


def _in_slots(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Give the columns of numbers the slots that are free, in their order; what is beyond the sixth no field takes."""
    slots = {one.target for one in proposals if is_phone(one.target)}
    free = iter([slot for slot in NUMBER_FIELDS if slot not in slots])
    return [
        Proposal(one.column, next(free, None), one.sure, one.examples, one.instead)
        if one.target == Target.phone
        else one
        for one in proposals
    ]
