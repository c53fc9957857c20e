"""What an answer means: success only where the dialler says so, all of its records or none, and whose error it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import msgspec

from dialler_mcp.api.decoding import BOM, UNREADABLE, decoded
from dialler_mcp.api.errors import (
    DiallerError,
    FunctionMissing,
    NotDialler,
    NotJson,
    OtherChanged,
    OtherRecord,
    OutcomeUnknown,
    PartOfRecords,
    ServerFault,
    UnreadableAnswer,
    error_class,
)
from dialler_mcp.api.requests import Request
from dialler_mcp.domain.privacy import Privacy, readable
from dialler_mcp.words import Words

MAX_REASON = 200  # characters of the dialler's own explanation that are passed on
MAX_COUNT_DIGITS = 18
_OF_HTTP = range(100, 600)
SUCCESS = (200, 201, 203)
"""What says that something is done, and that the answer is whole. 202 is a promise, 206 a part, 204 says nothing."""
_OF_OTHERS = ("path", "timestamp", "trace")
"""Fields of the error pages of web frameworks; the dialler's envelope has none of them."""


_PART = Words(
    "The answer holds only {rows} of {count} records.", "Die Antwort enthält nur {rows} von {count} Datensätzen."
)
_NOT_READABLE = Words(
    "The dialler reported success, but its answer cannot be read.",
    "Der Dialler meldete Erfolg, aber seine Antwort ist nicht lesbar.",
)
_WITH_STATUS = Words("{what} (status {status})", "{what} (Status {status})")
_PERHAPS_A_PART = Words(
    "Part of the change may be there: read the record before you repeat it.",
    "Ein Teil der Änderung ist vielleicht da: Lesen Sie den Datensatz, bevor Sie sie wiederholen.",
)
_NEITHER = Words(
    "The answer has status {status}, which says neither that it is done nor that it is not.",
    "Die Antwort hat den Status {status}: Er sagt weder, dass es ausgeführt ist, noch, dass es das nicht ist.",
)
_NOT_WHOLE = Words(
    "The answer has status {status}, which is not that of a whole answer.",
    "Die Antwort hat den Status {status}; das ist nicht der einer vollständigen Antwort.",
)
_HTML = Words(
    "The answer is an HTML page, probably of a proxy, not of the dialler.",
    "Die Antwort ist eine HTML-Seite, wahrscheinlich von einem Proxy, nicht vom Dialler.",
)
_EMPTY, _DAMAGED = (
    Words("The answer is empty.", "Die Antwort ist leer."),
    Words("The answer is damaged JSON.", "Die Antwort ist beschädigtes JSON."),
)


@dataclass(frozen=True)
class EnvelopeHead:
    """What an envelope says beside its records; None where it says nothing. `foreign`: it has fields that the dialler's
    does not have.
    """

    status: object = None
    error: object = None
    count: object = None
    foreign: bool = False

    @classmethod
    def of(cls, answer: object) -> "EnvelopeHead":
        envelope = cast(dict[str, object], answer) if isinstance(answer, dict) else dict[str, object]()
        foreign = any(name in envelope for name in _OF_OTHERS)
        return cls(envelope.get("status"), envelope.get("error"), envelope.get("count"), foreign)


def success_body(request: Request, content: bytes) -> object:
    """The JSON of a 2xx answer."""
    try:
        return decoded(content)
    except UNREADABLE as error:
        if request.writes:
            raise unreadable_success(request) from error
        raise NotJson(request.function, status=200, summary=_unreadable(content)) from error


def rows_of(answer: object) -> list[object]:
    """The records of an envelope as they are; none where there is no list of them."""
    rows = cast(dict[str, object], answer).get("records") if isinstance(answer, dict) else None
    return cast(list[object], rows) if isinstance(rows, list) else []


