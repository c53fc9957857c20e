"""The connection to one dialler: one pool, redirects that stay there, answers that are bounded and hold no token."""

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from dialler_mcp.api.address import Address
from dialler_mcp.api.errors import (
    BadAddress,
    BadEnvironment,
    DiallerError,
    NotTrusted,
    ProxyFailed,
    TooLarge,
    TooSlow,
    UnexpectedStatus,
    unreachable,
)
from dialler_mcp.api.requests import Request
from dialler_mcp.api.secrets import Secret
from dialler_mcp.words import Words

# Failures in which the request certainly never left this machine, so that even a write may be tried again.
NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
MAX_REDIRECTS = 3
MAX_ANSWER = 64 << 20  # decoded bytes of an answer that is read as a whole
MAX_ERROR = 64 << 10  # bytes of the body of an error; what is longer is cut
_REDIRECTS = (301, 302, 303, 307, 308)
_SEE_OTHER = 303


_CIRCLE = Words("The dialler redirects in a circle.", "Der Dialler leitet im Kreis um.")
_PROXY_SILENT = Words(
    "The dialler cannot be reached: the proxy does not answer.",
    "Der Dialler ist nicht erreichbar: Der Proxy antwortet nicht.",
)
_REDIRECTED = Words(
    "The dialler redirects to another address, which is not followed.",
    "Der Dialler leitet zu einer anderen Adresse um, der nicht gefolgt wird.",
)
_FINAL_ADDRESS = Words(
    "Nothing was changed. Set DIALLER_BASE_URL to the final address, usually with https://.",
    "Es wurde nichts geändert. Setzen Sie DIALLER_BASE_URL auf die endgültige Adresse, meist mit https://.",
)
_NO_CERTIFICATES = Words(
    "DIALLER_CA_FILE contains no readable certificates (PEM).",
    "DIALLER_CA_FILE enthält keine lesbaren Zertifikate (PEM).",
)


class Connection:
    """Sends requests to the address and reads what comes back. Close it with `aclose`."""

    def __init__(self, address: Address, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._address = address
        self._base = httpx2.URL(address.base_url.rstrip("/"))
        self._secret = Secret(address.token)
        self._transport = transport
        self._stack = AsyncExitStack()
        self._http: httpx2.AsyncClient | None = None
        self.clock_skew: float | None = None
        """Seconds by which the dialler's clock is ahead of ours, from its last answer; None if that had no date."""

    async def aclose(self) -> None:
        await self._stack.aclose()

    async def send(self, request: Request, stack: AsyncExitStack) -> httpx2.Response:
        """The answer, whose body is not read yet; `stack` closes it.

        Raises:
            httpx2.HTTPError: there is none.
            UnexpectedStatus: it redirects to somewhere else.
            BadAddress: certificates, or a proxy of the environment, cannot be used.
        """
        url = httpx2.URL(str(self._base) + request.target().decode("ascii"))
        for _ in range(MAX_REDIRECTS + 1):
            outgoing = self._client().build_request(
                request.method, url, content=request.content, headers=request.headers()
            )
            response = await self._client().send(outgoing, stream=True)
            stack.push_async_callback(response.aclose)
            self._note_clock(response)
            if response.status_code not in _REDIRECTS or (request.writes and response.status_code == _SEE_OTHER):
                return response
            url = self._redirected(request, url, response)
            await response.aclose()  # otherwise a pool of one connection would have none left
        raise UnexpectedStatus(request.function, summary=_CIRCLE)

    async def whole(self, request: Request, response: httpx2.Response) -> bytes:
        """The whole body of an answer, of an error its beginning.

        Raises:
            TooLarge: it is larger than any answer of a dialler.
        """
        most = MAX_ANSWER if response.is_success else MAX_ERROR
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > most:
                if response.is_success:
                    raise TooLarge(request.function, status=response.status_code)
                break
        return self._secret.taken_out(bytes(content[:most]))

    async def pieces(self, response: httpx2.Response) -> AsyncIterator[bytes]:
        """The body in pieces, as it arrives."""
        rest = b""
        async for chunk in response.aiter_bytes():
            content = self._secret.taken_out(rest + chunk)
            end = max(0, len(content) - self._secret.overlap)
            rest = content[end:]
            if end:
                yield content[:end]
        yield rest

    def gone(self, request: Request, error: httpx2.HTTPError) -> DiallerError:
        """Why no answer came to a read, or why a request never left."""
        if isinstance(error, httpx2.TimeoutException) and not isinstance(error, NEVER_LEFT):
            return TooSlow(request.function)
        failure = unreachable(request.function, error)
        if self._transport is None and self._address.proxied and not isinstance(failure, NotTrusted | ProxyFailed):
            return ProxyFailed(request.function, summary=_PROXY_SILENT)
        return failure

    def _note_clock(self, response: httpx2.Response) -> None:
        moment = moment_of(response.headers.get("date", ""))
        self.clock_skew = None if moment is None else moment - time.time()

    def _redirected(self, request: Request, url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
        """The target of a redirect. Only a GET follows it, and only below the base URL."""
        try:
            target = url.join(response.headers.get("location", ""))
        except (httpx2.InvalidURL, ValueError):
            target = httpx2.URL()
        here, there = ((one.scheme, one.host, one.port, one.userinfo) for one in (self._base, target))
        if request.method == "GET" and here == there and target.path.startswith(self._base.path + "/"):
            return target
        raise UnexpectedStatus(
            request.function,
            status=response.status_code,
            summary=_REDIRECTED,
            hint=_FINAL_ADDRESS,
        )

    def _client(self) -> httpx2.AsyncClient:
        """The HTTP client, built for the first request, because a TLS context is the costliest part of a start."""
        if self._http is None:
            try:
                self._http = httpx2.AsyncClient(
                    transport=self._transport,
                    verify=self._tls(),
                    headers={"Authorization": f"Bearer {self._address.token}", "Accept": "application/json"},
                    timeout=httpx2.Timeout(self._address.deadline, connect=min(10.0, self._address.deadline)),
                    limits=httpx2.Limits(max_connections=self._address.connections),
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept
                )
            except (httpx2.InvalidURL, ValueError, ImportError, OSError) as error:  # it reads the environment
                raise BadEnvironment from error
            self._stack.push_async_callback(self._http.aclose)
        return self._http

    def _tls(self) -> bool | ssl.SSLContext:
        if self._transport is not None:
            return False  # plain http needs it too: a redirect may lead to https
        if self._address.ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=self._address.ca_file)
        except (ssl.SSLError, OSError) as error:
            raise BadAddress(hint=_NO_CERTIFICATES) from error


def moment_of(header: str) -> float | None:
    """The time in a header of HTTP, in seconds since 1970; None where it holds none that there can be."""
    try:
        return parsedate_to_datetime(header).timestamp()
    except (ValueError, OverflowError):
        return None
