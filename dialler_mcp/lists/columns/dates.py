"""Dates as people and spreadsheets write them. A column has one order of day and month; what fits both is asked."""

import re
from datetime import datetime
from enum import StrEnum, auto
from functools import lru_cache

from dialler_mcp.lists.columns.values import CACHE_SIZE, EMPTY, NOTHING, Value
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell


class Order(StrEnum):
    day_first = auto()
    month_first = auto()


_CLOCK = r"(?:,?\s+|T)(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?(?:\s*Uhr)?"
_ISO = re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})(?:{_CLOCK})?")
_FIGURES = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sign>[./-])\s?(?P<b>\d{{1,2}})(?P=sign)\s?(?P<y>\d{{4}}|\d{{2}})(?:{_CLOCK})?"
)
_DAY_MONTH = re.compile(rf"(?P<d>\d{{1,2}})\.?\s+(?P<name>[^\W\d_]+)\.?,?\s+(?P<y>\d{{4}})(?:{_CLOCK})?")
_MONTH_DAY = re.compile(rf"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})(?:{_CLOCK})?")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
    **{"mär": 3, "mrz": 3, "mae": 3, "mai": 5, "okt": 10, "dez": 12, "jän": 1},
}
_CENTURY = 2000
_LAST_TWO_DIGITS = 69  # of a year of the century before


def order_of(text: str) -> Order | None:
    """The order of day and month that a date proves by itself; None for one that fits both, or is none."""
    match = _FIGURES.fullmatch(text.strip())
    if not match:
        return None
    first, second = int(match["a"]), int(match["b"])
    if match["sign"] == "." or (first > 12 >= second):
        return Order.day_first
    return Order.month_first if second > 12 >= first else None


@lru_cache(CACHE_SIZE, typed=True)  # a figure is not the text that it reads
def date_in(text: str, orders: frozenset[Order]) -> Value:
    """A date as `2026-12-31`, with a time as `2026-12-31T14:30:00`; `orders` are those that its column proves."""
    date_text = text.strip()
    if date_text in EMPTY:
        return NOTHING
    if _SERIAL.fullmatch(date_text) or (isinstance(text, TypedCell) and text.kind is CellKind.number):
        return Value(None, Kind.serial_date)
    if match := _ISO.fullmatch(date_text):
        return _date(match, int(match["m"]), int(match["d"]))
    if match := _FIGURES.fullmatch(date_text):
        return _of_figures(match, orders)
    if match := _DAY_MONTH.fullmatch(date_text) or _MONTH_DAY.fullmatch(date_text):
        return _date(match, _MONTHS.get(match["name"][:3].casefold(), 0), int(match["d"]))
    return Value(None, Kind.bad_date)


def _of_figures(match: re.Match[str], orders: frozenset[Order]) -> Value:
    first, second = int(match["a"]), int(match["b"])
    order = order_of(match[0])
    if order is None and first != second and max(first, second) <= 12:
        if len(orders) != 1:
            return Value(None, Kind.date_unclear)
        (order,) = orders
    day, month = (second, first) if order is Order.month_first else (first, second)
    return _date(match, month, day)


def _date(match: re.Match[str], month: int, day: int) -> Value:
    year = int(match["y"])
    if year < 100:
        year += _CENTURY - 100 * (year >= _LAST_TWO_DIGITS)
    try:
        moment = datetime(year, month, day, int(match["h"] or 0), int(match["min"] or 0), int(match["s"] or 0))
    except ValueError:
        return Value(None, Kind.bad_date)
    is_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return Value(moment.date().isoformat() if is_midnight else moment.isoformat())
