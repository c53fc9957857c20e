"""The client of one dialler: the documented functions, with retries and deadlines."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from copy import copy
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import httpx2
import msgspec

from dialler_mcp.api.acd import AcdFunctions
from dialler_mcp.api.address import Address
from dialler_mcp.api.answers import (
    SUCCESS,
    EnvelopeHead,
    check_done,
    check_envelope,
    error_of,
    rows_of,
    success_body,
    unreadable_success,
)
from dialler_mcp.api.campaigns import CampaignFunctions
from dialler_mcp.api.connection import NEVER_LEFT, Connection, moment_of
from dialler_mcp.api.contacts import ContactFunctions
from dialler_mcp.api.decoding import Form, decoded_envelope, form_of, read_all, records_of
from dialler_mcp.api.errors import NoRecords, NotFound, OutcomeUnknown, TooSlow, Unreachable
from dialler_mcp.api.requests import ChangeHeld, Request
from dialler_mcp.api.streaming import read_list
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import AcdGroup, Campaign, ResultCode
from dialler_mcp.domain.text import clean
from dialler_mcp.words import Words

P = ParamSpec("P")
R = TypeVar("R", bound=Record)
T = TypeVar("T")

ATTEMPTS = 3
FIRST_PAUSE = 0.2  # seconds; doubled each time, jittered
LARGE = 1 << 20  # bytes; what is larger is decoded beside the event loop
_NAMES: dict[type[Record], tuple[str, ...]] = {
    Campaign: ("name",),
    ResultCode: ("content", "export_key"),
    AcdGroup: ("name",),
}
TOO_MANY, PASSING = 429, (502, 503, 504)  # statuses of what may be over soon


_BROKEN = Words("The connection broke in the middle of the list.", "Die Verbindung brach mitten in der Liste ab.")


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
        self._connection = Connection(address, transport)
        self._pause = pause
        self._holds_changes = False
        self._mask_name: Callable[[str], str] | None = None
        self.answered = False
        """Whether a dialler is there: one function at least has succeeded."""
        self._decoding = asyncio.Lock()

    async def __aenter__(self) -> "Dialler":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connection.aclose()

    @property
    def clock_skew(self) -> float | None:
        """Seconds by which the dialler's clock is ahead of ours, from its last answer; None if that had no date."""
        return self._connection.clock_skew

    def hold_changes(self) -> None:
        """From now on send no request that changes something; it raises ChangeHeld instead. This cannot be reversed."""
        self._holds_changes = True

    def mask_names(self, mask: Callable[[str], str]) -> None:
        """From now on campaigns, result codes and ACD groups are called what `mask` makes of their names: people write
        into these what belongs elsewhere, too.
        """
        self._mask_name = mask

    def whole(self) -> "Dialler":
        """The same dialler with every name as it is: for what is sent back to it, or kept for its owner."""
        twin = copy(self)
        twin._mask_name = None
        return twin

    def named(self, record: R) -> R:
        """A record with the names in it as they are shown; the same object where nothing is masked."""
        names = _NAMES.get(type(record)) if self._mask_name else None
        if names is None or self._mask_name is None:
            return record
        texts = {name: text for name in names if (text := getattr(record, name))}
        masks = {name: mask for name, text in texts.items() if (mask := self._mask_name(text)) != clean(text)}
        return msgspec.structs.replace(record, **masks) if masks else record

    async def records(self, request: Request, kind: type[R]) -> list[R]:
        """The records in the answer to a request."""
        answer = await self._answer(request)
        self._check(request, EnvelopeHead.of(answer), len(rows_of(answer)))
        try:
            return [self.named(record) for record in records_of(answer, kind, request.function)]
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
            envelope = await _beside(content, decoded_envelope, content, form)
        if envelope is None:
            answer = await _beside(content, success_body, request, content)
            rows, head = read_all(answer, form, request.function), EnvelopeHead.of(answer)
        else:
            rows, head = envelope.records, EnvelopeHead(envelope.status, envelope.error, envelope.count)
        self._check(request, head, len(rows))
        return rows

    async def done(self, request: Request) -> None:
        """Send a request whose answer is only a status."""
        check_done(request, await self._answer(request))
        self.answered = True

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
                    response, _ = await self._attempt(request, stack, until)
                except NotFound:
                    return
            chunks = self._chunks(request, response, until)

            def check(envelope: Mapping[str, Any], rows: int) -> None:
                self._check(request, EnvelopeHead.of(envelope), rows)

            async for records in read_list(chunks, form, request.function, check):
                yield records

    def _check(self, request: Request, head: EnvelopeHead, rows: int) -> None:
        check_envelope(request, head, rows)
        self.answered = True

    async def _answer(self, request: Request) -> object:
        content = await self._content(request)
        return await _beside(content, success_body, request, content)

    async def _content(self, request: Request) -> bytes:
        until = asyncio.get_running_loop().time() + self.address.deadline
        async with self._deadline(request, until), AsyncExitStack() as stack:
            _, content = await self._attempt(request, stack, until, whole=True)
            return content

    async def _chunks(self, request: Request, response: httpx2.Response, until: float) -> AsyncIterator[bytes]:
        """The bytes of a body.

        The deadline is set around each read only: held while the generator is suspended, it would cancel the code that
        consumes the bytes.
        """
        chunks = self._connection.pieces(response)
        while True:
            async with self._deadline(request, until):
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except httpx2.HTTPError as error:
                    raise Unreachable(request.function, summary=_BROKEN) from error
            yield chunk

    @asynccontextmanager
    async def _deadline(self, request: Request, until: float) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError as error:
            raise (OutcomeUnknown if request.writes else TooSlow)(request.function) from error

    async def _attempt(
        self, request: Request, stack: AsyncExitStack, until: float, *, whole: bool = False
    ) -> tuple[httpx2.Response, bytes]:
        """The answer to a request. With `whole` its body is read here, so that a broken body is retried too."""
        if request.writes and self._holds_changes:
            raise ChangeHeld(request)
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            wait = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
            try:
                response = await self._connection.send(request, stack)
                is_success = response.status_code in SUCCESS
                if is_success and not whole:
                    return response, b""
                content = await self._connection.whole(request, response)
                if is_success:
                    return response, content
                if response.status_code == TOO_MANY:  # refused before anything was done, so a write may wait, too
                    wait = max(wait, _retry_after(response))
                    last = last or asyncio.get_running_loop().time() + wait >= until
                elif request.writes or response.status_code not in PASSING:
                    last = True
                if last:
                    raise error_of(request, response.status_code, content)
            except NEVER_LEFT as error:
                if last:
                    raise self._connection.gone(request, error) from error
            except httpx2.HTTPError as error:
                if request.writes:
                    raise OutcomeUnknown(request.function) from error
                if last:
                    raise self._connection.gone(request, error) from error
            await stack.aclose()
            await self._pause(wait)
        raise AssertionError  # the last attempt returns or raises


def _retry_after(response: httpx2.Response) -> float:
    """How many seconds an answer asks to wait: a number, or a time."""
    header = response.headers.get("retry-after", "")
    if header.isdecimal():
        return float(header)
    moment = moment_of(header)
    return 0.0 if moment is None else moment - time.time()


async def _beside(content: bytes, work: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
    """The result of work on a content, beside the event loop when it is large."""
    if len(content) < LARGE:
        return work(*arguments, **keywords)
    return await asyncio.to_thread(work, *arguments, **keywords)
