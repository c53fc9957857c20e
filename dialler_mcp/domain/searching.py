"""Whether a contact is the one that a person looks for: by number, name, key or ID, in any spelling."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum, StrEnum, auto
from functools import lru_cache
from typing import NamedTuple

from dialler_mcp.domain import phones
from dialler_mcp.domain.contact_state import phone_slots
from dialler_mcp.domain.fields import MAX_ID, Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.spelling import loose, one_slip, parts_of, plain, sound
from dialler_mcp.words import Words

CACHE_SIZE = 50_000  # names whose comparison is kept, as names repeat in a list
MIN_PREFIX = 3  # letters or digits of a prefix that counts as a match
MIN_TYPO = 4  # letters of a word in which a typing mistake is allowed

# Words that people put before a number or a key, and around a name, and that belong to neither.
_LABEL = re.compile(
    "tel|telefon|telefonnummer|fon|rufnummer|nummer|nr|phone|number|no|mobil|mobile|handy|handynummer|id|kontakt|contact"
    "|kunde|kundin|kundennummer|customer|userdata|referenz|referenznummer|reference|ref"
)
_TITLE = re.compile(
    "frau|herrn?|fräulein|familie|fam|mrs?|ms|miss|dr|prof|dipl|ing|med|firma|fa|kontakt|contact|kunde|kundin|customer"
    "|von|van|de|der|zu|und|and|gmbh|ag|kg|co|ug|ohg|mbh|ltd|llc"
)
_LABELLED = re.compile(r"([^\d+(]*[\s:.#])(\D{0,3}\d.*)")
_GAPS = re.compile(r"[\s,;]+")
_OPEN = tuple("aeiouyh")  # last letters of a word that ends in a vowel sound
_SEPARATORS = re.compile(r"[\W_]+")


class Grade(IntEnum):
    """How well something fits; smaller is better."""

    exact = auto()
    normalised = auto()
    prefix = auto()
    phonetic = auto()
    typo = auto()


class MatchPart(StrEnum):
    """The part of a contact that fits."""

    id = auto()
    number = auto()
    user_data = auto()
    reference = auto()
    person = auto()
    company = auto()
    city = auto()  # tells people apart, but is not a name


_WHERE = {
    MatchPart.id: Words("ID", "ID"),
    MatchPart.number: Words("number", "Rufnummer"),
    MatchPart.user_data: Words("UserData", "UserData"),
    MatchPart.reference: Words("reference", "Referenznummer"),
    MatchPart.person: Words("name", "Name"),
    MatchPart.company: Words("company", "Firma"),
}
_HOW = {
    Grade.exact: Words("{what}", "{what}"),
    Grade.normalised: Words("{what}, other spelling", "{what}, andere Schreibweise"),
    Grade.prefix: Words("part of {what}", "Teil: {what}"),
    Grade.phonetic: Words("{what} sounds alike", "{what} klingt gleich"),
    Grade.typo: Words("{what}, one letter differs", "{what}, ein Buchstabe anders"),
}
_KEYS = {
    "user_data": MatchPart.user_data,
    "user_data2": MatchPart.user_data,
    "user_data3": MatchPart.user_data,
    "reference_number": MatchPart.reference,
}
_ENDING = Words("number ends like this", "Rufnummer endet so")


class Match(NamedTuple):
    """How well a contact fits; smaller is better. `field` is the attribute that holds the number or key."""

    grade: Grade
    off: float
    where: MatchPart
    field: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the whole number, key or ID was given, and not a part of it or a name."""
        by_value = self.where in (MatchPart.id, MatchPart.number, MatchPart.user_data, MatchPart.reference)
        return by_value and self.grade <= Grade.normalised

    def why(self, language: Language) -> str:
        """Why it fits, in words: `name sounds alike`."""
        if (self.where, self.grade) == (MatchPart.number, Grade.normalised):
            return _ENDING.text(language)
        return _HOW[self.grade].text(language).format(what=_WHERE[self.where].text(language))


class _Near(NamedTuple):
    """How near a word of a name is to a wanted one; `off` orders words of the same grade."""

    grade: Grade
    off: float


