"""What the tools return. Every answer is complete as text and as structure; neither is padded."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar, cast

from pydantic import Field, PrivateAttr

from dialler_mcp.domain.fields import Language
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.headings import (
    AFTER,
    ALL_ROWS,
    BEFORE,
    MORE,
    NOT_FOUND,
    NOTHING_SET,
    ONLY_FIRST,
    REQUEST,
    heading,
    truth,
)
from dialler_mcp.words import Noun, Words

T = TypeVar("T")

_JSON = json.JSONEncoder(ensure_ascii=False)  # made once: every row is measured

SANDBOX_WORDS = Words(
    "This is the embedded sandbox dialler: invented people, no real calls.",
    "Das ist der eingebaute Übungs-Dialler: erfundene Personen, keine echten Anrufe.",
)
SANDBOX = SANDBOX_WORDS.en
SANDBOX_NAME = Words("embedded sandbox", "eingebauter Übungs-Dialler")
ROWS = Noun(Words("row", "Zeile"), Words("rows", "Zeilen"))
"""What files call the dialler of the sandbox."""

MAX_BYTES = 20_000
"""Bytes of either form of an answer. A token is at least a byte, so no answer exceeds 20,000 tokens."""
ROOM = MAX_BYTES - 4_000
"""Bytes of the rows or records of an answer; the rest is for its columns, its summary and its notes."""
SHORTER = (2_000, 400, 100, 25)
"""The longest texts of a record, in characters: the first of these with which the answer is not too large."""


class WordedAnswer(Answer):
    """An answer whose text is in one language, headings too. The keys of records in its structure stay."""

    _language: Language = PrivateAttr(default=Language.en)

    def in_language(self, language: Language) -> Self:
        """The same, its headings in this language."""
        self._language = language
        return self

    @property
    def language(self) -> Language:
        """The language of its text."""
        return self._language


class Table(WordedAnswer):
    """Rows of a list, in columns. `same` holds columns that are alike in every row."""

    summary: str
    columns: list[str]
    rows: list[list[Any]]
    total: int
    same: dict[str, Any] | None = None
    next_cursor: str | None = None
    notes: list[str] | None = None

    def text(self) -> str:
        language = self.language
        same = "; ".join(lines_of(self.same or {}, language))
        alike = [f"{ALL_ROWS.text(language)}: {same}"] if same else []
        lines = [self.summary, *alike, *self.lines(), *(self.notes or [])]
        if self.next_cursor:
            lines.append(f"{MORE.text(language)}: cursor={self.next_cursor}")
        return "\n".join(lines)

    def lines(self) -> list[str]:
        """The rows, below a line with the columns."""
        rows = ["\t".join(cell(value, self.language) for value in row) for row in self.rows]
        return ["\t".join(self.columns), *rows] if rows else []


class Records(Table):
    """Whole records as rows; the text shows each by field."""

    def lines(self) -> list[str]:
        records = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        fields_set = [{name: value for name, value in record.items() if value is not None} for record in records]
        return [line for record in fields_set for line in ("", *lines_of(record, self.language))][1:]


class Details(WordedAnswer):
    """One record, by field."""

    record: dict[str, Any]
    notes: list[str] | None = None

    def text(self) -> str:
        return "\n".join([*lines_of(self.record, self.language), *(self.notes or [])])


class Contacts(WordedAnswer):
    """Several records, each by field; `missing` are the keys that no contact has."""

    contacts: list[dict[str, Any]]
    missing: list[str] | None = None
    notes: list[str] | None = None

    def text(self) -> str:
        parts = ["\n".join(lines_of(contact, self.language)) for contact in self.contacts]
        if self.missing:
            parts.append(f"{NOT_FOUND.text(self.language)}: {', '.join(self.missing)}")
        return "\n\n".join([*parts, *(self.notes or [])])


class Change(WordedAnswer):
    """What a change did, or what it would do: until it is confirmed, or in a dry run."""

    status: Literal["done", "unchanged", "confirmation_required", "dry_run"]
    what: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    request: Annotated[dict[str, Any] | None, Field(description="what a dry run did not send")] = None
    consequences: list[str] | None = None
    confirm: Annotated[str | None, Field(description="phrase for the second call, once the person agreed")] = None
    next_step: str | None = None
    notes: list[str] | None = None
    _card: dict[str, Any] | None = PrivateAttr(default=None)

    def shown_as_card(self, meta: dict[str, Any]) -> "Change":
        """The same, with what the button of a card needs."""
        self._card = meta
        return self

    def meta(self) -> dict[str, Any] | None:
        return self._card

    def text(self) -> str:
        lines, language = [self.what], self.language
        for when, values in ((BEFORE, self.before), (AFTER, self.after)):
            if values is not None:
                fields = "; ".join(lines_of(values, language)) or NOTHING_SET.text(language)
                lines.append(f"{when.text(language)}: {fields}")
        if self.request is not None:
            lines.append(f"{REQUEST.text(language)}: {json.dumps(self.request, ensure_ascii=False)}")
        lines += [f"- {line}" for line in self.consequences or ()]
        if self.confirm:
            lines.append(f"confirm: {self.confirm}")
        if self.next_step:
            lines.append(self.next_step)
        return "\n".join([*lines, *(self.notes or [])])


class LongChange(Change):
    """The same for a change that may take longer than an answer can wait."""

    status: Literal["done", "running", "paused", "cancelled", "confirmation_required", "dry_run"]  # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it later


def cell(value: object, language: Language = Language.en) -> str:
    """A value as a table or a line shows it; tabs and line ends cannot occur in cleaned text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return truth(value, language)
    if isinstance(value, list):
        return ", ".join(cell(each, language) for each in cast(list[object], value))
    return str(value)


