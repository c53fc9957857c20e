"""The wire format of the sandbox: its options, envelopes, dates and errors."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from random import Random
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dialler_mcp.domain.codes import LANGUAGE_IDS
from dialler_mcp.domain.fields import FieldInfo, Language, Record
from dialler_mcp.domain.records import Contact
from dialler_mcp.sandbox.store import ZONE, Store

T = TypeVar("T")

NOT_EVERYWHERE = frozenset(
    info.wire for info in Contact.fields() if getattr(Contact(), info.attribute) is msgspec.UNSET
)
"""Fields of a contact that the documentation never shows in a plain contact record."""

ONLY_WHEN_MEANT = frozenset(("Result_",))
"""Fields that only certain answers have, as they are not columns."""

ROW_FIELDS = {
    "DiallerContactsHistoryID": "ID",
    "DiallerContactsID": "DiallerContactsID",
    "DiallerCampaignsID": "DiallerCampaignsID",
    "dtCreatedDiallerContactsHistory": "dtCreated",
    "DiallerCampaignsResultCodesID": "DiallerCampaignsResultCodesID",
    "DiallerResultCodesTypesID": "DiallerResultCodesTypesID",
    "UsersID": "UsersID",
    "PhoneNumber": "PhoneNumber",
    "PhoneNumberOffset": "PhoneNumberOffset",
    "StatisticsPartAID": "StatisticsPartAID",
}
"""The fields of a history row itself; in the batch function all others are nested under StatisticsPartA."""
CONTACT_FIELDS = ("UserData", "UserData2", "UserData3", "ClientsID")
CODE_FIELDS = ("ID", "ExportKey", "Content", "bDone", "bAborted", "bDelay", "bAppointment")

EVERYBODYS_KEY = "sandbox-token"
"""The token of every sandbox. It protects no one, as all people in there are invented."""

_ERROR_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(frozen=True)
class Options:
    """In what the sandbox may differ, as real diallers do.

    `release`: which functions exist (`no-batch`: no batch retrieval; `no-update-reset`: also no update, no reset;
    `oldest`: also no delete, lock, unlock and history of contacts, and no campaign filter).
    `dates`: zone-less local time, with its offset, or UTC. `no_match`: what a reading function answers when nothing is
    found. `error_body`: the body of a 401 and of a 500. `lists`: whether contact records show their lock and result.
    `faults`: faults to simulate, as in `faults.py`.
    """

    clients_id: int = 1
    token: str = EVERYBODYS_KEY
    release: Literal["current", "no-batch", "no-update-reset", "oldest"] = "current"
    dates: Literal["local", "offset", "utc"] = "local"
    no_match: Literal["404", "empty"] = "404"
    error_body: Literal["json", "empty", "html"] = "json"
    lists: Literal["full", "bare"] = "full"
    faults: str = ""


_DIGITS = "-?[0-9]{1,1000}"  # Python does not convert longer ones
_NUMBER = re.compile(_DIGITS)


class IdConvertor(Convertor[int]):
    """An ID in a path. A path with anything else in its place matches no route."""

    regex = _DIGITS

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", IdConvertor())


class Refusal(Exception):
    """A request that gets an error: its HTTP status and a reason that repeats no value of the request."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def bad_request(reason: str) -> Refusal:
    return Refusal(400, reason)


def not_found(thing: str) -> Refusal:
    """`thing` as the dialler calls it: `Dialler contact`."""
    return Refusal(404, f"{thing} not found")


def error_response(status: int, reason: str) -> Response:
    return _json({"status": status, "error": reason}, status)


def failure_response(options: Options, status: int, reason: str) -> Response:
    """A 401 or a 500, whose body is not documented."""
    if options.error_body == "json":
        return error_response(status, reason)
    if options.error_body == "html":
        return HTMLResponse(_ERROR_PAGE.format(f"{status} {reason}"), status)
    return Response(status_code=status)


def error_page(status: int, title: str) -> Response:
    """The error page of a proxy in between."""
    return HTMLResponse(_ERROR_PAGE.format(f"{status} {title}"), status)


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


