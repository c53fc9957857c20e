"""A check in short: for each kind how many rows, and three examples. Names and numbers pass the mask of the profile."""

from collections.abc import Callable
from dataclasses import dataclass

from dialler_mcp.domain.fields import Kind as FieldKind
from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.checking.check import CheckCounts, Example
from dialler_mcp.lists.checking.words import detail, known, place
from dialler_mcp.lists.kinds import Kind, Verdict

Mask = Callable[[str, FieldKind], str]


@dataclass(frozen=True)
class ExampleRow:
    """An example: the line of the list, the person, and what is said more exactly."""

    line: int
    name: str
    number: str
    detail: str
    other: str


@dataclass(frozen=True)
class KindCount:
    """A kind with its words. `verdict` is None for a note: it is said of rows that other kinds count."""

    kind: Kind
    verdict: Verdict | None
    words: str
    rows: int
    examples: tuple[ExampleRow, ...]


def counts(outcome: CheckCounts, language: Language, mask: Mask) -> list[KindCount]:
    """The kinds that occur, by verdict, then the notes. Those with a verdict add up to the rows of the list."""
    kinds = [_count(outcome, kind, kind.verdict, outcome.kinds[kind], language, mask) for kind in Kind]
    notes = [_count(outcome, kind, None, outcome.notes[kind], language, mask) for kind in Kind]
    return [one for one in (*kinds, *notes) if one.rows]


def _count(
    outcome: CheckCounts, kind: Kind, verdict: Verdict | None, rows: int, language: Language, mask: Mask
) -> KindCount:
    examples = tuple(_shown(example, language, mask) for example in outcome.examples.get(kind, ()))
    return KindCount(kind, verdict, kind.text(language), rows, examples)


def _shown(example: Example, language: Language, mask: Mask) -> ExampleRow:
    finding = example.finding
    other = ", ".join(filter(None, (place(finding, language), known(finding.contact, language))))
    return ExampleRow(
        line=example.line,
        name=mask(example.name, FieldKind.PERSON),
        number=mask(example.number, FieldKind.PHONE),
        detail=mask(detail(finding, language), FieldKind.FREE),
        other=other,
    )