class _Spelling(NamedTuple):
    """A word in lower case, in the form that its spellings share, and as it sounds."""

    plain: str
    loose: str
    sound: str


def _spelled(word: str) -> _Spelling:
    letters = loose(word)
    open_end = (
        "0" if letters[-1:] in _OPEN else ""
    )  # the phonetics give Marie and Maier one code, although they sound different
    return _Spelling(word, letters, sound(word) + open_end)


class _Pattern:
    """A wanted word, or several that belong together: `Karl-Heinz` is also `Karlheinz`."""

    def __init__(self, parts: list[str], *, alone: bool) -> None:
        self._whole = _spelled("".join(parts))
        self._parts = [_spelled(part) for part in parts] if len(parts) > 1 else []
        self._alone = alone

    def nearest(self, words: Sequence[_Spelling]) -> _Near | None:
        """How near the nearest of these words is. Of wanted words that belong together, each must be near to one."""
        whole = self._nearest(self._whole, words)
        each = [self._nearest(part, words) for part in self._parts]
        near = [one for one in each if one]
        if near and len(near) == len(each):
            together = _Near(max(one.grade for one in near), sum(one.off for one in near))
            return min(whole, together) if whole else together
        return whole

    def _nearest(self, pattern: _Spelling, words: Sequence[_Spelling]) -> _Near | None:
        return min((near for word in words if (near := self._near(pattern, word))), default=None)

    def _near(self, pattern: _Spelling, word: _Spelling) -> _Near | None:
        if word.plain == pattern.plain:
            return _Near(Grade.exact, 0)
        if word.loose == pattern.loose:
            return _Near(Grade.normalised, 0)
        if grade := self._grade(pattern, word):
            return _Near(grade, 1 - SequenceMatcher(None, pattern.loose, word.loose, autojunk=False).ratio())
        return None

    def _grade(self, pattern: _Spelling, word: _Spelling) -> Grade | None:
        one, other = pattern.loose, word.loose
        initial = not self._alone and min(len(one), len(other)) == 1 and one[0] == other[0]
        if initial or (other.startswith(one) and len(one) >= MIN_PREFIX):
            return Grade.prefix
        if len(pattern.sound) > 1 and word.sound == pattern.sound:
            return Grade.phonetic
        return Grade.typo if len(one) >= MIN_TYPO and one_slip(one, other) else None


