"""The token, taken out of whatever the dialler sends back: no answer may bring it before a model or into a file."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote

SHORTEST = 6  # characters; a shorter one would be found in other words
MARK = b"[token]"


class Secret:
    """A token in every form in which a server might repeat it."""

    def __init__(self, token: str) -> None:
        forms = set(_forms(token)) if len(token) >= SHORTEST else set[bytes]()
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
        return content


def _forms(token: str) -> Iterator[bytes]:
    plain = token.encode()
    yield plain
    percent = quote(token, safe="")
    yield from (percent.encode(), percent.replace("%2F", "%2f").lower().encode() if "%" in percent else plain)
    yield json.dumps(token)[1:-1].encode()
    yield json.dumps(token)[1:-1].replace("/", "\\/").encode()
    yield html.escape(token).encode()
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(plain).rstrip(b"=")
