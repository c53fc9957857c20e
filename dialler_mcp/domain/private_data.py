"""Where private data stand in a text, however they are spelled: accounts, cards, e-mail addresses, telephone numbers.

The search runs on a copy of the same length in which digits and letters of any script or width are plain ones, and
hyphens of any kind are "-" (`flat`). Accounts are searched for in that copy reduced to letters and digits, so that no
character between them hides one. `domain/privacy.py` masks what is found here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

MIN_DIGITS = 5  # of an account that is named as one ("Konto 12345"); others have more
ACCOUNT_DIGITS = 9  # from here on digits are an account
PHONE_DIGITS = 7  # from here on digits are a telephone number, unless they are a date or an amount
_CARD_DIGITS = (15, 16)


class Span(NamedTuple):
    """A part of a text, from `start` to before `end`."""

    start: int
    end: int


class _Flat(dict[int, str]):
    """What a character is in a flat copy, by its code point; worked out once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character)
        if (digit := unicodedata.decimal(character, None)) is not None:
            plain = str(digit)
        elif unicodedata.category(character) == "Pd" or character == "\u2212":
            plain = "-"
        found = self[code] = plain if len(plain) == 1 else character
        return found


_FLAT = _Flat()


def flat(text: str) -> str:
    """A copy of the same length in plain digits, letters of usual width, and one kind of hyphen."""
    return text if text.isascii() else text.translate(_FLAT)


# Bytes that no digit has in UTF-8: of other ASCII, European letters, and continuation bytes. C2 and E2 begin raised,
# lowered and circled digits, so what else they begin (most typographic marks) counts as one, too.
_NO_DIGITS = bytes({*range(0xD2)} - {*b"0123456789", 0xC2})
_NO_DIGITS_NOR_ZERO = _NO_DIGITS.replace(b"\0", b"")


def digits_at_most(text: str) -> int:
    """An upper bound of the number of digits in a text; fast, as a list may hold a million texts."""
    return len(text.encode("utf-8", "replace").translate(None, _NO_DIGITS))


def doubtful(texts: Sequence[str | None], *, phones: bool) -> list[int]:
    """Which of many texts have to be searched: the places of those that may hold private data. Hardly any do, so most
    of the work is done on all texts at once.

    `phones`: telephone numbers and e-mail addresses are private, too.
    """
    if not any(texts):
        return []
    joined = "\0".join([text or "" for text in texts])
    digits = joined.encode("utf-8", "replace").translate(None, _NO_DIGITS_NOR_ZERO)
    named = ACCOUNT_WORDS.search(joined.lower()) is not None
    least = MIN_DIGITS if named else PHONE_DIGITS if phones else ACCOUNT_DIGITS
    found = list[int]()
    if len(digits) - len(texts) + 1 >= least:
        counts = list(map(len, digits.split(b"\0")))
        if len(counts) != len(texts):  # a text holds the separator
            return list(range(len(texts)))
        most = max(counts)
        plain = not (phones or named or most >= min(_CARD_DIGITS)) and joined.isascii()
        if most >= least and not (plain and not _IBAN_LETTERS.search(joined)):
            found = [place for place, count in enumerate(counts) if count >= least]
            found = (
                found if phones else [place for place in found if _may_be_account(texts[place] or "", counts[place])]
            )
    if phones and _AT.search(joined):
        found = sorted({*found, *(place for place, text in enumerate(texts) if text and _AT.search(text))})
    return found


def may_hold_any(text: str) -> bool:
    """Whether a text may hold private data of any kind; quick, and true of few names."""
    return digits_at_most(text) >= MIN_DIGITS or _AT.search(text) is not None


def _may_be_account(text: str, digits: int) -> bool:
    """Whether a text of so many digits has to be searched for accounts: not a plain number, say."""
    if not text.isascii() or digits >= min(_CARD_DIGITS) or ACCOUNT_WORDS.search(text.lower()):
        return True
    return digits >= ACCOUNT_DIGITS and _IBAN_LETTERS.search(text) is not None


