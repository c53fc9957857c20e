"""A long list of records, read as it arrives, in bounded memory whatever its length.

The dialler has no paging, so a list may have gigabytes. The bytes go into one buffer, which always begins inside the
array `records`. It is cut at the last `},`, enclosed in `[` and `]`, and decoded. If the cut lies inside a text or a
nested object, decoding fails and the previous `},` is tried: a prefix of an array followed by `]` parses only at a real
boundary between elements, so the result is right by construction.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

import msgspec

from dialler_mcp.api.decoding import BOM, UNREADABLE, Form, decoded
from dialler_mcp.api.errors import NoRecords, NotJson, TooLarge
from dialler_mcp.domain.text import has_surrogates
from dialler_mcp.words import Words

T = TypeVar("T")

BLOCK = 1 << 18  # bytes; larger is no faster, and the event loop stands still while a block is decoded
MAX_RECORD_BYTES = 16 << 20  # bytes; beyond it the answer is not a list of records
MAX_RECORDS = 10_000_000
MAX_CUTS = 64  # tries per block; a megabyte of `},` inside one text would otherwise be quadratic

_OPENING = re.compile(rb'[{,]\s*"records"\s*:\s*\[')


Check = Callable[[Mapping[str, Any], int], None]


async def read_list(chunks: AsyncIterator[bytes], form: Form[T], function: str, check: Check) -> AsyncIterator[list[T]]:
    """The records of a list envelope in pieces, as they arrive; `check` gets the rest of the envelope and how many
    records there were, before the last ones are given.

    Raises:
        NotJson: the answer is not JSON, or was cut.
        NoRecords: it is JSON without a list of records.
        TooLarge: it has no end.
    """
    splitter, count = Splitter(form, function), 0
    async for chunk in chunks:
        for records in splitter.feed(chunk):
            count += len(records)
            if count > MAX_RECORDS:
                raise TooLarge(function, status=200)
            yield records
    last = splitter.finish()
    check(splitter.envelope, count + len(last))
    yield last


_CUT = Words("The list ends in the middle or is damaged.", "Die Liste endet mittendrin oder ist beschädigt.")
_TOO_LARGE = Words(
    "A record of the list is too large to be one.", "Ein Datensatz der Liste ist zu groß, um einer zu sein."
)


class Splitter(Generic[T]):
    """Turns the bytes of a list envelope into records, piece by piece."""

    def __init__(self, form: Form[T], function: str, block: int = BLOCK, largest: int = MAX_RECORD_BYTES) -> None:
        self._form, self._function, self._block, self._largest = form, function, block, largest
        self._decoder = msgspec.json.Decoder(list[form.kind], strict=False)
        self._buffer = bytearray(block)
        self._fill = 0  # bytes of the buffer that are filled
        self._inside = False  # whether the array has begun; then the buffer starts with "["
        self._has_cut = False  # whether the array was cut before; then another record must follow
        self._threshold = block  # how full the buffer must be before a cut is tried
        self._head = b""  # what stands before the array, up to its "["
        self.envelope: Mapping[str, Any] = {}
        """The envelope without its records, once it is whole."""

    def feed(self, chunk: bytes) -> Iterator[list[T]]:
        """Take more bytes and yield the records that are complete."""
        rest = memoryview(chunk)
        while rest:
            if self._fill == len(self._buffer):
                self._grow()
            size = min(len(rest), len(self._buffer) - self._fill)
            self._buffer[self._fill : self._fill + size] = rest[:size]
            self._fill += size
            rest = rest[size:]
            if not self._inside:
                self._find_opening()
            if self._inside and self._fill >= self._threshold and (records := self._cut()):
                yield records

    def finish(self) -> list[T]:
        """The last records, after all bytes have arrived, and a check that the envelope is whole."""
        text = bytes(self._buffer[: self._fill])
        if not self._inside:
            raise self._not_a_list(text)
        end = self._fill
        for _ in range(MAX_CUTS):
            end = text.rfind(b"]", 0, end)
            if end < 0:
                break
            records = self._decode(text[: end + 1])
            if records is None or (self._has_cut and not records):
                continue
            if self._is_rest_of_envelope(text[end + 1 :]):
                return records
        raise NotJson(self._function, status=200, summary=_CUT)

    def _grow(self) -> None:
        if len(self._buffer) >= self._largest:
            raise NoRecords(self._function, status=200, summary=_TOO_LARGE)
        self._buffer.extend(bytes(len(self._buffer)))

    def _find_opening(self) -> None:
        if opening := _OPENING.search(self._buffer, 0, self._fill):
            self._head = bytes(self._buffer[: opening.end()]).removeprefix(BOM)
            self._drop(opening.end() - 1)
            self._inside = True
        elif self._fill > self._block:
            raise NoRecords(self._function, status=200)

    def _drop(self, count: int) -> None:
        rest = self._buffer[count : self._fill]
        self._buffer[: len(rest)] = rest
        self._fill = len(rest)

    def _cut(self) -> list[T] | None:
        view = memoryview(self._buffer)
        end = self._fill
        for _ in range(MAX_CUTS):
            end = self._buffer.rfind(b"},", 0, end)
            if end < 0:
                break
            comma = end + 1
            self._buffer[comma] = ord("]")
            records = self._decode(view[: comma + 1])
            if records and not self._has_cut:
                self._learn_order(view[: comma + 1])
            self._buffer[comma] = ord(",")
            if records is not None:
                view.release()
                self._drop(comma)
                self._buffer[0] = ord("[")
                self._has_cut = True
                self._threshold = self._block
                return records
        view.release()
        self._threshold = min(self._fill * 2, self._largest)  # one huge record: wait for more of it
        return None

    def _decode(self, piece: bytes | memoryview) -> list[T] | None:
        """The records of a whole array; None when it is not one."""
        try:
            return self._decoder.decode(piece)
        except msgspec.ValidationError:
            pass  # JSON so far, but some value is not of its declared type
        except UNREADABLE:
            if not (self._has_escapes() and has_surrogates(piece)):
                return None
        try:
            rows = decoded(bytes(piece))
        except UNREADABLE:
            return None
        return [self._form.read(row, self._function) for row in rows]

    def _learn_order(self, piece: memoryview) -> None:
        if self._form.in_order:
            with suppress(*UNREADABLE):  # halves of surrogates in a name
                first, *_ = msgspec.json.decode(piece, type=list[dict[str, msgspec.Raw]])
                self._decoder = msgspec.json.Decoder(list[self._form.in_order([*first])], strict=False)

    def _has_escapes(self) -> bool:
        """Whether there may be surrogates; a fast check, since decoding also fails after a cut in the wrong place."""
        return self._buffer.find(b"\\ud", 0, self._fill) >= 0 or self._buffer.find(b"\\uD", 0, self._fill) >= 0

    def _is_rest_of_envelope(self, rest: bytes) -> bool:
        """Whether the envelope is whole with this rest, and the array is its own: not that of something within it, nor
        one of two. Then it is kept.
        """
        try:
            envelope: object = decoded(self._head + b"]" + rest)
        except UNREADABLE:
            return False
        if not isinstance(envelope, dict) or cast(dict[str, object], envelope).get("records") != []:
            return False
        self.envelope = cast(dict[str, object], envelope)
        return True

    def _not_a_list(self, text: bytes) -> NoRecords | NotJson:
        try:
            decoded(text)
        except UNREADABLE:
            return NotJson(self._function, status=200)
        return NoRecords(self._function, status=200)
