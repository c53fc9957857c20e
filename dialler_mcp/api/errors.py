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

from dialler_mcp.domain.untrusted import Fence
from dialler_mcp.problem import Problem

_AGAIN, _NEWER_RELEASE = "Try again.", "It needs a newer release of the jtel REST API."
_ADVICE = {_AGAIN: "check_connection", _NEWER_RELEASE: "see_release"}
"""What an entrance may add to a hint."""


class DiallerError(Problem):
    """Base of all errors of the client."""

    callers_fault = False

    summary = "The dialler could not be used."
    hint = _AGAIN

    def __init__(
        self, function: str = "", *, status: int | None = None, reason: str = "", hint: str = "", summary: str = ""
    ) -> None:
        self.function = function
        self.status = status
        self.reason = reason
        self.summary = summary or self.summary
        self.hint = hint or self.hint
        self._fence = Fence()
        super().__init__(str(self), advice=_ADVICE.get(self.hint, ""))

    def __str__(self) -> str:
        """For a model: the dialler's words, which may repeat what a record holds, are fenced."""
        return self._worded(self._fence.around)

    def for_person(self) -> str:
        """For somebody who obeys no record."""
        return self._worded(repr)

    def _worded(self, quoted: Callable[[str], str]) -> str:
        what = f"{self.function}: {self.summary}" if self.function else self.summary
        reason = f" The dialler says: {quoted(self.reason)}." if self.reason else ""
        return f"{what}{reason} {self.hint}".strip()


class BadAddress(DiallerError):
    """The configured address cannot be used; nothing was sent."""

    summary = "The address of the dialler cannot be used."
    hint = "Check DIALLER_BASE_URL and DIALLER_TOKEN."


class BadEnvironment(BadAddress):
    """The environment names a proxy or certificates that cannot be used; nothing was sent."""

    summary = "The proxy or the certificates named in the environment cannot be used."
    hint = (
        "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY must be an http:// address (SOCKS is not supported; NO_PROXY names "
        "hosts that need no proxy), and SSL_CERT_FILE, if set, a file of certificates."
    )


class Unreachable(DiallerError):
    """No connection, or it was cut before a complete answer. A write that raises this certainly never left."""

    summary = "The dialler cannot be reached."
    hint = "Check DIALLER_BASE_URL, the network and the certificate (DIALLER_CA_FILE), then try again."


class UnknownHost(Unreachable):
    """DNS does not know the name."""

    summary = "The dialler cannot be reached: its host name is unknown (DNS)."
    hint = "Check the host in DIALLER_BASE_URL; perhaps a VPN is missing, or a proxy (HTTPS_PROXY)."


class ConnectionRefused(Unreachable):
    """The connection was not accepted: nothing listens there, or something turns it away."""

    summary = "The dialler cannot be reached: the connection was not accepted."
    hint = "Check host and port in DIALLER_BASE_URL, whether the dialler is running, and any firewall in between."


class NoConnection(Unreachable):
    """Nobody answered the attempt to connect."""

    summary = "The dialler cannot be reached: nobody answered in time."
    hint = "Check host and port in DIALLER_BASE_URL, the VPN, and any firewall in between."


class NotTrusted(Unreachable):
    """TLS failed; nothing but the handshake was sent."""

    summary = "The connection is not safe: the dialler's certificate is not trusted."
    hint = (
        "For your own certificate authority set DIALLER_CA_FILE to its PEM file. A certificate that is expired or for "
        "another name must be renewed on the dialler; the check cannot be switched off."
    )


class ProxyFailed(Unreachable):
    """A proxy did not let the connection through."""

    summary = "The dialler cannot be reached: a proxy in between did not let the connection through."
    hint = "Check HTTPS_PROXY, HTTP_PROXY and the credentials they need, or name the dialler's host in NO_PROXY."


class TooSlow(DiallerError):
    """A read took longer than its deadline."""

    summary = "The dialler did not answer in time."
    hint = "Nothing was changed. Try again, or ask for less (one campaign, one contact)."


class OutcomeUnknown(DiallerError):
    """A write was sent and no usable answer came back."""

    summary = "It is unknown whether the change took effect: it was sent, but no answer came back."
    hint = "Do not repeat it yet. Read the record first to see whether the change is there."


