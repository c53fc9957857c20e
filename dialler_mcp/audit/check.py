"""Reads an audit log: checks its chain, and shows its entries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from dialler_mcp.audit.log import BEGINNING, Line, files, lines, read_key
from dialler_mcp.audit.pseudonyms import Pseudonyms
from dialler_mcp.domain.text import clean

Fault = Literal["changed", "missing", "reordered", "inserted", "torn"]

_MEANING: dict[Fault, str] = {
    "changed": "changed: it does not match its own hash or that of the line after it",
    "missing": "missing before this line",
    "reordered": "reordered: it belongs further up",
    "inserted": "inserted: it does not belong here",
    "torn": "torn: half written when the process or machine stopped; the log says so itself, this is no tampering",
}


@dataclass(frozen=True)
class Place:
    """The place of a line: file name and line number, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class Finding:
    """A fault in some lines, and where it was noticed. `seqs` is empty for text that was never a line of the log."""

    fault: Fault
    place: Place
    seqs: range

    def __str__(self) -> str:
        if not self.seqs:
            return f"{self.place}: {_MEANING[self.fault]}"
        numbers = f"seq {self.seqs[0]}" + (f" to {self.seqs[-1]}" if len(self.seqs) > 1 else "")
        return f"{self.place}: {numbers} {_MEANING[self.fault]}"


@dataclass
class Report:
    """The result of `verify`."""

    findings: list[Finding] = field(default_factory=list[Finding])
    lines: int = 0
    files: int = 0
    last_seq: int = 0
    last_hash: str = BEGINNING

    @property
    def whole(self) -> bool:
        return not self.findings


def verify(directory: Path) -> Report:
    """Read the whole log and name every line that was changed, removed, moved or added.

    A cut-off end cannot be noticed: compare `last_seq` and `last_hash` with a note that was made elsewhere.

    Raises:
        OSError: a file cannot be read.
    """
    checker = _Checker()
    for _, path in files(directory):
        checker.report.files += 1
        for number, line in enumerate(lines(path), 1):
            checker.take(line, Place(path.name, number))
    return checker.finish()


@dataclass
class _Checker:
    """Goes through the lines once. `last` is the end of the chain so far; `bad` are the unsound lines after it."""

    report: Report = field(default_factory=Report)
    last: Line | None = None
    last_place: Place = Place("", 0)
    bad: list[tuple[Line, Place]] = field(default_factory=list[tuple[Line, Place]])
    gaps: list[range] = field(default_factory=list[range])
    seen_gaps: list[tuple[Place, range]] = field(default_factory=list[tuple[Place, range]])

    @property
    def seq(self) -> int:
        return self.last.seq if self.last else 0

    def take(self, line: Line, place: Place) -> None:
        self.report.lines += 1
        if not line.sound:
            self.bad.append((line, place))
        elif line.seq <= self.seq:
            self._out_of_order(line, place)
        else:
            self._next(line, place)

    def finish(self) -> Report:
        self._settle(None)
        for place, gap in self.seen_gaps:
            for rest in self.gaps:
                if rest.start in gap:
                    self._find("missing", place, rest)
        self.report.last_seq = self.seq
        self.report.last_hash = self.last.entry["hash"] if self.last and self.last.entry else BEGINNING
        self.report.findings.sort(key=lambda finding: (finding.place.file, finding.place.line))
        return self.report

    def _next(self, line: Line, place: Place) -> None:
        """Take a line that continues the chain: with the next number, or after a gap."""
        assert line.entry is not None
        unsound = [bad for bad, _ in self.bad]
        after = self._settle(line)
        if line.seq > after + 1:
            gap = range(after + 1, line.seq)
            self.gaps.append(gap)
            self.seen_gaps.append((place, gap))
        elif line.entry["prev"] != self._led_to() and not (unsound and line.seq > self.seq + 1):
            # Both lines match their own hashes, so the earlier one was rewritten, with a new hash.
            self._find("changed", self.last_place if self.last else place, _one(max(self.seq, 1)))
        self.last, self.last_place = line, place

    def _led_to(self) -> str:
        return self.last.entry["hash"] if self.last and self.last.entry else BEGINNING

    def _settle(self, following: Line | None) -> int:
        """Classify the unsound lines, now that the line after them is known. Returns the last number used."""
        room = following.seq - self.seq - 1 if following else len(self.bad)
        repair = following.entry.get("repaired") if following and following.entry else None
        for place_in_row, (line, place) in enumerate(self.bad, 1):
            seq = self.seq + place_in_row
            torn = line.entry is None and (seq == repair or (following is None and line.unended))
            if place_in_row > room:
                self._find("inserted", place, range(0))
            else:
                self._find("torn" if torn else "changed", place, _one(seq))
        last = self.seq + min(len(self.bad), room)
        self.bad = []
        return last

    def _out_of_order(self, line: Line, place: Place) -> None:
        for gap in self.gaps:
            if line.seq in gap:
                self.gaps.remove(gap)
                self.gaps += [part for part in (range(gap.start, line.seq), range(line.seq + 1, gap.stop)) if part]
                self._find("reordered", place, _one(line.seq))
                return
        self._find("inserted", place, _one(line.seq))

    def _find(self, fault: Fault, place: Place, seqs: range) -> None:
        self.report.findings.append(Finding(fault, place, seqs))


