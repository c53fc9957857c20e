"""A text for a person, in both languages at once: written beside each other, filled together, said in one.

Whoever makes a sentence need not know who reads it. What is raised, planned or noted carries both, and the entrance
that answers says it in the language that was asked for.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

Language = StrEnum("Language", ["de", "en"])


class Words(NamedTuple):
    """A text in English and in German."""

    en: str
    de: str

    @classmethod
    def alike(cls, text: object) -> "Words":
        """What reads the same in both: a name, a number, a quotation."""
        return cls(str(text), str(text))

    def text(self, language: Language) -> str:
        """The text in this language."""
        return self.de if language is Language.de else self.en

    def filled(self, **values: object) -> "Words":
        """The text with its values, in both languages; a value that is itself `Words` is said in each."""
        return Words(*(self.text(one).format(**_said(values, one)) for one in _BOTH))

    def then(self, *others: "Words", between: str = " ") -> "Words":
        """This text, and the others behind it; empty ones are left out."""
        texts = (self, *others)
        return Words(*(between.join(filter(None, (each.text(one) for each in texts))) for one in _BOTH))


class WrongValue(ValueError):
    """A value that cannot be used; `words` say why, and what to write. As a string it is English."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


class Noun(NamedTuple):
    """What is counted, as one and as several."""

    one: Words
    several: Words

    def counted(self, count: int, language: Language) -> str:
        """`1 contact`, `2 Kontakte`."""
        return self.of(count).text(language)

    def of(self, count: int) -> Words:
        """The same in both languages."""
        words = self.one if count == 1 else self.several
        return Words(*(f"{count} {words.text(one)}" for one in _BOTH))


def number(value: float, language: Language, digits: int = 0) -> str:
    """`1,311` or `1.311`; `4.2` or `4,2`."""
    text = f"{value:,.{digits}f}"
    return text.translate({44: ".", 46: ","}) if language is Language.de else text


def in_words(value: float) -> Words:
    """A number as it is written in each language."""
    return Words(*(number(value, one) for one in _BOTH))


NOTHING = Words("", "")
_BOTH = (Language.en, Language.de)


def joined(texts: Sequence[Words], between: str = "; ") -> Words:
    """Several texts as one."""
    return NOTHING.then(*texts, between=between)


def _said(values: dict[str, object], language: Language) -> dict[str, object]:
    return {name: value.text(language) if isinstance(value, Words) else value for name, value in values.items()}
