"""Telephone numbers: however they are written, one number is one text, E.164 as digits without `+`.

The plan of each country comes from phonenumbers, Google's libphonenumber; it is imported with the first number that
needs it. A text is cleaned before it gets there, since that library reads letters as digits: to it "030 23125001 App.
12" is a valid number of somebody else.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dialler_mcp.domain.phone_flaws import REFUSALS, Flaw
from dialler_mcp.domain.text import without_marks
from dialler_mcp.words import WrongValue

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

HOME, HOME_REGION = "49", "DE"
"""The country of numbers that are written without one."""
MIN_ENDING = 6
"""Digits from which the end of a number identifies it; fewer fit too many numbers."""
CACHE_SIZE = 50_000

_MAX_DIGITS = 15  # ITU-T E.164
_SHORT = 6  # digits of a number that is dialled as it is: emergency calls, directory enquiries
_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(0\)")  # +49 (0)30 ...: the 0 is dialled within the country only
_KEEPS_ZERO = re.compile(r"\+?(?:00)?(?:39|378)0")  # +39 (0)6 ...: in Italy and San Marino the 0 is part of the number
_DECORATION = re.compile(r"[\s().\-/\u2010-\u2015\u2212]")
_BEFORE = re.compile(r"\A(?:[='\"\s]|tel:)+", re.IGNORECASE)  # what spreadsheets and links put before a number
_IN_BRACKETS_BEHIND = re.compile(r"(.*\d)\s*\((\d{1,6})\)", re.DOTALL)  # 030 23125001 (12)
_FIGURE = re.compile(r"([^.,]*\d)[.,]0+")
EXPONENT = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
BETWEEN = re.compile(r"\s*(?://|[;,|\n]|/|\b(?:oder|or|und|and)\b)\s*", re.IGNORECASE)
_APART = re.compile(rf"{BETWEEN.pattern}|[^\W\d_]+", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d+")
_MIN_FIGURE = 5
_MIN_BEFORE_EXTENSION = 8
_MIN_ONCE = 11  # digits of a number that surely is a whole one, with its country
_MAX_ENDING = 4  # digits after a slash that replace the last ones: 030 231250/251 are two numbers
_MIN_WHOLE = 9  # digits, with the country, from which a number before a slash is no area code any more
_NOT_CALLED = {
    "PREMIUM_RATE": "premium",
    "SHARED_COST": "shared_cost",
    "PERSONAL_NUMBER": "personal",
}
# Numbers that regulators keep free for films and the plans do not know: Ofcom, ARCEP, ComReg.
_FILM = re.compile(r"447700900\d{3}|3363998\d{4}|3532091\d{5}")
_GERMAN_MOBILE = re.compile("1[5-7]")


class Reading(NamedTuple):
    """What a text says: the number, as far as one can be made out, and what keeps it from being dialled.

    `unlisted`: a landline that its country's plan does not know; it may exist all the same.
    """

    number: str | None
    flaw: Flaw | None = None
    unlisted: bool = False


def stored(text: str) -> str:
    """The digits that the dialler stores for a number in any usual notation.

    Raises:
        WrongValue: it cannot be dialled; says why, without the number.
    """
    reading = read(text)
    if reading.flaw or not reading.number:
        raise WrongValue(REFUSALS[reading.flaw or Flaw.letters])
    return reading.number


def normal(text: str) -> str:
    """The number that a record means, in the form in which the dialler should have stored it; else the text itself."""
    if _is_plain(text):
        return text
    return read(text).number or text


def flaw_of(number: str) -> Flaw | None:
    """What is wrong with a number as it is stored in a record."""
    reading = read(number)
    if reading.flaw is None and reading.number != number:
        return Flaw.country if number.startswith("0") and not number.startswith("00") else Flaw.form
    return reading.flaw


def usual_form() -> str:
    """A regular expression of stored numbers that have no flaw: mobile numbers and landlines of `HOME`, by far the most
    in a list. Others may have none, either.
    """
    return HOME + _usual_national()


def _usual_national() -> str:
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(HOME_REGION)
    mobile = plan and plan.mobile and plan.mobile.national_number_pattern
    landline = r"(?:[2356]\d|4[0-8])\d{4,10}|[7-9][1-9]\d{5,11}"  # behind another 49 there may be a whole number
    return rf"(?:{mobile or '1$'}|{landline})"


@lru_cache(CACHE_SIZE)
def read(text: str, region: str = HOME_REGION) -> Reading:
    """The number that a text is, in national or international notation; one without a country is of the region."""
    if region == HOME_REGION and (usual := usual_numbers([text])[0]):
        return Reading(usual)
    notation = as_written(text)
    if EXPONENT.fullmatch(notation):
        return Reading(None, Flaw.figure)
    if (digits := of_figure(notation)) is not None:
        reading = read(digits, region)
        return Reading(None if reading.flaw else reading.number, Flaw.figure)
    if extended := _with_extension(notation):
        return Reading(read(extended, region).number, Flaw.extension)
    if any(map(str.isalpha, BETWEEN.sub("", notation))):
        return Reading(None, Flaw.letters)
    if _are_several(notation):
        return Reading(None, Flaw.several)
    digits = bare_digits(notation)
    if not _NUMBER.fullmatch(digits):
        return Reading(None, Flaw.letters)
    if len(digits) <= _SHORT and digits[0] not in "+0":
        return Reading(None, Flaw.emergency if _is_emergency(digits, region) else Flaw.short)
    return _of_digits(digits, region)


_USUAL_TEXT = r"(?:\+|00)?[\d(][\d ()\-]{7,}|0\d{2,5} ?/ ?\d[\d \-]{5,}"
_UNUSUAL = re.compile(rf"^(?:(?!(?:{_USUAL_TEXT})$).+|.+\))$", re.ASCII | re.MULTILINE)
_WITH_TRUNK_ZERO = re.compile(r"^.*\(0\).*$", re.MULTILINE)
_SIGNS = str.maketrans("", "", " ()-/")


def usual_numbers(texts: Sequence[str]) -> list[str | None]:
    """The numbers of texts of `HOME_REGION` that need no second look: landlines and mobile numbers that the plan knows,
    with the usual signs between their digits; None for other texts. A shortcut for lists, which looks at all of them
    together: it says nothing that a closer look would not.
    """
    lines = "\n".join(texts)
    if lines.count("\n") >= len(texts):
        lines = "\n".join(text.replace("\n", "|") for text in texts)
    if "(0)" in lines:
        lines = _WITH_TRUNK_ZERO.sub("", lines)
    numbers = _usual_lines().findall(_UNUSUAL.sub("", lines).translate(_SIGNS)) if texts else []
    return [HOME + number if number else None for number in numbers]


@cache
def _usual_lines() -> re.Pattern[str]:
    """Any line of digits; its group is the number without its country, if that is a usual one."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(HOME_REGION)
    landlines = plan and plan.fixed_line and plan.fixed_line.national_number_pattern
    national = rf"(?={_usual_national()}$)(?:1\d+|{landlines or '1$'})"
    return re.compile(rf"^(?:(?:\+|00)?{HOME}|0)({national})$|^.*$", re.ASCII | re.MULTILINE)