def _one(seq: int) -> range:
    return range(seq, seq + 1)


@dataclass(frozen=True)
class Filter:
    """Which lines to show; None means any. `tool` and `caller` may be parts of the names; times have a zone. `values`
    are the ways in which one argument may be written in the log: as it is, and as its pseudonym.
    """

    tool: str | None = None
    caller: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    values: frozenset[str] | None = None

    def passes(self, entry: dict[str, Any]) -> bool:
        parts = ((self.tool, "tool"), (self.caller, "caller"))
        if any(part is not None and part.casefold() not in str(entry.get(name)).casefold() for part, name in parts):
            return False
        if self.outcome is not None and entry.get("outcome") != self.outcome:
            return False
        if self.values is not None and self.values.isdisjoint(_values_of(entry)):
            return False
        if self.since is None and self.until is None:
            return True
        at = _time_of(entry)
        return at is not None and (self.since or at) <= at <= (self.until or at)


def entries_of(directory: Path, selection: Filter) -> Iterator[dict[str, Any]]:
    """The entries that the filter passes, oldest first.

    Raises:
        OSError: a file cannot be read.
    """
    for _, path in files(directory):
        entries = (line.entry for line in lines(path))
        yield from (entry for entry in entries if entry is not None and selection.passes(entry))


def spellings_of(value: str, directory: Path) -> tuple[frozenset[str], bool]:
    """How an argument of this value is written in the log of this directory, and whether its pseudonym could be made:
    that needs the key of the log.

    Raises:
        OSError: the key cannot be read.
    """
    key = read_key(directory)
    return frozenset((value.strip(), *((Pseudonyms(key).of(value),) if key else ()))), key is not None


def _values_of(entry: dict[str, Any]) -> Iterator[str]:
    """The arguments of an entry, and what the address of a resource names."""
    yield from str(entry.get("tool") or "").split("/")
    yield str(entry.get("tool") or "")
    yield from _flat(entry.get("arguments"))


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(cast(dict[str, object], value).values())
    if isinstance(value, list):
        for item in cast(list[object], value):
            yield from _flat(item)
    elif value is not None:
        yield str(value)


def in_words(entry: dict[str, Any]) -> str:
    """An entry as a line for a person."""
    if "repaired" in entry:
        torn = f"line {entry['repaired']} was half written when something stopped"
        return f"{entry['seq']} {entry.get('time') or '-'} {torn}"
    parts: Iterable[object] = (
        entry["seq"],
        entry.get("time") or "-",
        entry.get("caller") or "-",
        entry.get("tool"),
        entry.get("outcome"),
        {True: "changed", False: "unchanged"}.get(bool(entry["changed"])) if "changed" in entry else None,
        f"{entry['ms']} ms" if "ms" in entry else None,
        entry.get("arguments") or None,
    )
    return clean("  ".join(str(part) for part in parts if part is not None)).replace("\x1b", "")


def _time_of(entry: dict[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(entry.get("time")))
    except ValueError:
        return None
    return at if at.tzinfo else None
