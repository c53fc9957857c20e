"""Everything that can go wrong between us and a dialler.

    DiallerError
    ├── BadAddress            the base URL, token or CA file cannot be used
    ├── Unreachable           no connection: DNS, refused, TLS, cut before an answer
    ├── TooSlow               a read was not answered within its deadline
    ├── OutcomeUnknown        a write left, but no usable answer came back
    ├── Refused               the dialler answered with an error
    │   ├── BadRequest        400: usually a required value is missing
    │   ├── Unauthorized      401: token, ClientsID, or their combination
    │   ├── NotFound          404 with JSON: no such object
    │   ├── FunctionMissing   404 or 405 without a body: this release lacks the function
    │   ├── Conflict          409: it exists already, or a precondition fails
    │   ├── ServerFault       5xx
    │   └── UnexpectedStatus  any other status
    └── UnreadableAnswer      an answer that is not the dialler's
        ├── NotJson           HTML of a proxy, or damaged JSON
        └── NoRecords         JSON without the list of records

Every error has the HTTP status (or None), the dialler's own reason (cleaned, without our argument values) and a hint
what to do next. Argument values never appear in it.
"""


class DiallerError(Exception):
    """Base of all errors of the client."""

    summary = "The dialler could not be used."
    hint = "Try again; if it stays, call dialler_check_connection."

    def __init__(
        self, function: str = "", *, status: int | None = None, reason: str = "", hint: str = "", summary: str = ""
    ) -> None:
        self.function = function
        self.status = status
        self.reason = reason
        self.summary = summary or self.summary
        self.hint = hint or self.hint
        super().__init__(str(self))

    def __str__(self) -> str:
        what = f"{self.function}: {self.summary}" if self.function else self.summary
        said = f" The dialler says: {self.reason!r}." if self.reason else ""
        return f"{what}{said} {self.hint}".strip()


class BadAddress(DiallerError):
    """The configured address cannot be used; nothing was sent."""

    summary = "The address of the dialler cannot be used."
    hint = "Check DIALLER_BASE_URL and DIALLER_TOKEN."


class Unreachable(DiallerError):
    """No connection, or it was cut before a complete answer. For a write: it surely never left."""

    summary = "The dialler cannot be reached."
    hint = "Check DIALLER_BASE_URL, the network and the certificate (DIALLER_CA_FILE), then try again."


class TooSlow(DiallerError):
    """A read took longer than its deadline."""

    summary = "The dialler did not answer in time."
    hint = "Nothing was changed. Try again, or ask for less (one campaign, one contact)."


class OutcomeUnknown(DiallerError):
    """A write was sent and no usable answer came back."""

    summary = "It is unknown whether the change took effect: it was sent, but no answer came back."
    hint = "Do not repeat it yet. Read the record first to see whether the change is there."


class Refused(DiallerError):
    """The dialler answered with an error status."""

    summary = "The dialler refused."


class BadRequest(Refused):
    """400."""

    summary = "The dialler found the request wrong (400)."
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
    hint = "It needs a newer release of the jtel REST API; dialler_check_connection shows what this one offers."


class Conflict(Refused):
    """409."""

    summary = "The dialler reports a conflict (409)."
    hint = "Something of that name exists already, or a precondition is not met. Nothing was changed."


class ServerFault(Refused):
    """5xx with or without a reason."""

    summary = "The dialler failed internally."
    hint = "Try again later; if it stays, give the time and the function to jtel support."


class UnexpectedStatus(Refused):
    """A status the documentation does not know."""

    summary = "The dialler answered with an unexpected status."
    hint = "Check that DIALLER_BASE_URL is https://host/rest/v1.0/{ClientsID}."


class UnreadableAnswer(DiallerError):
    """The answer cannot be understood."""

    summary = "The answer is not one of the dialler's."
    hint = "Check DIALLER_BASE_URL and any proxy between; then try again."


class NotJson(UnreadableAnswer):
    """HTML of a proxy, or JSON that is damaged or cut."""

    summary = "The answer is not readable JSON."


class NoRecords(UnreadableAnswer):
    """Valid JSON, but `records` is missing or not a list of objects."""

    summary = "The answer holds no list of records."


BY_STATUS: dict[int, type[Refused]] = {400: BadRequest, 401: Unauthorized, 404: NotFound, 409: Conflict}


def refusal(status: int) -> type[Refused]:
    """The class of error for an HTTP status other than 2xx."""
    return ServerFault if status >= 500 else BY_STATUS.get(status, UnexpectedStatus)
