"""A row as the dialler would take it: the values of its fields, its numbers, and what was seen on the way."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dialler_mcp.domain.fields import Kind as FieldKind
from dialler_mcp.domain.phone_cells import CellNumber, found_in
from dialler_mcp.domain.phones import HOME_REGION
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.domain.text import unseen
from dialler_mcp.lists.columns.aliases import FIELDS, LEFT_OUT, RESULT_HEADS, Target
from dialler_mcp.lists.columns.amounts import amount_in
from dialler_mcp.lists.columns.bank import iban_in
from dialler_mcp.lists.columns.dates import date_in
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.names import name_in
from dialler_mcp.lists.columns.places import GERMAN_POSTAL_CODE, place_in, region_of
from dialler_mcp.lists.columns.usage import Usage
from dialler_mcp.lists.columns.values import Value, flag
from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell
from dialler_mcp.lists.reading.table import Row
from dialler_mcp.words import Words

_ESCAPED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_BREAKS, _BREAK = str.maketrans("\r\n\t", "   "), re.compile(r"\s*[\r\n\t]\s*")
"""Which a comment keeps, and which are a blank in a text of one line."""
_NAMING = frozenset(("UserData", "UserData2", "UserData3", "Name", "FirstName", "Company"))
"""By these a person is found again, so they hold nothing that nobody sees, whatever is decided."""
_NEED_MORE = frozenset(("PostalCode", "FaxNumber", "AccountIBAN"))  # than to be cut and looked at


class ExistingContact(NamedTuple):
    """A contact that is there already."""

    contact_id: int
    campaign_id: int
    state: str
    locked: bool = False


class Finding(NamedTuple):
    """Something that was seen in a row: in which field, more exactly (a flaw, words that were dropped), and which other
    line of the list or which contact it is about; `fault`: why the row cannot be used at all.
    """

    kind: Kind
    field: str = ""
    detail: str = ""
    line: int | None = None
    contact: ExistingContact | None = None
    fault: Words | None = None


@dataclass(slots=True)
class Candidate:
    """A row with its values by wire name. `campaign` is what the row itself says; `key` is its UserData, folded."""

    line: int
    values: dict[str, str | float] = field(default_factory=dict[str, str | float])
    findings: list[Finding] = field(default_factory=list[Finding])
    campaign: str = ""
    person: str = ""
    key: str = ""

    @property
    def numbers(self) -> list[str]:
        """Its telephone numbers, each once."""
        return list(dict.fromkeys(str(self.values[name]) for name in NUMBER_FIELDS if name in self.values))

    @property
    def is_out(self) -> bool:
        return any(finding.kind.verdict is Verdict.left_out for finding in self.findings)


Take = Callable[[Candidate, str], None]


class Rows:
    """Turns rows into candidates, by what their columns are."""

    def __init__(self, columns: ColumnMap, usage: Usage, region: str = HOME_REGION) -> None:
        self._usage, self._region = usage, region
        fields = [
            (place, target)
            for place, target in enumerate(columns.targets)
            if target is not None and target != LEFT_OUT and target not in NUMBER_FIELDS
        ]
        self._texts = [(place, target, _length(target)) for place, target in fields if _is_plain_text(target)]
        takers = [(place, target, self._taker(place, target)) for place, target in fields if not _is_plain_text(target)]
        self._takers = sorted(takers, key=lambda taker: taker[1] == Target.house_number)  # it goes behind its street
        self._phones = [(place, str(target)) for place, target in enumerate(columns.targets) if target in NUMBER_FIELDS]
        # A check's own file: what a spreadsheet would have run has an apostrophe before it.
        self._is_own_file = not RESULT_HEADS.isdisjoint(columns.columns)
        self._country = next((place for place, target in enumerate(columns.targets) if target == "Country"), None)

    def candidate(self, row: Row) -> Candidate:
        candidate = Candidate(row.line)
        if row.fault:
            candidate.findings.append(Finding(Kind.unreadable, fault=row.fault))
            return candidate
        cells = list(map(_unescaped, row.cells)) if self._is_own_file else row.cells
        for place, target, length in self._texts:
            if cell := cells[place]:
                _add_text(candidate, target, cell, length)
        for place, target, take in self._takers:
            if (cell := cells[place]) and not _is_error(candidate, target, cell):
                take(candidate, cell)
        self._add_numbers(candidate, cells)
        _require(candidate)
        _identify(candidate)
        return candidate

    def _taker(self, place: int, target: str) -> Take:
        special: Mapping[str, Take] = {
            Target.full_name: _take_full_name,
            Target.place: _take_place,
            Target.house_number: _take_house_number,
            Target.campaign: _take_campaign,
            Target.reset: _take_reset,
            "PostalCode": self._take_postal_code,
            "FaxNumber": self._take_fax,
        }
        if target in special:
            return special[target]
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

    def _take_postal_code(self, candidate: Candidate, cell: str) -> None:
        lacks_zero = isinstance(cell, TypedCell) and cell.isdecimal() and len(cell) == GERMAN_POSTAL_CODE - 1
        if lacks_zero and self._region == HOME_REGION and self._country is None:
            candidate.findings.append(Finding(Kind.postal_code_restored, "PostalCode"))
            cell = f"0{cell}"
        _add_text(candidate, "PostalCode", str(cell), _length("PostalCode"))

    def _take_fax(self, candidate: Candidate, cell: str) -> None:
        numbers = [one.number for one in found_in(str(cell), self._region, figure=_is_figure(cell)) if one.number]
        if numbers:
            candidate.values["FaxNumber"] = numbers[0]
        else:
            candidate.findings.append(Finding(Kind.bad_cell, "FaxNumber"))

    def _add_numbers(self, candidate: Candidate, cells: Sequence[str]) -> None:
        region, is_sure = self._region_of(cells)
        further, good, flaws = list[str](), set[str](), list[Finding]()
        for place, slot in self._phones:
            if not (cell := cells[place]):
                continue
            for reading in found_in(str(cell), region, figure=_is_figure(cell)):
                number = _noted(candidate, slot, reading, flaws)
                if number is None:
                    continue
                if not is_sure and not _names_country(cell):
                    candidate.findings.append(Finding(Kind.country_unclear, slot))
                if number in good:
                    candidate.findings.append(Finding(Kind.number_twice, slot))
                elif slot in candidate.values:
                    further.append(number)
                else:
                    candidate.values[slot] = number
                good.add(number)
        _fill_slots(candidate, further)
        is_asked = any(finding.kind is Kind.number_unclear for finding in candidate.findings)
        kind = Kind.number_dropped if good or is_asked else Kind.bad_number
        candidate.findings += [finding._replace(kind=kind) for finding in flaws]
        if not any(cells[place] for place, _ in self._phones):
            candidate.findings.append(Finding(Kind.no_number))

    def _region_of(self, cells: Sequence[str]) -> tuple[str, bool]:
        """The region of a row's national numbers, and whether that is sure."""
        if self._country is None:
            return self._region, True
        country = cells[self._country].strip()
        if not country:
            return self._region, not self._usage.abroad
        region = region_of(country)
        return region or self._region, region is not None


