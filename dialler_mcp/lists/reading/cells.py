"""Cells: the text that each of them is, and what it was in its file."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from dialler_mcp.domain.text import without_marks

# Blanks that look like a space and are none: the no-break ones, and what separates lines or fields elsewhere.
_BLANK = re.compile(r"[^\S\n\r\t]")
MAX_NAME = 200  # characters of the name of a column
_EXACT = 1 << 53  # from here on, a float no longer tells one whole number from the next
_WHOLE = re.compile(r"-?\d{1,15}")


class Kind(StrEnum):
    """What a cell was, where it was not plain text."""

    number = "number"
    date = "date"  # with or without a time
    time = "time"  # a time of day, or a duration
    boolean = "boolean"
    formula = "formula"
    error = "error"


class TypedCell(str):
    """A cell that a spreadsheet or JSON held as something else than text; `kind` says as what.

    The text is exact and plain: `4930231250` for a whole number, else the shortest with a decimal point; `2026-12-31`,
    `2026-12-31T14:30:00`, `14:30:00`; `true` or `false`; the stored value of a formula; an error as `#N/A`.
    """

    __slots__ = ("kind",)
    kind: Kind

    def __new__(cls, text: str, kind: Kind) -> "TypedCell":
        cell = super().__new__(cls, text)
        cell.kind = kind
        return cell

    def __getnewargs__(self) -> tuple[str, Kind]:  # pyright: ignore[reportIncompatibleMethodOverride] - for pickle
        return str(self), self.kind


def is_tidy(text: str) -> bool:
    """Whether nothing of a text, which may be that of many cells, has to be changed by `tidied`."""
    if not text.isprintable():  # what is printable has no blanks but spaces
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", text) and without_marks(text) == text)


def tidied(cells: Sequence[str]) -> Sequence[str]:
    """The cells with composed letters (NFC), without characters that nobody sees, their blanks as spaces.

    Line breaks and tabs stay, and so do blanks around a text.
    """
    return [_tidy(cell) for cell in cells]


def _tidy(cell: str) -> str:
    if cell.isascii() and cell.isprintable():
        return cell
    text = unicodedata.normalize("NFC", without_marks(_BLANK.sub(" ", cell)))
    return TypedCell(text, cell.kind) if isinstance(cell, TypedCell) else text


def name_text(text: str) -> str:
    """The name of a column or a field: one line, without blanks around it, and not too long."""
    return " ".join(_tidy(text).split())[:MAX_NAME]


def number_text(number: float) -> str:
    """A number as plain text: whole ones without a decimal point, as long as every digit of them is certain."""
    if math.isfinite(number) and number == int(number) and abs(number) < _EXACT:
        return str(int(number))
    text = repr(number)
    mantissa, exponent, power = text.partition("e")
    return text if "." in mantissa or not exponent else f"{mantissa}.0e{power}"


def written_number(text: str) -> str:
    """A number, written as in XML or JSON, as plain text. What is none stays as it is."""
    if _WHOLE.fullmatch(text):
        return str(int(text))
    try:
        number = float(text)
    except ValueError:
        return text
    return number_text(number) if math.isfinite(number) else text


_EPOCH = dt.datetime(1899, 12, 30)
_DAYS_TO_1904 = 1462  # where a workbook counts from 1 January 1904
_LEAP_BUG = 60  # Excel knows a 29 February 1900; days before it count from a day later
_MOST_DAYS = 2_958_466  # 31 December 9999
_DAY = 86_400


def moment_text(serial: float, *, clock: bool, since_1904: bool = False) -> TypedCell | None:
    """The date or time that a spreadsheet keeps as a number of days; None where it is none.

    `clock`: it is shown without a date, so it is a time of day or a duration.
    """
    days = serial + _DAYS_TO_1904 if since_1904 and not clock else serial
    if not 0 <= days < _MOST_DAYS:
        return None
    seconds = round(days * _DAY)
    if clock or days < 1:
        return duration_text(seconds)
    moment = _EPOCH + dt.timedelta(days=days < _LEAP_BUG, seconds=min(seconds, _MOST_DAYS * _DAY - 1))
    return date_text(moment)


def duration_text(seconds: int) -> TypedCell:
    """Seconds as hours, minutes, seconds: `26:30:00`."""
    return TypedCell(f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", Kind.time)


def date_text(moment: dt.date) -> TypedCell:
    """A date, with its time unless that is midnight."""
    if isinstance(moment, dt.datetime):
        midnight = moment.time() == dt.time()
        text = moment.date().isoformat() if midnight else moment.replace(tzinfo=None).isoformat(timespec="seconds")
        return TypedCell(text, Kind.date)
    return TypedCell(moment.isoformat(), Kind.date)
