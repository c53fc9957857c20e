"""The telephone numbers of rows."""

from collections.abc import Sequence

from dialler_mcp.domain.phone_cells import CellNumber, found_in
from dialler_mcp.domain.phones import HOME_REGION, usual_numbers
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.places import region_of
from dialler_mcp.lists.columns.usage import Usage
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell

_AT_HOME = (HOME_REGION, True)
_FIGURE = "figure"  # in place of one: it needs a closer look, whatever it is


class Numbers:
    """Gives candidates their numbers: those of most rows need no closer look."""

    def __init__(self, columns: ColumnMap, usage: Usage, region: str) -> None:
        self._region, self._is_abroad = region, usage.abroad
        self._phones = [(place, str(target)) for place, target in enumerate(columns.targets) if target in NUMBER_FIELDS]
        self._country = next((place for place, target in enumerate(columns.targets) if target == "Country"), None)

    def add(self, candidates: Sequence[Candidate], columns: Sequence[Sequence[str]]) -> None:
        """Take the numbers of a block of rows."""
        if not self._phones:
            return
        slots = [slot for _, slot in self._phones]
        cells = [columns[place] for place, _ in self._phones]
        regions = self._regions(columns, len(candidates))
        usual = zip(*map(_usual_numbers, cells), strict=True)
        for row, (candidate, region, numbers) in enumerate(zip(candidates, regions, usual, strict=True)):
            good = [number for number in numbers if number]
            if None in numbers or region != _AT_HOME or not 0 < len(good) == len(set(good)):
                _add_numbers(candidate, slots, [column[row] for column in cells], *region)
                continue
            candidate.numbers = good
            for slot, number in zip(slots, numbers, strict=True):
                if number:
                    candidate.values[slot] = number

    def _regions(self, columns: Sequence[Sequence[str]], rows: int) -> Sequence[tuple[str, bool]]:
        """The region of each row's national numbers, and whether that is sure."""
        if self._country is None:
            return [(self._region, True)] * rows
        regions = {country: self._region_of(country) for country in set(columns[self._country])}
        return [regions[country] for country in columns[self._country]]

    def _region_of(self, country: str) -> tuple[str, bool]:
        if not country.strip():
            return self._region, not self._is_abroad
        region = region_of(country.strip())
        return region or self._region, region is not None


def _usual_numbers(cells: Sequence[str]) -> list[str | None]:
    """The numbers of a column that need no closer look: empty where the cell is, None where it needs one."""
    numbers = usual_numbers([cell if type(cell) is str else _FIGURE for cell in cells])
    return [number if cell else "" for number, cell in zip(numbers, cells, strict=True)]


def _add_numbers(candidate: Candidate, slots: Sequence[str], cells: Sequence[str], region: str, is_sure: bool) -> None:
    """The numbers of a row, each of its cells looked at closely."""
    further, good, flaws = list[str](), set[str](), list[Finding]()
    for slot, cell in zip(slots, cells, strict=True):
        for reading in found_in(str(cell), region, figure=is_figure(cell)):
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
    if not any(cells):
        candidate.findings.append(Finding(Kind.no_number))
    candidate.numbers = [str(candidate.values[name]) for name in NUMBER_FIELDS if name in candidate.values]


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


def _names_country(cell: str) -> bool:
    return cell.lstrip("'=( ").startswith(("+", "00"))


def is_figure(cell: str) -> bool:
    return isinstance(cell, TypedCell) and cell.kind is CellKind.number
