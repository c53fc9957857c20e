"""Text that somebody else wrote, made harmless to look at."""

import re
import unicodedata
from urllib.parse import urlsplit

# Cc control, Cf format (zero-width, bidi, tags), Cs lone surrogates, Co private use, Cn unassigned. They carry nothing
# that a reader sees, but can hide orders or turn a line around.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
# Variation selectors and blank letters (the fillers of Hangul, the empty pattern of Braille) hide data in the same way.
_SELECTORS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_REPLACED = "\ufffd"  # stands where a character was lost on the way
_IN_EMOJI = "\u200d\ufe0e\ufe0f"  # a joiner and two selectors, which people do type
_BLANKS = re.compile(r"\s+")
_BREAKS = re.compile(r"[\t\n\r\u00a0]+")  # the usual blanks that are not printable
# What a host might act on when it shows the text: tags, code, images (fetched at once, with whatever the address
# carries) and links; and the marks that fence foreign text. Each becomes something that looks alike.
_ACTIVE = re.compile(r"[<>«»`]|!(?=\[)|\](?=[(\[:])|~{3,}")
_INERT = {"<": "‹", ">": "›", "«": "‹", "»": "›", "`": "ʹ", "!": "! ", "]": "] "}
# What separates the parts of a label, and what looks like it.
_SEPARATORS = re.compile("[#＃﹟·•∙⋅‧・·|]")

WITHHELD = "(link withheld)"

# A text that was cut to the length of its field may end in half a pair: "\ud83d". JSON allows that, Unicode does not.
_SURROGATES = re.compile(
    rb"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_WHOLE_PAIR = 12  # bytes


def invisible(character: str) -> bool:
    """Whether a reader sees nothing of a character. A blank is not meant: it is seen as one."""
    return unicodedata.category(character) in _INVISIBLE or _SELECTORS.fullmatch(character) is not None


def may_hide(text: str) -> bool:
    """Whether a text may hold something that a reader does not see, and which parts a word or number; quick."""
    if not text.isprintable() and not _BREAKS.sub(" ", text).isprintable():
        return True
    return not is_western(text) and _SELECTORS.search(text) is not None


def is_western(text: str) -> bool:
    """Whether a text holds nothing but the characters of Western Europe (Latin-1); many times as fast as a search."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def unseen(text: str, *, emoji: bool = False) -> str | None:
    """The first invisible or damaged character of a text by its name, `U+200B ZERO WIDTH SPACE`; None without one.
    With `emoji`, what emoji are joined with is none.
    """
    if text.isprintable() and _REPLACED not in text and not _SELECTORS.search(text):
        return None
    for character in text:
        if character == _REPLACED or (invisible(character) and not (emoji and character in _IN_EMOJI)):
            return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()
    return None


def clean(text: str) -> str:
    """One line without control, zero-width, direction or other invisible characters; blanks collapsed.

    Markup that a host could act on (HTML tags, markdown images and links, code) is made inert, and stays legible.
    """
    if not text.isprintable():  # what is printable holds no blank but the space, and nothing invisible
        text = "".join(c for c in _BLANKS.sub(" ", text) if c == " " or not invisible(c))
    if not text.isascii():
        text = _SELECTORS.sub("", text)
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    return _ACTIVE.sub(lambda match: _INERT.get(match[0], "~~"), text).strip()


def without_marks(text: str) -> str:
    """The text without characters that nobody sees. Blanks stay, and so does everything that can be seen."""
    if not text.isprintable():
        return "".join(c for c in text if c.isspace() or not invisible(c))
    return text if text.isascii() else _SELECTORS.sub("", text)


def part(text: str) -> str:
    """Clean text as one part of a label: it cannot pretend to be several."""
    return _BLANKS.sub(" ", _SEPARATORS.sub("", clean(text))).strip()


def link(text: str) -> str:
    """A link as plain text if it is http(s) without credentials, with or without its scheme; else `WITHHELD`."""
    url = clean(text)
    if not url:
        return url
    scheme, separator, _ = url.partition("://")
    try:
        address = urlsplit(url if separator else f"https://{url}")
        host = address.hostname or ""
        _ = address.port  # raises where it is no number
    except ValueError:
        return WITHHELD
    plain = " " not in url and "@" not in address.netloc and "\\" not in url
    harmless = scheme.casefold() in ("http", "https") if separator else "." in host and ":" not in url
    return url if plain and harmless and host else WITHHELD


def has_surrogates(content: bytes | memoryview) -> bool:
    """Whether a JSON text holds characters that are written as pairs of escapes."""
    return _SURROGATES.search(content) is not None


def without_halves(content: bytes) -> bytes:
    """JSON whose unpaired surrogates, the halves of a cut emoji, are replacement characters."""

    def mend(match: re.Match[bytes]) -> bytes:
        return match[0] if len(match[2]) == _WHOLE_PAIR else match[1] + b"\\ufffd"

    return _SURROGATES.sub(mend, content)
