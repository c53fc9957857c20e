"""Names as people spell them: in other letters, as they sound, or with one typing mistake."""

import re
import unicodedata

_WORDS = re.compile(r"[^\W_]+")
# Letters that Unicode does not decompose. Casefolding has already turned `ß` into `ss`.
_LETTERS = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "æ": "a", "ø": "o", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_USUAL_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]")  # of Latin letters; all of them combine
_WRITTEN_OUT = re.compile("ae|oe|ue")


_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bc\u02bb\u2032\u00b4\u0060\uff07", "'"))


def plain(text: str) -> str:
    """A text in lower case, its accents in one encoding, its apostrophes of one kind: what every search compares."""
    if text.isascii():
        return text.lower().replace("`", "'")
    lower = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", lower).translate(_APOSTROPHES)


def spellings(text: str) -> list[str]:
    """The ways in which a program may have written a text that reads the same: accents in either encoding, apostrophes
    of either kind. The text itself comes first; most have no other.
    """
    kinds = [text, text.translate(_APOSTROPHES), text.translate(_APOSTROPHES).replace("'", "\u2019")]
    forms = [unicodedata.normalize(form, kind) for kind in kinds for form in ("NFC", "NFD")]
    return list(dict.fromkeys([text, *forms]))


def folded_key(key: str) -> str:
    """A key such that two which a dialler may take for one are equal: whatever their case, accents and outer blanks."""
    if key.isascii():
        return key.strip().casefold()
    letters = _USUAL_ACCENTS.sub("", unicodedata.normalize("NFKD", key.strip().casefold()))
    return letters if letters.isascii() else "".join(letter for letter in letters if not unicodedata.combining(letter))


def parts_of(text: str) -> list[str]:
    """The words of a name in lower case; `Karl-Heinz` and `O'Brien` are two each."""
    return _WORDS.findall(plain(text))


def loose(word: str) -> str:
    """The form that the spellings of a word share: `Müller`, `Mueller`, `MULLER` and `Muller` are `muller`."""
    letters = plain(word)
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters.translate(_LETTERS))
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _WRITTEN_OUT.sub(lambda match: match[0][0], letters)


_DIGITS = {
    **dict.fromkeys("aeijouy", "0"),
    "b": "1",
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    "l": "5",
    **dict.fromkeys("mn", "6"),
    "r": "7",
    **dict.fromkeys("sz", "8"),
}
_HARD_C = ("ahkloqrux", "ahkoqux")  # before these, C sounds like K: at the beginning, and elsewhere


def sound(word: str) -> str:
    """The sound of a German word as digits of the Kölner Phonetik. `Meier`, `Maier`, `Mayer` and `Meyer` are `67`.

    Source: Hans Joachim Postel, "Die Kölner Phonetik", IBM-Nachrichten 19 (1969).
    """
    letters = [letter for letter in loose(word) if "a" <= letter <= "z"]
    digits: list[str] = []
    for before, letter, after in zip(["", *letters], letters, [*letters[1:], ""], strict=False):
        digit = _digit(before, letter, after)
        digits += [each for each in digit if not (digits and digits[-1] == each)]
    return "".join(digits[:1] + [digit for digit in digits[1:] if digit != "0"])


def _digit(before: str, letter: str, after: str) -> str:
    match letter:
        case "h":
            return ""
        case "p":
            return "3" if after == "h" else "1"
        case "d" | "t":
            return "8" if after and after in "csz" else "2"
        case "c":
            hard = after and after in _HARD_C[bool(before)] and not (before and before in "sz")
            return "4" if hard else "8"
        case "x":
            return "8" if before and before in "ckq" else "48"
        case _:
            return _DIGITS[letter]


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter that is added, missing or wrong, or by two neighbours exchanged."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    rest, other_rest = short[same:], long[same:]
    return rest[1:] == other_rest[1:] or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
