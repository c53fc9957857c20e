"""How much of a person's data is shown: the one place that masks values, both whole fields and parts of free text.

With a key, a masked value ends in a pseudonym, `~` and three letters. A number has the same pseudonym however it is
written, so that two masked values can be told apart or recognised as the same. A pseudonym cannot be computed without
the key, and is valid only as long as the key is.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from dialler_mcp.domain.fields import Kind


class Privacy(StrEnum):
    """What leaves the server: everything, everything but bank data, or names with masked numbers and addresses."""

    full = "full"
    bank = "bank"
    masked = "masked"


_MASKED = {
    Privacy.full: frozenset[Kind](),
    Privacy.bank: frozenset({Kind.BANK}),
    Privacy.masked: frozenset({Kind.BANK, Kind.PHONE, Kind.EMAIL}),
}

_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # no digits: a pseudonym must not look like a part of the number
_MIN_DIGITS = 5  # of an account that is named as one ("Konto 12345"); others have more
_ACCOUNT_DIGITS = 9  # from here on digits are an account; the name, code or BIC of a bank needs no pseudonym
_CARD_DIGITS = 16
# Bytes that no digit has in UTF-8: of other ASCII, European letters, typographic marks, and continuation bytes.
_NO_DIGITS = bytes({*range(0xD2), 0xE2} - {*b"0123456789"})
_NO_DIGITS_NOR_ZERO = _NO_DIGITS.replace(b"\0", b"")
_HOME_COUNTRY = "49"  # country of numbers with a leading zero; matters for pseudonyms only
_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(0\)")
# ITU-T E.164: one digit for zones 1 and 7, two for these, three for all others.
_TWO_DIGITS = re.compile("2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def hides(level: Privacy, kind: Kind) -> bool:
    """Whether values of this kind are masked at this level."""
    return kind in _MASKED[level]


def masked(text: str, kind: Kind, key: bytes = b"") -> str:
    """A value reduced to what is enough to recognise it and too little to use it.

    `+49 8…703~kfm` of a telephone number, `m…@example.org~txw` of an address, `…051~hqc` of an account. Never more than
    half of the digits are shown.
    """
    value = text.strip()
    if kind is Kind.PHONE:
        return _phone(value) + _pseudonym(_canonical_phone(value), key)
    if kind is Kind.EMAIL:
        return _email(value) + _pseudonym(value.casefold(), key)
    compact = "".join(filter(str.isalnum, value))
    account = sum(map(str.isdecimal, compact)) >= _ACCOUNT_DIGITS
    end = f"…{compact[-3:]}" if len(compact) >= 8 else "…"
    return end + (_pseudonym(compact.casefold(), key) if account else "")


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    if not at or not _DOMAIN.fullmatch(domain):
        return "…"
    return f"{name[:1] if len(name) > 1 else ''}…@{domain}"


def _phone(text: str) -> str:
    """The country code, up to four digits after it, and the last three: never more than half of all digits."""
    digits = _digits(text)
    room = len(digits) // 2 - 3
    if room < 1:
        return "…"
    if digits.startswith("0"):
        return f"{digits[: min(room, 4)]}…{digits[-3:]}"
    country = _country(digits)
    if room < len(country):
        return f"…{digits[-3:]}"
    area = digits[len(country) :][: min(room - len(country), 4)]
    return f"+{country} {area}".strip() + f"…{digits[-3:]}"


def _digits(text: str) -> str:
    """The digits of a number, without the prefix of international dialling."""
    return "".join(filter(str.isdecimal, _TRUNK_ZERO.sub("", text))).removeprefix("00")


def _country(digits: str) -> str:
    return digits[: 1 if digits[0] in "17" else 2 if _TWO_DIGITS.match(digits) else 3]


def _canonical_phone(text: str) -> str:
    digits = _digits(text)
    return _HOME_COUNTRY + digits[1:] if digits.startswith("0") else digits or text.casefold()


def _pseudonym(canonical: str, key: bytes) -> str:
    if not (key and canonical):
        return ""
    number = int.from_bytes(hmac.digest(key, canonical.encode("utf-8", "replace"), "sha256")[:8])
    letters = [_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(3)]
    return "~" + "".join(letters)


_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)+")
_IBAN_BEGINS = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?=[ .-]?[A-Za-z0-9])")
_GERMAN_IBAN = re.compile(r"(?<![^\W_])DE[ .:-]?\d(?:[ .-]?\d){19}(?!\d)", re.IGNORECASE)
_MIN_IBAN, _MAX_IBAN = 15, 34  # characters; ISO 13616
_IBAN_LENGTHS = {
    **{"NO": 15, "BE": 16, "DK": 18, "FI": 18, "NL": 18, "SI": 19, "AT": 20, "EE": 20, "LT": 20, "LU": 20},
    **{"CH": 21, "HR": 21, "LI": 21, "LV": 21, "BG": 22, "DE": 22, "GB": 22, "IE": 22, "CZ": 24, "ES": 24},
    **{"RO": 24, "SE": 24, "SK": 24, "PT": 25, "IS": 26, "TR": 26, "FR": 27, "GR": 27, "IT": 27, "MC": 27},
    **{"SM": 27, "CY": 28, "HU": 28, "PL": 28, "MT": 31},
}
# An account or bank code that is named as one.
_CALLED_ACCOUNT = re.compile(
    r"\b(?P<name>IBAN|Konto(?:nummer|nr)?|Kto|BLZ|Bankleitzahl|account (?:number|no)|sort code|bank code)"
    r"(?P<gap>[\s.:#-]{0,4}(?:(?:Nr|is|ist|lautet)[\s.:]{0,3})?)(?P<number>\d(?:[ ./-]?\d){4,29})",
    re.IGNORECASE,
)
_IN_CALLED_ACCOUNT = re.compile(
    "iban|k(?:onto|to)|blz|bank|account|sort code"
)  # each match of _CALLED_ACCOUNT contains one of these
_CARD = re.compile(r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){3}(?!\d)")
# Dates, periods and amounts are matched first, so that any other long number is a telephone number.
_NUMBERS = re.compile(
    r"""(?P<kept>
      (?<![\d.])(?:\d{1,2}\.?\s?[-–]\s?)?(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?:\s?(?:19|20)\d\d|\d\d)?(?!\.?\d)
    | (?<!\d)(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)
    | (?<![\d/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)(?![\d/])
    | (?<!\d)(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d(?!\d)
    | (?<!\d)\d{1,2}[.:]\d\d\s?[-–]\s?\d{1,2}[.:]\d\d(?!\d)
    | (?<![\d+(])[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,2})?(?![\d.])
    | (?<![\d+(])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?(?![\d,])
    | (?<![\d+(])[1-9]\d{0,8}(?:[.,]\d{1,2})?\s?(?:€|\$|EUR|Euro|USD|CHF)(?!\w)
    | (?:€|\$|\bEUR|\bUSD|\bCHF)\s?[1-9]\d{0,8}(?:[.,]\d{1,2})?(?![\d])
    )
    | (?<!\d)\+?\(?\d(?:[\ ./()–-]{0,3}\d){6,}+""",
    re.VERBOSE,
)


def masked_inside(text: str, level: Privacy, key: bytes = b"", *, numbers: bool = True) -> str:
    """Free text in which the level's e-mail addresses, accounts, cards and telephone numbers are masked.

    It errs on the side of hiding: any other number of seven digits or more is taken for a telephone number. With
    `numbers=False` none is, for fields in which numbers mean something else.
    """
    if hides(level, Kind.EMAIL):
        text = _ADDRESS.sub(lambda match: masked(match[0], Kind.EMAIL, key), text)
    if hides(level, Kind.BANK):
        text = _without_accounts(text, lambda account: masked(account, Kind.BANK, key))
    if numbers and hides(level, Kind.PHONE):
        text = _NUMBERS.sub(lambda match: match["kept"] or masked(match[0], Kind.PHONE, key), text)
    return text


def may_hold_accounts(texts: Sequence[str]) -> list[bool]:
    """For each of many free texts, whether `masked_inside` must search it for bank data; hardly any needs it."""
    counts = list(
        map(len, "\0".join(texts).encode("utf-8", "replace").translate(None, _NO_DIGITS_NOR_ZERO).split(b"\0"))
    )
    if len(counts) != len(texts):  # a text contains the separator
        return [_digits_at_most(text) >= _MIN_DIGITS for text in texts]
    return [count >= _MIN_DIGITS for count in counts]


def _digits_at_most(text: str) -> int:
    """An upper bound of the number of digits in a text; fast, as a list may hold a million texts."""
    return len(text.encode("utf-8", "replace").translate(None, _NO_DIGITS))


def _without_accounts(text: str, mask: Callable[[str], str]) -> str:
    digits = _digits_at_most(text)
    if digits < _MIN_DIGITS:
        return text  # true of most remarks
    if digits < _ACCOUNT_DIGITS and text.isascii() and not _IN_CALLED_ACCOUNT.search(text.lower()):
        return text  # true of most links: an account this short counts only if it is named as one
    if digits >= _ACCOUNT_DIGITS:
        text = _without_ibans(_GERMAN_IBAN.sub(lambda match: mask(match[0]), text), mask)
    text = _CALLED_ACCOUNT.sub(lambda match: match["name"] + match["gap"] + mask(match["number"]), text)
    if digits < _CARD_DIGITS:
        return text
    return _CARD.sub(lambda match: mask(match[0]) if _luhn(match[0]) else match[0], text)


def _without_ibans(text: str, mask: Callable[[str], str]) -> str:
    parts, position = list[str](), 0
    for begins in _IBAN_BEGINS.finditer(text):
        if begins.start() >= position and (end := _iban_end(text, begins.start())):
            parts += [text[position : begins.start()], mask(text[begins.start() : end])]
            position = end
    return "".join([*parts, text[position:]])


def _iban_end(text: str, start: int) -> int:
    """The end of the IBAN that begins at `start`, which may be written in groups; 0 if none begins there."""
    compact, end = "", 0
    for position in range(start, len(text)):
        character = text[position]
        if character.isascii() and character.isalnum():
            compact += character
            if len(compact) > _MAX_IBAN:
                break
            if not text[position + 1 : position + 2].isalnum() and _valid_iban(compact):
                end = position + 1
        elif character not in " .-" or not text[position - 1].isalnum():
            break
    return end


def _valid_iban(compact: str) -> bool:
    """Whether it has the length of its country, mostly digits (unlike words), and valid check digits (ISO 7064)."""
    length = _IBAN_LENGTHS.get(compact[:2].upper(), max(len(compact), _MIN_IBAN))
    if len(compact) != length or sum(map(str.isdecimal, compact)) < _ACCOUNT_DIGITS:
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _luhn(card: str) -> bool:
    digits = [int(character) for character in reversed(card) if character.isdecimal()]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
