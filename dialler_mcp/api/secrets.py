"""Takes the token out of the dialler's answers, so that it reaches neither a model nor a file."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from dialler_mcp.domain.escapes import Span, unescaped

MIN_LENGTH = 6  # characters; a shorter one would be found in other words
MARK = b"[token]"
MAX_MIXED = 65_536  # bytes; what is longer is a list of records, and no error that repeats a request
_SPARED = re.compile("[<>&=']")  # some servers write these as escapes in JSON
_USUAL = {
    "\\": r"[nrt]|u00(?!ad)[a-f][0-9a-f]|u01[0-7][0-9a-f]|u20(?:1[3489acde]|2[026]|ac)",
    "%": r"20|c3%[89ab][0-9a-f]|(?<=%c3%)[89ab][0-9a-f]",
    "&": r"(?:nbsp|szlig|euro|hellip|[nm]dash|[blrs]b?d?quo|[a-z]{1,2}(?:uml|acute|grave|circ|tilde|cedil|lig));",
}
"""What stands, in the escapes that lists are full of, behind the first character: letters of no token."""
_USUAL_SIGNS = "<>'\"=/,:?@|()&%"
"""Signs that programs write as escapes, too: usual, unless the token has them, or another escape begins with them."""
_NAMES = {"<": "lt", ">": "gt", "'": "apos", '"': "quot", "&": "amp"}
_NO_ESCAPE = {"&": r"(?!#|\w{2,8};|[%&\\])", "%": r"(?![0-9a-f]{2}|[%&\\])"}
_UNUSUAL = {
    "\\": r"\\(?!USUAL)(?:u[0-9a-f]{4}|x[0-9a-f]{2})",
    "%": r"%(?!USUAL)[0-9a-f]{2}",
    "&": r"&(?!USUAL)#?\w{2,8};",
}


class Secret:
    """A token in every form in which a server might repeat it."""

    def __init__(self, token: str) -> None:
        forms = set(_forms(token)) if len(token) >= MIN_LENGTH else set[bytes]()
        self._token = token
        self._forms = sorted(forms, key=len, reverse=True)
        self._unusual = _unusual_escapes(token)

    @property
    def overlap(self) -> int:
        """How many bytes of a piece may be the beginning of a form that ends in the next one."""
        return max(map(len, self._forms), default=1) - 1

    def taken_out(self, content: bytes) -> bytes:
        """The content without the token."""
        for form in self._forms:
            if form in content:
                content = content.replace(form, MARK)
        return self._taken_out_mixed(content) if self._forms and len(content) <= MAX_MIXED else content

    def _taken_out_mixed(self, content: bytes) -> bytes:
        """The same where only some letters of the token are written as escapes, of whatever kind."""
        text = content.decode("latin-1")  # a character for each byte
        if not any(first in text and escape.search(text) for first, escape in self._unusual.items()):
            return content  # as nearly always: what follows takes a thousand times as long
        plain, pieces, end = unescaped(text, tags=False), list[bytes](), 0
        for match in re.finditer(re.escape(self._token), plain.text):
            place = plain.place(Span(*match.span()))
            pieces += (content[end : place.start], MARK)
            end = place.end
        return b"".join([*pieces, content[end:]])


def _unusual_escapes(token: str) -> dict[str, re.Pattern[str]]:
    """By their first character, escapes that may stand for a letter of the token, for nothing, or for a part of another
    escape.
    """
    is_usual = token.isascii() and " " not in token
    usual = {first: [escapes] if is_usual else list[str]() for first, escapes in _USUAL.items()}
    for sign in (one for one in _USUAL_SIGNS if one not in token):
        code, behind = ord(sign), _NO_ESCAPE.get(sign, "")
        named = f"|{_NAMES[sign]}" if sign in _NAMES else ""
        usual["\\"].append(f"u00{code:02x}{behind}")
        usual["%"].append(f"{code:02x}{behind}")
        usual["&"].append(f"(?:#0*{code}|#x0*{code:x}{named});{behind}")
    return {
        first: re.compile(form.replace("USUAL", "|".join(usual[first])), re.IGNORECASE)
        for first, form in _UNUSUAL.items()
    }


def _forms(token: str) -> Iterator[bytes]:
    percent, in_json, plain = quote(token, safe=""), json.dumps(token)[1:-1], token.encode()
    texts = {token, percent, re.sub("%..", lambda match: match[0].lower(), percent), html.escape(token), in_json}
    texts |= {in_json.replace("/", "\\/"), _SPARED.sub(lambda match: f"\\u{ord(match[0]):04x}", in_json)}
    yield from (text.encode() for text in texts)
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield from ("".join(f"%{byte:{case}}" for byte in plain).encode() for case in ("02x", "02X"))
    yield from (form for encode in (base64.b64encode, base64.urlsafe_b64encode) for form in _in_base64(plain, encode))


def _in_base64(plain: bytes, encode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """The token alone, and what it becomes behind other bytes: `Bearer …` as a whole. Letters that hold bits of others
    are left out.
    """
    yield encode(plain).rstrip(b"=")
    for before in range(3):
        whole = encode(bytes(before) + plain)
        behind = -(-8 * before // 6)
        yield whole[behind : 8 * (before + len(plain)) // 6]
