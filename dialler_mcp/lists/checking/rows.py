"""Rows into candidates: the cells of each column as its field takes them."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from dialler_mcp.domain.fields import Kind as FieldKind
from dialler_mcp.domain.phone_cells import found_in
from dialler_mcp.domain.phones import HOME_REGION
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.domain.text import unseen
from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.checking.numbers import Numbers, is_figure
from dialler_mcp.lists.columns.aliases import FIELDS, RESULT_HEADS, Target
from dialler_mcp.lists.columns.amounts import amount_in
from dialler_mcp.lists.columns.bank import iban_in
from dialler_mcp.lists.columns.dates import date_in
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.names import name_in
from dialler_mcp.lists.columns.places import GERMAN_POSTAL_CODE, place_in
from dialler_mcp.lists.columns.usage import Usage
from dialler_mcp.lists.columns.values import Value, flag
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell
from dialler_mcp.lists.reading.table import Row

_ESCAPED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_BREAKS, _BREAK = str.maketrans("\r\n\t", "   "), re.compile(r"\s*[\r\n\t]\s*")
"""Line breaks and tabs: a comment keeps them, in a text of one line they are a blank."""
_NAMING = frozenset(("UserData", "UserData2", "UserData3", "Name", "FirstName", "Company"))
"""Fields by which a person is found again, so they never hold invisible characters, whatever is decided."""
_TARGETS = frozenset((*FIELDS, *Target)) - {*NUMBER_FIELDS, Target.phone}
"""What a column can be that holds no numbers to call."""
_NEED_MORE = frozenset(("PostalCode", "FaxNumber", "AccountIBAN"))  # more than to be cut and looked at


Take = Callable[[Sequence[Candidate], Sequence[str]], None]
"""Gives candidates the values of a column, whose cells these are."""


class Rows:
    """Turns rows into candidates, by what their columns are: a block of rows at once and one column after the other,
    since of most cells nothing is to be said, which many of them show together.
    """

    def __init__(self, columns: ColumnMap, usage: Usage, region: str = HOME_REGION) -> None:
        self._usage, self._region = usage, region
        self._has_countries = "Country" in columns.targets
        targets = [(place, str(target)) for place, target in enumerate(columns.targets) if target in _TARGETS]
        # Texts come first; a house number goes behind its street.
        targets.sort(key=lambda one: (not _is_plain_text(one[1]), one[1] == Target.house_number))
        self._takers = [(place, self._taker(place, target)) for place, target in targets]
        self._numbers = Numbers(columns, usage, region)
        # A check's own file: what a spreadsheet would have run has an apostrophe before it.
        self._is_own_file = not RESULT_HEADS.isdisjoint(columns.columns)

    def candidates(self, rows: Sequence[Row]) -> list[Candidate]:
        """A candidate for each row, in order."""
        candidates = [Candidate(row.line, {}, []) for row in rows]
        for candidate, row in zip(candidates, rows, strict=True):
            if row.fault:
                candidate.findings.append(Finding(Kind.unreadable, fault=row.fault))
        if readable := [candidate for candidate in candidates if not candidate.findings]:
            self._fill(readable, list(zip(*(row.cells for row in rows if not row.fault), strict=True)))
        return candidates

    def _fill(self, candidates: Sequence[Candidate], columns: Sequence[Sequence[str]]) -> None:
        if self._is_own_file:
            columns = [list(map(_unescaped, cells)) for cells in columns]
        for place, take in self._takers:
            take(candidates, columns[place])
        self._numbers.add(candidates, columns)
        for candidate in candidates:
            if "Name" not in candidate.values:
                _require(candidate)

    def _taker(self, place: int, target: str) -> Take:
        if _is_plain_text(target):
            return _taking_texts(target)
        if target == "PostalCode":
            return self._take_postal_codes
        one_by_one: Mapping[str, Callable[[Candidate, str], None]] = {
            Target.full_name: _take_full_name,
            Target.place: _take_place,
            Target.house_number: _take_house_number,
            Target.campaign: _take_campaign,
            Target.reset: _take_reset,
            "FaxNumber": self._take_fax,
        }
        if target in one_by_one:
            return _taking(target, one_by_one[target])
        info = FIELDS[target]
        if info.type is datetime:
            orders = self._usage.orders_of(place)
            return _converting(target, lambda cell: date_in(cell, orders))
        if info.type is float:
            signs = self._usage.signs_of(place)
            return _converting(target, lambda cell: amount_in(cell, signs))
        if info.type is int:
            return _converting(target, _whole)
        return _converting(target, iban_in)

    def _take_postal_codes(self, candidates: Sequence[Candidate], cells: Sequence[str]) -> None:
        if self._region == HOME_REGION and not self._has_countries and not _are_texts(cells):
            cells = list(map(_with_zero, candidates, cells))
        _add_texts(candidates, "PostalCode", cells)

    def _take_fax(self, candidate: Candidate, cell: str) -> None:
        numbers = [one.number for one in found_in(str(cell), self._region, figure=is_figure(cell)) if one.number]
        if numbers:
            candidate.values["FaxNumber"] = numbers[0]
        else:
            candidate.findings.append(Finding(Kind.bad_cell, "FaxNumber"))


def _with_zero(candidate: Candidate, cell: str) -> str:
    """A German postal code with the zero before it that a spreadsheet has dropped."""
    if type(cell) is str or not cell.isdecimal() or len(cell) != GERMAN_POSTAL_CODE - 1:
        return cell
    candidate.findings.append(Finding(Kind.postal_code_restored, "PostalCode"))
    return f"0{cell}"


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith(_ESCAPED) else cell


def _require(candidate: Candidate) -> None:
    """Every import needs a surname. Whether that may be the name of a company, a person decides."""
    if company := candidate.values.get("Company"):
        candidate.values["Name"] = company
        candidate.findings.append(Finding(Kind.firm, "Name"))
    else:
        candidate.findings.append(Finding(Kind.no_name, "Name"))


def _usable(candidates: Sequence[Candidate], target: str, cells: Sequence[str]) -> Iterator[tuple[Candidate, str]]:
    """The cells of a column that are not empty and hold no error, with their candidates."""
    for candidate, cell in zip(candidates, cells, strict=True):
        if cell and (type(cell) is str or not _is_error(candidate, target, cell)):
            yield candidate, cell


def _taking(target: str, take: Callable[[Candidate, str], None]) -> Take:
    def take_all(candidates: Sequence[Candidate], cells: Sequence[str]) -> None:
        for candidate, cell in _usable(candidates, target, cells):
            take(candidate, cell)

    return take_all


def _converting(target: str, convert: Callable[[str], Value]) -> Take:
    def take_all(candidates: Sequence[Candidate], cells: Sequence[str]) -> None:
        for candidate, cell in _usable(candidates, target, cells):
            value, kind = convert(cell)
            if value is not None:
                candidate.values[target] = value
            if kind is not None:
                candidate.findings.append(Finding(kind, target))

    return take_all


def _taking_texts(target: str) -> Take:
    return lambda candidates, cells: _add_texts(candidates, target, cells)


def _add_texts(candidates: Sequence[Candidate], target: str, cells: Sequence[str]) -> None:
    """The cells of a column that is text. Where nothing is to be said of any of them, they show that together."""
    texts = list(map(str.strip, cells))
    whole = "".join(texts)
    is_plain = whole.isprintable() and unseen(whole) is None and len(max(texts, key=len)) <= _length(target)
    if is_plain and _are_texts(cells):
        for candidate, text in zip(candidates, texts, strict=True):
            if text:
                candidate.values[target] = text
        return
    for candidate, cell in zip(candidates, cells, strict=True):
        if cell:
            _add_text(candidate, target, cell)


def _add_text(candidate: Candidate, target: str, cell: str) -> None:
    length = _length(target)
    has_lines = FIELDS[target].about.kind is FieldKind.FREE
    text = cell.strip() if has_lines else _BREAK.sub(" ", cell.strip())
    if not text or (type(cell) is not str and _is_error(candidate, target, cell)):
        return
    if len(text) > length:
        candidate.findings.append(Finding(Kind.too_long, target))
        text = text[:length]
    candidate.values[target] = text
    if text.isascii() and text.isprintable():
        return
    if character := unseen(text.translate(_BREAKS) if has_lines else text, emoji=has_lines):
        kind = Kind.damaged_name if target in _NAMING else Kind.damaged
        candidate.findings.append(Finding(kind, target, character))


def _is_error(candidate: Candidate, target: str, cell: str) -> bool:
    """Whether a spreadsheet shows an error in place of a value, which is then noted."""
    if not (isinstance(cell, TypedCell) and cell.kind is CellKind.error):
        return False
    candidate.findings.append(Finding(Kind.bad_cell, target))
    return True


def _length(target: str) -> int:
    """The most characters of a field."""
    return FIELDS[target].about.length or sys.maxsize


def _are_texts(cells: Sequence[str]) -> bool:
    """Whether all cells were plain text in their file."""
    return set(map(type, cells)) == {str}


def _is_plain_text(target: str) -> bool:
    return target in FIELDS and FIELDS[target].type is str and target not in _NEED_MORE


def _take_full_name(candidate: Candidate, cell: str) -> None:
    """What cannot be taken apart is the surname as a whole, if a person agrees."""
    name = name_in(cell)
    values = name.values() if name.kind in (None, Kind.firm) else {"Name": cell}
    for wire, value in values.items():
        _add_text(candidate, wire, value)
    if name.kind and name.kind is not Kind.firm:
        candidate.findings.append(Finding(name.kind, "Name"))


def _take_place(candidate: Candidate, cell: str) -> None:
    for wire, value in place_in(cell).values().items():
        _add_text(candidate, wire, value)


def _take_house_number(candidate: Candidate, cell: str) -> None:
    address = f"{candidate.values.get('Address', '')} {cell.strip()}"
    _add_text(candidate, "Address", address)


def _take_campaign(candidate: Candidate, cell: str) -> None:
    candidate.campaign = cell.strip()


def _take_reset(candidate: Candidate, cell: str) -> None:
    try:
        is_wanted = flag(cell)
    except ValueError:
        candidate.findings.append(Finding(Kind.bad_flag, Target.reset))
        return
    if is_wanted:
        candidate.findings.append(Finding(Kind.reset))


def _whole(cell: str) -> Value:
    text = cell.strip()
    return Value(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else Value(None, Kind.bad_cell)
