"""The numbers in a cell of a list, as people write them there: two at once, with words around them, without the zero
that a spreadsheet dropped.

A cell is taken apart and its words are put aside; what a number is and whether it can be dialled, `domain/phones.py`
alone says. Nothing is guessed: what could be two numbers is left to a person.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.domain.phones import (
    CACHE_SIZE,
    EXPONENT,
    HOME_REGION,
    Reading,
    as_written,
    bare_digits,
    has_trunk_zero,
    of_figure,
    read,
)

_MIN_PART = 7  # digits from which a part of a cell is a number by itself
_MIN_WHOLE = 9  # digits, with the country, of a whole number on both sides of a single slash
_MAX_EXTENSION = 6
_PLAIN = re.compile(r"[+\d][\d ().\-]*")
_HARD = re.compile(r"//|[;|\n]|,(?![^()]*\))|\b(?:oder|or|und|and)\b", re.IGNORECASE)
_LETTER = r"[^\W\d_]"
_IN_BRACKETS = re.compile(rf"[(\[]([^()\[\]]*{_LETTER}[^()\[\]]*)[)\]]")
_EXTENSION = re.compile(
    rf"(?<!{_LETTER})((?:app(?:arat)?|durchwahl|dw|ext(?:ension)?|nst|nebenstelle|klappe)\b[.:]?\s*\d{{1,{_MAX_EXTENSION}}})\s*$",
    re.IGNORECASE,
)
_GLUED = re.compile(rf"({_LETTER}+[.:]+)(?=[\d+(])")  # Tel.:030 ...
_WORD = re.compile(rf"(?:{_LETTER}{{2,}}(?:[-/.&]{_LETTER}+)*[.:]*|{_LETTER}[.:]+|[-–:&])")
_FAX = re.compile(r"\b(?:tele)?fax", re.IGNORECASE)
_MIN_SHOUTED = 4
_KNOWN = {
    *("privat", "dienst", "büro", "buero", "handy", "mobil", "festnetz", "telefon", "zentrale", "firma"),
    *("geschäftlich", "dienstlich", "mobile", "home", "work", "office", "cell", "phone", "telefax"),
}


class CellNumber(NamedTuple):
    """A number of a cell, or what stands in its place.

    `words` stood around it and are no part of it; `restored` says that its leading zero was missing and is put back;
    `unlisted` as in `phones.Reading`. A flaw with a number can be decided by a person: see `ASKED`.
    """

    number: str | None
    flaw: Flaw | None = None
    words: tuple[str, ...] = ()
    restored: bool = False
    unlisted: bool = False

    @property
    def asked(self) -> bool:
        """Whether a person must say what is meant; else a flaw means that it cannot be dialled."""
        return self.flaw in ASKED or (self.flaw is Flaw.figure and self.number is not None)


ASKED = frozenset((Flaw.ambiguous, Flaw.several, Flaw.doubtful, Flaw.twice, Flaw.extension, Flaw.fax))
_LOST_ZERO = frozenset((Flaw.country, Flaw.ambiguous))


@lru_cache(CACHE_SIZE)
def found_in(cell: str, region: str = HOME_REGION, *, figure: bool = False) -> tuple[CellNumber, ...]:
    """The numbers of a cell in their order; empty for an empty one. A `figure` is what a spreadsheet held as a number,
    so that a leading zero is lost for sure.
    """
    text = as_written(cell)
    if not text:
        return ()
    if EXPONENT.fullmatch(text) or of_figure(text) is not None:
        return (CellNumber(_of_figure(text, region), Flaw.figure),)
    if figure:
        return (_of_number(text, region) if text.isdecimal() else CellNumber(None, Flaw.figure),)
    reading = read(text, region)
    if reading.flaw is None or _PLAIN.fullmatch(text):
        return (_of_text(text, region, reading),)
    entries = [_of_part(part, region) for part in _parts(text, region)]
    numbers = [one for one in entries if one.number or one.flaw is not Flaw.letters]
    rest = tuple(word for one in entries if one not in numbers for word in one.words)
    return tuple([numbers[0]._replace(words=rest + numbers[0].words), *numbers[1:]] if numbers else entries[:1])


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _parts(text: str, region: str) -> list[str]:
    """The parts of a cell that hold a number each, or words alone. `030/231250` and `030, 23125001` stay whole."""
    parts = [part for part in map(str.strip, _HARD.split(text)) if part]
    if any(0 < _digits(part) < _MIN_PART for part in parts):
        return _at_slashes(text, region)
    return [piece for part in parts for piece in _at_slashes(part, region)]


def _at_slashes(part: str, region: str) -> list[str]:
    pieces = [piece for piece in map(str.strip, part.split("/")) if piece]
    numbers = [read(_worded(piece)[0], region) for piece in pieces]
    are_whole = all(one.flaw is None and len(one.number or "") >= _MIN_WHOLE for one in numbers)
    return pieces if len(pieces) > 1 and are_whole else [part]


def _of_part(part: str, region: str) -> CellNumber:
    rest, words, extension = _worded(part)
    if not _digits(rest):
        return CellNumber(None, Flaw.letters, words)
    entry = _of_text(rest, region, read(rest, region))._replace(words=words)
    if entry.flaw is None and extension:
        return entry._replace(flaw=Flaw.extension)
    return entry._replace(flaw=Flaw.fax) if entry.flaw is None and any(map(_FAX.match, words)) else entry


def _worded(part: str) -> tuple[str, tuple[str, ...], bool]:
    """A part without the words around its number, these words, and whether one of them is an extension."""
    words = [match.strip() for match in _IN_BRACKETS.findall(part)]
    part = _IN_BRACKETS.sub(" ", part)
    extension = _EXTENSION.search(part)
    if extension and _digits(part[: extension.start()]):
        words.append(extension[1])
        part = part[: extension.start()]
    tokens = _GLUED.sub(r"\1 ", part).split()
    first = next((place for place, token in enumerate(tokens) if not _is_word(token)), len(tokens))
    last = next((place for place in range(len(tokens), first, -1) if not _is_word(tokens[place - 1])), first)
    words = [*tokens[:first], *words, *tokens[last:]]
    labels = tuple(word for word in words if any(map(str.isalpha, word)))
    return " ".join(tokens[first:last]), labels, bool(extension and _digits(part))


def _is_word(token: str) -> bool:
    """Whether a token is a word beside a number. `XXXX` stands for digits, and `MUSTER` is dialled by its letters."""
    if not _WORD.fullmatch(token):
        return False
    letters = "".join(filter(str.isalpha, token)).casefold()
    if len(letters) > 1 and len(set(letters)) == 1:
        return False
    return not (token.isupper() and len(letters) >= _MIN_SHOUTED and letters not in _KNOWN)


def _of_text(text: str, region: str, reading: Reading) -> CellNumber:
    if reading.flaw in _LOST_ZERO:
        digits = bare_digits(text)
        if digits.isdecimal() and digits[0] != "0" and has_trunk_zero(region):
            return _restored(digits, region, reading)
    return CellNumber(reading.number, reading.flaw, unlisted=reading.unlisted)


def _of_number(digits: str, region: str) -> CellNumber:
    """Of a figure: its zero is lost, so what has another country by its first digits may be a number of the region."""
    reading = read(digits, region)
    national = read(f"0{digits}", region)
    if not has_trunk_zero(region) or (reading.flaw is None and reading.number and _is_of(region, reading.number)):
        return CellNumber(reading.number, reading.flaw, unlisted=reading.unlisted)
    if reading.flaw is None and (national.flaw or national.unlisted):
        return CellNumber(reading.number)
    if reading.flaw is None:
        return CellNumber(reading.number, Flaw.ambiguous)
    return _restored(digits, region, reading)


def _of_figure(text: str, region: str) -> str | None:
    """The number that a spreadsheet took for an amount, with its zero, as far as it can be made out."""
    digits = bare_digits(of_figure(text) or "")
    if not digits.isdecimal() or digits.startswith("0"):
        return read(text, region).number
    one = _of_number(digits, region)
    return None if one.flaw else one.number


def _restored(digits: str, region: str, reading: Reading) -> CellNumber:
    """A number whose zero is put back, if it can be no number of another country as well."""
    national, international = read(f"0{digits}", region), read(f"+{digits}", region)
    if national.flaw or national.unlisted:
        return CellNumber(reading.number, reading.flaw)
    if international.flaw is None:
        return CellNumber(reading.number, Flaw.ambiguous)
    return CellNumber(national.number, restored=True)


def _is_of(region: str, number: str) -> bool:
    from phonenumbers import country_code_for_region

    return number.startswith(str(country_code_for_region(region)))
