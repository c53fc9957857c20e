"""Where a dialler is."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx2

from dialler_mcp.api.errors import BadAddress


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
            raise BadAddress(hint="DIALLER_BASE_URL is not a URL such as https://host/rest/v1.0/1.") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise BadAddress(hint="DIALLER_BASE_URL must begin with https:// and name a host.")
        if url.userinfo or url.query or url.fragment:
            raise BadAddress(hint="DIALLER_BASE_URL must not contain a user, a query or a fragment.")
        if not url.path.rstrip("/").rpartition("/")[2].isdigit():
            raise BadAddress(hint="DIALLER_BASE_URL must end with the ClientsID: https://host/rest/v1.0/{ClientsID}.")
        if (url.port or 0) > 65535:
            raise BadAddress(hint="DIALLER_BASE_URL must not name a port above 65535.")
        if url.scheme == "http" and not (self.allow_http or is_loopback(url.host)):
            raise BadAddress(
                summary="Plain http would send the token unencrypted.",
                hint="Use https:// in DIALLER_BASE_URL, or set DIALLER_ALLOW_HTTP=1 if you accept that.",
            )
        if not self.token.isascii() or not self.token.isprintable() or not self.token or " " in self.token:
            raise BadAddress(hint="DIALLER_TOKEN is empty, or contains blanks or characters that no token has.")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise BadAddress(hint="DIALLER_CA_FILE does not name a file.")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
