"""The client of one dialler: the documented functions, over one pooled HTTP connection."""

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
from dialler_mcp.api.requests import Call, ChangeHeld, refused, success_body, unreadable_success
from dialler_mcp.api.streaming import read_list
from dialler_mcp.domain.fields import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

ATTEMPTS = 3
FIRST_PAUSE = 0.2  # seconds; doubled each time, jittered
MOST_REDIRECTS = 3
# Failures in which the request surely never left this machine: even a write may be tried again.
NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@dataclass(frozen=True)
class Address:
    """Where a dialler is and how to speak to it.

    `base_url` is `https://host/rest/v1.0/{ClientsID}`. `deadline` is the longest that one call may take in all, in
    seconds; `connections` the most at the same time.

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
        """The name of the machine, without what could be secret."""
        return httpx2.URL(self.base_url).host

    def __post_init__(self) -> None:
        try:
            url = httpx2.URL(self.base_url)
        except httpx2.InvalidURL as error:
            raise BadAddress(hint="DIALLER_BASE_URL is no URL; it looks like https://host/rest/v1.0/1.") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise BadAddress(hint="DIALLER_BASE_URL must begin with https:// and name a host.")
        if url.userinfo or url.query or url.fragment:
            raise BadAddress(hint="DIALLER_BASE_URL must not hold a user, a query or a fragment.")
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
            raise BadAddress(hint="DIALLER_TOKEN is empty or holds blanks or characters that no token has.")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise BadAddress(hint="DIALLER_CA_FILE names no file.")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Dialler(ContactFunctions, CampaignFunctions, AcdFunctions):
    """All documented functions of one dialler. Use as an async context manager; one per process.

    Reads are tried up to three times on failed connections, 502, 503 and 504. Writes are not, unless the request surely
    never left. Every call has one deadline for all its attempts.
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
        """Seconds by which the dialler's clock is ahead of ours, by its last answer; None when it did not say."""
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
        """From now on nothing that changes something leaves: such a call raises ChangeHeld. There is no way back."""
        self._holds_changes = True

    async def records(self, call: Call, kind: type[R]) -> list[R]:
        """The records that a call answers with."""
        answer = await self._answer(call)
        try:
            return records_of(answer, kind, call.function)
        except NoRecords as error:
            if call.writes:
                raise unreadable_success(call) from error
            raise

    async def rows(self, call: Call, form: Form[T]) -> list[T]:
        """The records that a call which reads answers with, in a form of the caller's; none on a 404."""
        try:
            content = await self._content(call)
        except NotFound:
            return []
        async with self._decoding:  # one in each turn of the loop, however many answers come at once
            await asyncio.sleep(0)
            found = decoded_records(content, form)
        return read_all(success_body(call, content), form, call.function) if found is None else found

    async def done(self, call: Call) -> None:
        """A call whose answer is only a status."""
        await self._answer(call)

    async def stream(self, call: Call, kind: type[R], deadline: float | None = None) -> AsyncGenerator[R]:
        """The records of a list call, as they arrive; none on a 404, as in `matches`. A connection that breaks midway
        is an error, no short list.
        """
        async with aclosing(self.blocks(call, form_of(kind), deadline)) as blocks:
            async for records in blocks:
                for record in records:
                    yield record

    async def blocks(self, call: Call, form: Form[T], deadline: float | None = None) -> AsyncGenerator[list[T]]:
        """The same, as many at a time as arrive together, in a form of the caller's."""
        until = asyncio.get_running_loop().time() + (deadline or self.address.deadline)
        async with AsyncExitStack() as stack:
            async with self._deadline(call, until):
                try:
                    response = await self._attempt(call, stack)
                except NotFound:
                    return
            async for records in read_list(self._chunks(call, response, until), form, call.function):
                yield records

    async def _answer(self, call: Call) -> object:
        return success_body(call, await self._content(call))

    async def _content(self, call: Call) -> bytes:
        until = asyncio.get_running_loop().time() + self.address.deadline
        async with self._deadline(call, until), AsyncExitStack() as stack:
            response = await self._attempt(call, stack, whole=True)
            return response.content

    async def _chunks(self, call: Call, response: httpx2.Response, until: float) -> AsyncIterator[bytes]:
        """The bytes of a body. The deadline is set around each read only: a generator must not hold one while it is
        suspended, or it would fall on whoever consumes it.
        """
        chunks = response.aiter_bytes()
        while True:
            async with self._deadline(call, until):
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except httpx2.HTTPError as error:
                    summary = "The connection broke in the middle of the list."
                    raise Unreachable(call.function, summary=summary) from error
            yield chunk

    @asynccontextmanager
    async def _deadline(self, call: Call, until: float) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError as error:
            raise (OutcomeUnknown if call.writes else TooSlow)(call.function) from error

    async def _attempt(self, call: Call, stack: AsyncExitStack, *, whole: bool = False) -> httpx2.Response:
        """The answer to a call; with `whole` its body is read, so that a body that breaks off is tried again too."""
        if call.writes and self._holds_changes:
            raise ChangeHeld(call)
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                response = await self._send(call, stack)
                if response.is_success and not whole:
                    return response
                content = await response.aread()
                if response.is_success:
                    return response
                if call.writes or last or response.status_code not in (502, 503, 504):
                    raise refused(call, response.status_code, content)
            except NEVER_LEFT as error:
                if last:
                    raise unreachable(call.function, error) from error
            except httpx2.HTTPError as error:
                if call.writes:
                    raise OutcomeUnknown(call.function) from error
                if last:
                    raise self._gone(call, error) from error
            await stack.aclose()
            await self._pause(FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))
        raise AssertionError  # the last attempt returns or raises

    def _gone(self, call: Call, error: httpx2.HTTPError) -> DiallerError:
        return (
            TooSlow(call.function) if isinstance(error, httpx2.TimeoutException) else unreachable(call.function, error)
        )

    async def _send(self, call: Call, stack: AsyncExitStack) -> httpx2.Response:
        url = httpx2.URL(self._base + call.target().decode("ascii"))
        for _ in range(MOST_REDIRECTS + 1):
            request = self._client().build_request(call.method, url, content=call.content, headers=call.headers())
            response = await self._client().send(request, stream=True)
            stack.push_async_callback(response.aclose)
            self._note_clock(response)
            if not response.is_redirect:
                return response
            url = self._redirected(call, url, response)
            await response.aclose()  # else its connection is missing, when there is only one
        raise UnexpectedStatus(call.function, summary="The dialler redirects in a circle.")

    def _note_clock(self, response: httpx2.Response) -> None:
        try:
            self.clock_skew = parsedate_to_datetime(response.headers["date"]).timestamp() - time.time()
        except (KeyError, ValueError):
            self.clock_skew = None

    def _redirected(self, call: Call, url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
        """Where a redirect leads; followed for GET, to the same host, never from https back to http."""
        try:
            target = url.join(response.headers.get("location", ""))
        except httpx2.InvalidURL:
            target = httpx2.URL()
        if call.method == "GET" and target.host == url.host and (target.scheme == "https" or url.scheme == "http"):
            return target
        raise UnexpectedStatus(
            call.function,
            status=response.status_code,
            summary="The dialler redirects to another address, which is not followed.",
            hint="Nothing was changed. Set DIALLER_BASE_URL to the final address, usually with https://.",
        )

    def _client(self) -> httpx2.AsyncClient:
        """The HTTP client, built at the first call: a TLS context costs more than all else at start."""
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
            raise BadAddress(hint="DIALLER_CA_FILE holds no readable certificates (PEM).") from error
