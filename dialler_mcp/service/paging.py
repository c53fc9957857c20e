"""Pages of a list: cursors, as many rows as an answer may hold, the fields that were asked for."""

import difflib
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import fitting
from dialler_mcp.words import Words

T = TypeVar("T")
_GONE = Words(
    "The record at which this cursor stood is gone. Ask again without cursor.",
    "Den Datensatz, an dem dieser cursor stand, gibt es nicht mehr. Fragen Sie noch einmal ohne cursor.",
)
_ANOTHER = Words(
    "The cursor belongs to another question. Ask again without cursor.",
    "Der cursor gehört zu einer anderen Frage. Fragen Sie noch einmal ohne cursor.",
)
_NO_FIELD = Words("fields: number {number} is not a field.", "fields: Nummer {number} ist kein Feld.")
_USE = Words("Use {names}?", "Gemeint ist {names}?")
_LISTED = Words(
    "The resource dialler://reference/fields lists them.", "Die Ressource dialler://reference/fields zeigt sie."
)


def page(
    items: Sequence[T], key: Callable[[T], int], limit: int, cursor: str | None, question: object
) -> tuple[Sequence[T], str | None]:
    """The items behind the cursor, at most `limit`, and the next cursor. `key` is an item's ID. With a limit of 0 the
    list is only counted.
    """
    after = cursor_position(cursor, question)
    start = next((i + 1 for i, item in enumerate(items) if key(item) == after), 0) if after is not None else 0
    if after is not None and start == 0:
        raise Problem(_GONE)
    items_of_page = items[start : start + limit]
    more = start + limit < len(items)
    return items_of_page, cursor_at(key(items_of_page[-1]), question) if more and items_of_page else None


def cursor_at(position: int, question: object) -> str:
    """A cursor behind the item with this ID, good for the same question only."""
    return f"{position}-{_digest(question)}"


def cursor_position(cursor: str | None, question: object) -> int | None:
    """The ID behind which a cursor stands.

    Raises:
        Problem: it is no cursor, or that of another question.
    """
    if cursor is None:
        return None
    position, _, mark = cursor.strip().partition("-")
    if not (position.isascii() and position.isdigit() and len(position) < 25) or mark != _digest(question):
        raise Problem(_ANOTHER)
    return int(position)


def _digest(question: object) -> str:
    return hashlib.sha256(repr(question).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def fit(rows: list[list[Any]], cursors: Sequence[str], following: str | None) -> tuple[list[list[Any]], str | None]:
    """As many rows as an answer may hold; when some are cut, the cursor behind the last one that is shown."""
    count = fitting(rows)
    return (rows, following) if count == len(rows) else (rows[:count], cursors[count - 1])


def known_fields(wishes: Sequence[str], names: Sequence[str]) -> list[str]:
    """The wished fields, spelled as in `names`.

    Raises:
        Problem: one is not known; names the nearest.
    """
    by_spelling = {name.casefold(): name for name in names} | {name: name for name in names}
    fields: list[str] = []
    for number, name in enumerate(wishes, 1):
        spelling = by_spelling.get(name.strip()) or by_spelling.get(name.strip().casefold())
        if spelling is None:
            near = difflib.get_close_matches(name.strip().casefold(), [name.casefold() for name in names], 3, 0.5)
            nearest = ", ".join(dict.fromkeys(by_spelling[match] for match in near))
            hint = _USE.filled(names=nearest) if near else _LISTED
            raise Problem(_NO_FIELD.filled(number=number).then(hint))
        if spelling not in fields:
            fields.append(spelling)
    return fields
