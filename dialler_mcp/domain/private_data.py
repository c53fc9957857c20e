"""Where private data stand in a text, however they are spelled: accounts, cards, telephone numbers.

The search runs on a copy of the same length in which digits and letters of any script or width are plain ones, and
hyphens of any kind are "-" (`flat`). Accounts are searched for in that copy reduced to letters and digits, so that no
character between them hides one. `domain/privacy.py` masks what is found here.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dialler_mcp.domain.addresses import has_at
from dialler_mcp.domain.escapes import Span, has_escapes

MIN_DIGITS = 5  # of an account that is named as one ("Konto 12345"); others have more
ACCOUNT_DIGITS = 9  # from here on digits are an account
PHONE_DIGITS = 7  # from here on digits are a telephone number, unless they are a date or an amount
_MIN_CARD = 14


# Letters of Cyrillic and Greek that look like Latin ones, as another keyboard writes them into an IBAN.
_LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "ABESIJKMHOPCTYXabesijkmhopctyxABEZHIKMNOPTYXo",
        strict=True,
    )
)


class _FlatForms(dict[int, str]):
    """What a character is in a flat copy, by its code point; worked out once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = _LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character)
        if (digit := unicodedata.digit(character, None)) is not None:  # also those in circles and brackets
            plain = str(digit)
        elif unicodedata.category(character) == "Pd" or character == "\u2212":
            plain = "-"
        letter = self[code] = plain if len(plain) == 1 else character
        return letter


_FLAT = _FlatForms()


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
    whole = "\0".join([text or "" for text in texts])
    places = _with_enough_digits(texts, whole, phones=phones)
    for hides in (has_at, has_escapes) if phones else (has_escapes,):
        if hides(whole):
            places = sorted({*places, *(place for place, text in enumerate(texts) if text and hides(text))})
    return places


def _with_enough_digits(texts: Sequence[str | None], whole: str, *, phones: bool) -> list[int]:
    """The places of the texts that have the digits of a number that is searched for."""
    digits = whole.encode("utf-8", "replace").translate(None, _NO_DIGITS_NOR_ZERO)
    if len(digits) - len(texts) + 1 < MIN_DIGITS:
        return []
    counts = list(map(len, digits.split(b"\0")))
    if len(counts) != len(texts):  # a text holds the separator
        return list(range(len(texts)))
    most = max(counts)
    has_word = most >= MIN_DIGITS and _names_account(whole)
    least = MIN_DIGITS if has_word else PHONE_DIGITS if phones else ACCOUNT_DIGITS
    plain = not (phones or has_word or most >= _MIN_CARD) and whole.isascii()
    if most < least or (plain and not _IBAN_LETTERS.search(whole)):
        return []
    places = [place for place, count in enumerate(counts) if count >= least]
    return places if phones else [each for each in places if _may_be_account(texts[each] or "", counts[each], has_word)]


def may_hold_any(text: str) -> bool:
    """Whether a text may hold private data of any kind; quick, and true of few names."""
    return digits_at_most(text) >= MIN_DIGITS or has_at(text) or has_escapes(text)


def _may_be_account(text: str, digits: int, has_word: bool) -> bool:
    """Whether a text of so many digits has to be searched for accounts: not a plain number, say. `has_word`: it may
    hold a word for one.
    """
    if digits >= _MIN_CARD or (has_word and _names_account(text)):
        return True
    return digits >= ACCOUNT_DIGITS and len(text) >= _MIN_IBAN and bool(_iban_starts(_reduced(flat(text))))


