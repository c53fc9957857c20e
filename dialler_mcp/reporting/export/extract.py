"""Rows to keep in a file: contacts, calls or the answer to a question, with the facts that a reader needs who has
nothing but the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.export.document import Fact
from dialler_mcp.reporting.questions.process import unique

Cell = str | int | float | bool | datetime | None
"""What a row holds: numbers are numbers and times are times, local and zone-less; a day is a time at midnight."""


class Column(NamedTuple):
    """A column under its heading; `type` as DuckDB writes it."""

    heading: str
    type: str

    @property
    def is_day(self) -> bool:
        return self.type == "DATE"

    @property
    def is_time(self) -> bool:
        return self.type.startswith("TIMESTAMP") or self.is_day


@dataclass(frozen=True)
class Extract:
    """Rows to keep, in a language. `rows` can be taken once. `title` names the campaigns; `notice` is a sentence that
    nobody shall overlook: that all people in it are invented; `facts` say what it is of, `made_at` when (local time).
    """

    title: str
    columns: Sequence[Column]
    rows: Iterator[Sequence[Cell]]
    facts: Sequence[Fact]
    language: Language
    notice: str = ""
    made_at: datetime | None = None


def headed(names: Sequence[str], types: Sequence[str]) -> list[Column]:
    """The columns of a question: each heading clean, and none twice."""
    return [Column(name, kind) for name, kind in zip(unique([clean(name) for name in names]), types, strict=True)]


def cells(columns: Sequence[Column], row: Sequence[Any]) -> list[Cell]:
    """A row whose texts are clean, and whose times are times."""
    return [_cell(column, value) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Any) -> Cell:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if column.is_time and (moment := _moment(str(value))):
        return moment
    return clean(str(value))


def _moment(text: str) -> datetime | None:
    """A time as DuckDB writes it; None for one that is before the year 1 or after 9999."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
