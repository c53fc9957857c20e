"""IBANs in a flat text, however they are spelled: in groups, with anything between them, with a mistake."""

import re
import string
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from dialler_mcp.domain.escapes import Span
from dialler_mcp.domain.flat import digits_at_most

ACCOUNT_DIGITS = 9  # from here on digits are an account
_BEGINNING = re.compile(r"[A-Za-z]{2}\d\d")
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
_OF_DIGITS = "AE AT BA BE CR CZ DE DK EE ES FI FO GL HR HU IL IS LT LY ME NO PL PT RS SE SI SK TL TN XK"
"""All IBANs of these countries consist of digits."""
_AS_NUMBERS = {ord(letter): str(int(letter, 36)) for letter in string.ascii_uppercase}
_MIN_IBAN = min(_IBAN_LENGTHS.values())
_MAX_GAP, _MAX_DOUBTFUL_GAP = 5, 3  # characters between two of an IBAN whose check digits are right, or wrong
_BEFORE_IBAN = re.compile("(?:iban|konto|kto|nr|nummer|is|ist|lautet)$", re.IGNORECASE)
_MISTYPED_DIGITS = (18, 20)  # of a German IBAN whose check digits are wrong, or that lacks some
_MISTYPED = re.compile(r"[A-Z]{2}\d\d(?:[A-Z]{4})?\d{9,}")  # any other whose check digits are wrong


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


_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())


def _reduced(text: str) -> str:
    """The letters and digits of a text."""
    letters = text.encode("utf-8", "surrogatepass").translate(None, _SIGNS).decode("utf-8", "surrogatepass")
    return letters if letters.isalnum() else "".join(filter(str.isalnum, letters))  # the first alone is quick


def may_hold_iban(text: str, digits: int) -> bool:
    """Whether a flat text with so many digits may hold an IBAN; quick."""
    if len(text) < _MIN_IBAN:
        return False
    begins = _begins(letters := _reduced(text))
    if digits >= _MIN_WORDED_DIGITS:
        return bool(begins) or _CAPITALS.search(text) is not None
    return any(_is_mostly_digits(letters, start) for start in begins)


def ibans(text: str) -> list[Span]:
    """The IBANs in a flat text, none within another: those that no word interrupts, valid or mistyped, and valid ones
    with words between their groups.
    """
    letters = _reduced(text)
    begins = _begins(letters)
    spans = _whole(text, letters, [start for start in begins if _is_mostly_digits(letters, start)])
    return spans + _with_words(blanked(text, spans), {letters[start : start + 2] for start in begins})


def blanked(text: str, spans: list[Span]) -> str:
    """A text of the same length without these parts of it."""
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _begins(letters: str) -> list[int]:
    """Where the code of a country and two digits stand among letters and digits."""
    return [match.start() for match in _BEGINNING.finditer(letters) if match[0][:2].upper() in _IBAN_LENGTHS]


def _is_mostly_digits(letters: str, start: int) -> bool:
    length = _IBAN_LENGTHS[letters[start : start + 2].upper()]
    return digits_at_most(letters[start : start + length]) >= ACCOUNT_DIGITS


def _whole(text: str, letters: str, starts: list[int]) -> list[Span]:
    """Those that begin at one of these places among its letters and digits and have no words between their groups."""
    if not starts:
        return []
    places = [place for place, character in enumerate(text) if character.isalnum()]
    extract, behind, spans = _Extract(letters, places), 0, list[Span]()
    for start in starts:
        if start >= behind and (count := _iban_at(extract, start)):
            behind = start + count
            spans.append(Span(places[start], places[behind - 1] + 1))
    return spans


def _iban_at(extract: _Extract, start: int) -> int:
    """How many letters and digits the IBAN has that begins at `start`; 0 if none begins there."""
    country = extract.text[start : start + 2].upper()
    length = _IBAN_LENGTHS[country]
    if is_valid(extract.text[start : start + length], length) and extract.end(start, length, _MAX_GAP):
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


