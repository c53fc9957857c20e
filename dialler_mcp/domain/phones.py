"""Telephone numbers as the dialler stores them: E.164, digits only, without `+`."""

import re

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
