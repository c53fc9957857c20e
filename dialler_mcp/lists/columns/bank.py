"""Accounts: an IBAN and its check digits (ISO 13616)."""

import re

from dialler_mcp.lists.columns.values import EMPTY, NOTHING, Value
from dialler_mcp.lists.kinds import Kind

_FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_LENGTHS = {"DE": 22, "AT": 20, "CH": 21, "LI": 21, "LU": 20, "NL": 18, "BE": 16, "FR": 27, "IT": 27, "ES": 24}
_MODULUS = 97


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN with right check digits, in groups or not, in any case."""
    iban = _compact(text)
    if not _FORM.fullmatch(iban) or len(iban) != _LENGTHS.get(iban[:2], len(iban)):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % _MODULUS == 1


def iban_in(text: str) -> Value:
    if text.strip() in EMPTY:
        return NOTHING
    return Value(_compact(text)) if is_iban(text) else Value(None, Kind.bad_iban)


def _compact(text: str) -> str:
    return re.sub(r"[\s.-]", "", text).upper()
