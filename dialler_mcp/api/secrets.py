"""Takes the token out of the dialler's answers, so that it reaches neither a model nor a file."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from dialler_mcp.domain.escapes import Span, has_escapes, unescaped

MIN_LENGTH = 6  # characters; a shorter one would be found in other words
MARK = b"[token]"
MAX_MIXED = 65_536  # bytes; what is longer is a list of records, and no error that repeats a request
_SPARED = re.compile("[<>&=']")  # some servers write these as escapes in JSON


class Secret:
    """A token in every form in which a server might repeat it."""

    def __init__(self, token: str) -> None:
        forms = set(_forms(token)) if len(token) >= MIN_LENGTH else set[bytes]()
        self._token = token
        self._forms = sorted(forms, key=len, reverse=True)

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
        if not has_escapes(text):
            return content
        plain, pieces, end = unescaped(text, tags=False), list[bytes](), 0
        for match in re.finditer(re.escape(self._token), plain.text):
            place = plain.place(Span(*match.span()))
            pieces += (content[end : place.start], MARK)
            end = place.end
        return b"".join([*pieces, content[end:]])


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