# Two letters and two digits, whatever stands between them: every IBAN holds them.
_IBAN_LETTERS = re.compile(r"[A-Za-z][^A-Za-z0-9\0]*[A-Za-z][^A-Za-z0-9\0]*\d[^A-Za-z0-9\0]*\d")
# What people put between the digits of a number. A comma or colon with a blank ends it, as in a list or before a time.
_GAP = r"(?:[ ./_|\\·•*+'’~=&\"\u0300-\u036f\u20e3-]{0,3}|[,;:])"
# An account or bank code that is named as one, also with a few words between.
_ACCOUNT = (
    r"(?:bank|giro|spar(?:kassen)?|haupt|gehalts|privat|geschäfts|firmen|gemeinschafts|tages?geld|festgeld|kredit)?"
    r"(?:IBAN|Konto(?:nummern?|nr|verbindung)?|Kto(?:nr)?|BLZ|Bankleitzahl|Bankverbindung|Sparbuch"
    r"|account[ -](?:number|no)|sort[ -]?code|bank[ -]code)"
)
_FILLER = (
    r"Nr|Nummern?|no|number|is|ist|lautet|auf|wie|folgt|jetzt|neue?|alte?|bei|der|die|das|Sparkasse|Volksbank"
    r"|Postbank|Bank|\d(?=[.:)])"
)
_CALLED_ACCOUNT = re.compile(
    rf"(?<![^\W\d_]){_ACCOUNT}(?:[\W_]{{0,4}}(?:{_ACCOUNT}|{_FILLER})(?![^\W\d_])){{0,6}}[\W_]{{0,4}}"
    rf"(?!\d\d?\.\s?\d\d?\.)(?P<number>\d(?:{_GAP}\d){{4,29}})"
    # "account" alone is often one of another kind, with a short number
    rf"|(?<![^\W\d_])(?:accounts?|acct|a/c)[\s.:#=-]{{0,3}}(?P<other>\d(?:{_GAP}\d){{7,29}})",
    re.IGNORECASE,
)
_ACCOUNT_WORDS = ("iban", "konto", "kto", "blz", "bank", "acc", "a/c", "sort", "sparbuch")
"""Each match of _CALLED_ACCOUNT contains one of these, in lower case."""
_OTHER_LETTERS = re.compile("[^\0-\u024f\u2000-\u20cf]")  # among them those that look like Latin ones
_LONG_NUMBER = re.compile(r"\d(?:[\W_]{0,3}\d){13,}")
_GROUP = re.compile(r"\d+")
# How cards of so many digits begin (Visa, Mastercard, American Express, Diners Club, Maestro, UnionPay). A telephone
# number has at most 15 digits, and none of so many begins with 34 or 37.
_CARDS = {14: re.compile("3[068]"), 15: re.compile("3[47]"), 16: re.compile("[3-6]|2[2-7]"), 19: re.compile("6")}
_CARD_GROUP = 4  # digits of a group; these are in others
_OTHER_GROUPS = {(4, 6, 5), (4, 6, 4), (2, 4, 4, 4, 4, 2)}
_BARE_IBAN = 20  # digits of a German one without its letters

