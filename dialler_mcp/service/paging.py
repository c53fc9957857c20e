"""Pages of a list: cursors, as many rows as an answer may hold, the fields that were asked for."""

import difflib
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import fitting

T = TypeVar("T")


def page(
    items: Sequence[T], key: Callable[[T], int], limit: int, cursor: str | None, question: object
) -> tuple[Sequence[T], str | None]:
    """The items behind the cursor, at most `limit`, and the next cursor. `key` is an item's ID. With a limit of 0 the
    list is only counted.
    """
    after = cursor_position(cursor, question)
    start = next((i + 1 for i, item in enumerate(items) if key(item) == after), 0) if after is not None else 0
    if after is not None and start == 0:
        raise Problem("The record at which this cursor stood is gone. Ask again without cursor.")
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
        raise Problem("The cursor belongs to another question. Ask again without cursor.")
    return int(position)


def _digest(question: object) -> str:
    return hashlib.sha256(repr(question).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def fit(rows: list[list[Any]], cursors: Sequence[str], following: str | None) -> tuple[list[list[Any]], str | None]:
    """As many rows as an answer may hold; when some are cut, the cursor behind the last one that is shown."""
    count = fitting(rows)
    return (rows, following) if count == len(rows) else (rows[:count], cursors[count - 1])


def known_fields(requested: Sequence[str], declared: Sequence[str]) -> list[str]:
    """The asked fields, spelled as they are declared.

    Raises:
        Problem: one is not known; names the nearest.
    """
    by_spelling = {name.casefold(): name for name in declared} | {name: name for name in declared}
    fields: list[str] = []
    for number, name in enumerate(requested, 1):
        spelling = by_spelling.get(name.strip()) or by_spelling.get(name.strip().casefold())
        if spelling is None:
            near = difflib.get_close_matches(name.strip().casefold(), [name.casefold() for name in declared], 3, 0.5)
            nearest = ", ".join(dict.fromkeys(by_spelling[match] for match in near))
            hint = f" Use {nearest}?" if near else " The resource dialler://reference/fields lists them."
            raise Problem(f"fields: number {number} is not a field.{hint}")
        if spelling not in fields:
            fields.append(spelling)
    return fields