# Two letters and two digits, whatever stands between them: every IBAN holds them.
_IBAN_LETTERS = re.compile(r"[A-Za-z][^A-Za-z0-9\0]*[A-Za-z][^A-Za-z0-9\0]*\d[^A-Za-z0-9\0]*\d")
# An account or bank code that is named as one.
_CALLED_ACCOUNT = re.compile(
    r"(?<![^\W\d_])(?:bank|giro|spar|haupt|gehalts)?"
    r"(?:IBAN|Konto(?:nummer|nr)?|Kto(?:nr)?|BLZ|Bankleitzahl|account (?:number|no)|sort code|bank code)"
    r"[\s.:,;#=()/_|-]{0,4}(?:(?:Nr|Nummer|is|ist|lautet)[\s.:#=_-]{0,3})?"
    r"(?P<number>\d(?:[ ./_|\\·•-]{0,3}\d){4,29})",
    re.IGNORECASE,
)
ACCOUNT_WORDS = re.compile(
    "iban|k(?:onto|to)|blz|bank|account|sort code"
)  # each match of _CALLED_ACCOUNT contains one of these, in lower case
# A telephone number has at most 15 digits, and none of so many begins with 34 or 37.
_CARD = re.compile(
    r"(?<!\d)(?:3[ ./_|\\·•-]{0,3}[47](?:[ ./_|\\·•-]{0,3}\d){13}|[3-6](?:[ ./_|\\·•-]{0,3}\d){15})(?!\d)"
)

_IBAN_BEGINS = re.compile(r"(?=([A-Za-z]{2}\d\d)[A-Za-z0-9])")
_MIN_IBAN, _MAX_IBAN = 15, 34  # characters; ISO 13616
_IBAN_LENGTHS = {
    **{"NO": 15, "BE": 16, "DK": 18, "FI": 18, "NL": 18, "SI": 19, "AT": 20, "EE": 20, "LT": 20, "LU": 20},
    **{"CH": 21, "HR": 21, "LI": 21, "LV": 21, "BG": 22, "DE": 22, "GB": 22, "IE": 22, "CZ": 24, "ES": 24},
    **{"RO": 24, "SE": 24, "SK": 24, "PT": 25, "IS": 26, "TR": 26, "FR": 27, "GR": 27, "IT": 27, "MC": 27},
    **{"SM": 27, "CY": 28, "HU": 28, "PL": 28, "MT": 31},
}
_MAX_GAP = 5  # characters between two of an IBAN, whose check digits are right
_MAX_DOUBTFUL_GAP = 3  # between two of one whose check digits are wrong
_BEFORE_IBAN = re.compile("(?:iban|konto|kto|nr|nummer|is|ist|lautet)$", re.IGNORECASE)
_MISTYPED_DIGITS = (18, 20)  # of a German IBAN whose check digits are wrong, or that lacks some


def accounts(text: str) -> list[Span]:
    """The accounts and cards in a flat text, in order, none within another."""
    digits = digits_at_most(text)
    if digits < MIN_DIGITS:
        return []  # true of most remarks
    called = _CALLED_ACCOUNT.finditer(text) if ACCOUNT_WORDS.search(text.lower()) else ()
    named = [Span(*match.span("number")) for match in called]
    if digits < ACCOUNT_DIGITS:
        return named
    cards = [Span(*match.span()) for match in _CARD.finditer(text) if _luhn(match[0])] if digits >= 15 else []
    return _apart([*_ibans(text), *named, *cards])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The same in order; those that overlap are one."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart


class _Reduced(NamedTuple):
    """The letters and digits of a text, and the place of each in it."""

    text: str
    places: list[int]

    def end(self, start: int, count: int, gap: int) -> int:
        """Where `count` characters from `start` on end; 0 if there are fewer, or more than `gap` between two."""
        places = self.places[start : start + count]
        near = len(places) == count and all(after - before - 1 <= gap for before, after in pairwise(places))
        return places[-1] + 1 if near else 0

    def begins_word(self, start: int) -> bool:
        """Whether no letter or digit stands directly before."""
        return not start or self.places[start] - self.places[start - 1] > 1

    def ends_word(self, end: int) -> bool:
        """Whether none stands directly behind the character before `end`."""
        return end >= len(self.places) or self.places[end] - self.places[end - 1] > 1


def _ibans(text: str) -> Iterator[Span]:
    if not _IBAN_LETTERS.search(text):
        return
    places = [place for place, character in enumerate(text) if character.isalnum()]
    reduced = _Reduced("".join([text[place] for place in places]), places)
    behind = 0
    for match in _IBAN_BEGINS.finditer(reduced.text):
        start = match.start()
        if start >= behind and (count := _iban_at(reduced, start)):
            behind = start + count
            yield Span(places[start], places[behind - 1] + 1)


def _iban_at(reduced: _Reduced, start: int) -> int:
    """How many letters and digits the IBAN has that begins at `start`; 0 if none begins there."""
    compact = reduced.text[start : start + _MAX_IBAN]
    country = compact[:2].upper()
    if length := _IBAN_LENGTHS.get(country):
        if _valid_iban(compact[:length], length) and reduced.end(start, length, _MAX_GAP):
            return length
    elif reduced.begins_word(start):
        for length in range(min(len(compact), _MAX_IBAN), _MIN_IBAN - 1, -1):
            ends = reduced.ends_word(start + length) and reduced.end(start, length, _MAX_GAP)
            if ends and _valid_iban(compact[:length], length):
                return length
    return _mistyped(reduced, start) if country == "DE" else 0


