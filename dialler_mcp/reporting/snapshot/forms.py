"""The structs into which the dialler's answers are decoded for a snapshot: they have only the columns that are kept.

There is a struct for each record, made from the declared fields. Decoding drops everything else (bank data, undeclared
fields), so that this gets no further and costs no time.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias, cast

import msgspec

from dialler_mcp.api.decoding import CALL, HISTORY, RESULT, Form, read_record
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Contact, ContactDetails, HistoryEntry, HistoryRow
from dialler_mcp.reporting.snapshot.columns import columns_of

Kept: TypeAlias = Any
"""A struct of one of these kinds; its attributes are those of the record, as far as there are columns for them."""

_HOW: dict[str, Any] = {"kw_only": True, "omit_defaults": True, "gc": False}


@cache
def kept(record: type[Record], privacy: Privacy) -> type[msgspec.Struct]:
    """The columns of a record as a struct."""
    return _kept(record, privacy, ())


def _kept(record: type[Record], privacy: Privacy, order: Sequence[str]) -> type[msgspec.Struct]:
    wires, places = _wires(record), {wire: place for place, wire in enumerate(order)}
    fields = sorted(_fields(record, privacy), key=lambda field: places.get(wires[field[0]], len(places)))
    return msgspec.defstruct(f"Kept{record.__name__}", fields, rename=wires, **_HOW)


def kept_of(record: Record, kind: type[msgspec.Struct]) -> Kept:
    """The struct of a record that was read field by field because a value in it is odd."""
    return kind(**{name: getattr(record, name) for name in kind.__struct_fields__ if hasattr(record, name)})


@cache
def contact_form(privacy: Privacy) -> Form[Kept]:
    """Contacts of a list."""
    kind = kept(Contact, privacy)
    return Form(
        kind,
        lambda row, function: kept_of(read_record(row, Contact, function), kind),
        lambda order: _kept(Contact, privacy, order),
    )


@cache
def call_kind(privacy: Privacy) -> type[msgspec.Struct]:
    """A row of a history, flat or with a nested call; `tables.loading_calls` makes the two forms alike in SQL."""
    fields: list[tuple[str, Any, Any]] = [
        ("id", int | None, None),
        ("dt_created", datetime | None, None),
        ("part", kept(HistoryEntry, privacy) | None, None),
    ]
    names = {**_wires(HistoryEntry), "id": "ID", "dt_created": "dtCreated", "part": CALL}
    return msgspec.defstruct("KeptCall", [*_fields(HistoryEntry, privacy), *fields], rename=names, **_HOW)


@cache
def call_form(privacy: Privacy) -> Form[Kept]:
    """Rows of the history function."""
    kind, part = call_kind(privacy), kept(HistoryEntry, privacy)

    def read(row: object, function: str) -> Kept:
        record = read_record(row, HistoryRow, function)
        call = kept_of(record, kind)
        raw_call = record.other.get(CALL)
        if isinstance(raw_call, dict):
            call.part = kept_of(read_record(cast(object, raw_call), HistoryEntry, function), part)
        return call

    return Form(kind, read)


class KeptResult(msgspec.Struct, rename={"id": "ID"}, gc=False):
    """The result of a contact in a batch."""

    id: int = 0


@cache
def history_form(privacy: Privacy) -> Form[Kept]:
    """Contacts of a batch: `id`, the result by `code` or `result`, and `calls`."""
    call = call_form(privacy)
    fields: list[tuple[str, Any, Any]] = [
        ("id", int, 0),
        ("code", int | None | msgspec.UnsetType, msgspec.UNSET),
        ("result", KeptResult | None, None),
        ("calls", list[call.kind] | None, None),
    ]
    names = {"id": "ID", "code": "DiallerCampaignsResultCodesID", "result": RESULT, "calls": HISTORY}
    kind = msgspec.defstruct("KeptHistory", fields, rename=names, kw_only=True, gc=False)

    def read(row: object, function: str) -> Kept:
        details = read_record(_without_history(row), ContactDetails, function)
        code, result = details.dialler_campaigns_result_codes_id, details.dialler_campaigns_result_codes
        calls = [call.read(entry, function) for entry in _history(row)]
        return kind(id=details.id, code=code, result=KeptResult(result.id) if result else None, calls=calls)

    return Form(kind, read)


def _history(row: object) -> list[object]:
    """The rows of a contact's history that are JSON objects."""
    entries = cast(dict[str, object], row).get(HISTORY) if isinstance(row, dict) else None
    return [entry for entry in cast(list[Any], entries) if isinstance(entry, dict)] if isinstance(entries, list) else []


def _without_history(row: object) -> object:
    """A contact without its history, whose rows are read as those of the history function."""
    if not isinstance(row, dict):
        return row
    return {name: value for name, value in cast(dict[str, object], row).items() if name != HISTORY}


def _fields(record: type[Record], privacy: Privacy) -> list[tuple[str, Any, Any]]:
    by_name = {field.name: field for field in msgspec.structs.fields(record)}
    fields = [by_name[column.field.attribute] for column in columns_of(record, privacy)]
    return [(field.name, field.type, field.default) for field in fields]


def _wires(record: type[Record]) -> dict[str, str]:
    return {info.attribute: info.wire for info in record.fields()}
