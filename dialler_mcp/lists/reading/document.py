"""A JSON document, value by value, in bounded memory: its records are read without what stands around them."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from dialler_mcp.lists.reading.cells import Kind, TypedCell, written_number

_BLOCK = 1 << 16
_BLANKS = " \t\r\n"
_LITERAL = 16  # characters: a literal or an escape that is cut in two is no longer
_MAX_DEPTH = 5  # objects around the array of records


class NotJson(Exception):
    """From here on a text is no JSON."""


class CutOff(NotJson):
    """The text ends in the middle of a value."""


class TooLong(NotJson):
    """A value has no end within what one may have."""


class Members(list[tuple[str, Any]]):
    """The members of an object; unlike those of a dict, two may have one name."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members,
    parse_int=lambda text: TypedCell("0" if text == "-0" else text, Kind.number),
    parse_float=lambda text: TypedCell(written_number(text), Kind.number),
    parse_constant=lambda text: TypedCell(text, Kind.error),
    strict=False,  # a line break within a text is read as one
)


def decoded(text: str) -> Any:
    """The value of a whole text: objects as `Members`, numbers as `TypedCell`.

    Raises:
        NotJson: it is none.
    """
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise NotJson from None


class Document:
    """Reads a text from its beginning to its end; a value has at most `most` characters."""

    def __init__(self, file: TextIO, most: int) -> None:
        self._file, self._most = file, most
        self._text, self._place = "", 0

    def _more(self) -> bool:
        """Read on, the more the longer the present value is; whether there was anything."""
        rest = self._text[self._place :]
        block = self._file.read(max(_BLOCK, len(rest)))
        self._text, self._place = rest + block, 0
        return bool(block)

    def next(self) -> str:
        """The next character that is no blank, without taking it; nothing at the end."""
        while True:
            text, place = self._text, self._place
            while place < len(text) and text[place] in _BLANKS:
                place += 1
            self._place = place
            if place < len(text):
                return text[place]
            if not self._more():
                return ""

    def takes(self, character: str) -> bool:
        """Take the next character if it is this one."""
        if self.next() != character:
            return False
        self._place += 1
        return True

    def value(self) -> Any:
        """Take the next value.

        Raises:
            NotJson: there is none.
        """
        if not self.next():
            raise CutOff
        while True:
            value, end = self._attempt()
            if not 0 < end < len(self._text):  # it may go on behind what was read
                if len(self._text) - self._place > self._most:
                    raise TooLong
                if self._more():
                    continue
                if not end:
                    raise CutOff
            if end - self._place > self._most:
                raise TooLong
            self._place = end
            return value

    def _attempt(self) -> tuple[Any, int]:
        """A value, and where it ends; 0: there is none as far as the text was read."""
        try:
            return _DECODER.raw_decode(self._text, self._place)
        except json.JSONDecodeError as error:
            if error.pos + _LITERAL < len(self._text) and not error.msg.startswith("Unterminated"):
                raise NotJson from None
            return None, 0
        except (ValueError, RecursionError):
            raise NotJson from None

    def elements(self) -> Iterator[Any]:
        """The elements of an array whose bracket was taken.

        Raises:
            NotJson: it is damaged from here on.
        """
        while not self.takes("]"):
            yield self.value()
            if not self.takes(",") and self.next() != "]":
                raise NotJson if self.next() else CutOff

    def find(self, depth: int = 0) -> list[str] | None:
        """Go to the first array that holds objects, past its bracket; the names of the fields that lead there.

        None: there is none, and the document is at its end.

        Raises:
            NotJson: it is damaged before there is one.
        """
        if self.takes("["):
            if self.next() in ("{", "["):
                return []
            for _ in self.elements():
                pass
        elif depth <= _MAX_DEPTH and self.takes("{"):
            while not self.takes("}"):
                name = self.value()
                if not isinstance(name, str) or not self.takes(":"):
                    raise NotJson
                within = self.find(depth + 1)
                if within is not None:
                    return [name, *within]
                if not self.takes(",") and self.next() != "}":
                    raise NotJson if self.next() else CutOff
        else:
            self.value()
        return None
