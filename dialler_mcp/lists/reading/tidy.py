"""The rows and shared strings of a workbook as spreadsheet programs write nearly all of them, taken out of the XML
before it is parsed, which would take three times as long. Whatever is written in another way is left for the parser.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Protocol

_START, _END = b"<row ", b"</row>"
LONGEST = 1 << 20  # bytes of a row
_OTHER_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8["'])|^\xff\xfe|^\xfe\xff""", re.IGNORECASE)
_ODD = re.compile(rb"<!|<\?(?!xml )")  # what stands in a comment is no row
_HEAD = re.compile(r'<row r="([0-9]{1,7})"((?: [\w:.]+="[^"<&]*")*) ?>')
_HIDDEN = re.compile(' hidden="(?:1|true)"')
# No reference to a character, no line break, which XML may write in several ways, and nothing that it cannot hold.
_TEXT = r"([^<&>\x00-\x1f\ufffe\uffff]*)"
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?'
    rf'(?:/>|></c>|><v>{_TEXT}</v></c>|><is><t(?: xml:space="preserve")?>{_TEXT}</t></is></c>))'
)


# Rows whose cells are all of one kind, as most are, are taken apart at half the price: what marks a cell of the kind,
# the pattern of such cells, and how many tags each has.
_ALIKE = {
    kind: (f' t="{kind}"><', re.compile(rf'<c r="([A-Z]{{1,3}})[0-9]+"(?: s="[0-9]+")? t="{kind}">{inside}</c>'), tags)
    for kind, inside, tags in (
        ("s", "<v>([0-9]+)</v>", 4),
        ("inlineStr", rf'<is><t(?: xml:space="preserve")?>{_TEXT}</t></is>', 6),
    )
}


_STRINGS = re.compile(rb'(?:<si><t(?: xml:space="preserve")?>[^<&>\x00-\x1f]*</t></si>)+')
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_STRING = re.compile(r"<t[^>]*>([^<]*)</t>")


TidyCell = tuple[str, str, str, str, str, str]
"""A cell: all of it, column, style, kind, value, text in place of a value."""


class Rows(Protocol):
    """Takes whole rows. In `add_alike` all cells are of one kind: shared strings by their numbers, or texts."""

    def add_row(self, number: int, cells: Sequence[TidyCell], *, hidden: bool) -> None: ...

    def add_alike(
        self, number: int, kind: str, letters: Sequence[str], values: Sequence[str], *, hidden: bool
    ) -> None: ...


class _Tidy(ABC):
    """Gives what is tidy in a part away, and all else to whoever asks for it."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_first, self._is_odd = True, False

    def others(self, block: bytes) -> Iterator[bytes]:
        """What is left for the parser of this block, and of those before it, in order. What is tidy is given away when
        what follows it is asked for. An empty block is the last one.
        """
        data, self._rest = self._rest + block, b""
        self._is_odd = self._is_odd or bool(_ODD.search(data) or (self._is_first and _OTHER_ENCODING.search(data)))
        self._is_first = False
        left, whole = 0, 0 if self._is_odd else self._whole(data)
        for start, end, give in self._tidy(data[:whole]):
            if start > left:
                yield data[left:start]
            give()
            left = end
        if not block or self._is_odd:
            whole = len(data)
        elif len(data) - whole > LONGEST:
            whole = len(data) - data.endswith(b"<")  # which may begin something odd
        if whole > left:
            yield data[left:whole]
        self._rest = data[whole:]

    @abstractmethod
    def _whole(self, data: bytes) -> int:
        """Where the last item ends that is whole."""

    @abstractmethod
    def _tidy(self, data: bytes) -> Iterator[tuple[int, int, Callable[[], None]]]:
        """What is tidy, from where to where, and how to give it away."""


class TidyRows(_Tidy):
    """Gives the tidy rows of a sheet to `rows`."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows

    def _whole(self, data: bytes) -> int:
        return data.rfind(_END) + len(_END) if _END in data else 0

    def _tidy(self, data: bytes) -> Iterator[tuple[int, int, Callable[[], None]]]:
        end = 0
        while (start := data.find(_START, end)) >= 0 and (last := data.find(_END, start)) >= 0:
            end = last + len(_END)
            if give := self._giving(data[start:end]):
                yield start, end, give

    def _giving(self, xml: bytes) -> Callable[[], None] | None:
        """What gives this row away, if it is a tidy one."""
        try:
            text = xml.decode()
        except UnicodeDecodeError:
            return None
        head = _HEAD.match(text)
        if head is None:
            return None
        number, hidden, inside = int(head[1]), bool(_HIDDEN.search(head[2] or "")), text[head.end() : -len(_END)]
        for kind in _ALIKE:
            if alike := _alike(kind, inside):
                return partial(self._rows.add_alike, number, kind, *alike, hidden=hidden)
        cells = _CELL.findall(inside)
        is_whole = sum(map(len, map(itemgetter(0), cells))) == len(inside)
        return partial(self._rows.add_row, number, cells, hidden=hidden) if is_whole else None


def _alike(kind: str, inside: str) -> tuple[Sequence[str], Sequence[str]] | None:
    """The columns and values of a row whose cells are all of this kind, with nothing else between them."""
    mark, cell, tags = _ALIKE[kind]
    count = inside.count(mark)
    if not count or inside.count("<") != count * tags:
        return None
    pairs = cell.findall(inside)
    is_whole = len(pairs) == count and inside.count(">") == count * tags and inside.count("</c><c ") == count - 1
    if not (is_whole and inside.startswith("<c ") and inside.endswith("</c>")):
        return None
    letters, values = zip(*pairs, strict=True)
    return letters, values


class TidyStrings(_Tidy):
    """Gives the tidy shared strings of a workbook to `add`, many at a time."""

    def __init__(self, add: Callable[[Sequence[str]], None]) -> None:
        super().__init__()
        self._add = add

    def _whole(self, data: bytes) -> int:
        return data.rfind(b"</si>") + len(b"</si>") if b"</si>" in data else 0

    def _tidy(self, data: bytes) -> Iterator[tuple[int, int, Callable[[], None]]]:
        for match in _STRINGS.finditer(data):
            try:
                texts = match[0].decode()
            except UnicodeDecodeError:
                continue
            if not _NO_CHARACTERS.search(texts):
                yield match.start(), match.end(), partial(self._give, texts)

    def _give(self, texts: str) -> None:
        self._add(_STRING.findall(texts))
