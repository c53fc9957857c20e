"""How much of a person's data is shown: the one place that masks values, both whole fields and parts of free text.

With a key, a masked value ends in a pseudonym, `~` and three letters. A number has the same pseudonym however it is
written, so that two masked values can be told apart or recognised as the same. A pseudonym cannot be computed without
the key, and is valid only as long as the key is.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache

from dialler_mcp.domain import addresses, escapes, ibans, phones, private_data
from dialler_mcp.domain.escapes import Span
from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.flat import flat
from dialler_mcp.domain.text import clean


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
# ITU-T E.164: one digit for zones 1 and 7, two for these, three for all others.
_TWO_DIGITS = re.compile("2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_WRITTEN_AT = re.compile(r"[(\[{‹<]\s?(?:at|ät|@)\s?[)\]}›>]|\sat\s", re.IGNORECASE)
_WRITTEN_DOT = re.compile(r"[(\[{‹<]\s?(?:dot|punkt|\.)\s?[)\]}›>]|\s(?:dot|punkt)\s", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def hides(level: Privacy, kind: Kind) -> bool:
    """Whether values of this kind are masked at this level."""
    return kind in _MASKED[level]


def masked(text: str, kind: Kind, key: bytes = b"") -> str:
    """A value reduced to what is enough to recognise it and too little to use it.

    `+49 8…703~kfm` of a telephone number, `m…@example.org~txw` of an address, `…051~hqc` of an account. Never more than
    half of the digits are shown.
    """
    value = flat(clean(text))
    if kind is Kind.PHONE:
        number = _canonical_phone(value)
        return _phone(value if _digits(value).startswith("0") else number) + _pseudonym(number, key)
    if kind is Kind.EMAIL:
        address = _plain_address(value)
        return _email(address) + _pseudonym(address.casefold(), key)
    compact = ibans.compact(value)
    account = sum(map(str.isdecimal, compact)) >= ibans.ACCOUNT_DIGITS
    end = f"…{compact[-3:]}" if len(compact) >= 8 else "…"
    return end + (_pseudonym(compact.casefold(), key) if account else "")


def _plain_address(text: str) -> str:
    """An address as a machine would write it: `kim (at) example . org` is `kim@example.org`."""
    return _BLANKS.sub("", _WRITTEN_DOT.sub(".", _WRITTEN_AT.sub("@", text)))


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    if not at or not _DOMAIN.fullmatch(domain):
        return "…"
    name = name.strip('"')
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
    return "".join(filter(str.isdecimal, text)).removeprefix("00")


def _country(digits: str) -> str:
    return digits[: 1 if digits[0] in "17" else 2 if _TWO_DIGITS.match(digits) else 3]


def _canonical_phone(text: str) -> str:
    """A number in its one form, so that all its spellings have one pseudonym."""
    number = phones.normal(text)
    return number if number.isdecimal() else _digits(text) or text.casefold()


def _pseudonym(canonical: str, key: bytes) -> str:
    if not (key and canonical):
        return ""
    number = int.from_bytes(hmac.digest(key, canonical.encode("utf-8", "replace"), "sha256")[:8])
    letters = [_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(3)]
    return "~" + "".join(letters)


class Numbers(StrEnum):
    """Which numbers in a text are taken for telephone numbers: all that may be one, only what surely is one and nothing
    else (of a key, which is of no use unless it is whole), or none.
    """

    all = "all"
    sure = "sure"
    none = "none"


def numbers_in(kind: Kind) -> Numbers:
    """Which numbers are taken for telephone numbers in a text of this kind."""
    return Numbers.sure if kind is Kind.KEY else Numbers.all


def readable(text: str, level: Privacy, key: bytes = b"", numbers: Numbers = Numbers.all) -> str:
    """A text as people and models may read it: cleaned first, so that nothing invisible hides anything, then masked.

    Every text passes here before it leaves the server or is kept for reading.
    """
    return masked_inside(clean(text), level, key, numbers)


def masked_inside(text: str, level: Privacy, key: bytes = b"", numbers: Numbers = Numbers.all) -> str:
    """A clean text in which the level's e-mail addresses, accounts, cards and telephone numbers are masked.

    It errs on the side of hiding: any other number of seven digits or more is taken for a telephone number.
    """
    searches = _searches(level, numbers)
    if searches and escapes.has_escapes(text):  # read as they are, they tear a number apart
        for search, kind in searches:
            text = _without_as_seen(text, search, kind, key)
    for search, kind in searches:
        text = _without(text, search, kind, key)
    return text


Search = Callable[[str], list[Span]]


@cache
def _searches(level: Privacy, numbers: Numbers) -> Sequence[tuple[Search, Kind]]:
    """What is searched for at a level, in this order."""
    searches = [(addresses.addresses, Kind.EMAIL), (private_data.accounts, Kind.BANK)]
    if numbers is not Numbers.none:
        searches.append((private_data.numbers if numbers is Numbers.all else _sure_number, Kind.PHONE))
    return [(search, kind) for search, kind in searches if hides(level, kind)]


def _sure_number(text: str) -> list[Span]:
    return [Span(0, len(text))] if private_data.is_surely_a_number(text) else []


def _without(text: str, search: Search, kind: Kind, key: bytes) -> str:
    plain = flat(text)
    parts = search(plain)
    return _replaced(text, [(part, masked(plain[part.start : part.end], kind, key)) for part in parts])


def _without_as_seen(text: str, search: Search, kind: Kind, key: bytes) -> str:
    """The same in a text whose escapes are read as what they stand for."""
    view = escapes.unescaped(text)
    plain = flat(view.text)
    masks = [(view.place(part), masked(plain[part.start : part.end], kind, key)) for part in search(plain)]
    return _replaced(text, masks)


def _replaced(text: str, masks: Sequence[tuple[Span, str]]) -> str:
    """A text with these parts of it, in order, replaced."""
    parts, position = list[str](), 0
    for (start, end), mask in masks:
        parts += [text[position:start], mask]
        position = end
    return "".join([*parts, text[position:]]) if parts else text


# A mask, or a mask alone where a value stands; a text that was cut goes on before its "…".
_MASK = re.compile(r"…(?:@|~[a-z]{3}|[0-9A-Z]{3})(?![^\W_])|(?<![^\s:«(;→,])…(?:[^\W_]{3})?(?!\s?[^\W_]|\s?\()")


def shows_mask(text: str) -> bool:
    """Whether a value is masked somewhere in a text, as far as that can be seen."""
    return "…" in text and _MASK.search(text) is not None


def doubtful(texts: Sequence[str | None], level: Privacy) -> list[int]:
    """The places of those of many texts that `readable` may have to mask something in; hardly any."""
    return private_data.doubtful(texts, phones=hides(level, Kind.PHONE)) if _MASKED[level] else []