@dataclass
class Dialler:
    """The store and the options that every function of the sandbox works with."""

    store: Store
    options: Options
    clock: Callable[[], datetime]
    rng: Random
    _orders: dict[type[Record], "_Order"] = field(default_factory=dict[type[Record], "_Order"])

    def list_answer(self, records: Iterable[Record], order_by: str) -> Response:
        """The envelope of the functions that retrieve everything."""
        rows = [self.row(record) for record in records]
        return self._answer(
            {
                "filter": "",
                "limitStart": 0,
                "limitPageSize": -1,
                "records": rows,
                "count": len(rows),
                "orderBy": order_by,
                "ascending": True,
                "status": 200,
            }
        )

    def records_answer(self, records: Iterable[Record]) -> Response:
        return self.rows_answer([self.row(record) for record in records])

    def rows_answer(self, rows: list[dict[str, Any]]) -> Response:
        return self._answer({"records": rows, "count": len(rows), "status": 200})

    def matches_answer(self, records: Sequence[Record], thing: str) -> Response:
        """The answer of a search; without a match it is an error or an empty list, as the option says."""
        if not records and self.options.no_match == "404":
            raise not_found(thing)
        return self.records_answer(records)

    def status_answer(self) -> Response:
        return _json({"status": 200})

    def _answer(self, envelope: dict[str, Any]) -> Response:
        names = self.rng.sample(list(envelope), len(envelope))
        return _json({name: envelope[name] for name in names})

    def row(self, record: Record) -> dict[str, Any]:
        """A record as it goes over the wire: every declared field, null where there is nothing, in no known order."""
        order = self._order(type(record))
        row: dict[str, Any] = dict(zip(order.names, order.values(record), strict=True))
        for name in order.times:
            if row[name]:
                row[name] = self.date(row[name])
        for name in [name for name, value in row.items() if value is msgspec.UNSET]:
            row[name] = None
        return row | record.other

    def _order(self, kind: type[Record]) -> "_Order":
        """The fields in an order that differs in every process, as of a hash map, so that nobody relies on it."""
        if kind not in self._orders:
            omissions = NOT_EVERYWHERE if kind is Contact and self.options.lists == "bare" else ONLY_WHEN_MEANT
            fields = [info for info in kind.fields() if info.wire not in omissions]
            self._orders[kind] = _Order.of(self.rng.sample(fields, len(fields)))
        return self._orders[kind]

    def date(self, value: datetime) -> str:
        """A local time in the format of the option `dates`."""
        if self.options.dates == "local":
            return value.isoformat(timespec="milliseconds")
        moment = value.replace(tzinfo=ZONE)
        if self.options.dates == "offset":
            return moment.isoformat(timespec="milliseconds")
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def any_of(self, matches: Sequence[T], thing: str) -> T:
        """The one that the database finds first, which cannot be foretold."""
        if not matches:
            raise not_found(thing)
        return self.rng.choice(matches)


class _Order(NamedTuple):
    """The fields of a record in an order: their names on the wire, how to get the values, which are times."""

    names: list[str]
    values: Callable[[Record], Sequence[Any]]
    times: list[str]

    @classmethod
    def of(cls, fields: Sequence[FieldInfo]) -> "_Order":
        return cls(
            [info.wire for info in fields],
            attrgetter(*(info.attribute for info in fields)),
            [info.wire for info in fields if info.type is datetime],
        )


def language_asked(request: Request) -> Language:
    """`languagesID`: 2 is German; 1 and any other value are English."""
    return Language.de if number_asked(request, "languagesID") == LANGUAGE_IDS[Language.de] else Language.en


def text_asked(request: Request, parameter: str) -> str:
    """A mandatory query parameter."""
    value = request.query_params.get(parameter)
    if not value:
        raise bad_request(f"Parameter {parameter} is required")
    return value


def number_asked(request: Request, parameter: str) -> int | None:
    """An optional whole number in the query."""
    value = request.query_params.get(parameter)
    if not value:
        return None
    if not _NUMBER.fullmatch(value):
        raise bad_request(f"Parameter {parameter} must be an integer")
    return int(value)


def flag_asked(request: Request, parameter: str) -> bool:
    """A true or false in the query; false when it is not given."""
    value = request.query_params.get(parameter, "false").lower()
    if value not in ("true", "false"):
        raise bad_request(f"Parameter {parameter} must be true or false")
    return value == "true"
