"""What an XLSX says about itself: its sheets, which formats show dates, its shared strings."""

import posixpath
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, NamedTuple

import msgspec

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import MEGABYTE, Limits
from dialler_mcp.lists.reading.parts import DAMAGED, Parts
from dialler_mcp.lists.reading.tidy import TidyStrings

_WORKBOOK = "xl/workbook.xml"
_MOST_TEXT = 64 * MEGABYTE  # characters of shared strings that are kept in memory
_IN_BLOCK = 64  # strings of the file that are written and read together
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# What is no part of a date in a format: quoted and escaped text, colours and conditions, what fills or keeps blanks.
_NO_CODES = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATES = (*range(14, 18), 22, *range(27, 37), *range(50, 59))  # formats that need no declaration
_CLOCKS = (*range(18, 22), *range(45, 48))


class Sheet(NamedTuple):
    """A sheet, and the part that holds it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """The sheets in their order. `dates`, `clocks`: the styles, as cells name them, that show a date or only
    a time.
    """

    sheets: tuple[Sheet, ...]
    dates: frozenset[str]
    clocks: frozenset[str]
    since_1904: bool
    strings_part: str | None


def workbook_of(parts: Parts) -> Workbook:
    """What the workbook says.

    Raises:
        Unreadable: it is damaged.
    """
    path = _WORKBOOK if _WORKBOOK in parts.names else _named_in(parts, "_rels/.rels", "officeDocument")
    if path is None:
        raise Unreadable(DAMAGED)
    folder, name = posixpath.split(path)
    relations = _related(parts, f"{folder}/_rels/{name}.rels", folder)
    elements = parts.elements(path)
    sheets = [
        Sheet(about.get("name", ""), part, about.get("state", "visible") != "visible")
        for element, about in elements
        if element == "sheet" and (kind_and_part := relations.get(about.get("id", "")))
        for kind, part in (kind_and_part,)
        if kind == "worksheet"
    ]
    parts_of_kind = dict(relations.values())
    dates, clocks = _styles(parts, parts_of_kind.get("styles"))
    since_1904 = any(element == "workbookPr" and about.get("date1904") in ("1", "true") for element, about in elements)
    strings = parts_of_kind.get("sharedStrings")
    return Workbook(tuple(sheets), dates, clocks, since_1904, strings if strings in parts.names else None)


def _related(parts: Parts, path: str, folder: str) -> dict[str, tuple[str, str]]:
    """The kind and the path of each part, by the ID under which another one names it."""
    return {
        about["Id"]: (posixpath.basename(about["Type"]), _path(folder, about["Target"]))
        for element, about in parts.elements(path)
        if element == "Relationship" and about.keys() >= {"Id", "Type", "Target"}
    }


def _path(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _named_in(parts: Parts, path: str, kind: str) -> str | None:
    return next((part for one, part in _related(parts, path, "").values() if one == kind), None)


def _styles(parts: Parts, part: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The styles that show a date, and those that show a time alone, by their numbers as cells name them."""
    if part is None or part not in parts.names:
        return frozenset(), frozenset()
    dates, clocks = set[int](_DATES), set[int](_CLOCKS)
    styles, inside = list[int](), False
    for element, about in parts.elements(part):
        if element == "numFmt":
            _sort(int(about.get("numFmtId", -1)), about.get("formatCode", ""), dates, clocks)
        elif element in ("cellXfs", "cellStyles", "dxfs"):
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            styles.append(int(about.get("numFmtId", 0)))
    return (
        frozenset(str(style) for style, number in enumerate(styles) if number in dates),
        frozenset(str(style) for style, number in enumerate(styles) if number in clocks),
    )


def _sort(number: int, code: str, dates: set[int], clocks: set[int]) -> None:
    """Put a format where it belongs; a workbook may say anew what a number stands for."""
    dates.discard(number)
    clocks.discard(number)
    codes = _NO_CODES.sub("", code.partition(";")[0]).casefold()
    if codes in ("", "general", "standard"):
        return
    if re.search("[ydj]", codes) or ("m" in codes and not re.search("[hs]", codes)):
        dates.add(number)
    elif re.search("[hs]", codes):
        clocks.add(number)


def unescaped(text: str) -> str:
    """A text as it is shown: `_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class Strings:
    """The shared strings of a workbook, by number; many of them in a file that goes away by itself, in blocks, of which
    those that were asked for last are kept: cells that are near each other mostly share them.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._texts = list[str]()
        self._characters = 0
        self._file: IO[bytes] | None = None
        self._ends = [0]
        """Where each block of the file ends."""
        self._largest, self._stored = 1, 0
        self._block = self._read

    def add(self, texts: Sequence[str]) -> None:
        self._texts += texts
        self._characters += sum(map(len, texts))
        if self._file is None and (len(self._texts) > self._limits.strings or self._characters > _MOST_TEXT):
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it closes it
        if self._file is not None and len(self._texts) >= _IN_BLOCK:
            self._store(self._file)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _store(self, file: IO[bytes]) -> None:
        whole = len(self._texts) // _IN_BLOCK * _IN_BLOCK
        for start in range(0, whole, _IN_BLOCK):
            block = msgspec.json.encode(self._texts[start : start + _IN_BLOCK])
            self._largest = max(self._largest, len(block))
            self._ends.append(self._ends[-1] + file.write(block))
        self._texts = self._texts[whole:]
        self._stored += whole
        most = min(self._limits.strings // _IN_BLOCK, _MOST_TEXT // self._largest)
        self._block = lru_cache(max(1, most))(self._read)

    def _read(self, number: int) -> list[str]:
        assert self._file is not None
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return msgspec.json.decode(self._file.read(end - start), type=list[str])

    def __getitem__(self, number: int) -> str:
        return self.texts((number,))[0]

    def texts(self, numbers: Iterable[int]) -> list[str]:
        """The strings with these numbers; those that are near each other are mostly found in the same block.

        Raises:
            IndexError: there is no such string.
        """
        found, block, here = list[str](), -1, list[str]()
        for number in numbers:
            if not 0 <= number < self._stored:
                if number < 0:
                    raise IndexError(number)
                found.append(self._texts[number - self._stored])
                continue
            if number // _IN_BLOCK != block:
                block = number // _IN_BLOCK
                here = self._block(block)
            found.append(here[number % _IN_BLOCK])
        return found


def strings_of(parts: Parts, part: str | None, limits: Limits) -> Strings:
    """The shared strings; those without their phonetic spelling.

    Raises:
        Unreadable: they are damaged, or too large.
    """
    strings = Strings(limits)
    if part is None:
        return strings
    pieces, inside, phonetic = list[str](), False, False

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal inside, phonetic
        match name:
            case "t":
                inside = not phonetic
            case "rPh":
                phonetic = True
            case _:
                pass

    def end(name: str) -> None:
        nonlocal inside, phonetic
        match name:
            case "t":
                inside = False
            case "rPh":
                phonetic = False
            case "si":
                strings.add([unescaped("".join(pieces))])
                pieces.clear()
            case _:
                pass

    def text(data: str) -> None:
        if inside:
            pieces.append(data)

    tidy = TidyStrings(lambda texts: strings.add(list(map(unescaped, texts))))
    parts.parse(part, start, end, text, tidy.others)
    return strings
