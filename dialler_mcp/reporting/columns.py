"""The columns of a snapshot, which follow from the declared fields of the records, and values fit to be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from dialler_mcp.domain.fields import FieldInfo, Kind, Record
from dialler_mcp.domain.privacy import Privacy, hides, masked, masked_inside
from dialler_mcp.domain.records import Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.domain.times import local

_TYPES: dict[type, str] = {int: "BIGINT", str: "VARCHAR", float: "DOUBLE", bool: "BOOLEAN", datetime: "TIMESTAMP"}
_PREFIXES = {"dt_": datetime, "b_": bool, "n_": int}
_NAMES = {
    "dialler_campaigns_id": "campaign_id",
    "dialler_contacts_id": "contact_id",
    "dialler_contacts_history_id": "call_id",
    "dialler_campaigns_result_codes_id": "result_code_id",
    "dialler_result_codes_types_id": "result_type_id",
    "dt_created_dialler_contacts_history": "recorded",
    "users_id": "agent_id",
    "cause_codes_id": "cause",
    "phone_number_offset": "number_slot",
    "reserved_users_uid": "reserved_for_agent",
    "follow_up_users_uid": "follow_up_agent",
    "follow_up_date_time": "follow_up",
    "dt_begin_date": "contract_begin",
    "dt_end_date": "contract_end",
    "dt_from": "active_from",
    "dt_to": "active_until",
    "title": "academic_title",
}
_OWN_NAMES: dict[type[Record], dict[str, str]] = {
    Contact: {"id": "contact_id"},
    Campaign: {"id": "campaign_id"},
    ResultCode: {"id": "result_code_id", "content": "name"},
    HistoryEntry: {},
}
# The dialler's bookkeeping that nobody asks questions about.
_LEFT_OUT = ("_acd_agent_end_reasons_id", "clients_id", "_country_codes_id", "_area_codes_id", "service_numbers_id")
_LEFT_OUT_NAMES: dict[type[Record], frozenset[str]] = {
    Contact: frozenset[str](),
    Campaign: frozenset[str](),
    ResultCode: frozenset(
        ("b_allow_delete", "short_text", "dialler_result_codes_types_short_text", "dialler_result_codes_types_content")
    ),
    # They are the contact's own, or the same number once more.
    HistoryEntry: frozenset(("user_data", "user_data2", "user_data3", "a_number", "b_number", "statistics_part_a_id")),
}


@dataclass(frozen=True)
class Column:
    """A declared field as a column: `name` in SQL, `wire` in the JSON that it is loaded from."""

    name: str
    wire: str
    type: str
    field: FieldInfo


@cache
def columns_of(record: type[Record], privacy: Privacy) -> tuple[Column, ...]:
    """The columns of a record, in order of declaration; bank data only where nothing is hidden."""
    return tuple(
        Column(_name(record, info), info.wire, _TYPES[info.type], info)
        for info in record.fields()
        if not (_left_out(record, info.attribute) or _withheld(info, privacy))
    )


def _left_out(record: type[Record], attribute: str) -> bool:
    return attribute in _LEFT_OUT_NAMES[record] or attribute.endswith(_LEFT_OUT)


def _withheld(info: FieldInfo, privacy: Privacy) -> bool:
    return info.about.kind is Kind.BANK and hides(privacy, Kind.BANK)


def _name(record: type[Record], info: FieldInfo) -> str:
    attribute = info.attribute
    if own := _OWN_NAMES[record].get(attribute) or _NAMES.get(attribute):
        return own
    prefix = next(
        (prefix for prefix, kind in _PREFIXES.items() if attribute.startswith(prefix) and info.type is kind), ""
    )
    return attribute.removeprefix(prefix)


class Keeping:
    """Makes records fit to be kept: times local and zone-less, personal values as far as the privacy level allows.

    `key` makes pseudonyms, the same for the same value as long as the key is the same.
    """

    def __init__(self, privacy: Privacy, zone: tzinfo, key: bytes) -> None:
        self._privacy, self._zone, self._key = privacy, zone, key
        self._encoder = msgspec.json.Encoder()

    def lines(self, records: Iterable[Record], kind: type[Record]) -> bytes:
        """Records as NDJSON by wire name, without what is not known. The records are changed on the way."""
        times, texts, dropped = self._plan(kind)
        values_of = attrgetter("other", *dropped)
        nothing = (dict[str, Any](), *(None for _ in dropped))
        kept = list(records)
        for record in kept:
            for attribute in times:
                value = getattr(record, attribute)
                if value is not None and value.tzinfo is not None:
                    setattr(record, attribute, local(value, self._zone).replace(tzinfo=None))
            for attribute, change in texts:
                if value := getattr(record, attribute):
                    setattr(record, attribute, change(value))
            if dropped and values_of(record) == nothing:
                continue  # as most contacts: one look instead of seven
            record.other = {}
            for attribute in dropped:
                setattr(record, attribute, None)
        return self._encoder.encode_lines(kept)

    def plain(self, record: Record, column: Column) -> object:
        """One value of a record as DuckDB takes it."""
        value = getattr(record, column.field.attribute)
        if isinstance(value, datetime):
            return local(value, self._zone).replace(tzinfo=None)
        return None if value is msgspec.UNSET else value

    def _plan(self, kind: type[Record]) -> tuple[list[str], list[tuple[str, Callable[[str], str]]], list[str]]:
        times = [info.attribute for info in kind.fields() if info.type is datetime]
        texts = [(info.attribute, change) for info in kind.fields() if (change := self._change(info.about.kind))]
        dropped = [info.attribute for info in kind.fields() if _withheld(info, self._privacy)]
        return times, texts, dropped

    def _change(self, kind: Kind) -> Callable[[str], str] | None:
        if kind is Kind.BANK or self._privacy is Privacy.full:
            return None
        if hides(self._privacy, kind):
            return lambda text: masked(text, kind, self._key)
        if kind in (Kind.FREE, Kind.LINK):
            return lambda text: masked_inside(text, self._privacy, self._key)
        return None


def contact_lines(keeping: Keeping, contacts: Iterable[Contact]) -> bytes:
    """Contacts as NDJSON. "None" is written as 0 or false where null has to mean "this release does not show it"."""
    known = list(contacts)
    for contact in known:
        if contact.dialler_campaigns_result_codes_id is None:
            contact.dialler_campaigns_result_codes_id = 0
        if contact.b_locked is None:
            contact.b_locked = False
    return keeping.lines(known, Contact)
