"""One call of a documented function: what is sent, and what a refusal means."""

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

LONGEST_REASON = 200  # characters of the dialler's own words that are passed on


@dataclass(frozen=True)
class Call:
    """A request to one documented function.

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
        """Our values, as a reason of the dialler might repeat them."""
        written: object = msgspec.json.decode(self.content or b"{}")
        texts = {*re.findall(r"\d+", self.path), *_scalars(list(self.query.values())), *_scalars(written)} - {""}
        return texts | {quote(text, safe="") for text in texts}

    def _unsendable(self) -> BadRequest:
        summary = "The request cannot be sent: a text holds characters that are no valid Unicode."
        return BadRequest(self.function, summary=summary, hint="Nothing was changed. Correct the text.")


class ChangeHeld(Exception):
    """A change that was not sent, because its client holds changes back: what would have been sent."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.function)
        self.call = call


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


def success_body(call: Call, content: bytes) -> object:
    """The JSON of a 2xx answer."""
    try:
        return decoded(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if call.writes:
            raise unreadable_success(call) from error
        raise NotJson(call.function, status=200, summary=_unreadable(content)) from error


def unreadable_success(call: Call) -> OutcomeUnknown:
    """The error for a write that was answered with 2xx, but not with what its function answers."""
    summary = "The dialler reported success, but its answer cannot be read."
    return OutcomeUnknown(call.function, status=200, summary=summary)


def refused(call: Call, status: int, content: bytes) -> DiallerError:
    """The error for an answer that is not 2xx."""
    answer = _json_object(content)
    reason = _reason(call, answer)
    if status in (401, 407):
        return refusal(status)(call.function, status=status, reason=reason)
    if status in (404, 405, 501) and not content.strip():
        return FunctionMissing(call.function, status=status)
    if call.writes and (status in (502, 503, 504) or (answer is None and status >= 500)):
        return OutcomeUnknown(call.function, status=status, reason=reason)
    if answer is None and content.strip():
        return NotJson(call.function, status=status, summary=f"{_unreadable(content)} (status {status})")
    error = refusal(status)(call.function, status=status, reason=reason)
    if call.writes and isinstance(error, ServerFault):
        error.hint = "Part of the change may be there: read the record before you repeat it."
    return error


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        answer: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return cast(dict[str, object], answer) if isinstance(answer, dict) else None


def _reason(call: Call, answer: dict[str, object] | None) -> str:
    """The dialler's own words, as one clean line, with what we sent taken out: values must not reach logs.

    What they say of other people is masked too, at every level: an error is no answer to a question about a person.
    """
    said = (answer or {}).get("error")
    if not isinstance(said, str):
        return ""
    values = sorted(call.sent_values(), key=len, reverse=True)
    patterns = [re.escape(text) if len(text) > 2 else rf"(?<!\w){re.escape(text)}(?!\w)" for text in values]
    if patterns:
        said = re.sub("|".join(patterns), "…", said, flags=re.IGNORECASE)
    return masked_inside(clean(said), Privacy.masked)[:LONGEST_REASON]


def _unreadable(content: bytes) -> str:
    if content.lstrip()[:1] == b"<":
        return "The answer is an HTML page, probably of a proxy, not of the dialler."
    return "The answer is empty." if not content.strip() else "The answer is damaged JSON."


class Functions(ABC):
    """What the groups of functions need of the client."""

    @abstractmethod
    async def records(self, call: Call, kind: type[R]) -> list[R]: ...

    @abstractmethod
    def stream(self, call: Call, kind: type[R], deadline: float | None = None) -> AsyncGenerator[R]: ...

    @abstractmethod
    async def rows(self, call: Call, form: Form[T]) -> list[T]: ...

    @abstractmethod
    def blocks(self, call: Call, form: Form[T], deadline: float | None = None) -> AsyncGenerator[list[T]]: ...

    @abstractmethod
    async def done(self, call: Call) -> None: ...

    async def matches(self, call: Call, kind: type[R]) -> list[R]:
        """The records of a search; a 404 and an empty list both mean none."""
        try:
            return await self.records(call, kind)
        except NotFound:
            return []

    async def one(self, call: Call, kind: type[R]) -> R:
        """The one record of a call.

        Raises:
            NotFound: a 404, or an empty list.
        """
        records = await self.records(call, kind)
        if not records:
            if call.writes:
                raise OutcomeUnknown(call.function, status=200, summary="The dialler answered without the record.")
            raise NotFound(call.function, status=404)
        return records[0]