class OtherChanged(OutcomeUnknown):
    """A write was answered with another record than the one that was meant, which it may have changed instead."""


class Refused(DiallerError):
    """The dialler answered with an error status."""

    summary = "The dialler rejected the request."


class BadRequest(Refused):
    """400."""

    summary = "The dialler rejected the request as wrong (400)."
    hint = "Usually a required value is missing or has the wrong form. Nothing was changed."


class Unauthorized(Refused):
    """401: wrong token, wrong ClientsID, or a token of another client; the dialler does not say which."""

    summary = "The dialler did not accept the token (401)."
    hint = (
        "Token, ClientsID in the base URL, or their combination is wrong, or the token was replaced. "
        "Create a token in the jtel portal and set DIALLER_TOKEN."
    )


class NotFound(Refused):
    """404 with JSON, or an empty list where one record was asked for."""

    summary = "There is no such object (404)."
    hint = "Check the ID or name; list or search first."


class FunctionMissing(Refused):
    """404 or 405 without a body: the endpoint does not exist on this release."""

    summary = "This release of the dialler does not have this function."
    hint = _NEWER_RELEASE


class ProxyRefused(Refused):
    """407."""

    summary = "A proxy in between rejected the request (407)."
    hint = ProxyFailed.hint


class Forbidden(Refused):
    """403."""

    summary = "This is not allowed (403)."
    hint = (
        "The token has no right to do it, or a gateway before the dialler blocks it. Nothing was changed; ask whoever "
        "administers the jtel portal."
    )


class TooMany(Refused):
    """429, also after waiting as long as was asked."""

    summary = "The dialler, or a gateway before it, wants fewer requests (429)."
    hint = "Nothing was changed. Wait a minute, then try again."


class Conflict(Refused):
    """409."""

    summary = "The dialler reports a conflict (409)."
    hint = "Something of that name exists already, or a precondition is not met. Nothing was changed."


class ServerFault(Refused):
    """5xx with or without a reason."""

    summary = "The dialler failed internally."
    hint = "Try again later; if it fails again, give the time and the function to jtel support."


class UnexpectedStatus(Refused):
    """A status that the documentation does not name."""

    summary = "The dialler answered with an unexpected status."
    hint = "Check that DIALLER_BASE_URL is https://host/rest/v1.0/{ClientsID}."


class UnreadableAnswer(DiallerError):
    """The answer cannot be understood."""

    summary = "The answer does not come from a dialler."
    hint = "Check DIALLER_BASE_URL and any proxy in between; then try again."


class NotDialler(UnreadableAnswer):
    """404 in the form of a gateway or of another server, so it says nothing about the dialler's records."""

    summary = "Something else than the dialler answered (404)."
    hint = "DIALLER_BASE_URL must be https://host/rest/v1.0/{ClientsID}; check it and any proxy in between."


class NotJson(UnreadableAnswer):
    """HTML of a proxy, or JSON that is damaged or cut."""

    summary = "The answer is not readable JSON."


class NoRecords(UnreadableAnswer):
    """Valid JSON, but `records` is missing or not a list of objects."""

    summary = "The answer holds no list of records."


class OtherRecord(UnreadableAnswer):
    """The ID in the answer is not the one in the question."""

    summary = "The dialler answered with another record than the one that was asked for."
    hint = "It was not used. Try again; if it happens again, a gateway in between may mix answers up."


class PartOfRecords(UnreadableAnswer):
    """The envelope counts more records than it holds."""

    hint = "Nothing was concluded from a part. Try again."


class TooLarge(UnreadableAnswer):
    """An answer without end."""

    summary = "The answer is larger than that of any dialler."


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


_CERTIFICATE = {
    10: "it has expired",
    18: "it is self-signed",
    19: "its authority is not known",
    20: "its authority is not known",
    21: "its authority is not known",
    62: "it is for another name",
    64: "it is for another address",
}
"""What OpenSSL says about a certificate, by its X509_V_ERR_* number."""


def unreachable(function: str, error: BaseException) -> Unreachable:
    """The error for a connection that failed, by the first cause of it that says something."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = _CERTIFICATE.get(cause.verify_code)
            return NotTrusted(function, summary=f"{NotTrusted.summary[:-1]} ({why})." if why else "")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError):
            return NotTrusted(function, summary="The connection is not safe: what answers there does not speak TLS.")
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
