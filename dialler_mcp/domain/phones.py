"""Telephone numbers as the dialler stores them: E.164, digits only, without `+`."""

import re
from typing import NamedTuple

HOME = "49"
"""The country code of numbers that are written without one."""
SHORTEST_ENDING = 6
"""So many digits tell a number by how it ends; fewer fit too many."""

_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(0\)")  # +49 (0)30 ...: dialled at home only
_DECORATION = re.compile(r"[\s().\-/\u00a0]|\u2010|\u2011|\u2013")
FORMAT = "E.164 with country code, e.g. 4930231250 or +49 30 231250"


def stored(text: str) -> str:
    """The digits that the dialler stores for a number in international notation.

    Raises:
        ValueError: the country code is missing, or it is no telephone number.
    """
    number = _DECORATION.sub("", _TRUNK_ZERO.sub("", text))
    number = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"must be a phone number: {FORMAT}")
    if number.startswith("0"):
        raise ValueError(f"needs its country code: {FORMAT}")
    if not 5 <= len(number) <= 15:
        raise ValueError("must have 5 to 15 digits")
    return number


class Wanted(NamedTuple):
    """The numbers that somebody can mean: any of `full`, or one that ends in `ending` unless that is empty."""

    full: frozenset[str]
    ending: str

    def fits(self, number: str) -> bool:
        return number in self.full or bool(self.ending and number.endswith(self.ending))


def wanted(text: str) -> Wanted | None:
    """What a number means as a person writes it, with or without country and area code; None where it is none."""
    number = _DECORATION.sub("", _TRUNK_ZERO.sub("", text))
    international = number.startswith(("+", "00"))
    digits = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and SHORTEST_ENDING <= len(digits) <= 16):
        return None
    if international:
        return Wanted(frozenset({digits}), "")
    national = digits.removeprefix("0")
    full = {HOME + national} if digits.startswith("0") else {national, HOME + national}
    return Wanted(frozenset(full), national if len(national) >= SHORTEST_ENDING else "")


def normal(number: str) -> str:
    """A number of a record as the dialler should have stored it, however it came there."""
    if number.isascii() and number.isdigit() and number[0] != "0":
        return number
    digits = _DECORATION.sub("", _TRUNK_ZERO.sub("", number))
    if digits.startswith(("+", "00")):
        return digits.removeprefix("+").removeprefix("00")
    return HOME + digits[1:] if digits.startswith("0") else digits