def _noted(candidate: Candidate, slot: str, reading: CellNumber, flaws: list[Finding]) -> str | None:
    """The number to take, if there is one; what is to be said about it is noted."""
    notes = candidate.findings
    if reading.words and reading.number:
        notes.append(Finding(Kind.words_dropped, slot, " ".join(reading.words)))
    if reading.asked and reading.flaw:
        notes.append(Finding(Kind.number_unclear, slot, reading.flaw))
        return reading.number
    if reading.flaw or not reading.number:
        flaws.append(Finding(Kind.bad_number, slot, reading.flaw or ""))
        return None
    if reading.restored:
        notes.append(Finding(Kind.zero_restored, slot))
    if reading.unlisted:
        notes.append(Finding(Kind.unlisted_number, slot))
    return reading.number


def _fill_slots(candidate: Candidate, numbers: Sequence[str]) -> None:
    """Put the second numbers of cells into the next free slots."""
    free = (slot for slot in NUMBER_FIELDS if slot not in candidate.values)
    for number in numbers:
        if slot := next(free, None):
            candidate.values[slot] = number
        else:
            candidate.findings.append(Finding(Kind.no_slot))


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith(_ESCAPED) else cell


def _names_country(cell: str) -> bool:
    return cell.lstrip("'=( ").startswith(("+", "00"))


def _is_figure(cell: str) -> bool:
    return isinstance(cell, TypedCell) and cell.kind is CellKind.number


def _require(candidate: Candidate) -> None:
    """Every import needs a surname. Whether that may be the name of a company, a person decides."""
    if "Name" in candidate.values:
        return
    if company := candidate.values.get("Company"):
        candidate.values["Name"] = company
        candidate.findings.append(Finding(Kind.firm, "Name"))
    else:
        candidate.findings.append(Finding(Kind.no_name, "Name"))


def _identify(candidate: Candidate) -> None:
    values = candidate.values
    candidate.key = folded_key(str(values.get("UserData", "")))
    candidate.person = person_of(values.get("Name"), values.get("FirstName"))


def person_of(name: object, first_name: object) -> str:
    """A whole name such that two spellings of it, in case, accents and blanks, are equal."""
    return folded_key(f"{first_name or ''} {name or ''}")


def _converting(target: str, convert: Callable[[str], Value]) -> Take:
    def take(candidate: Candidate, cell: str) -> None:
        value, kind = convert(cell)
        if value is not None:
            candidate.values[target] = value
        if kind is not None:
            candidate.findings.append(Finding(kind, target))

    return take


def _add_text(candidate: Candidate, target: str, cell: str, length: int) -> None:
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


def _is_plain_text(target: str) -> bool:
    return target in FIELDS and FIELDS[target].type is str and target not in _NEED_MORE


def _take_full_name(candidate: Candidate, cell: str) -> None:
    """What cannot be taken apart is the surname as a whole, if a person agrees."""
    name = name_in(cell)
    values = name.values() if name.kind in (None, Kind.firm) else {"Name": cell}
    for wire, value in values.items():
        _add_text(candidate, wire, value, _length(wire))
    if name.kind and name.kind is not Kind.firm:
        candidate.findings.append(Finding(name.kind, "Name"))


def _take_place(candidate: Candidate, cell: str) -> None:
    for wire, value in place_in(cell).values().items():
        _add_text(candidate, wire, value, _length(wire))


def _take_house_number(candidate: Candidate, cell: str) -> None:
    address = f"{candidate.values.get('Address', '')} {cell.strip()}"
    _add_text(candidate, "Address", address, _length("Address"))


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