def check_envelope(request: Request, head: EnvelopeHead, rows: int) -> None:
    """Whether an envelope with so many records reports success, and all of them.

    Raises:
        Refused: it reports an error, whatever the status of HTTP.
        UnreadableAnswer: its status is none of HTTP.
        PartOfRecords: it has more records than were sent. Fewer mean nothing: the documents count several as one.
        OutcomeUnknown: either of these two, of a write.
    """
    number = _number(head.status)
    if number is None and head.status is not None:  # no status of HTTP, so not the dialler's
        raise unreadable_success(request) if request.writes else UnreadableAnswer(request.function, status=200)
    if number == 404 and head.foreign:
        raise NotDialler(request.function, status=404)
    if number is not None and number not in SUCCESS:
        raise error_of(request, number, msgspec.json.encode({"status": number, "error": head.error}))
    if head.error:
        raise error_of(request, 500, msgspec.json.encode({"status": 500, "error": head.error}))
    count = _count(head.count)
    if count > rows:
        if request.writes:
            raise unreadable_success(request)
        raise PartOfRecords(request.function, status=200, summary=_PART.filled(rows=rows, count=count))


def _number(status: object) -> int | None:
    """The status of an envelope, also where it is written as text; None where it is none of HTTP."""
    if isinstance(status, str):
        digits = status.strip()
        return _number(int(digits)) if digits.isdecimal() and len(digits) == 3 else None
    if isinstance(status, int) and not isinstance(status, bool) and status in _OF_HTTP:
        return status
    return None


def _count(count: object) -> int:
    """The number of records that an envelope claims, also where it is written as text; 0 where it claims none."""
    if isinstance(count, str):
        digits = count.strip()
        return int(digits) if digits.isdecimal() and len(digits) <= MAX_COUNT_DIGITS else 0
    if not isinstance(count, int | float) or isinstance(count, bool):
        return 0
    return int(count) if abs(count) < 10**MAX_COUNT_DIGITS else 0


def check_done(request: Request, answer: object) -> None:
    """Whether the answer of a function without records reports success.

    Raises:
        Refused: it reports an error.
        OutcomeUnknown: it is not the dialler's answer.
        OtherChanged: it holds the record of something else.
    """
    head = EnvelopeHead.of(answer)
    check_envelope(request, replace(head, count=None), 0)
    if head.status is None:
        raise unreadable_success(request)
    rows = [cast(dict[str, object], row) for row in rows_of(answer) if isinstance(row, dict)]
    ids = {str(row["ID"]) for row in rows if row.get("ID")}
    if ids and request.record_id is not None and str(request.record_id) not in ids:
        raise OtherChanged(request.function, status=200, summary=OtherRecord.summary)


def unreadable_success(request: Request) -> OutcomeUnknown:
    """The error for a write whose answer was 2xx, but not the answer of its function."""
    return OutcomeUnknown(request.function, status=200, summary=_NOT_READABLE)


def error_of(request: Request, status: int, content: bytes) -> DiallerError:
    """The error for an answer that is not a success."""
    answer = _json_object(content)
    reason = _reason(request, answer)
    if status in (401, 403, 407, 429):  # also of a gateway, in whatever form
        return error_class(status)(request.function, status=status, reason=reason)
    if request.writes and 200 <= status < 400:
        return OutcomeUnknown(request.function, status=status, reason=reason, summary=_NEITHER.filled(status=status))
    if 200 <= status < 300:
        return UnreadableAnswer(request.function, status=status, summary=_NOT_WHOLE.filled(status=status))
    if status in (404, 405, 501) and not content.strip():
        return FunctionMissing(request.function, status=status)
    if request.writes and (status in (502, 503, 504) or (answer is None and status >= 500)):
        return OutcomeUnknown(request.function, status=status, reason=reason)
    if answer is None and content.strip():
        summary = _WITH_STATUS.filled(what=_unreadable(content), status=status)
        return NotJson(request.function, status=status, summary=summary)
    if status == 404 and not _is_of_the_dialler(answer or {}):
        return NotDialler(request.function, status=status)
    error = error_class(status)(request.function, status=status, reason=reason)
    if request.writes and isinstance(error, ServerFault):
        error.hint = _PERHAPS_A_PART
    return error


def _is_of_the_dialler(answer: Mapping[str, object]) -> bool:
    """Whether an error is in the dialler's own envelope; a gateway or another server has a form of its own."""
    own = answer.get("status") == 404 and isinstance(answer.get("error"), str)
    return own and not any(name in answer for name in _OF_OTHERS)


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        answer: object = decoded(content)
    except UNREADABLE:
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
    return readable(explanation, Privacy.masked)[:MAX_REASON]


def _unreadable(content: bytes) -> Words:
    content = content.removeprefix(BOM)
    if content.lstrip()[:1] == b"<":
        return _HTML
    return _DAMAGED if content.strip() else _EMPTY