def is_valid(compact: str, length: int) -> bool:
    """Whether it is as long, mostly digits (unlike words), and has valid check digits (ISO 7064)."""
    if len(compact) != length or not compact.isascii() or digits_at_most(compact) < ACCOUNT_DIGITS:
        return False
    if compact[:2].upper() in _OF_DIGITS and not compact[2:].isdecimal():
        return False
    return int((compact[4:] + compact[:4]).upper().translate(_AS_NUMBERS)) % 97 == 1


# A country in capitals with its check digits, also with words before these.
_CAPITALS = re.compile(r"[A-Z]{2}(?<![^\W_]..)(?![^\W\d_])\D{0,30}?(?=\d)")
_MIN_WORDED_DIGITS = 12  # a Dutch one has so many
_RUN = re.compile(r"\d+|[^\W\d_]+")
_GOES_ON = re.compile(r"[.,/]\d")  # of a date or an amount
_MAX_WORDS = 40  # characters of the words between two groups
_MIN_WORDED_GROUP = 4  # digits of a group, unless all groups are alike


class _WordedIban(NamedTuple):
    """An IBAN with words between its groups: where it ends, and what it is without them."""

    end: int
    compact: str


def _with_words(text: str, countries: set[str]) -> list[Span]:
    """Those of these countries with words between their groups (`DE02 und 1203 …`), or of any that is in capitals."""
    if digits_at_most(text) < _MIN_WORDED_DIGITS:
        return []
    searches = [_CAPITALS, *map(_beginning, countries)]
    spans = list[Span]()
    for start in sorted({match.start() for search in searches for match in search.finditer(text)}):
        if (not spans or start >= spans[-1].end) and (iban := _worded_at(text, start)):
            spans.append(Span(start, iban.end))
    return spans


@cache
def _beginning(country: str) -> re.Pattern[str]:
    """The beginning of an IBAN of this country, written in this way; quicker than a search for all of them."""
    return re.compile(rf"{country}(?:(?<![^\W_]..)|(?i:(?<=iban..)|(?<=konto..)))[\W_]{{0,5}}(?=\d)")


def compact(text: str) -> str:
    """The letters and digits of an account; of an IBAN without the words between its groups."""
    letters = _reduced(text)
    if len(letters) == _IBAN_LENGTHS.get(letters[:2].upper()) or digits_at_most(text) < _MIN_WORDED_DIGITS:
        return letters
    iban = _worded_at(text, 0)
    return iban.compact if iban and iban.end == len(text) else letters


def _worded_at(text: str, start: int) -> _WordedIban | None:
    """The IBAN with words in it that begins at `start`, if one does."""
    if length := _IBAN_LENGTHS.get(text[start : start + 2].upper()):
        return _worded(text, start, length, capitals=False) or _worded(text, start, length, capitals=True)
    return None


def _worded(text: str, start: int, length: int, *, capitals: bool) -> _WordedIban | None:
    """The same as it is without its words: digits and, with `capitals`, the words that are in capitals."""
    kept, groups, end = text[start : start + 2], list[int](), start + 2
    for run in _RUN.finditer(text, end):
        if run.start() - end > _MAX_WORDS or len(kept) >= length:
            break
        if not (run[0].isdecimal() or (capitals and run[0].isascii() and run[0].isupper())):
            continue
        if groups and run.start() == end:
            groups[-1] += len(run[0])
        else:
            groups.append(len(run[0]))
        kept, end = kept + run[0], run.end()
    if not (is_valid(kept, length) and _are_groups_of_one(groups)) or _GOES_ON.match(text, end):
        return None
    return _WordedIban(end, kept)


def _are_groups_of_one(groups: list[int]) -> bool:
    """Whether groups may be those of one number: dates and telephone numbers side by side are in others. The check
    digits may stand alone or with the first group, and the last has what remains.
    """
    inner = groups[1:-1]
    return len(set(inner)) <= 1 or min(inner) >= _MIN_WORDED_GROUP
