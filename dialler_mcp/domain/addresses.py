"""Where e-mail addresses stand in a flat text, however they are spelled."""

import re

from dialler_mcp.domain.escapes import Span

# "@", or what people write for it. Possessive, since long texts must take no long time.
_LETTER = r"\w\u0300-\u036f"  # with accents that stand by themselves
_MARK = r"[(\[{‹«<|*\"'‘“„]\s?(?:at|ät|@)\s?[)\]}›»>|*\"'’“”]"
_AT_SIGN = (
    rf"(?:\s?[^\w\s]{{0,2}}\s?(?:@|%40|&#64;){{1,2}}\s?[^\w\s]{{0,2}}\s?|\s?{_MARK}\s?|\s?\(a\)\s?(?=[\w-]+\.\w)"
    r"|\s(?:at|ät)\s(?=[\w-]+(?:\.|\sdot\s|\spunkt\s|\s?[(\[{‹<])))"
)
_DOT = r"(?:\.|\s?[(\[{‹<]\s?(?:dot|punkt|\.)\s?[)\]}›>]\s?|\s(?:dot|punkt)\s|\s\.\s?)"
_NAME = rf"[{_LETTER}.+'~!#$%*^-]"
_QUOTED = r'"[^"@]{1,64}"(?=\s?@)'  # a name with blanks in it
_LOCAL = rf"(?:{_QUOTED}|(?<!{_NAME}){_NAME}++)"
_ADDRESS = re.compile(
    rf"{_LOCAL}(?:{_DOT}[{_LETTER}-]+)?{_AT_SIGN}[{_LETTER}-]+(?:{_DOT}[{_LETTER}-]+)*", re.IGNORECASE
)
_AT = re.compile(rf"[@＠﹫]|%40|&#64;|{_MARK}|\(a\)|\s(?:at|ät)\s", re.IGNORECASE)


def has_at(text: str) -> bool:
    """Whether a text holds an "@", or what people write for it."""
    return _AT.search(text) is not None


def addresses(text: str) -> list[Span]:
    """The e-mail addresses in a flat text."""
    return [Span(*match.span()) for match in _ADDRESS.finditer(text)] if has_at(text) else []
