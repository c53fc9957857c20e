"""What an XLSX says about itself: its sheets, which formats show dates, its shared strings."""

import posixpath
import re
import tempfile
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from typing import NamedTuple

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.parts import DAMAGED, Parts
from dialler_mcp.lists.reading.tidy import TidyStrings

_WORKBOOK = "xl/workbook.xml"
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
            sort_format(int(about.get("numFmtId", -1)), about.get("formatCode", ""), dates, clocks)
        elif element in ("cellXfs", "cellStyles", "dxfs"):
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            styles.append(int(about.get("numFmtId", 0)))
    return (
        frozenset(str(style) for style, number in enumerate(styles) if number in dates),
        frozenset(str(style) for style, number in enumerate(styles) if number in clocks),
    )


def sort_format(number: int, code: str, dates: set[int], clocks: set[int]) -> None:
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
    """The shared strings of a workbook, by number: one after the other in a file that goes away by itself, of which the
    system keeps in memory what is in use.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it closes it
        self._ends = array("I", [0])
        """String `n` is in the file between `n` and `n + 1` of these."""

    def add(self, texts: Iterable[str]) -> None:
        """More strings; all of them before the first is read."""
        encoded = [text.encode() for text in texts]
        self._file.writelines(encoded)
        self._ends.extend(accumulate(map(len, encoded), initial=self._ends.pop()))

    def close(self) -> None:
        self._file.close()  # the map of it goes with this object

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """The strings with these numbers, none of which is below 0.

        Raises:
            IndexError: there is no such string.
        """
        data, ends = self._bytes, self._ends
        return [data[ends[number] : ends[number + 1]].decode() for number in numbers]

    @cached_property
    def _bytes(self) -> mmap | bytes:
        self._file.flush()
        return mmap(self._file.fileno(), 0, access=ACCESS_READ) if self._ends[-1] else b""


def read_strings(parts: Parts, part: str, strings: Strings) -> None:
    """Add the shared strings of a part; those without their phonetic spelling.

    Raises:
        Unreadable: they are damaged, or too large.
    """
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

    tidy = TidyStrings(lambda texts: strings.add(map(unescaped, texts)))
    parts.parse(part, start, end, text, tidy.others)