def _visible(text: str) -> str:
    """The text without what nobody sees, its letters and digits as ASCII has them, as far as it does. A raised digit is
    none of the number: it marks a footnote.
    """
    if text.isascii() and text.isprintable():
        return text
    characters = "".join(c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in text)
    return without_marks("".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in characters))


def as_written(text: str) -> str:
    """The text as it is read: without what nobody sees, and what spreadsheets and links put around a number."""
    visible = _visible(text)
    bare = _BEFORE.sub("", visible, count=1).strip()
    return bare.rstrip("\"' ") if bare != visible else bare


def _with_extension(notation: str) -> str | None:
    """The whole number behind which digits in brackets stand, another's or its own extension; None in other texts."""
    behind = _IN_BRACKETS_BEHIND.fullmatch(notation)
    return behind[1] if behind and len(_DECORATION.sub("", behind[1])) >= _MIN_BEFORE_EXTENSION else None


def of_figure(notation: str) -> str | None:
    """The digits that a spreadsheet took for an amount, `4930231250.0` or `+49 30 231250.0`; None in other texts."""
    figure = _FIGURE.fullmatch(notation)
    return figure[1] if figure and len(_DECORATION.sub("", figure[1])) >= _MIN_FIGURE else None


def bare_digits(notation: str) -> str:
    """A number without the signs between its digits, and without the zero that is dialled within its country only."""
    digits = _DECORATION.sub("", notation)
    return digits if _KEEPS_ZERO.match(digits) else _DECORATION.sub("", _TRUNK_ZERO.sub("", notation))


def _are_several(notation: str) -> bool:
    parts = [_DECORATION.sub("", part) for part in BETWEEN.split(notation)]
    return len(parts) > 1 and (sum(len(part) > _SHORT for part in parts) > 1 or _has_other_ending(notation))


def _has_other_ending(notation: str) -> bool:
    """Whether the last digits of a whole number are followed by others in their place: `030 231250/251`."""
    whole, slash, ending = notation.rpartition("/")
    if not slash or len(_DECORATION.sub("", ending)) > _MAX_ENDING:
        return False
    reading = read(whole)
    return reading.flaw is None and len(reading.number or "") >= _MIN_WHOLE


def _of_digits(digits: str, region: str) -> Reading:
    """Of digits, with or without `+`, `00`, `0` before them."""
    import phonenumbers

    is_markless = digits[0] not in "+0" and has_trunk_zero(region)
    international = is_markless or digits[0] == "+" or digits.startswith("00")
    bare = digits.removeprefix("+").removeprefix("00") if international else digits
    try:
        number = phonenumbers.parse(f"+{bare}" if international else bare, region)
    except phonenumbers.NumberParseException as error:
        flaws = {error.TOO_SHORT_AFTER_IDD: Flaw.short, error.TOO_SHORT_NSN: Flaw.short, error.TOO_LONG: Flaw.long}
        return Reading(None, flaws.get(error.error_type, Flaw.country))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    return _judged(number, e164, bare if is_markless else "", region)


