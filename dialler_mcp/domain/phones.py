"""Telephone numbers as the dialler stores them: E.164, digits only, without `+`."""

import re
from typing import NamedTuple

from dialler_mcp.domain.text import without_marks

HOME = "49"
"""The country code that is assumed for numbers written without one."""
MIN_ENDING = 6
"""Digits from which the end of a number identifies it; fewer fit too many numbers."""

_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(0\)")  # +49 (0)30 ...: the 0 is dialled within the country only
_DECORATION = re.compile(r"[\s().\-/\u00a0]|\u2010|\u2011|\u2013")
FORMAT = "E.164 with country code, e.g. 4930231250 or +49 30 231250"


def _bare(text: str) -> str:
    """A number without what only makes it easier to read, and without marks that came along when it was copied."""
    return _DECORATION.sub("", _TRUNK_ZERO.sub("", without_marks(text)))


def stored(text: str) -> str:
    """The digits that the dialler stores for a number in international notation.

    Raises:
        ValueError: the country code is missing, or the text is not a telephone number.
    """
    number = _bare(text)
    number = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"must be a phone number: {FORMAT}")
    if number.startswith("0"):
        raise ValueError(f"needs its country code: {FORMAT}")
    if not 5 <= len(number) <= 15:
        raise ValueError("must have 5 to 15 digits")
    return number


class Wanted(NamedTuple):
    """The numbers that a person may mean: any of `full`, or any that ends in `ending` unless that is empty."""

    full: frozenset[str]
    ending: str

    def fits(self, number: str) -> bool:
        return number in self.full or bool(self.ending and number.endswith(self.ending))


def wanted(text: str) -> Wanted | None:
    """The numbers that a text may mean, with or without country and area code; None if it is not a number."""
    number = _bare(text)
    international = number.startswith(("+", "00"))
    digits = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and MIN_ENDING <= len(digits) <= 16):
        return None
    if international:
        return Wanted(frozenset({digits}), "")
    national = digits.removeprefix("0")
    full = {HOME + national} if digits.startswith("0") else {national, HOME + national}
    return Wanted(frozenset(full), national if len(national) >= MIN_ENDING else "")


def normal(number: str) -> str:
    """A number of a record in the form in which the dialler should have stored it."""
    if number.isascii() and number.isdigit() and number[0] != "0":
        return number
    digits = _bare(number)
    if digits.startswith(("+", "00")):
        return digits.removeprefix("+").removeprefix("00")
    return HOME + digits[1:] if digits.startswith("0") else digits
