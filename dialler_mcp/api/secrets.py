"""Takes the token out of the dialler's answers, so that it reaches neither a model nor a file."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

MIN_LENGTH = 6  # characters; a shorter one would be found in other words
MARK = b"[token]"
MAX_MIXED = 65_536  # bytes; what is longer is a list of records, and no error that repeats a request
_ESCAPE = re.compile(rb"(?:%|\\x|\\u00)([0-9A-Fa-f]{2})|&#0*(\d{2}|1[01]\d|12[0-7]);|&#x0*([0-9A-Fa-f]{2});")
_SPARED = re.compile("[<>&=']")  # some servers write these as escapes in JSON


class Secret:
    """A token in every form in which a server might repeat it."""

    def __init__(self, token: str) -> None:
        forms = set(_forms(token)) if len(token) >= MIN_LENGTH else set[bytes]()
        self._plain = token.encode()
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
        if self._forms and len(content) <= MAX_MIXED and _ESCAPE.search(content):
            content = self._taken_out_mixed(content)
        return content

    def _taken_out_mixed(self, content: bytes) -> bytes:
        """The same where only some letters of the token are written as escapes, of whatever kind."""
        plain, places = _unescaped(content)
        pieces, end = list[bytes](), 0
        for match in re.finditer(re.escape(self._plain), plain):
            pieces += (content[end : places[match.start()]], MARK)
            end = places[match.end()]
        return b"".join([*pieces, content[end:]])


def _unescaped(content: bytes) -> tuple[bytes, list[int]]:
    """The content with its escapes read, and where in it each byte begins; the last place is its end."""
    plain, places, end = bytearray(), list[int](), 0
    for match in _ESCAPE.finditer(content):
        plain += content[end : match.start()]
        places += range(end, match.start() + 1)
        plain.append(int(match[2]) if match[2] else int(match[1] or match[3], 16))
        end = match.end()
    return bytes(plain + content[end:]), [*places, *range(end, len(content) + 1)]


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