class Search:
    """What a person looks for. Called with a contact, it returns how well the contact fits. Its cache is bounded.

    `whole_numbers`: a number fits none of which it is only the end, where nobody may learn a number piece by piece.
    """

    def __init__(self, text: str, *, whole_numbers: bool = False) -> None:
        query = " ".join(plain(text).split())
        bare = _without_labels(query)
        self._texts = frozenset({query, bare})
        self._keys = {key for each in (query, bare) if (key := _folded(each))}
        self._digits = bare if bare.isascii() and bare.isdigit() else ""
        self._id = int(self._digits) if 0 < len(self._digits) <= 10 and int(self._digits) <= MAX_ID else 0
        self._number = _number(bare, whole=whole_numbers)
        self._starts = tuple(key for key in self._keys if len(key) >= MIN_PREFIX and any(map(str.isdigit, key)))
        self._words = [] if self.is_number else _patterns(query)
        self._near = lru_cache(CACHE_SIZE)(self._nearest)
        self._spelled = lru_cache(CACHE_SIZE)(_spelled)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self._keys

    @property
    def is_number(self) -> bool:
        """Whether it is a telephone number, a key of digits only, or an ID, and thus no name."""
        return bool(self._digits or self._number)

    @property
    def is_phone_number(self) -> bool:
        """Whether it may be a telephone number."""
        return self._number is not None

    @property
    def is_key(self) -> bool:
        """Whether it looks like a key into another system: letters and digits."""
        return not self.is_number and any(map(str.isdigit, "".join(self._keys)))

    @property
    def id(self) -> int | None:
        """The ID that it may be."""
        return self._id or None

    def __call__(self, contact: Contact) -> Match | None:
        matches = [self._by_key(contact)]
        if self._id and contact.id == self._id:
            matches.append(Match(Grade.exact, 0, MatchPart.id))
        if self._number:
            matches.append(self._by_number(self._number, contact))
        if self._words:
            matches.append(self._by_name(contact))
        return min((match for match in matches if match), default=None)

    def _by_number(self, pattern: phones.NumberQuery, contact: Contact) -> Match | None:
        for slot in phone_slots(contact):
            number = phones.normal(slot.number)
            if pattern.fits(number):
                grade = Grade.exact if number in pattern.full else Grade.normalised
                return Match(grade, slot.slot, MatchPart.number, f"phone_number{slot.slot}")
        return None

    def _by_key(self, contact: Contact) -> Match | None:
        matches: list[Match] = []
        for place, (field, where) in enumerate(_KEYS.items()):
            if (key := getattr(contact, field)) and (grade := self._key(key)):
                matches.append(Match(grade, place, where, field))
        return min(matches, default=None)

    def _key(self, key: str) -> Grade | None:
        text, letters = plain(key).strip(), _folded(key)
        if text and text in self._texts:
            return Grade.exact
        if letters in self._keys:
            return Grade.normalised
        return Grade.prefix if letters.startswith(self._starts) or self._is_number_of(letters) else None

    def _is_number_of(self, key: str) -> bool:
        """Whether the digits of a key are the wanted ones: `4711` of `Kunde-4711`."""
        return len(self._digits) >= MIN_PREFIX and "".join(filter(str.isdigit, key)) == self._digits

    def _by_name(self, contact: Contact) -> Match | None:
        """Every wanted word must fit a word of the contact, at least one by name, at most one with a typing mistake."""
        fields = (
            (contact.first_name, MatchPart.person, 0),
            (contact.name, MatchPart.person, 0),
            (contact.company, MatchPart.company, 1),
            (contact.city, MatchPart.city, 2),
        )
        near = [(self._near(text), where, behind) for text, where, behind in fields if text]
        fits: list[tuple[Grade, float, MatchPart]] = []
        for i in range(len(self._words)):
            fitting = [(one.grade, one.off + behind, where) for words, where, behind in near if (one := words[i])]
            if not fitting:
                return None
            fits.append(min(fitting))
        places = {where for _, _, where in fits} - {MatchPart.city}
        grades = [grade for grade, _, _ in fits]
        if not places or grades.count(Grade.typo) > 1:
            return None
        where = MatchPart.company if MatchPart.company in places else MatchPart.person
        return Match(max(grades), sum(off for _, off, _ in fits), where)

    def _nearest(self, text: str) -> tuple[_Near | None, ...]:
        """For each wanted word, how near a field of a contact comes to it."""
        words = [self._spelled(word) for word in _words_of(text)]
        return tuple(word.nearest(words) for word in self._words)


def _number(text: str, *, whole: bool) -> phones.NumberQuery | None:
    """The telephone numbers that are meant, without their ends where only `whole` ones count."""
    numbers = phones.wanted(text)
    return numbers._replace(ending="") if numbers and whole else numbers


def _without_labels(query: str) -> str:
    """The query without a label before a number, such as `Tel.:` or `customer number`."""
    match = _LABELLED.match(query)
    return match[2] if match and all(map(_LABEL.fullmatch, parts_of(match[1]))) else query


def _patterns(query: str) -> list[_Pattern]:
    """The words of a name without titles and forms of address, unless there are no others."""
    words = [parts for chunk in _GAPS.split(query) if (parts := parts_of(chunk))]
    names = [parts for parts in words if not all(map(_TITLE.fullmatch, parts))] or words
    return [_Pattern(parts, alone=len(names) == 1) for parts in names]


def _words_of(text: str) -> list[str]:
    """The words of a field, and compounds both in parts and joined: `karl`, `heinz` and `karlheinz`."""
    words: list[str] = []
    for chunk in _GAPS.split(text):
        parts = parts_of(chunk)
        words += [*parts, "".join(parts)] if len(parts) > 1 else parts
    return words


def _folded(key: str) -> str:
    """A key in lower case without separators."""
    return plain(key if key.isalnum() else _SEPARATORS.sub("", key))
