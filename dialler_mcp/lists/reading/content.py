"""What a file is, by what is in it; its name may say something else."""

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Never

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.words import NOTHING, Words


class Content(StrEnum):
    """The kinds of file that a list is read from."""

    text = "text"
    json = "json"
    xlsx = "xlsx"
    xls = "xls"
    ods = "ods"


ENCRYPTED = Words(
    "The spreadsheet is protected with a password: open it, save it without one, and give that file.",
    "Die Tabelle ist mit einem Passwort geschützt: Öffnen Sie sie, speichern Sie sie ohne, und geben Sie diese Datei "
    "an.",
)
_EMPTY = Words(
    "The file is empty: it has no content at all. Give one that holds people.",
    "Die Datei ist leer: Sie hat gar keinen Inhalt. Geben Sie eine mit Personen an.",
)
_DAMAGED = Words(
    "The file is a damaged or incomplete archive: save or copy it again.",
    "Die Datei ist ein beschädigtes oder unvollständiges Archiv: Speichern oder kopieren Sie sie noch einmal.",
)
_OTHER = Words(
    "The file is {what}, whatever its name says: open it in its program and save the list as XLSX or CSV.",
    "Die Datei ist {what}, was ihr Name auch sagt: Öffnen Sie sie in ihrem Programm, und speichern Sie die Liste als "
    "XLSX oder CSV.",
)
_READ_AS = Words(
    "Read as {format}, which it is, although its name ends in {ending}.",
    "Gelesen als {format}, was sie ist, obwohl ihr Name auf {ending} endet.",
)
_PICTURE, _PACKED = Words("a picture", "ein Bild"), Words("a packed file", "eine gepackte Datei")
_TEXT, _OLD = (
    Words("a text document", "ein Textdokument"),
    Words("a spreadsheet of before 1997", "eine Tabelle von vor 1997"),
)
_OFFICE = Words("a document of Office that is no spreadsheet", "ein Office-Dokument, aber keine Tabelle")
_LIBRE = Words("a document of LibreOffice that is no spreadsheet", "ein LibreOffice-Dokument, aber keine Tabelle")
_BINARY = Words("a binary spreadsheet (XLSB)", "eine binäre Tabelle (XLSB)")
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)
"""What `zipfile` raises about an archive that is damaged, encrypted or packed in a way that it does not know."""
_NOT_A_LIST = Words(
    "The file is an archive without a spreadsheet in it: unpack it, or save the list as XLSX or CSV.",
    "Die Datei ist ein Archiv ohne Tabelle: Packen Sie es aus, oder speichern Sie die Liste als XLSX oder CSV.",
)
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_STARTS = (
    (b"%PDF", Words("a PDF", "ein PDF")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!", _PACKED),
    (b"PAR1", Words("a Parquet file", "eine Parquet-Datei")),
    (b"SQLite format 3\0", Words("a database", "eine Datenbank")),
    (b"{\\rtf", _TEXT),
    (b"\t\x08\x10\x00", _OLD),
    (b"\t\x08\x08\x00", _OLD),
)
_MARKUP = (
    (
        re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|meta|table|div|style)\b", re.I | re.S),
        Words("a web page", "eine Webseite"),
    ),
    (re.compile(rb"\s*<(\?xml|!doctype|workbook)\b", re.I), Words("an XML file", "eine XML-Datei")),
    (re.compile(rb"MIME-Version:", re.I), Words("a saved web page", "eine gespeicherte Webseite")),
)
_LOOKED_AT = 4096
_BLOCK = 1 << 20
_JSON = re.compile(r"\s*(\{\s*[\"}]|\[\s*[{\[\]])")

_NAMES = {  # the ends of names, and the formats that they promise
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".tab": ("csv",),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xls": ("xls",),
    ".ods": ("ods",),
    ".json": ("json",),
    ".jsonl": ("jsonl",),
    ".ndjson": ("jsonl",),
}
_SPOKEN = {"csv": "text", "jsonl": "JSON Lines"}


def content_of(source: Path) -> Content:
    """What the file is.

    Raises:
        Unreadable: nothing that a list is read from; the sentence says what it is instead.
    """
    with source.open("rb") as file:
        start = file.read(_LOOKED_AT)
        if not start:
            raise Unreadable(_EMPTY)
        if start.startswith(_OLE):
            return _ole(file)
        if start.startswith((_ZIP, b"PK\x05\x06")):
            return _zip(file)
    for magic, what in _STARTS:
        if start.startswith(magic):
            _refuse(what)
    text = start.removeprefix(codecs.BOM_UTF8)
    if start.count(0):  # UTF-16: its Latin letters are enough to see what it is
        text = text.replace(b"\0", b"").removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    for pattern, what in _MARKUP:
        if pattern.match(text):
            _refuse(what)
    return Content.json if looks_like_json(text.decode("latin-1")) else Content.text


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON does, and no table."""
    return _JSON.match(text) is not None


def misnamed(name: str, format_: str) -> Words:
    """A sentence where the name of a file promises something else than it is; else nothing."""
    ending = Path(name).suffix.casefold()
    if format_ in _NAMES.get(ending, (format_,)):
        return NOTHING
    return _READ_AS.filled(format=_SPOKEN.get(format_, format_.upper()), ending=ending)


def _refuse(what: Words) -> Never:
    raise Unreadable(_OTHER.filled(what=what))


def _ole(file: BinaryIO) -> Content:
    """A compound file: its directory names what is in it."""
    inside = set[str]()
    marks = {
        name: f"{name}\0".encode("utf-16-le") for name in ("EncryptionInfo", "EncryptedPackage", "Workbook", "Book")
    }
    for block in _overlapping(file):
        inside |= {name for name, mark in marks.items() if mark in block}
    if inside & {"EncryptionInfo", "EncryptedPackage"}:
        raise Unreadable(ENCRYPTED)
    if inside & {"Workbook", "Book"}:
        return Content.xls
    return _refuse(_OFFICE)


def _overlapping(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        yield before + block
        before = block[-128:]


def _zip(file: BinaryIO) -> Content:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "content.xml" in names and "mimetype" in names:
                return _open_document(archive)
    except DAMAGE:
        raise Unreadable(_DAMAGED) from None
    if any(name.endswith("workbook.bin") for name in names):
        _refuse(_BINARY)
    if any(name.startswith("word/") for name in names):
        _refuse(_TEXT)
    if any(name.rpartition("/")[2] == "workbook.xml" for name in names):
        return Content.xlsx
    raise Unreadable(_NOT_A_LIST)


def _open_document(archive: zipfile.ZipFile) -> Content:
    with archive.open("mimetype") as file:
        kind = file.read(200)
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as file:
            if b"encryption-data" in file.read(_BLOCK):
                raise Unreadable(ENCRYPTED)
    return Content.ods if b"spreadsheet" in kind else _refuse(_LIBRE)
