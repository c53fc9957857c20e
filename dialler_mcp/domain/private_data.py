"""Where private data stand in a text, however they are spelled: accounts, cards, telephone numbers.

The search runs on a copy of the same length in which digits and letters of any script or width are plain ones, and
hyphens of any kind are "-" (`flat`). IBANs (`domain/ibans.py`) are searched for in that copy reduced to letters and
digits, so that no character between them hides one. `domain/privacy.py` masks what is found here.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dialler_mcp.domain.addresses import has_at
from dialler_mcp.domain.escapes import Span, has_escapes
from dialler_mcp.domain.flat import NO_DIGITS, digits_at_most, flat
from dialler_mcp.domain.ibans import ACCOUNT_DIGITS, blanked, ibans, is_valid, may_hold_iban
from dialler_mcp.domain.text import is_western, may_hide

MIN_DIGITS = 5  # of an account that is named as one ("Konto 12345"); others have more
PHONE_DIGITS = 7  # from here on digits are a telephone number, unless they are a date or an amount
_MIN_CARD, _MAX_CARD = 14, 19
_MAX_CALLED = 40  # characters of the word for a card, with what follows it
_NO_DIGITS_NOR_ZERO = NO_DIGITS.replace(b"\0", b"")


def doubtful(texts: Sequence[str | None], *, phones: bool) -> list[int]:
    """Which of many texts have to be searched: the places of those that may hold private data. Hardly any do, so most
    of the work is done on all texts at once.

    `phones`: telephone numbers and e-mail addresses are private, too.
    """
    if not any(texts):
        return []
    whole = "\0".join([text or "" for text in texts])
    if whole.count("\0") != len(texts) - 1:  # a text holds the separator
        return [place for place, text in enumerate(texts) if text]
    places = _with_enough_digits(texts, whole, phones=phones)
    spaced = whole.replace("\0", " ")
    for hides in (_has_at, has_escapes, may_hide) if phones else (has_escapes, may_hide):
        if hides(spaced):
            places = sorted({*places, *(place for place, text in enumerate(texts) if text and hides(text))})
    return places


def _with_enough_digits(texts: Sequence[str | None], whole: str, *, phones: bool) -> list[int]:
    """The places of the texts that have the digits of a number that is searched for."""
    digits = whole.encode("utf-8", "replace").translate(None, _NO_DIGITS_NOR_ZERO)
    if len(digits) - len(texts) + 1 < MIN_DIGITS:
        return []
    counts = list(map(len, digits.split(b"\0")))
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
    return digits_at_most(text) >= MIN_DIGITS or _has_at(text) or has_escapes(text) or may_hide(text)


def _has_at(text: str) -> bool:
    return has_at(_plain(text))


def _plain(text: str) -> str:
    """A flat copy, if a text holds letters that look like others: most texts hold none."""
    return flat(text) if not is_western(text) and _OTHER_LETTERS.search(text) else text


def _may_be_account(text: str, digits: int, has_word: bool) -> bool:
    """Whether a text of so many digits has to be searched for accounts: not a plain number, say. `has_word`: it may
    hold a word for one.
    """
    if digits >= _MIN_CARD or (has_word and _names_account(text)):
        return True
    return digits >= ACCOUNT_DIGITS and may_hold_iban(flat(text), digits)


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
    r"|Postbank|Bank|von|für|lautend|(?:Frau|Herrn?)\s[^\W\d_]{2,30}+|\d(?=[.:)])"
)
_CALLED_ACCOUNT = re.compile(
    rf"(?<![^\W\d_]){_ACCOUNT}(?:[\W_]{{0,4}}(?:{_ACCOUNT}|{_FILLER})(?![^\W\d_])){{0,6}}[\W_]{{0,4}}"
    rf"(?!\d\d?\.\s?\d\d?\.)(?P<number>\d(?:{_GAP}\d){{4,29}})"
    # "account" alone is often one of another kind, with a short number
    rf"|(?<![^\W\d_])(?:accounts?|acct?|a/c)[\s.:#=-]{{0,3}}(?P<other>\d(?:{_GAP}\d){{7,29}})",
    re.IGNORECASE,
)
_ACCOUNT_WORDS = ("iban", "konto", "kto", "blz", "bank", "acc", "a/c", "sort", "sparbuch")
"""Each match of _CALLED_ACCOUNT contains one of these, in lower case."""
_OTHER_LETTERS = re.compile("[^\0-\u024f\u2000-\u20cf]")  # among them those that look like Latin ones
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[\W_]{0,3}+\d){13,}+")
_GROUP = re.compile(r"\d+")
_CALLED_CARD = re.compile(
    r"(?:karte|card|visa|amex|american express|diners)[\W_]*(?:(?:nr|no|nummer|number)[\W_]*)?$", re.IGNORECASE
)
# How cards of so many digits begin (Visa, Mastercard, American Express, Diners Club, Maestro, UnionPay). A telephone
# number has at most 15 digits, and none of so many begins with 34 or 37.
_CARDS = {14: re.compile("3[068]"), 15: re.compile("3[47]"), 16: re.compile("[3-6]|2[2-7]"), 19: re.compile("6")}
_CARD_GROUP = 4  # digits of a group; these are in others
_OTHER_GROUPS = {(4, 6, 5), (4, 6, 4), (2, 4, 4, 4, 4, 2)}
_BARE_IBAN = 20  # digits of a German one without its letters


def _names_account(text: str) -> bool:
    """Whether a text may hold a word for an account."""
    return _names_one(_plain(text))


def _names_one(text: str) -> bool:
    """The same of a flat text."""
    return any(map(text.lower().__contains__, _ACCOUNT_WORDS))


def accounts(text: str) -> list[Span]:
    """The accounts and cards in a flat text, in order, none within another."""
    digits = digits_at_most(text)
    if digits < MIN_DIGITS:
        return []  # true of most remarks
    spans = ibans(text) if digits >= ACCOUNT_DIGITS else []
    if spans:  # mostly, nothing else is left
        text = blanked(text, spans)
        digits = digits_at_most(text)
    if digits < MIN_DIGITS:
        return sorted(spans)
    matches = _CALLED_ACCOUNT.finditer(text) if _names_one(text) else ()
    by_word = [Span(*match.span("number" if match["number"] else "other")) for match in matches]
    cards = _cards(text) if digits >= _MIN_CARD else ()
    return _apart([*spans, *by_word, *cards])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The same in order; those that overlap are one."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart


def _cards(text: str) -> Iterator[Span]:
    """The cards in a flat text, and the German IBANs that lack their letters. Each is whole groups of digits."""
    for number in _LONG_NUMBER.finditer(text):
        is_called_card = _CALLED_CARD.search(text, max(0, number.start() - _MAX_CALLED), number.start())
        if is_called_card and digits_at_most(number[0]) <= _MAX_CARD:
            yield Span(*number.span())
            continue
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
    return is_card or is_valid(f"DE{digits}", _BARE_IBAN + 2)


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
_SURE_NUMBER = re.compile(r"(?:\(?(?:\+|00?[1-9])[\d ./()_-]|49[1-9])[\d ./()_-]{7,}")


def numbers(text: str) -> list[Span]:
    """The telephone numbers in a flat text. It errs on the side of hiding: any other long number is taken for one."""
    if digits_at_most(text) < PHONE_DIGITS:
        return []
    return [Span(*match.span()) for match in _NUMBERS.finditer(text) if match["kept"] is None]


def is_surely_a_number(text: str) -> bool:
    """Whether a flat text is a telephone number with its country or area code, and nothing else."""
    return _SURE_NUMBER.fullmatch(text) is not None
