"""What a column is by what stands in it, where its head says nothing."""

import re
from collections.abc import Callable, Sequence

from dialler_mcp.domain.phone_cells import found_in
from dialler_mcp.lists.columns.aliases import Target
from dialler_mcp.lists.columns.bank import is_iban
from dialler_mcp.lists.columns.dates import Order, date_in
from dialler_mcp.lists.columns.names import SALUTATIONS
from dialler_mcp.lists.columns.places import GERMAN_POSTAL_CODE, place_in

MIN_SHARE = 0.8  # of the filled cells
_MIN_DIGITS = 7
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
DATE = "date"
"""Dates are recognised, but not which of the date fields they belong to."""


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdecimal, text))
    return digits >= _MIN_DIGITS and text.strip()[:1] in "+0(" and all(one.number for one in found_in(text))


def _is_place(text: str) -> bool:
    place = place_in(text)
    return bool(place.postal_code and place.city)


def _is_postal_code(text: str) -> bool:
    return len(text) == GERMAN_POSTAL_CODE and text.isascii() and text.isdecimal()


def _is_date(text: str) -> bool:
    return date_in(text, frozenset[Order]()).value is not None and not text.isdecimal()


_CONTENTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("Email", lambda text: _EMAIL.fullmatch(text) is not None),
    ("AccountIBAN", is_iban),
    ("Salutation", lambda text: text.rstrip(".").casefold() in SALUTATIONS),
    (Target.place, _is_place),
    (DATE, _is_date),
    (Target.phone, _is_phone),
    ("PostalCode", _is_postal_code),
)


def content_of(cells: Sequence[str]) -> str | None:
    """The field, or `DATE`, that most of these cells look like; None if they look like nothing in particular."""
    values = [cell.strip() for cell in cells if cell.strip()]
    if not values:
        return None
    for target, fits in _CONTENTS:
        if sum(map(fits, values)) >= MIN_SHARE * len(values):
            return str(target)
    return None


def are_full_names(cells: Sequence[str]) -> bool:
    """Whether most of these names are of several words, or turned round by a comma."""
    values = [cell for cell in cells if cell.strip()]
    return bool(values) and sum("," in cell or " " in cell.strip() for cell in values) >= MIN_SHARE * len(values)
