"""Amounts of money as people write them: with comma or point, in groups of three digits, with a currency."""

import re
from enum import StrEnum
from functools import lru_cache

from dialler_mcp.lists.columns.values import CACHE_SIZE, EMPTY, NOTHING, Value
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell

MAX_AMOUNT = 1e12


class Sign(StrEnum):
    """What stands before the decimals."""

    comma = ","
    point = "."


_CURRENCY = re.compile(r"€|\$|£|\b(?:EUR|Euro|CHF|USD|GBP|Fr\.?)(?!\w)", re.IGNORECASE)
_ROUND = re.compile(r"[.,][-–—]{1,2}$")  # 99,-
_FIGURE = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


def sign_of(text: str) -> Sign | None:
    """The decimal sign that an amount proves by itself; None for one that fits both, or is none."""
    digits = _digits(text)
    if not _FIGURE.fullmatch(digits):
        return None
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return Sign.comma if comma > point else Sign.point
    if max(comma, point) < 0:
        return None
    decimal, other = (Sign.comma, Sign.point) if comma >= 0 else (Sign.point, Sign.comma)
    whole, _, last = digits.rpartition(decimal)
    if decimal in whole:
        return other
    return decimal if len(last) != 3 or len(whole.lstrip("+-")) > 3 or whole.lstrip("+-") == "0" else None


@lru_cache(CACHE_SIZE, typed=True)  # a figure is not the text that it reads
def amount_in(text: str, signs: frozenset[Sign]) -> Value:
    """An amount as a number; `signs` are the decimal signs that its column proves."""
    if isinstance(text, TypedCell) and text.kind is CellKind.number:
        return _number(text)
    if text.strip() in EMPTY:
        return NOTHING
    digits = _digits(text)
    if not _FIGURE.fullmatch(digits):
        return Value(None, Kind.bad_amount)
    if digits.isdecimal():
        return _number(digits)
    sign = sign_of(text)
    if sign is None and ("," in digits or "." in digits):
        if len(signs) != 1:
            return Value(None, Kind.amount_unclear)
        (sign,) = signs
    return _signed(digits, sign or Sign.comma)


def _digits(text: str) -> str:
    bare = _CURRENCY.sub("", text).strip()
    return _ROUND.sub("", re.sub(r"[\s'’]", "", bare))


def _signed(digits: str, sign: Sign) -> Value:
    whole, _, decimals = digits.partition(sign)
    group = "." if sign is Sign.comma else ","
    first, *groups = whole.split(group)
    if group in decimals or sign in decimals or any(len(one) != 3 for one in groups) or (groups and len(first) > 4):
        return Value(None, Kind.bad_amount)
    return _number(f"{first}{''.join(groups)}.{decimals or 0}")


def _number(text: str) -> Value:
    try:
        number = float(text)
    except ValueError:
        return Value(None, Kind.bad_amount)
    return Value(number) if abs(number) < MAX_AMOUNT else Value(None, Kind.bad_amount)
