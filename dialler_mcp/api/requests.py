"""A request to one documented function, and what an answer that reports an error means."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, TypeVar, cast
from urllib.parse import quote

import msgspec

from dialler_mcp.api.decoding import Form, body, decoded
from dialler_mcp.api.errors import (
    BadRequest,
    DiallerError,
    FunctionMissing,
    NotFound,
    NotJson,
    OutcomeUnknown,
    ServerFault,
    refusal,
)
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.privacy import Privacy, masked_inside
from dialler_mcp.domain.text import clean

R = TypeVar("R", bound=Record)
T = TypeVar("T")

MAX_REASON = 200  # characters of the dialler's own explanation that are passed on


@dataclass(frozen=True)
class Request:
    """What is sent to one documented function.

    `function` is its title in the API documentation, `path` is relative to the base URL, without values that need
    encoding; those go into `query`.
    """

    function: str
    method: str
    path: str
    query: Mapping[str, str | int | bool] = dataclass_field(default_factory=dict[str, str | int | bool])
    values: Mapping[str, Any] | None = None
    reads: bool = False

    @property
    def writes(self) -> bool:
        return not (self.reads or self.method == "GET")

    @property
    def content(self) -> bytes | None:
        try:
            return None if self.values is None else body(self.values)
        except UnicodeEncodeError as error:
            raise self._unsendable() from error

    def headers(self) -> dict[str, str]:
        return {} if self.values is None else {"Content-Type": "application/json"}

    def target(self) -> bytes:
        """Path and query, percent-encoded as UTF-8."""
        try:
            pairs = "&".join(f"{name}={quote(_text(value), safe='')}" for name, value in self.query.items())
        except UnicodeEncodeError as error:
            raise self._unsendable() from error
        return (self.path + ("?" + pairs if pairs else "")).encode("ascii")

    def sent_values(self) -> set[str]:
        """Our values in every form in which the dialler's explanation might repeat them."""
        written: object = msgspec.json.decode(self.content or b"{}")
        texts = {*re.findall(r"\d+", self.path), *_scalars(list(self.query.values())), *_scalars(written)} - {""}
        return texts | {quote(text, safe="") for text in texts}

    def _unsendable(self) -> BadRequest:
        summary = "The request cannot be sent: a text contains characters that are not valid Unicode."
        return BadRequest(self.function, summary=summary, hint="Nothing was changed. Correct the text.")


"""The former name of `Request`, for callers that still use it."""


class ChangeHeld(Exception):
    """A change was not sent because its client holds changes back; it carries the request that would have gone out."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.function)
        self.request = request

    @property
    def call(self) -> Request:
        """The former name of `request`, for callers that still use it."""
        return self.request


def _scalars(value: object) -> Iterator[str]:
    """The texts and numbers in a JSON value, as texts."""
    if isinstance(value, dict):
        value = list(cast(dict[str, object], value).values())
    if isinstance(value, list):
        for element in cast(list[object], value):
            yield from _scalars(element)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def success_body(request: Request, content: bytes) -> object:
    """The JSON of a 2xx answer."""
    try:
        return decoded(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if request.writes:
            raise unreadable_success(request) from error
        raise NotJson(request.function, status=200, summary=_unreadable(content)) from error


def unreadable_success(request: Request) -> OutcomeUnknown:
    """The error for a write whose answer was 2xx, but not the answer of its function."""
    summary = "The dialler reported success, but its answer cannot be read."
    return OutcomeUnknown(request.function, status=200, summary=summary)


def refused(request: Request, status: int, content: bytes) -> DiallerError:
    """The error for an answer that is not 2xx."""
    answer = _json_object(content)
    reason = _reason(request, answer)
    if status in (401, 407):
        return refusal(status)(request.function, status=status, reason=reason)
    if status in (404, 405, 501) and not content.strip():
        return FunctionMissing(request.function, status=status)
    if request.writes and (status in (502, 503, 504) or (answer is None and status >= 500)):
        return OutcomeUnknown(request.function, status=status, reason=reason)
    if answer is None and content.strip():
        return NotJson(request.function, status=status, summary=f"{_unreadable(content)} (status {status})")
    error = refusal(status)(request.function, status=status, reason=reason)
    if request.writes and isinstance(error, ServerFault):
        error.hint = "Part of the change may be there: read the record before you repeat it."
    return error


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        answer: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return cast(dict[str, object], answer) if isinstance(answer, dict) else None


def _reason(request: Request, answer: dict[str, object] | None) -> str:
    """The dialler's own explanation as one clean line, without the values that we sent, which must not reach logs.

    Data of other people in it is masked at every privacy level: an error does not answer a question about a person.
    """
    explanation = (answer or {}).get("error")
    if not isinstance(explanation, str):
        return ""
    values = sorted(request.sent_values(), key=len, reverse=True)
    patterns = [re.escape(text) if len(text) > 2 else rf"(?<!\w){re.escape(text)}(?!\w)" for text in values]
    if patterns:
        explanation = re.sub("|".join(patterns), "…", explanation, flags=re.IGNORECASE)
    return masked_inside(clean(explanation), Privacy.masked)[:MAX_REASON]


def _unreadable(content: bytes) -> str:
    if content.lstrip()[:1] == b"<":
        return "The answer is an HTML page, probably of a proxy, not of the dialler."
    return "The answer is empty." if not content.strip() else "The answer is damaged JSON."


class Functions(ABC):
    """What the groups of functions need from the client."""

    @abstractmethod
    async def records(self, request: Request, kind: type[R]) -> list[R]: ...

    @abstractmethod
    def stream(self, request: Request, kind: type[R], deadline: float | None = None) -> AsyncGenerator[R]: ...

    @abstractmethod
    async def rows(self, request: Request, form: Form[T]) -> list[T]: ...

    @abstractmethod
    def blocks(self, request: Request, form: Form[T], deadline: float | None = None) -> AsyncGenerator[list[T]]: ...

    @abstractmethod
    async def done(self, request: Request) -> None: ...

    async def matches(self, request: Request, kind: type[R]) -> list[R]:
        """The records of a search; a 404 and an empty list both mean none."""
        try:
            return await self.records(request, kind)
        except NotFound:
            return []

    async def one(self, request: Request, kind: type[R]) -> R:
        """The one record in the answer to a request.

        Raises:
            NotFound: a 404, or an empty list.
        """
        records = await self.records(request, kind)
        if not records:
            if request.writes:
                raise OutcomeUnknown(request.function, status=200, summary="The dialler answered without the record.")
            raise NotFound(request.function, status=404)
        return records[0]