def has_trunk_zero(region: str) -> bool:
    """Whether people of a region write a 0 before a number that has no country, so that others have a country."""
    if region == HOME_REGION:
        return True
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(region)
    return plan is None or plan.national_prefix == "0"


def _judged(number: "PhoneNumber", e164: str, digits: str, region: str) -> Reading:
    """What keeps a number from being dialled; `digits` are empty unless nothing marks them as international."""
    import phonenumbers
    from phonenumbers import PhoneNumberType, ValidationResult

    is_german = number.country_code == int(HOME)
    # A country that the digits only seem to begin with.
    without_country = bool(digits) and number.country_code != phonenumbers.country_code_for_region(region)
    possible = phonenumbers.is_possible_number_with_reason(number)
    length = len(f"{number.country_code}{number.national_number}")
    if possible == ValidationResult.TOO_LONG or length > _MAX_DIGITS:
        return Reading(e164, Flaw.long)
    kept_zero = number.italian_leading_zero and is_german  # too short to be taken for a prefix
    if possible != ValidationResult.IS_POSSIBLE or length <= _SHORT or kept_zero:
        return Reading(e164, Flaw.country if without_country else Flaw.short)
    if digits.startswith("1") and region == HOME_REGION and _is_mobile_at_home(digits):
        return Reading(e164, Flaw.ambiguous)
    kind = phonenumbers.number_type(number)
    if (service := _NOT_CALLED.get(PhoneNumberType.to_string(kind))) is not None:
        return Reading(e164, Flaw(service))
    is_listed = kind != PhoneNumberType.UNKNOWN or _FILM.fullmatch(e164) is not None
    if is_german and (once := _with_country_once(e164, is_listed=is_listed)):
        return Reading(once, Flaw.twice)
    if is_listed:
        return Reading(e164)
    # Landlines of Germany have no fixed length: those that the plan does not know may exist all the same.
    national = str(number.national_number)
    if is_german and not national.startswith("1"):
        return Reading(e164, unlisted=True)
    known_length = not is_german or _GERMAN_MOBILE.match(national)
    return Reading(e164, Flaw.country if without_country else Flaw.unassigned if known_length else Flaw.doubtful)


def _with_country_once(number: str, *, is_listed: bool) -> str | None:
    """The number of `HOME` that remains where its country stands twice; None if it is none, or this one may well exist:
    no landline is as long as a mobile number behind another 49.
    """
    once = number.removeprefix(HOME)
    if not once.startswith(HOME) or len(once) < _MIN_ONCE:
        return None
    if is_listed and not _GERMAN_MOBILE.match(once, len(HOME)):
        return None
    reading = _of_digits(f"+{once}", HOME_REGION)
    return None if reading.flaw or reading.unlisted else reading.number


def _is_emergency(digits: str, region: str) -> bool:
    import phonenumbers

    return phonenumbers.is_emergency_number(digits, region)


def _is_mobile_at_home(digits: str) -> bool:
    import phonenumbers

    number = phonenumbers.parse(digits, HOME_REGION)
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def _is_plain(number: str) -> bool:
    """Whether a stored number needs no second look: digits of home without a zero before them."""
    if not (number.startswith(HOME) and number.isascii() and number.isdigit() and len(number) > 8):
        return False
    return number[2] != "0" and not number.startswith(HOME, 2)


class NumberQuery(NamedTuple):
    """The numbers that a person may mean: any of `full`, or any that ends in `ending` unless that is empty."""

    full: frozenset[str]
    ending: str

    def fits(self, number: str) -> bool:
        return number in self.full or bool(self.ending and number.endswith(self.ending))


def wanted(text: str) -> NumberQuery | None:
    """The numbers that a text may mean, with or without country and area code; None if it is not a number."""
    plain = as_written(text)
    bare = bare_digits(of_figure(plain) or plain)
    international = bare.startswith(("+", "00"))
    digits = bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and MIN_ENDING <= len(digits) <= 16):
        return None
    if international:
        return NumberQuery(frozenset({normal(f"+{digits}").removeprefix("+")}), "")
    national = digits.removeprefix("0")
    full = {HOME + national} if digits.startswith("0") else {normal(national), national, HOME + national}
    return NumberQuery(frozenset(full), national if len(national) >= MIN_ENDING else "")


def meant(text: str) -> frozenset[str]:
    """All numbers that what a record holds may mean, for a suspicion: several in one field, with words around them, or
    without the zero that a spreadsheet dropped.
    """
    if _is_plain(text):
        return frozenset((text,))
    reading = read(text)
    parts = _APART.split(text) if reading.flaw in (Flaw.letters, Flaw.several) else [text]
    readings = [one.full for one in map(wanted, parts) if one]
    return frozenset((reading.number,) if reading.number else ()).union(*readings)
