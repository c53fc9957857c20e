"""The rows of a sheet as spreadsheet programs write nearly all of them, taken out of the XML before it is parsed, which
would take three times as long. Whatever is written in another way is left for the parser.
"""

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

_START, _END = b"<row ", b"</row>"
_LONGEST = 1 << 20  # bytes of a row
_OTHER_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8["'])|^\xff\xfe|^\xfe\xff""", re.IGNORECASE)
_ODD = re.compile(rb"<!|<\?(?!xml )")  # what stands in a comment is no row
_UNDECIDED = len(b"<?xml")  # bytes at the end of a block that may begin something odd
_HEAD = re.compile(r'<row r="([0-9]{1,7})"((?: [\w:.]+="[^"<&]*")*) ?>')
_HIDDEN = re.compile(' hidden="(?:1|true)"')
# No reference to a character, no line break, which XML may write in several ways, and nothing that it cannot hold.
_TEXT = r"([^<&>\x00-\x1f\ufffe\uffff]*)"
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?'
    rf'(?:/>|></c>|><v>{_TEXT}</v></c>|><is><t(?: xml:space="preserve")?>{_TEXT}</t></is></c>))'
)


class Rows(Protocol):
    """Takes rows, cell by cell."""

    def begin(self, number: int, *, hidden: bool) -> None: ...

    def add(self, letters: str, kind: str, style: str, value: str) -> None: ...

    def finish(self) -> None: ...


class TidyRows:
    """Gives the tidy rows of a part to `rows`, and all else to whoever asks for it."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._rest = b""
        self._is_first, self._is_odd = True, False

    def others(self, block: bytes) -> Iterator[bytes]:
        """What is left for the parser of this block, and of those before it, in order. A tidy row is given away when
        what follows it is asked for. An empty block is the last one.
        """
        data, self._rest = self._rest + block, b""
        self._is_odd = self._is_odd or bool(_ODD.search(data) or (self._is_first and _OTHER_ENCODING.search(data)))
        self._is_first = False
        place = left = 0  # all before `left` was given away or parsed
        while not self._is_odd:
            start = data.find(_START, place)
            end = data.find(_END, start)
            if start < 0 or end < 0:
                break
            place = end + len(_END)
            if row := _row_of(data[start:place]):
                if start > left:
                    yield data[left:start]
                self._give(row)
                left = place
        if not block or self._is_odd:
            place = len(data)
        elif len(data) - place > _LONGEST:
            place = len(data) - _UNDECIDED
        if place > left:
            yield data[left:place]
        self._rest = data[place:]

    def _give(self, row: "_Row") -> None:
        rows = self._rows
        rows.begin(row.number, hidden=row.hidden)
        for _, letters, style, kind, value, text in row.cells:
            rows.add(letters, kind or "n", style, value or text)
        rows.finish()


class _Row(NamedTuple):
    """A tidy row; of each cell: all of it, column, style, kind, value, text in place of a value."""

    number: int
    hidden: bool
    cells: Sequence[tuple[str, str, str, str, str, str]]


def _row_of(xml: bytes) -> _Row | None:
    """The row, if it is a tidy one."""
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return None
    head = _HEAD.match(text)
    if head is None:
        return None
    inside = text[head.end() : -len(_END)]
    cells = _CELL.findall(inside)
    is_whole = sum(map(len, map(itemgetter(0), cells))) == len(inside)
    return _Row(int(head[1]), bool(_HIDDEN.search(head[2] or "")), cells) if is_whole else None
