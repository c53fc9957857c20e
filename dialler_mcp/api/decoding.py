"""From the wire to records and back: envelopes, tolerant reading, request bodies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from dialler_mcp.api.errors import NoRecords
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import ContactDetails, HistoryEntry, ResultCode
from dialler_mcp.domain.text import without_halves

R = TypeVar("R", bound=Record)
T = TypeVar("T")

BOM = b"\xef\xbb\xbf"
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: of what is no JSON, no Unicode, or nested deeper than anybody writes."""

# One documented example has "Acid" where all others have "Acd"; accepting this typing mistake costs one replace.
_SLIP = ("LastAcidAgent", "LastAcdAgent")
# Where the batch function puts the result of a contact, its history, and in a row of that the call.
RESULT, HISTORY, CALL = "DiallerCampaignsResultCodes", "DiallerContactsHistory", "StatisticsPartA"


@dataclass(frozen=True)
class Form(Generic[T]):
    """The form that the records of an answer are decoded into.

    `kind` is the type, decoded at once. A row with a value that is not of its declared type goes through `read`, whose
    second argument is the function's title, for errors. `in_order` returns the type with its fields in the order of the
    given wire names: the decoder looks for each field behind the previous one, so a list in that order takes half as
    long.
    """

    kind: type[T]
    read: Callable[[object, str], T]
    in_order: Callable[[Sequence[str]], type[T]] | None = None


def form_of(kind: type[R]) -> Form[R]:
    """The form of declared records."""
    return Form(kind, lambda row, function: read_record(row, kind, function))


def decoded(content: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: the text is not JSON, or nested too deeply.
    """
    content = content.removeprefix(BOM)
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        clean_content = without_halves(content)
        if clean_content == content:
            raise
        return msgspec.json.decode(clean_content)


def records_of(answer: object, kind: type[R], function: str) -> list[R]:
    """The records of an envelope `{"records": [...], "count": n, "status": 200}`.

    Raises:
        NoRecords: there is no list of objects under `records`.
    """
    return read_all(answer, form_of(kind), function)


def decoded_envelope(content: bytes, form: Form[T]) -> "Envelope[T] | None":
    """An envelope whose records are decoded at once; None when a value is not of its declared type."""
    try:
        return _envelope(form.kind).decode(content.removeprefix(BOM))
    except UNREADABLE:
        return None


def read_all(answer: object, form: Form[T], function: str) -> list[T]:
    """The same, row by row.

    Raises:
        NoRecords: there is no list of objects under `records`.
    """
    rows: object = cast(dict[str, object], answer).get("records") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise NoRecords(function, status=200)
    return [form.read(row, function) for row in cast(list[object], rows)]


class Envelope(msgspec.Struct, Generic[T]):
    """The envelope of an answer with records."""

    records: list[T]
    status: Any = None
    error: Any = None
    count: Any = None


@cache
def _envelope(kind: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Envelope[kind], strict=False)


def read_record(row: object, kind: type[R], function: str = "") -> R:
    """One record; a field that is undeclared, or not of its declared type, is kept in `other` under its wire name.

    Raises:
        NoRecords: the row is not an object.
    """
    if not isinstance(row, dict):
        raise NoRecords(function, status=200)
    raw = {name.replace(*_SLIP): value for name, value in cast(dict[str, Any], row).items()}
    parts = {name: raw.pop(name, None) for name in (RESULT, HISTORY)} if kind is ContactDetails else {}
    try:
        record = msgspec.convert(raw, kind, strict=False)
        odd: dict[str, Any] = {}
    except msgspec.ValidationError:
        record, odd = _field_by_field(raw, kind)
    names = _wire_names(kind)
    record.other = {name: value for name, value in raw.items() if name not in names} | odd
    if isinstance(record, ContactDetails):
        record.other |= _read_nested(record, parts, function)
    return record


@cache
def _wire_names(kind: type[Record]) -> frozenset[str]:
    return frozenset(kind.__struct_encode_fields__)


def _read_nested(record: ContactDetails, parts: dict[str, Any], function: str) -> dict[str, Any]:
    """Read the current result and the history row by row, so that each row keeps its own odd or unknown fields.

    Returns the parts that are neither a result nor rows of a history.
    """
    result, rows = parts[RESULT], parts[HISTORY]
    if isinstance(result, dict):
        record.dialler_campaigns_result_codes = read_record(cast(object, result), ResultCode, function)
        result = None
    if isinstance(rows, list):
        entries = cast(list[object], rows)
        objects = [cast(dict[str, Any], entry) for entry in entries if isinstance(entry, dict)]
        record.dialler_contacts_history = [read_call(row, function) for row in objects]
        rows = [entry for entry in entries if not isinstance(entry, dict)]
    return {name: value for name, value in ((RESULT, result), (HISTORY, rows)) if value}


def _field_by_field(raw: dict[str, Any], kind: type[R]) -> tuple[R, dict[str, Any]]:
    """Read each field by itself, since one odd value must not make a whole record unreadable."""
    good: dict[str, Any] = {}
    odd: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in raw:
            continue
        value = raw[field.encode_name]
        try:
            good[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            if isinstance(value, int | float) and not isinstance(value, bool):
                try:  # a postal code or a key sent as a number
                    good[field.name] = msgspec.convert(str(value), field.type)
                    continue
                except msgspec.ValidationError:
                    pass
            odd[field.encode_name] = value
    return kind(**good), odd


def read_call(row: object, function: str = "") -> HistoryEntry:
    """One row of a history in either form.

    The batch function nests the call under StatisticsPartA, the history function sends the same fields flat.
    """
    return read_record(_flat_call(cast(dict[str, Any], row)) if isinstance(row, dict) else row, HistoryEntry, function)


def _flat_call(row: dict[str, Any]) -> dict[str, Any]:
    """A value of the call takes precedence over one of the row, unless it is null."""
    part: object = row.get(CALL) or {}
    if not isinstance(part, dict):
        return row
    call = cast(dict[str, Any], part)
    flat = {name: value for name, value in row.items() if name not in (CALL, "ID", "dtCreated")}
    flat["DiallerContactsHistoryID"] = flat.get("DiallerContactsHistoryID") or row.get("ID") or 0
    if flat.get("dtCreatedDiallerContactsHistory") is None:
        flat["dtCreatedDiallerContactsHistory"] = row.get("dtCreated")
    flat |= {name: value for name, value in call.items() if name != "ID" and (value is not None or name not in flat)}
    if call.get("ID") is not None:
        flat["StatisticsPartAID"] = call["ID"]
    return flat


def body(values: Mapping[str, Any]) -> bytes:
    """A JSON body; times are written as the dialler wants them: zone-less local seconds."""
    return msgspec.json.encode({name: _written(value) for name, value in values.items()})


def _written(value: Any) -> Any:
    return value.replace(tzinfo=None).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def batch_body(user_data_list: Sequence[str], contact_ids: Sequence[int]) -> dict[str, Any]:
    """The lists of the batch function; an empty one is left out."""
    lists = {"UserDataList": list(user_data_list), "IDList": list(contact_ids)}
    return {name: values for name, values in lists.items() if values}
