"""Everything that can go wrong between us and a dialler.

    DiallerError
    ├── BadAddress             the base URL, token or CA file cannot be used
    │   └── BadEnvironment     a proxy or certificate file named in the environment cannot be used
    ├── Unreachable            no connection, or one that was cut before the answer
    │   ├── UnknownHost        the name has no address (DNS)
    │   ├── ConnectionRefused  the connection was not accepted
    │   ├── NoConnection       the connection was not answered in time
    │   ├── NotTrusted         TLS: the certificate is missing or not trusted
    │   └── ProxyFailed        a proxy did not let the connection through
    ├── TooSlow                a read was not answered within its deadline
    ├── OutcomeUnknown         a write left, but no usable answer came back
    │   └── OtherChanged       its answer is about another record than the one that was meant
    ├── Refused                the dialler answered with an error
    │   ├── BadRequest         400: usually a required value is missing
    │   ├── Unauthorized       401: token, ClientsID, or their combination
    │   ├── NotFound           404 with JSON: no such object
    │   ├── FunctionMissing    404 or 405 without a body: this release lacks the function
    │   ├── ProxyRefused       407: a proxy demands credentials
    │   ├── Forbidden          403: the token may not do this
    │   ├── TooMany            429: fewer requests are wanted
    │   ├── Conflict           409: it exists already, or a precondition fails
    │   ├── ServerFault        5xx
    │   └── UnexpectedStatus   any other status
    └── UnreadableAnswer       an answer that the dialler would not give
        ├── NotDialler         an error in somebody else's form
        ├── NotJson            HTML of a proxy, or damaged JSON
        ├── NoRecords          JSON without the list of records
        ├── OtherRecord        another record than the one that was asked for
        ├── PartOfRecords      fewer records than the answer says that there are
        └── TooLarge           more bytes or records than a dialler has

Every error has the HTTP status (or None), the dialler's own reason (cleaned, without our argument values) and a hint
on what to do next. Argument values never appear in it.
"""

import socket
import ssl
from collections.abc import Callable

import httpx2

from dialler_mcp.api import error_words as texts
from dialler_mcp.domain.untrusted import Fence
from dialler_mcp.problem import Problem
from dialler_mcp.words import NOTHING, Language, Words

_ADVICE = {texts.AGAIN: "check_connection", texts.NEWER_RELEASE: "see_release"}
"""What an entrance may add to a hint."""


class DiallerError(Problem):
    """Base of all errors of the client."""

    callers_fault = False

    summary = texts.DIALLER_ERROR
    hint = texts.AGAIN

    def __init__(
        self,
        function: str = "",
        *,
        status: int | None = None,
        reason: str = "",
        hint: Words | None = None,
        summary: Words | None = None,
    ) -> None:
        self.function = function
        self.status = status
        self.reason = reason
        self.summary = summary or self.summary
        self.hint = hint or self.hint
        self._fence = Fence()
        super().__init__(advice=_ADVICE.get(self.hint, ""))

    def __str__(self) -> str:
        return self.words.en

    @property
    def words(self) -> Words:
        """For a model: the dialler's words, which may repeat what a record holds, are fenced."""
        return self._worded(self._fence.around)

    def for_person(self, language: Language = Language.en) -> str:
        """For somebody who obeys no record."""
        return self._worded(repr).text(language)

    def _worded(self, quote: Callable[[str], str]) -> Words:
        what = texts.OF_FUNCTION.filled(function=self.function, what=self.summary) if self.function else self.summary
        reason = texts.SAYS.filled(reason=quote(self.reason)) if self.reason else NOTHING
        return what.then(reason, self.hint)


class BadAddress(DiallerError):
    """The configured address cannot be used; nothing was sent."""

    summary, hint = texts.BAD_ADDRESS


class BadEnvironment(BadAddress):
    """The environment names a proxy or certificates that cannot be used; nothing was sent."""

    summary, hint = texts.BAD_ENVIRONMENT


class Unreachable(DiallerError):
    """No connection, or it was cut before a complete answer. A write that raises this certainly never left."""

    summary, hint = texts.UNREACHABLE


class UnknownHost(Unreachable):
    """DNS does not know the name."""

    summary, hint = texts.UNKNOWN_HOST


class ConnectionRefused(Unreachable):
    """The connection was not accepted: nothing listens there, or something turns it away."""

    summary, hint = texts.CONNECTION_REFUSED