_IBAN_BEGINS = re.compile(r"[A-Za-z]{2}\d\d")
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        **{15: "NO", 16: "BE", 18: "DK FI FO GL NL SD FK", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK"},
        **{21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL"},
        **{24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM"},
        **{28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC"},
        **{32: "LC", 33: "RU"},
    }.items()
    for country in countries.split()
}  # the registry of ISO 13616
_AS_NUMBERS = {ord(letter): str(int(letter, 36)) for letter in string.ascii_uppercase}
_MIN_IBAN = min(_IBAN_LENGTHS.values())
_MAX_GAP, _MAX_DOUBTFUL_GAP = 5, 3  # characters between two of an IBAN whose check digits are right, or wrong
_BEFORE_IBAN = re.compile("(?:iban|konto|kto|nr|nummer|is|ist|lautet)$", re.IGNORECASE)
_MISTYPED_DIGITS = (18, 20)  # of a German IBAN whose check digits are wrong, or that lacks some
_MISTYPED = re.compile(r"[A-Z]{2}\d\d(?:[A-Z]{4})?\d{9,}")  # any other whose check digits are wrong


def _names_account(text: str) -> bool:
    """Whether a text may hold a word for an account."""
    letters = (flat(text) if not text.isascii() and _OTHER_LETTERS.search(text) else text).lower()
    return any(map(letters.__contains__, _ACCOUNT_WORDS))


def accounts(text: str) -> list[Span]:
    """The accounts and cards in a flat text, in order, none within another."""
    digits = digits_at_most(text)
    if digits < MIN_DIGITS:
        return []  # true of most remarks
    ibans = list(_ibans(text)) if digits >= ACCOUNT_DIGITS else []
    for start, end in ibans:  # mostly, nothing else is left
        text = text[:start] + "\0" * (end - start) + text[end:]
        digits = digits_at_most(text)
    if digits < MIN_DIGITS:
        return ibans
    matches = _CALLED_ACCOUNT.finditer(text) if _names_account(text) else ()
    by_word = [Span(*match.span("number" if match["number"] else "other")) for match in matches]
    cards = _cards(text) if digits >= _MIN_CARD else ()
    return _apart([*ibans, *by_word, *cards])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The same in order; those that overlap are one."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart


class _Extract(NamedTuple):
    """The letters and digits of a text, and the place of each in it."""

    text: str
    places: list[int]

    def end(self, start: int, count: int, gap: int) -> int:
        """Where `count` characters from `start` on end; 0 if there are fewer, or more than `gap` between two."""
        places = self.places[start : start + count]
        if len(places) < count:
            return 0
        together = places[-1] - places[0] == count - 1
        near = together or max(after - before for before, after in pairwise(places)) - 1 <= gap
        return places[-1] + 1 if near else 0

    def begins_word(self, start: int) -> bool:
        """Whether no letter or digit stands directly before."""
        return not start or self.places[start] - self.places[start - 1] > 1

    def ends_word(self, end: int) -> bool:
        """Whether none stands directly behind the character before `end`."""
        return end >= len(self.places) or self.places[end] - self.places[end - 1] > 1


def _reduced(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def _iban_starts(letters: str) -> list[int]:
    """Where IBANs may begin among letters and digits: with the code of a country, and mostly digits."""
    return [
        match.start()
        for match in _IBAN_BEGINS.finditer(letters)
        if (length := _IBAN_LENGTHS.get(match[0][:2].upper()))
        and digits_at_most(letters[match.start() : match.start() + length]) >= ACCOUNT_DIGITS
    ]


def _ibans(text: str) -> Iterator[Span]:
    letters = _reduced(text)
    if not (starts := _iban_starts(letters)):
        return
    places = [place for place, character in enumerate(text) if character.isalnum()]
    extract, behind = _Extract(letters, places), 0
    for start in starts:
        if start >= behind and (count := _iban_at(extract, start)):
            behind = start + count
            yield Span(places[start], places[behind - 1] + 1)


def _iban_at(extract: _Extract, start: int) -> int:
    """How many letters and digits the IBAN has that begins at `start`; 0 if none begins there."""
    country = extract.text[start : start + 2].upper()
    length = _IBAN_LENGTHS[country]
    if _valid_iban(extract.text[start : start + length], length) and extract.end(start, length, _MAX_GAP):
        return length
    return _mistyped_german(extract, start) if country == "DE" else _mistyped(extract, start, length)


def _mistyped(extract: _Extract, start: int, length: int) -> int:
    """The same of one of another country with a mistake in it: whole, in capitals, with no gap in its first four."""
    compact = extract.text[start : start + length]
    if not (extract.begins_word(start) and _MISTYPED.fullmatch(compact)):
        return 0
    near = extract.end(start, 4, 0) and extract.end(start, length, _MAX_DOUBTFUL_GAP)
    return length if near and extract.ends_word(start + length) else 0


def _mistyped_german(extract: _Extract, start: int) -> int:
    """The same of a German IBAN with a mistake in it."""
    if not (extract.begins_word(start) or _BEFORE_IBAN.search(extract.text[max(0, start - 8) : start])):
        return 0
    least, most = _MISTYPED_DIGITS
    rest = extract.text[start + 2 : start + 2 + most]
    digits = len(rest) - len(rest.lstrip("0123456789"))
    if digits < least or not extract.end(start, 2 + digits, _MAX_DOUBTFUL_GAP):
        return 0
    count = 2 + digits
    while not extract.ends_word(start + count) and extract.text[start + count].isdecimal():
        count += 1
    return count


def _valid_iban(compact: str, length: int) -> bool:
    """Whether it is as long, mostly digits (unlike words), and has valid check digits (ISO 7064)."""
    if len(compact) != length or not compact.isascii() or digits_at_most(compact) < ACCOUNT_DIGITS:
        return False
    return int((compact[4:] + compact[:4]).upper().translate(_AS_NUMBERS)) % 97 == 1


def _cards(text: str) -> Iterator[Span]:
    """The cards in a flat text, and the German IBANs that lack their letters. Each is whole groups of digits."""
    for number in _LONG_NUMBER.finditer(text):
        groups = [Span(*group.span()) for group in _GROUP.finditer(text, *number.span())]
        behind = 0
        for first, group in enumerate(groups):
            if first >= behind and (count := _groups_of_one(text, groups[first:])):
                behind = first + count
                yield Span(group.start, groups[behind - 1].end)


def _groups_of_one(text: str, groups: Sequence[Span]) -> int:
    """How many groups of digits, from the first on, are one card or German IBAN; 0 if none."""
    digits = 0
    for count, group in enumerate(groups, 1):
        digits += group.end - group.start
        if digits > _BARE_IBAN:
            return 0
        if digits in _CARDS or digits == _BARE_IBAN:
            parts = groups[:count]
            if _is_one(text, parts) and _is_account("".join([text[part.start : part.end] for part in parts])):
                return count
    return 0


def _is_account(digits: str) -> bool:
    """Whether digits are those of a card, or of a German IBAN without its letters."""
    begins = _CARDS.get(len(digits))
    is_card = begins is not None and begins.match(digits) is not None and _luhn(digits)
    return is_card or _valid_iban(f"DE{digits}", _BARE_IBAN + 2)


def _is_one(text: str, groups: Sequence[Span]) -> bool:
    """Whether groups of digits are one number, as on cards: dates and other numbers side by side are none."""
    sizes = tuple(group.end - group.start for group in groups)
    even = len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0] <= _CARD_GROUP
    if not (len(sizes) == 1 or even or sizes in _OTHER_GROUPS):
        return False
    return not any(_LISTED.match(text, before.end, after.start) for before, after in pairwise(groups))


_LISTED = re.compile(r"[,;]\s")


def _luhn(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    doubles = (2 * value - 9 * (value > 4) for value in values[1::2])
    return (sum(values[::2]) + sum(doubles)) % 10 == 0


# Dates, periods and amounts are matched first, so that any other long number is a telephone number.
_NUMBERS = re.compile(
    r"""(?P<kept>
      (?<![\d.])(?:\d{1,2}\.?\s?-\s?)?(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?:\s?(?:19|20)\d\d|\d\d)?(?!\.?\d)
    | (?<!\d)(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)
    | (?<![\d/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)(?![\d/])
    | (?<!\d)(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d(?!\d)
    | (?<!\d)\d{1,2}[.:]\d\d\s?-\s?\d{1,2}[.:]\d\d(?!\.?\d)
    | (?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:[+-]\d\d:\d\d)?(?![\d:])
    | (?<![\d+(])[1-9]\d{0,2}(?:\.\d{3}){1,2}(?:,\d{1,2})?(?![\d.])
    | (?<![\d+(])[1-9]\d{0,2}(?:,\d{3}){1,2}(?:\.\d{1,2})?(?![\d,])
    | (?<![\d+(])[1-9]\d{0,8}(?:[.,]\d{1,2})?\s?(?:€|\$|EUR|Euro|USD|CHF)(?!\w)
    | (?:€|\$|\bEUR|\bUSD|\bCHF)\s?[1-9]\d{0,8}(?:[.,]\d{1,2})?(?![\d])
    )
    """
    # Brackets as gaps, too; a comma or colon without a blank is one as in any number.
    r"| (?<!\d)\+?\(?\d(?:(?:[ ./()_|\\·•*+'’~=&\"\#\u0300-\u036f\u20e3-]{0,3}|[,;:])\d){6,}+",
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
