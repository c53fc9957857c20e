"""The check of a list: a verdict for every row, in order, before anything is written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Protocol

from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.domain.spelling import plain
from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.checking.matching import in_dialler, in_list
from dialler_mcp.lists.checking.options import Options, Rule, Scope
from dialler_mcp.lists.checking.people import People, Person
from dialler_mcp.lists.checking.rows import Rows
from dialler_mcp.lists.columns.aliases import FIELDS
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.usage import usage_of
from dialler_mcp.lists.kinds import RANKS, Kind, Verdict
from dialler_mcp.lists.reading.table import Row
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

EXAMPLES = 3
BLOCK = 200  # rows that are looked at together


_OTHER_COLUMNS = Words(
    "This mapping belongs to a list with other columns. Map the columns of this one.",
    "Diese Zuordnung gehört zu einer Liste mit anderen Spalten. Ordnen Sie die Spalten dieser Liste zu.",
)
_NO_NUMBER = Words(
    'No column is a phone number. Give the one that is, as in mapping={"<column>": "PhoneNumber1"}.',
    'Keine Spalte ist eine Rufnummer. Nennen Sie die richtige, etwa mit mapping={"<Spalte>": "PhoneNumber1"}.',
)
_NO_NAME = Words(
    'No column is a name. Give the one that is, as in mapping={"<column>": "Name"} or "FullName".',
    'Keine Spalte ist ein Name. Nennen Sie die richtige, etwa mit mapping={"<Spalte>": "Name"} oder "FullName".',
)


class Check(Protocol):
    """A further check of a row that is not left out yet: calling rules, a list of people who must not be called."""

    def __call__(self, candidate: Candidate) -> Iterable[Finding]: ...


class JudgedRow(NamedTuple):
    """A row with its verdict, and the kind that decided it. `values` is what an import would send; `writes` is, for a
    contact that exists, by which rule each field is written.
    """

    row: Row
    verdict: Verdict
    kind: Kind
    findings: Sequence[Finding]
    values: Mapping[str, str | float]
    writes: Mapping[str, Rule]


class Writer(Protocol):
    """Takes the verdicts as they come."""

    def write(self, judgement: JudgedRow) -> None: ...


class Example(NamedTuple):
    """A row as an example of a kind, not masked yet, so that nothing is cut before it can be recognised."""

    line: int
    name: str
    number: str
    finding: Finding


@dataclass
class CheckCounts:
    """What was counted: rows by verdict and by the kind that decided them, which add up to all rows; beside them, how
    many rows have each note.
    """

    rows: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter[Verdict])
    kinds: Counter[Kind] = field(default_factory=Counter[Kind])
    notes: Counter[Kind] = field(default_factory=Counter[Kind])
    examples: dict[Kind, list[Example]] = field(default_factory=dict[Kind, list[Example]])

    def count(self, judgement: JudgedRow) -> None:
        self.rows += 1
        self.verdicts[judgement.verdict] += 1
        self.kinds[judgement.kind] += 1
        if judgement.kind is Kind.ready and not judgement.findings:
            return
        kinds = {finding.kind: finding for finding in reversed(judgement.findings)}
        for kind, finding in kinds.items():
            if kind is not judgement.kind:
                self.notes[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append(_example(judgement, finding))


def check(
    table: Listing,
    columns: ColumnMap,
    existing: People,
    options: Options,
    writer: Writer | None = None,
    checks: Mapping[str, Check] | None = None,
    counts: CheckCounts | None = None,
) -> CheckCounts:
    """Judge every row; each verdict goes to the writer as soon as it is there. `checks` are further ones by name, of
    which the options choose some; `counts`, if given, are new ones, which others may watch. Blocks.

    Raises:
        Problem: the mapping is one of another list, or no column becomes a number or key; a check has no such name.
    """
    _require(table, columns)
    further_checks = _chosen(checks or {}, options)
    usage = usage_of(table, columns, options.region)
    judge, outcome = _Judge(columns, existing, options, further_checks), counts or CheckCounts()
    rows = Rows(columns, usage, options.region)
    for block in blocks(table.rows()):
        for judgement in judge(block, rows.candidates(block)):
            outcome.count(judgement)
            if writer is not None:
                writer.write(judgement)
    return outcome


class _Others(NamedTuple):
    """Whether there is anybody who shares the key or a number of a row: among the contacts, among the other rows."""

    contacts: bool
    rows: bool


class _Judge:
    """Judges one row after the other, and remembers who was in them."""

    def __init__(self, columns: ColumnMap, existing: People, options: Options, checks: Sequence[Check]) -> None:
        self._existing, self._options, self._checks = existing, options, checks
        self._fields = [str(target) for target in columns.targets if target in FIELDS]
        self._seen, self._strangers = People(), list[tuple[Person, int, int]]()
        self._campaigns = {plain(name.strip()): campaign_id for name, campaign_id in options.campaigns.items()}

    def __call__(self, rows: Sequence[Row], candidates: Sequence[Candidate]) -> Iterator[JudgedRow]:
        """The verdicts of a block of rows, in order."""
        persons = list(map(_person, rows, candidates))
        by_existing, by_rows = self._existing.shared(persons), self._seen.shared(persons) | _repeated(persons)
        for row, candidate, person in zip(rows, candidates, persons, strict=True):
            others = _Others(person.shares(by_existing), person.shares(by_rows))
            yield self._judged(row, candidate, person, others)
        self._add_strangers()

    def _judged(self, row: Row, candidate: Candidate, person: Person, others: _Others) -> JudgedRow:
        campaign_id = None if row.fault else self._assign_campaign(candidate)
        if any(others) and campaign_id is not None and not candidate.is_out:
            self._match(candidate, person, campaign_id, others)
        if self._checks and not candidate.is_out:
            candidate.findings += [finding for each in self._checks for finding in each(candidate)]
        verdict, kind = self._verdict(candidate.findings)
        # Whatever was decided about a number that is unclear: without one nobody can be called.
        if verdict is not Verdict.asked and verdict is not Verdict.left_out and not candidate.numbers:
            verdict, kind = Verdict.left_out, Kind.no_number
        if verdict is not Verdict.left_out:
            self._remember(person, row.line, campaign_id or 0, is_alone=not others.rows)
        writes = self._writes(candidate) if verdict is Verdict.exists else {}
        return JudgedRow(row, verdict, kind, candidate.findings, candidate.values, writes)

    def _remember(self, person: Person, line: int, campaign_id: int, *, is_alone: bool) -> None:
        """Add a row to those that were seen. Those that share nothing with anybody wait for the end of their block,
        where nobody finds them yet, or for a row that does: together they are added faster.
        """
        if is_alone:
            self._strangers.append((person, line, campaign_id))
        else:
            self._add_strangers()
            self._seen.add(person, line, campaign_id)

    def _add_strangers(self) -> None:
        if self._strangers:
            self._seen.add_strangers(self._strangers)
            self._strangers.clear()

    def _assign_campaign(self, candidate: Candidate) -> int | None:
        campaign_id = candidate.values.get("DiallerCampaignsID", self._options.campaign_id)
        if candidate.campaign:
            campaign_id = self._campaigns.get(plain(candidate.campaign))
        if campaign_id is None:
            kind = Kind.unknown_campaign if candidate.campaign else Kind.no_campaign
            candidate.findings.append(Finding(kind, "DiallerCampaignsName"))
            return None
        candidate.values["DiallerCampaignsID"] = int(campaign_id)
        return int(campaign_id)

    def _match(self, candidate: Candidate, person: Person, campaign_id: int, others: _Others) -> None:
        options = self._options
        if others.rows:
            earlier = self._seen.matches(person, campaign_id)
            if options.scope is Scope.campaign:
                earlier = [match for match in earlier if match.campaign_id == campaign_id]
            if finding := in_list(earlier):
                candidate.findings.append(finding)
        if others.contacts:
            matches = self._existing.matches(person, campaign_id)
            if options.scope is Scope.file:  # whoever must not be called again counts in any scope
                matches = [match for match in matches if match.is_closed]
            everywhere = options.scope is Scope.everywhere
            if finding := in_dialler(matches, person, campaign_id, everywhere=everywhere):
                candidate.findings.append(finding)

    def _verdict(self, findings: Sequence[Finding]) -> tuple[Verdict, Kind]:
        verdict, kind = Verdict.ready, Kind.ready
        for finding in findings:
            own = self._options.verdict_of(finding.kind)
            if own is not None and RANKS[own] > RANKS[verdict]:
                verdict, kind = own, finding.kind
        return verdict, kind

    def _writes(self, candidate: Candidate) -> dict[str, Rule]:
        """By which rule each field is written. What is empty erases only where that was chosen, and never in place of a
        value that could not be used.
        """
        unusable = {finding.field for finding in candidate.findings}
        rules = {name: self._options.rule_of(name) for name in (*candidate.values, *self._fields)}
        return {
            name: rule
            for name, rule in rules.items()
            if name != "DiallerCampaignsID"
            and rule is not Rule.never
            and (name in candidate.values or (rule is Rule.always and name not in unusable))
        }


def _person(row: Row, candidate: Candidate) -> Person:
    get = candidate.values.get
    cells = tuple(map(str.strip, row.cells))
    return Person.of(str(get("UserData", "")), get("Name"), get("FirstName"), candidate.numbers, cells)


def _repeated(persons: Sequence[Person]) -> set[int]:
    """The hashes of folded keys and of numbers that several of these persons have."""
    counts = Counter([person.folded_key for person in persons if person.folded_key])
    counts.update([number for person in persons for number in person.numbers])
    return {each for each, count in counts.items() if count > 1}


def _example(judgement: JudgedRow, finding: Finding) -> Example:
    values = judgement.values
    name = " ".join(str(values[wire]) for wire in ("FirstName", "Name") if wire in values) or values.get("Company", "")
    number = values.get(finding.field) if finding.field in NUMBER_FIELDS else None
    first = next((values[slot] for slot in NUMBER_FIELDS if slot in values), "")
    return Example(judgement.row.line, str(name), str(number or first), finding)


def blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in blocks that are looked at together."""
    iterator = iter(rows)
    while block := list(islice(iterator, BLOCK)):
        yield block


def _chosen(checks: Mapping[str, Check], options: Options) -> list[Check]:
    if not checks.keys() >= set(options.checks):
        raise Problem(f"There is no check of this name. These are: {', '.join(checks) or 'none'}.")
    return [checks[name] for name in options.checks]


def missing(columns: ColumnMap) -> Words | None:
    """What no column is although every import needs it, and how to say which one it is."""
    targets = set(columns.targets)
    if not targets & set(NUMBER_FIELDS):
        return _NO_NUMBER
    return None if targets & {"Name", "FullName"} else _NO_NAME


def _require(table: Listing, columns: ColumnMap) -> None:
    """A list must name people by something: by a key or number alone whoever is there already."""
    if columns.columns != tuple(table.columns):
        raise Problem(_OTHER_COLUMNS)
    if not set(columns.targets) & {*NUMBER_FIELDS, "UserData"}:
        raise Problem(_NO_NUMBER)
