"""The parts of a spreadsheet in a ZIP, read as streams of XML that cannot unpack to more than is allowed."""

import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self
from xml.parsers import expat

from dialler_mcp.lists.reading.content import DAMAGE
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import MEGABYTE, Limits
from dialler_mcp.words import Words

DAMAGED = Words(
    "The spreadsheet is damaged: open it, save it again, and give that file.",
    "Die Tabelle ist beschädigt: Öffnen Sie sie, speichern Sie sie noch einmal, und geben Sie diese Datei an.",
)
TOO_LARGE = Words(
    "The spreadsheet unpacks to more than a list of people can be: save the list alone, as XLSX or CSV.",
    "Ausgepackt ist die Tabelle mehr, als eine Liste von Personen sein kann: Speichern Sie die Liste allein, als XLSX "
    "oder CSV.",
)
_DOCTYPE = Words(
    "The spreadsheet holds a document type, which none has: save it again as XLSX or CSV.",
    "Die Tabelle enthält einen Dokumenttyp, den keine hat: Speichern Sie sie noch einmal als XLSX oder CSV.",
)
BLOCK = 1 << 16
_SMALL = 8 * MEGABYTE  # below this size, a part may be packed as well as it can be

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]
Left = Callable[[bytes], Iterable[bytes]]


def _ignored(_: str) -> None:
    pass


def _everything(block: bytes) -> Iterable[bytes]:
    return (block,)


class Parts:
    """An open archive; whatever is wrong with it is said in a sentence."""

    def __init__(self, source: Path, limits: Limits) -> None:
        self._limits, self._left = limits, limits.unpacked_bytes
        try:
            self._archive = zipfile.ZipFile(source)
        except DAMAGE:
            raise Unreadable(DAMAGED) from None
        self.names = set(self._archive.namelist())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def check(self, name: str) -> None:
        """Take the size of a part from what may be unpacked.

        Raises:
            Unreadable: there is not so much left, or it is packed as no spreadsheet is.
        """
        part = self._archive.getinfo(name)
        self._left -= part.file_size
        packed_too_well = part.file_size > _SMALL and part.file_size > part.compress_size * self._limits.ratio
        if self._left < 0 or packed_too_well:
            raise Unreadable(TOO_LARGE)

    def parse(
        self, name: str, start: Start, end: End = _ignored, text: Text = _ignored, left: Left = _everything
    ) -> None:
        """Read a part from its beginning to its end: the elements within the outermost, their names without prefix.
        `left` says what of each block, and at last of an empty one, is left for the parser.

        Raises:
            Unreadable: there is no such part, it is damaged, or too large.
        """
        if name not in self.names:
            raise Unreadable(DAMAGED)
        self.check(name)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype

        def first(element: str, attributes: Mapping[str, str]) -> None:
            """The outermost element has the prefix, if any, that all of them have."""
            prefix = element[: element.rfind(":") + 1]
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
            if prefix:
                parser.StartElementHandler = lambda name, about: start(name.removeprefix(prefix), about)
                parser.EndElementHandler = lambda name: end(name.removeprefix(prefix))

        parser.StartElementHandler = first
        try:
            with self._archive.open(name) as file:
                while block := file.read(BLOCK):
                    for piece in left(block):
                        parser.Parse(piece, False)
            for piece in left(b""):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (*DAMAGE, expat.ExpatError, KeyError, IndexError):
            raise Unreadable(DAMAGED) from None

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """The elements of a small part with their attributes, both without prefixes."""
        elements = list[tuple[str, dict[str, str]]]()

        def start(element: str, attributes: Mapping[str, str]) -> None:
            elements.append((element, {key.rpartition(":")[2]: value for key, value in attributes.items()}))

        self.parse(name, start)
        return elements


def _no_doctype(*_: object) -> None:
    raise Unreadable(_DOCTYPE)
