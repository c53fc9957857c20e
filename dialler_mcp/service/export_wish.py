"""What somebody wants to have exported, as the arguments say it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.reporting.figures.scope import Scope

_CALLS_ONLY = Words(
    "Correct the arguments: since and until choose calls.",
    "Berichtigen Sie die Argumente: Ein Zeitraum wählt Anrufe aus.",
)
_SQL_ALONE = Words(
    "Correct the arguments: a question in SQL chooses its rows itself, without what, since, until and result.",
    "Berichtigen Sie die Argumente: Eine Frage in SQL wählt ihre Zeilen selbst, ohne Zeitraum, Ergebnis und what.",
)
_JTEL = Words(
    "Correct the arguments: jtel's CSV holds contacts.",
    "Berichtigen Sie die Argumente: Das CSV von jtel enthält Kontakte.",
)


class Format(StrEnum):
    """What a file is; `jtel` is the CSV that jtel's portal imports."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"
    jtel = "jtel"

    @property
    def ending(self) -> str:
        """How the name of the file ends."""
        return ".csv" if self is Format.jtel else f".{self.value}"


class RowKind(StrEnum):
    """Which rows are exported whole."""

    contacts = "contacts"
    calls = "calls"


@dataclass(frozen=True)
class Wish:
    """What is exported. `what` is None where `sql` asks for the rows."""

    scope: "Scope"
    format: Format
    language: Language
    what: RowKind | None = None
    sql: str | None = None
    result: str | None = None

    @property
    def needs_histories(self) -> bool:
        """Whether the rows come from the histories; of contacts, the list is enough."""
        return self.what is not RowKind.contacts

    @property
    def contents(self) -> str:
        return self.what.value if self.what else "query"


def wished(
    scope: "Scope",
    language: Language,
    what: RowKind | None,
    sql: str | None,
    result: str | None,
    file_type: Format | None,
    path: str | None,
) -> Wish:
    """What is exported, by the arguments; contacts, unless something else is said, in the format of the file's name.

    Raises:
        Problem: they contradict each other.
    """
    if sql is not None and (what or result or scope.since or scope.until):
        raise Problem(_SQL_ALONE)
    rows = None if sql is not None else what or (RowKind.calls if scope.since or scope.until else RowKind.contacts)
    if rows is RowKind.contacts and (scope.since or scope.until):
        raise Problem(_CALLS_ONLY)
    ending = Path(path or "").suffix.casefold()
    kind = file_type or next((one for one in Format if one.ending == ending), Format.xlsx)
    if kind is Format.jtel and rows is not RowKind.contacts:
        raise Problem(_JTEL)
    return Wish(scope, kind, language, rows, sql, result)
