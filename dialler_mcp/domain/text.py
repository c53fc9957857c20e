"""Text that somebody else wrote, made harmless to look at."""

import re
import unicodedata

# Cc control, Cf format (zero-width, bidi, tags), Cs lone surrogates, Co private use, Cn unassigned. They carry nothing
# that a reader sees, but can hide orders or turn a line around. Variation selectors hide data in the same way.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANKS = re.compile(r"\s+")

# A text that was cut to the length of its field may end in half a pair: "\ud83d". JSON allows that, Unicode does not.
_SURROGATES = re.compile(
    rb"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_WHOLE_PAIR = 12  # bytes


def clean(text: str) -> str:
    """One line without control, zero-width, direction or other invisible characters; blanks collapsed."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    spaced = _BLANKS.sub(" ", text)
    visible = "".join(c for c in spaced if c == " " or unicodedata.category(c) not in _HIDDEN)
    return _BLANKS.sub(" ", _SELECTORS.sub("", visible)).strip()


def has_surrogates(content: bytes | memoryview) -> bool:
    """Whether a JSON text holds characters that are written as pairs of escapes."""
    return _SURROGATES.search(content) is not None


def without_halves(content: bytes) -> bytes:
    """JSON whose unpaired surrogates, the halves of a cut emoji, are replacement characters."""

    def mend(found: re.Match[bytes]) -> bytes:
        return found[0] if len(found[2]) == _WHOLE_PAIR else found[1] + b"\\ufffd"

    return _SURROGATES.sub(mend, content)
