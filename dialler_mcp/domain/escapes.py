"""What machines write for a character (`&nbsp;`, `%20`, tags), read as what it stands for, so that it hides nothing."""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from dialler_mcp.domain.text import invisible

# Tags are read in the form that `clean` gives them, too. What a longer one holds is text as any other.
_FORMS = {
    "&": r"&#?\w{2,8};",
    "%": r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*",
    "\\": r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt])",
    "<": r"</?[A-Za-z][^‹›<>]{0,80}>",
    "‹": r"‹/?[A-Za-z][^‹›<>]{0,80}›",
}
_ESCAPE = re.compile("|".join(_FORMS.values()))
_NO_TAG = re.compile("|".join(form for first, form in _FORMS.items() if first not in "<‹"))
_BY_FIRST = [(first, re.compile(form)) for first, form in _FORMS.items()]
"""A search for one form that begins with one character is ten times as fast as for all of them."""


class Span(NamedTuple):
    """A part of a text, from `start` to before `end`."""

    start: int
    end: int


class PlainText(NamedTuple):
    """A text with each escape replaced by what it stands for, tags by nothing, and where each character comes from."""

    text: str
    places: Sequence[Span]

    def place(self, part: Span) -> Span:
        """Where a part of it stands in the text with the escapes."""
        return Span(self.places[part.start].start, self.places[part.end - 1].end)


def has_escapes(text: str) -> bool:
    """Whether anything in a text may stand for a character; quick."""
    return any(first in text and form.search(text) for first, form in _BY_FIRST)


MAX_ROUNDS = 3
"""How often an escape may have been escaped itself: `%2520`."""


def unescaped(text: str, *, tags: bool = True) -> PlainText:
    """A text as a person sees it in whatever it was copied from. Without `tags`, these are text as any other."""
    seen = _unescaped_once(text, tags)
    for _ in range(MAX_ROUNDS - 1):
        if not has_escapes(seen.text):
            break
        inner = _unescaped_once(seen.text, tags)
        seen = PlainText(inner.text, [seen.place(place) for place in inner.places])
    return seen


def _unescaped_once(text: str, tags: bool) -> PlainText:
    parts, places, position = list[str](), list[Span](), 0
    for escape in (_ESCAPE if tags else _NO_TAG).finditer(text):
        start, end = escape.span()
        character = _character(escape[0])
        parts += [text[position:start], character]
        places += [Span(place, place + 1) for place in range(position, start)]
        places += [Span(start, end)] * len(character)
        position = end
    places += [Span(place, place + 1) for place in range(position, len(text))]
    return PlainText("".join([*parts, text[position:]]), places)


def _character(escape: str) -> str:
    if escape[0] in "‹<":
        return ""
    if escape[0] == "\\":
        character = chr(int(escape[2:], 16)) if escape[1] in "ux" else " "
    else:
        character = html.unescape(escape) if escape[0] == "&" else unquote(escape)
    return "".join(" " if each.isspace() else each for each in character if each.isspace() or not invisible(each))
