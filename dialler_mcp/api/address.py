"""Where a dialler is."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx2

from dialler_mcp.api.errors import BadAddress
from dialler_mcp.words import Words

_NO_URL = Words(
    "DIALLER_BASE_URL is not a URL such as https://host/rest/v1.0/1.",
    "DIALLER_BASE_URL ist keine URL wie https://host/rest/v1.0/1.",
)
_NO_HOST = Words(
    "DIALLER_BASE_URL must begin with https:// and name a host.",
    "DIALLER_BASE_URL muss mit https:// beginnen und einen Host nennen.",
)
_TOO_MUCH = Words(
    "DIALLER_BASE_URL must not contain a user, a query or a fragment.",
    "DIALLER_BASE_URL darf weder Benutzer noch Abfrage noch Fragment enthalten.",
)
_NO_CLIENT = Words(
    "DIALLER_BASE_URL must end with the ClientsID: https://host/rest/v1.0/{ClientsID}.",
    "DIALLER_BASE_URL muss mit der ClientsID enden: https://host/rest/v1.0/{ClientsID}.",
)
_NO_PORT = Words(
    "DIALLER_BASE_URL must not name a port above 65535.", "DIALLER_BASE_URL darf keinen Port über 65535 nennen."
)
_UNENCRYPTED = Words(
    "Plain http would send the token unencrypted.", "Mit http ginge das Token unverschlüsselt auf den Weg."
)
_USE_HTTPS = Words(
    "Use https:// in DIALLER_BASE_URL, or set DIALLER_ALLOW_HTTP=1 if you accept that.",
    "Verwenden Sie https:// in DIALLER_BASE_URL, oder setzen Sie DIALLER_ALLOW_HTTP=1, wenn Sie das hinnehmen.",
)
_NO_TOKEN = Words(
    "DIALLER_TOKEN is empty, or contains blanks or characters that no token has.",
    "DIALLER_TOKEN ist leer, oder enthält Leerzeichen oder Zeichen, die kein Token hat.",
)
_NO_FILE = Words("DIALLER_CA_FILE does not name a file.", "DIALLER_CA_FILE nennt keine Datei.")


@dataclass(frozen=True)
class Address:
    """Where a dialler is and how to connect to it.

    `base_url` is `https://host/rest/v1.0/{ClientsID}`. `deadline` is the number of seconds that one request may take in
    all its attempts; `connections` is the maximum number of simultaneous ones.

    Raises:
        BadAddress: the URL is not usable, or plain http to another machine without `allow_http`.
    """

    base_url: str
    token: str = field(repr=False)
    ca_file: Path | None = None
    allow_http: bool = False
    deadline: float = 40.0
    connections: int = 8

    @property
    def host(self) -> str:
        """The name of the host, without anything that could be secret."""
        return httpx2.URL(self.base_url).host

    @property
    def proxied(self) -> bool:
        """Whether the environment, or the system, sends requests to it through a proxy."""
        url, proxies = httpx2.URL(self.base_url), getproxies()
        return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(url.host)

    def __post_init__(self) -> None:
        try:
            url = httpx2.URL(self.base_url)
        except httpx2.InvalidURL as error:
            raise BadAddress(hint=_NO_URL) from error
        if url.scheme not in ("http", "https") or not url.host:
            raise BadAddress(hint=_NO_HOST)
        if url.userinfo or url.query or url.fragment:
            raise BadAddress(hint=_TOO_MUCH)
        if not url.path.rstrip("/").rpartition("/")[2].isdigit():
            raise BadAddress(hint=_NO_CLIENT)
        if (url.port or 0) > 65535:
            raise BadAddress(hint=_NO_PORT)
        if url.scheme == "http" and not (self.allow_http or is_loopback(url.host)):
            raise BadAddress(summary=_UNENCRYPTED, hint=_USE_HTTPS)
        if not self.token.isascii() or not self.token.isprintable() or not self.token or " " in self.token:
            raise BadAddress(hint=_NO_TOKEN)
        if self.ca_file is not None and not self.ca_file.is_file():
            raise BadAddress(hint=_NO_FILE)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
