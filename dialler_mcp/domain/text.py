"""Text that somebody else wrote, made harmless to look at."""

import re
import unicodedata

# Cc control, Cf format (zero-width, bidi, tags), Cs lone surrogates, Co private use, Cn unassigned. They carry nothing
# that a reader sees, but can hide orders or turn a line around. Variation selectors hide data in the same way.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """One line without control, zero-width, direction or other invisible characters; blanks collapsed."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    spaced = _BLANKS.sub(" ", text)
    visible = "".join(c for c in spaced if c == " " or unicodedata.category(c) not in _HIDDEN)
    return _BLANKS.sub(" ", _SELECTORS.sub("", visible)).strip()
