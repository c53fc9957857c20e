"""A value of a list as its field takes it, or what is wrong with it."""

from typing import NamedTuple

from dialler_mcp.lists.kinds import Kind


class Value(NamedTuple):
    """None where the cell is empty or its content cannot be used; `kind` says what is to be said about it."""

    value: str | float | None
    kind: Kind | None = None


CACHE_SIZE = 10_000  # different texts of a column: dates and amounts come again and again
NOTHING = Value(None)
EMPTY = frozenset(("", "-", "–", "—", "n/a", "#N/A"))
_YES = frozenset(["true", "wahr", "ja", "yes", "j", "y", "1", "x"])
_NO = frozenset(["false", "falsch", "nein", "no", "n", "0"])


def flag(text: str) -> bool | None:
    """Yes or no, as programs and people write it; None for anything else.

    Raises:
        ValueError: it is neither, and not empty.
    """
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word in EMPTY:
        return None
    raise ValueError("neither yes nor no")
