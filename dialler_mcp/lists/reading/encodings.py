"""In which encoding a text is, by looking at all of it: a single letter far down may decide."""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.words import Words

_BLOCK = 1 << 20
_MARKS = (  # the longer ones first: that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMED = re.compile(r"utf-(8|16|32)(-.+)?|cp\d+|iso8859-\d+|mac-.+|koi8.+|big5.*|gb.+|shift_jis.*|euc_.+|ascii|ptcp154")
WINDOWS = "cp1252"
DAMAGED = Words(
    "It holds bytes that are no letters in the encoding of the file.",
    "Sie enthält Bytes, die in der Kodierung der Datei keine Buchstaben sind.",
)
_LOST = re.compile("[\udc80-\udcff]")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # Windows-1252 has no such letters
# Quotation marks and the like between two letters, where the encoding of DOS has ä, ö, Ä, Ö.
_DOS = re.compile(rb"[A-Za-z][\x84\x94\x8e\x99][A-Za-z]")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a")) + b"\x7f"
_FEW = 50  # one control character in so many bytes is still a text
_NO_TEXT = Words(
    "The file holds no text: save the list as XLSX or CSV.",
    "Die Datei enthält keinen Text: Speichern Sie die Liste als XLSX oder CSV.",
)
_NEITHER = Words(
    "The file is neither UTF-8 nor Windows-1252. Give its encoding, e.g. encoding=cp850 (DOS), cp1250 (Polish, Czech), "
    "cp1254 (Turkish), or save it as UTF-8.",
    "Die Datei ist weder UTF-8 noch Windows-1252. Geben Sie ihre Kodierung an, etwa encoding=cp850 (DOS), cp1250 "
    "(Polnisch, Tschechisch), cp1254 (Türkisch), oder speichern Sie sie als UTF-8.",
)
_NO_ENCODING = Words(
    "There is no such encoding: use e.g. utf-8, utf-16, cp1252, cp850, cp1250 or iso-8859-15.",
    "Diese Kodierung gibt es nicht: Verwenden Sie etwa utf-8, utf-16, cp1252, cp850, cp1250 oder iso-8859-15.",
)
_NOT_IN_IT = Words(
    "Line {line} is not in the encoding {name}: give another one, or save the file as UTF-8.",
    "Zeile {line} ist nicht in der Kodierung {name}: Geben Sie eine andere an, oder speichern Sie die Datei als UTF-8.",
)
_WIDE = Words("Read as UTF-16: every other byte is empty.", "Gelesen als UTF-16: Jedes zweite Byte ist leer.")
_WINDOWS = Words(
    "Read as Windows-1252, since line {line} is not UTF-8: look at a name with an umlaut.",
    "Gelesen als Windows-1252, da Zeile {line} kein UTF-8 ist: Sehen Sie sich einen Namen mit Umlaut an.",
)
_DAMAGE = Words(
    "Read as UTF-8, but damaged from line {line} on: each line that holds wrong bytes says so.",
    "Gelesen als UTF-8, aber ab Zeile {line} beschädigt: Jede Zeile mit falschen Bytes sagt das.",
)


class Encoding(NamedTuple):
    """How a file is decoded. `damaged`: some of its bytes are not in this encoding; lines that hold them say so."""

    name: str
    note: Words | None = None
    damaged: bool = False

    @property
    def notes(self) -> tuple[Words, ...]:
        return (self.note,) if self.note else ()

    def open(self, source: Path, newline: str) -> TextIO:
        """The text; bytes that are damaged are in it as halves of characters (`lost`)."""
        return source.open(encoding=self.name, errors="surrogateescape" if self.damaged else "strict", newline=newline)


def lost(cells: Iterable[str]) -> bool:
    """Whether cells hold bytes that could not be decoded."""
    text = "".join(cells)
    return not text.isascii() and _LOST.search(text) is not None


def encoding_of(source: Path, wish: str | None = None) -> Encoding:
    """The encoding that was asked for, or else found: by its mark, UTF-8 if all of it is, UTF-16 by its many NULs, else
    Windows-1252.

    Raises:
        Unreadable: it is no text, or in none of these encodings, or not in the one that was asked for.
    """
    with source.open("rb") as file:
        start = file.read(_BLOCK)
    if wish is not None:
        return _asked_for(source, wish, start)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return _strictly(source, name)
    if start.count(0) * 4 >= len(start) > 0:
        return _wide(source, start)
    _check_text(start)
    return _narrow(source)


def _asked_for(source: Path, wish: str, start: bytes) -> Encoding:
    try:
        name = codecs.lookup(wish).name
    except (LookupError, ValueError):
        name = ""
    if not _NAMED.fullmatch(name):
        raise Unreadable(_NO_ENCODING)
    if name == "utf-8" and start.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    return _strictly(source, name)


def _strictly(source: Path, name: str) -> Encoding:
    line = _first_wrong_line(source, name)
    if line is None:
        return Encoding(name)
    if name == "utf-8-sig":
        return Encoding(name, _DAMAGE.filled(line=line), damaged=True)
    raise Unreadable(_NOT_IN_IT.filled(line=line, name=name))


def _wide(source: Path, start: bytes) -> Encoding:
    """UTF-16 without its mark: the letters of Europe have a NUL beside each."""
    name = "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    if _first_wrong_line(source, name) is not None:
        raise Unreadable(_NO_TEXT)
    _check_text(start.decode(name, "ignore").encode())
    return Encoding(name, _WIDE)


def _check_text(start: bytes) -> None:
    if len(start.translate(None, _CONTROL)) * _FEW < len(start) * (_FEW - 1):
        raise Unreadable(_NO_TEXT)


def _narrow(source: Path) -> Encoding:
    """One of the encodings with one byte for a Latin letter."""
    line = _first_wrong_line(source, "utf-8")
    if line is None:
        return Encoding("utf-8")
    if _has_letters(source):
        return Encoding("utf-8", _DAMAGE.filled(line=line), damaged=True)
    before = b""
    for block in _blocks(source):
        if _UNDEFINED.search(block) or _DOS.search(before + block):
            raise Unreadable(_NEITHER)
        before = block[-2:]
    return Encoding(WINDOWS, _WINDOWS.filled(line=line))


def _first_wrong_line(source: Path, name: str) -> int | None:
    """The first line that cannot be decoded; None if all can."""
    decoder = codecs.getincrementaldecoder(name)()
    line = 1
    try:
        for block in _blocks(source):
            line += decoder.decode(block).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        good = error.object[: error.start]
        return line + good.decode(name, "ignore").count("\n")
    except UnicodeError:  # UTF-16 without what it should begin with
        return line
    return None


def _has_letters(source: Path) -> bool:
    """Whether there are letters of UTF-8 that take several bytes: by accident, no text of another encoding has them."""
    with source.open("rb") as file:
        while raw := file.readline(_BLOCK):
            if not raw.isascii() and not raw.decode("utf-8", "ignore").isascii():
                return True
    return False


def _blocks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