def _mistyped(reduced: _Reduced, start: int) -> int:
    """The same of a German IBAN with a mistake in it."""
    if not (reduced.begins_word(start) or _BEFORE_IBAN.search(reduced.text[max(0, start - 8) : start])):
        return 0
    least, most = _MISTYPED_DIGITS
    rest = reduced.text[start + 2 : start + 2 + most]
    digits = len(rest) - len(rest.lstrip("0123456789"))
    if digits < least or not reduced.end(start, 2 + digits, _MAX_DOUBTFUL_GAP):
        return 0
    count = 2 + digits
    while not reduced.ends_word(start + count) and reduced.text[start + count].isdecimal():
        count += 1
    return count


def _valid_iban(compact: str, length: int) -> bool:
    """Whether it is as long, mostly digits (unlike words), and has valid check digits (ISO 7064)."""
    if len(compact) != length or not compact.isascii() or sum(map(str.isdecimal, compact)) < ACCOUNT_DIGITS:
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _luhn(card: str) -> bool:
    digits = [int(character) for character in reversed(card) if character.isdecimal()]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[1::2])
    return len(digits) in _CARD_DIGITS and (sum(digits[::2]) + sum(doubled)) % 10 == 0


# "@", or what people write for it. Possessive, since long texts must take no long time.
_AT_SIGN = r"(?:\s?@\s?|\s?[(\[{‹<]\s?(?:at|ät|@)\s?[)\]}›>]\s?|\sat\s(?=[\w-]+(?:\.|\sdot\s|\spunkt\s|\s?[(\[{‹<])))"
_DOT = r"(?:\.|\s?[(\[{‹<]\s?(?:dot|punkt|\.)\s?[)\]}›>]\s?|\s(?:dot|punkt)\s|\s\.\s?)"
_ADDRESS = re.compile(rf"(?<![\w.+%'~-])[\w.+%'~-]++(?:{_DOT}[\w-]+)?{_AT_SIGN}[\w-]+(?:{_DOT}[\w-]+)*", re.IGNORECASE)
_AT = re.compile(r"[@＠﹫]|[(\[{‹<]\s?(?:at|ät)\s?[)\]}›>]|\sat\s", re.IGNORECASE)


def addresses(text: str) -> list[Span]:
    """The e-mail addresses in a flat text."""
    return [Span(*match.span()) for match in _ADDRESS.finditer(text)] if _AT.search(text) else []


# Dates, periods and amounts are matched first, so that any other long number is a telephone number.
_NUMBERS = re.compile(
    r"""(?P<kept>
      (?<![\d.])(?:\d{1,2}\.?\s?-\s?)?(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?:\s?(?:19|20)\d\d|\d\d)?(?!\.?\d)
    | (?<!\d)(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)
    | (?<![\d/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)(?![\d/])
    | (?<!\d)(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d(?!\d)
    | (?<!\d)\d{1,2}[.:]\d\d\s?-\s?\d{1,2}[.:]\d\d(?!\d)
    | (?<![\d+(])[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,2})?(?![\d.])
    | (?<![\d+(])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?(?![\d,])
    | (?<![\d+(])[1-9]\d{0,8}(?:[.,]\d{1,2})?\s?(?:€|\$|EUR|Euro|USD|CHF)(?!\w)
    | (?:€|\$|\bEUR|\bUSD|\bCHF)\s?[1-9]\d{0,8}(?:[.,]\d{1,2})?(?![\d])
    )
    | (?<!\d)\+?\(?\d(?:[\ ./()_|\\·•*-]{0,3}\d){6,}+""",
    re.VERBOSE,
)
# A key into another system that is a telephone number, and surely one: keys of digits only are common.
_SURE_NUMBER = re.compile(r"(?:(?:\+|00?[1-9])[\d ./()_-]|49[1-9])[\d ./()_-]{7,}")


def numbers(text: str) -> list[Span]:
    """The telephone numbers in a flat text. It errs on the side of hiding: any other long number is taken for one."""
    if digits_at_most(text) < PHONE_DIGITS:
        return []
    return [Span(*match.span()) for match in _NUMBERS.finditer(text) if match["kept"] is None]


def is_surely_a_number(text: str) -> bool:
    """Whether a flat text is a telephone number with its country or area code, and nothing else."""
    return _SURE_NUMBER.fullmatch(text) is not None
