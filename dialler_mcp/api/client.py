"""The client of one dialler: the documented functions, over one pool of HTTP connections."""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx2

from dialler_mcp.api.acd import AcdFunctions
from dialler_mcp.api.campaigns import CampaignFunctions
from dialler_mcp.api.contacts import ContactFunctions
from dialler_mcp.api.decoding import Form, decoded_records, form_of, read_all, records_of
from dialler_mcp.api.errors import (
    BadAddress,
    BadWay,
    DiallerError,
    NoRecords,
    NotFound,
    OutcomeUnknown,
    TooSlow,
    UnexpectedStatus,
    Unreachable,
    unreachable,
)
from dialler_mcp.api.requests import ChangeHeld, Request, refused, success_body, unreadable_success
from dialler_mcp.api.streaming import read_list
from dialler_mcp.domain.fields import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

ATTEMPTS = 3
FIRST_PAUSE = 0.2  # seconds; doubled each time, jittered
MAX_REDIRECTS = 3
# Failures in which the request certainly never left this machine, so that even a write may be tried again.
NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


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


class Dialler(ContactFunctions, CampaignFunctions, AcdFunctions):
    """All documented functions of one dialler. Use it as an async context manager.

    Reads are tried up to three times on failed connections, 502, 503 and 504. Writes are not, unless the request
    certainly never left this machine. Every request has one deadline for all its attempts.
    """

    def __init__(
        self,
        address: Address,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.address = address
        self._base = address.base_url.rstrip("/")
        self._transport = transport
        self._pause = pause
        self._stack = AsyncExitStack()
        self._http: httpx2.AsyncClient | None = None
        self.clock_skew: float | None = None
        """Seconds by which the dialler's clock is ahead of ours, from its last answer; None if that had no date."""
        self._holds_changes = False
        self._decoding = asyncio.Lock()

    async def __aenter__(self) -> "Dialler":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._stack.aclose()

    def hold_changes(self) -> None:
        """From now on send no request that changes something; it raises ChangeHeld instead. This cannot be reversed."""
        self._holds_changes = True

    async def records(self, request: Request, kind: type[R]) -> list[R]:
        """The records in the answer to a request."""
        answer = await self._answer(request)
        try:
            return records_of(answer, kind, request.function)
        except NoRecords as error:
            if request.writes:
                raise unreadable_success(request) from error
            raise

    async def rows(self, request: Request, form: Form[T]) -> list[T]:
        """The records in the answer to a read, in a form that the caller chooses; none on a 404."""
        try:
            content = await self._content(request)
        except NotFound:
            return []
        async with self._decoding:  # one in each turn of the event loop, however many answers arrive together
            await asyncio.sleep(0)
            found = decoded_records(content, form)
        return read_all(success_body(request, content), form, request.function) if found is None else found

    async def done(self, request: Request) -> None:
        """Send a request whose answer is only a status."""
        await self._answer(request)

    async def stream(self, request: Request, kind: type[R], deadline: float | None = None) -> AsyncGenerator[R]:
        """The records of a list, as they arrive; none on a 404, as in `matches`.

        A connection that breaks midway is an error, never a shorter list.
        """
        async with aclosing(self.blocks(request, form_of(kind), deadline)) as blocks:
            async for records in blocks:
                for record in records:
                    yield record

    async def blocks(self, request: Request, form: Form[T], deadline: float | None = None) -> AsyncGenerator[list[T]]:
        """The same in blocks of records that arrive together, in a form that the caller chooses."""
        until = asyncio.get_running_loop().time() + (deadline or self.address.deadline)
        async with AsyncExitStack() as stack:
            async with self._deadline(request, until):
                try:
                    response = await self._attempt(request, stack)
                except NotFound:
                    return
            async for records in read_list(self._chunks(request, response, until), form, request.function):
                yield records

    async def _answer(self, request: Request) -> object:
        return success_body(request, await self._content(request))

    async def _content(self, request: Request) -> bytes:
        until = asyncio.get_running_loop().time() + self.address.deadline
        async with self._deadline(request, until), AsyncExitStack() as stack:
            response = await self._attempt(request, stack, whole=True)
            return response.content

    async def _chunks(self, request: Request, response: httpx2.Response, until: float) -> AsyncIterator[bytes]:
        """The bytes of a body.

        The deadline is set around each read only: held while the generator is suspended, it would cancel the code that
        consumes the bytes.
        """
        chunks = response.aiter_bytes()
        while True:
            async with self._deadline(request, until):
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except httpx2.HTTPError as error:
                    summary = "The connection broke in the middle of the list."
                    raise Unreachable(request.function, summary=summary) from error
            yield chunk

    @asynccontextmanager
    async def _deadline(self, request: Request, until: float) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError as error:
            raise (OutcomeUnknown if request.writes else TooSlow)(request.function) from error

    async def _attempt(self, request: Request, stack: AsyncExitStack, *, whole: bool = False) -> httpx2.Response:
        """The answer to a request. With `whole` its body is read here, so that a broken body is retried too."""
        if request.writes and self._holds_changes:
            raise ChangeHeld(request)
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                response = await self._send(request, stack)
                if response.is_success and not whole:
                    return response
                content = await response.aread()
                if response.is_success:
                    return response
                if request.writes or last or response.status_code not in (502, 503, 504):
                    raise refused(request, response.status_code, content)
            except NEVER_LEFT as error:
                if last:
                    raise unreachable(request.function, error) from error
            except httpx2.HTTPError as error:
                if request.writes:
                    raise OutcomeUnknown(request.function) from error
                if last:
                    raise self._gone(request, error) from error
            await stack.aclose()
            await self._pause(FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))
        raise AssertionError  # the last attempt returns or raises

    def _gone(self, request: Request, error: httpx2.HTTPError) -> DiallerError:
        return (
            TooSlow(request.function)
            if isinstance(error, httpx2.TimeoutException)
            else unreachable(request.function, error)
        )

    async def _send(self, request: Request, stack: AsyncExitStack) -> httpx2.Response:
        url = httpx2.URL(self._base + request.target().decode("ascii"))
        for _ in range(MAX_REDIRECTS + 1):
            outgoing = self._client().build_request(
                request.method, url, content=request.content, headers=request.headers()
            )
            response = await self._client().send(outgoing, stream=True)
            stack.push_async_callback(response.aclose)
            self._note_clock(response)
            if not response.is_redirect:
                return response
            url = self._redirected(request, url, response)
            await response.aclose()  # otherwise a pool of one connection would have none left
        raise UnexpectedStatus(request.function, summary="The dialler redirects in a circle.")

    def _note_clock(self, response: httpx2.Response) -> None:
        try:
            self.clock_skew = parsedate_to_datetime(response.headers["date"]).timestamp() - time.time()
        except (KeyError, ValueError):
            self.clock_skew = None

    def _redirected(self, request: Request, url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
        """The target of a redirect. Only a GET follows it, to the same host, and never from https to http."""
        try:
            target = url.join(response.headers.get("location", ""))
        except httpx2.InvalidURL:
            target = httpx2.URL()
        if request.method == "GET" and target.host == url.host and (target.scheme == "https" or url.scheme == "http"):
            return target
        raise UnexpectedStatus(
            request.function,
            status=response.status_code,
            summary="The dialler redirects to another address, which is not followed.",
            hint="Nothing was changed. Set DIALLER_BASE_URL to the final address, usually with https://.",
        )

    def _client(self) -> httpx2.AsyncClient:
        """The HTTP client, built for the first request, because a TLS context is the costliest part of a start."""
        if self._http is None:
            try:
                self._http = httpx2.AsyncClient(
                    transport=self._transport,
                    verify=self._tls(),
                    headers={"Authorization": f"Bearer {self.address.token}", "Accept": "application/json"},
                    timeout=httpx2.Timeout(self.address.deadline, connect=min(10.0, self.address.deadline)),
                    limits=httpx2.Limits(max_connections=self.address.connections),
                )
            except (httpx2.InvalidURL, ValueError, ImportError, OSError) as error:  # it reads the environment
                raise BadWay from error
            self._stack.push_async_callback(self._http.aclose)
        return self._http

    def _tls(self) -> bool | ssl.SSLContext:
        if self._transport is not None:
            return False  # plain http needs it too: a redirect may lead to https
        if self.address.ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=self.address.ca_file)
        except (ssl.SSLError, OSError) as error:
            raise BadAddress(hint="DIALLER_CA_FILE contains no readable certificates (PEM).") from error
