"""The columns of a snapshot, derived from the declared fields of the records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from dialler_mcp.domain.fields import FieldInfo, Kind, Record
from dialler_mcp.domain.privacy import Privacy, hides
from dialler_mcp.domain.records import Campaign, Contact, HistoryEntry, ResultCode

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
AGENT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "calls": ("agent_id",),
    "contacts": ("reserved_for_agent", "follow_up_agent"),
}
"""The columns of each view that tell agents apart."""
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
    # The contact has the same fields, or the call another field with the same number.
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