class NoConnection(Unreachable):
    """Nobody answered the attempt to connect."""

    summary, hint = texts.NO_CONNECTION


class NotTrusted(Unreachable):
    """TLS failed; nothing but the handshake was sent."""

    summary, hint = texts.NOT_TRUSTED


class ProxyFailed(Unreachable):
    """A proxy did not let the connection through."""

    summary, hint = texts.PROXY_FAILED


class TooSlow(DiallerError):
    """A read took longer than its deadline."""

    summary, hint = texts.TOO_SLOW


class OutcomeUnknown(DiallerError):
    """A write was sent and no usable answer came back."""

    summary, hint = texts.OUTCOME_UNKNOWN


class OtherChanged(OutcomeUnknown):
    """A write was answered with another record than the one that was meant, which it may have changed instead."""


class Refused(DiallerError):
    """The dialler answered with an error status."""

    summary = texts.REFUSED


class BadRequest(Refused):
    """400."""

    summary, hint = texts.BAD_REQUEST


class Unauthorized(Refused):
    """401: wrong token, wrong ClientsID, or a token of another client; the dialler does not say which."""

    summary, hint = texts.UNAUTHORIZED


class NotFound(Refused):
    """404 with JSON, or an empty list where one record was asked for."""

    summary, hint = texts.NOT_FOUND


class FunctionMissing(Refused):
    """404 or 405 without a body: the endpoint does not exist on this release."""

    summary = texts.FUNCTION_MISSING
    hint = texts.NEWER_RELEASE


class ProxyRefused(Refused):
    """407."""

    summary = texts.PROXY_REFUSED
    hint = ProxyFailed.hint


class Forbidden(Refused):
    """403."""

    summary, hint = texts.FORBIDDEN


class TooMany(Refused):
    """429, also after waiting as long as was asked."""

    summary, hint = texts.TOO_MANY


class Conflict(Refused):
    """409."""

    summary, hint = texts.CONFLICT


class ServerFault(Refused):
    """5xx with or without a reason."""

    summary, hint = texts.SERVER_FAULT


class UnexpectedStatus(Refused):
    """A status that the documentation does not name."""

    summary, hint = texts.UNEXPECTED_STATUS


class UnreadableAnswer(DiallerError):
    """The answer cannot be understood."""

    summary, hint = texts.UNREADABLE_ANSWER


class NotDialler(UnreadableAnswer):
    """404 in the form of a gateway or of another server, so it says nothing about the dialler's records."""

    summary, hint = texts.NOT_DIALLER


class NotJson(UnreadableAnswer):
    """HTML of a proxy, or JSON that is damaged or cut."""

    summary = texts.NOT_JSON


class NoRecords(UnreadableAnswer):
    """Valid JSON, but `records` is missing or not a list of objects."""

    summary = texts.NO_RECORDS


class OtherRecord(UnreadableAnswer):
    """The ID in the answer is not the one in the question."""

    summary, hint = texts.OTHER_RECORD


class PartOfRecords(UnreadableAnswer):
    """The envelope counts more records than it holds."""

    hint = texts.PART_OF_RECORDS


class TooLarge(UnreadableAnswer):
    """An answer without end."""

    summary = texts.TOO_LARGE


BY_STATUS: dict[int, type[Refused]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    407: ProxyRefused,
    409: Conflict,
    429: TooMany,
}


def error_class(status: int) -> type[Refused]:
    """The class of error for an HTTP status other than 2xx."""
    return ServerFault if status >= 500 else BY_STATUS.get(status, UnexpectedStatus)


def unreachable(function: str, error: BaseException) -> Unreachable:
    """The error for a connection that failed, by the first cause of it that says something."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = texts.CERTIFICATE.get(cause.verify_code)
            return NotTrusted(function, summary=texts.BECAUSE.filled(why=why) if why else None)
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError):
            return NotTrusted(function, summary=texts.NO_TLS)
        for kind, error_type in _CAUSES:
            if isinstance(cause, kind):
                return error_type(function)
        cause = cause.__cause__ or cause.__context__
    return Unreachable(function)


_CAUSES: tuple[tuple[type[BaseException], type[Unreachable]], ...] = (
    (httpx2.ProxyError, ProxyFailed),
    (socket.gaierror, UnknownHost),
    (ConnectionRefusedError, ConnectionRefused),
    (httpx2.ConnectTimeout, NoConnection),
)
