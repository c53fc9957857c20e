"""Texts as they are searched for private data: copies in plain digits and letters, and their digits counted."""

import unicodedata

# Letters of Cyrillic and Greek that look like Latin ones, as another keyboard writes them into an IBAN, and brackets.
_LOOKALIKES = dict(
    zip(
        "【〔〈「『】〕〉」』АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "[[[[[]]]]]ABESIJKMHOPCTYXabesijkmhopctyxABEZHIKMNOPTYXo",
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
NO_DIGITS = bytes({*range(0xD2)} - {*b"0123456789", 0xC2})


def digits_at_most(text: str) -> int:
    """An upper bound of the number of digits in a text; fast, as a list may hold a million texts."""
    return len(text.encode("utf-8", "replace").translate(None, NO_DIGITS))