def lines_of(record: Mapping[str, Any], language: Language = Language.en) -> list[str]:
    return [f"{heading(name, language)}: {cell(value, language)}" for name, value in record.items()]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 contact`, `2 contacts`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def table(
    summary: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    total: int,
    exact: bool = False,
    notes: Sequence[str] = (),
    language: Language = Language.en,
    named: bool = False,
) -> Table:
    """A table without empty columns and with constant ones named once; `exact` keeps all columns as they are.

    It holds as many rows as an answer may, and says when that is not all. Columns are said in the language, unless
    they are `exact` or `named` by whoever asks.
    """
    names, same = list(columns), dict[str, Any]()
    if (count := fitting(rows)) < len(rows):
        rows, notes = rows[:count], [*notes, ONLY_FIRST.text(language).format(count=count)]

    headings = {name: name if exact or named else heading(name, language) for name in columns}
    if not exact and rows:
        for index, column in enumerate(columns):
            values = {cell(row[index]) for row in rows}
            if values == {""}:
                names.remove(column)
            elif len(values) == 1 and len(rows) > 2 and index:
                names.remove(column)
                same[column] = rows[0][index]
    places = [list(columns).index(column) for column in names]
    return Table(
        summary=summary,
        columns=[headings[name] for name in names],
        rows=[[row[place] for place in places] for row in rows],
        total=total,
        same={headings[name]: value for name, value in same.items()} or None,
        notes=list(notes) or None,
    ).in_language(language)


def size(value: object) -> int:
    """Bytes of a value as JSON; the text form is never longer."""
    return len(_JSON.encode(value).encode())


def bounded(make: Callable[[int], T], room: int = ROOM) -> T:
    """What `make` gives with the longest texts, in characters, that keep it within `room` bytes."""
    for longest in SHORTER[:-1]:
        if size(value := make(longest)) <= room:
            return value
    return make(SHORTER[-1])


def fitting(rows: Sequence[Sequence[Any]], room: int = ROOM) -> int:
    """How many of the rows fit into an answer; at least one."""
    total = 0
    for count, row in enumerate(rows):
        total += size(list(row)) + 1
        if total > room:
            return max(count, 1)
    return len(rows)
