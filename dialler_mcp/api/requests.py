"""A request to one documented function."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, TypeGuard, TypeVar, cast
from urllib.parse import quote

import msgspec

from dialler_mcp.api.decoding import Form, body
from dialler_mcp.api.errors import BadRequest, NotFound, OtherChanged, OtherRecord, OutcomeUnknown
from dialler_mcp.domain.fields import Record
from dialler_mcp.words import Words

R = TypeVar("R", bound=Record)
T = TypeVar("T")


_NO_UNICODE = Words(
    "The request cannot be sent: a text contains characters that are not valid Unicode.",
    "Die Anfrage lässt sich nicht senden: Ein Text enthält Zeichen, die kein gültiges Unicode sind.",
)
_CORRECT = Words("Nothing was changed. Correct the text.", "Es wurde nichts geändert. Berichtigen Sie den Text.")
_NO_RECORD = Words("The dialler answered without the record.", "Der Dialler hat ohne den Datensatz geantwortet.")


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
    def record_id(self) -> int | None:
        """The ID of the record that the path names; None where it names none."""
        number = re.search(r"/(\d+)(/|$)", self.path)
        return int(number[1]) if number else None

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
        body: object = msgspec.json.decode(self.content or b"{}")
        texts = {*re.findall(r"\d+", self.path), *_scalars(list(self.query.values())), *_scalars(body)} - {""}
        return texts | {quote(text, safe="") for text in texts}

    def _unsendable(self) -> BadRequest:
        return BadRequest(self.function, summary=_NO_UNICODE, hint=_CORRECT)


class ChangeHeld(Exception):
    """A change was not sent because its client holds changes back; it carries the request that would have gone out."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.function)
        self.request = request


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


def is_id(number: object) -> TypeGuard[int]:
    """Whether a number can be the ID of a record: 1 to 2^53-1, beyond which JSON readers lose digits."""
    return isinstance(number, int) and 1 <= number < 2**53


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

    async def one(self, request: Request, kind: type[R], record_id: int | None = None) -> R:
        """The one record in the answer to a request; `record_id` is the ID that it must have.

        Raises:
            NotFound: a 404, or an empty list.
            OtherRecord: it is another record, or there are two of this ID that differ.
            OtherChanged: the same, of a write.
            OutcomeUnknown: a write was answered without a record, or with one that has no ID.
        """
        records = await self.records(request, kind)
        if not records:
            if request.writes:
                raise OutcomeUnknown(request.function, status=200, summary=_NO_RECORD)
            raise NotFound(request.function, status=404)
        record = records[0]
        if record_id is not None:
            same = [one for one in records if getattr(one, "id", None) == record_id]
            record = same[0] if same and all(one == same[0] for one in same) else None
        if record is None or not is_id(getattr(record, "id", 1)):
            write_error = OtherChanged if any(is_id(getattr(one, "id", None)) for one in records) else OutcomeUnknown
            error = write_error if request.writes else OtherRecord
            raise error(request.function, status=200, summary=OtherRecord.summary)
        return record
