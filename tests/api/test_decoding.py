"""Reading records tolerantly, and writing bodies."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.api.decoding import batch_body, body, decoded, read_call, read_record, records_of
from dialler_mcp.api.errors import NoRecords
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import (
    AcdEvent,
    AcdGroup,
    AcdLookup,
    Campaign,
    Contact,
    ContactDetails,
    HistoryEntry,
    ResultCode,
)

KINDS = [Contact, Campaign, ResultCode, HistoryEntry, AcdEvent, AcdGroup, AcdLookup]
NESTED: dict[str, Any] = {"a": []}
SUMMER = timezone(timedelta(hours=2))
CALL = {
    "bOutbound": True,
    "CONNRES": 1,
    "CauseCodesID": 31,
    "ANumber": "493023125012",
    "dtCallStart": "2020-11-11T15:31:41.649",
    "dtCallEnd": "2020-11-11T15:31:47.070",
    "Unknown": {"kept": True},
}
ROW = {"DiallerContactsID": 215220, "UserData": "Contact10", "PhoneNumber": "493023125012", "UsersID": 3}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2020-11-11T15:31:47.070", datetime(2020, 11, 11, 15, 31, 47, 70_000)),
        ("2022-06-17T15:19:12.484+02:00", datetime(2022, 6, 17, 15, 19, 12, 484_000, SUMMER)),
        ("2022-07-08T11:33:18.900977Z", datetime(2022, 7, 8, 11, 33, 18, 900_977, UTC)),
        ("2020-01-01T00:00:00", datetime(2020, 1, 1)),
        ("2020-01-01 00:00:00", datetime(2020, 1, 1)),
        *(
            (f"2020-01-01T00:00:00.{'123456'[:n]}", datetime(2020, 1, 1, 0, 0, 0, int("123456"[:n].ljust(6, "0"))))
            for n in range(1, 7)
        ),
    ],
)
def test_every_documented_form_of_a_time_is_read(text: str, time: datetime) -> None:
    moment = read_record({"dtNextTry": text}, Contact).dt_next_try
    assert moment == time
    assert moment is not None
    assert moment.tzinfo == time.tzinfo


@pytest.mark.parametrize("text", ["", "yesterday", "2020-13-01T00:00:00", "11.11.2020", {}, [], True])
def test_a_time_that_is_none_is_kept_aside(text: object) -> None:
    contact = read_record({"ID": 7, "dtNextTry": text}, Contact)
    assert (contact.id, contact.dt_next_try, contact.other) == (7, None, {"dtNextTry": text})


ODD_VALUES: list[tuple[str, object]] = [
    ("ID", "x"),
    ("ID", None),
    ("DiallerCampaignsID", 1.5),
    ("DiallerCampaignsID", []),
    ("Name", {"first": "A"}),
    ("Name", True),
    ("Amount", "viel"),
    ("bLocked", "maybe"),
    ("bPhoneNumber1Invalid", 2),
    ("dtImported", "soon"),
]


@pytest.mark.parametrize(("wire", "value"), ODD_VALUES)
def test_an_odd_value_is_kept_aside_and_spoils_nothing_else(wire: str, value: object) -> None:
    contact = read_record({"UserData": "Contact10", "Tag": None, "New": [1], wire: value}, Contact)
    assert contact.user_data == "Contact10"
    assert contact.other == {"New": [1], wire: value}
    assert {info.wire for info, _ in contact.present()} == {"UserData"} | {"ID"}


@pytest.mark.parametrize(
    ("wire", "value", "text"), [("PostalCode", 10115, "10115"), ("UserData", 4711, "4711"), ("Tag", 1.5, "1.5")]
)
def test_a_number_in_place_of_a_text_becomes_one(wire: str, value: float, text: str) -> None:
    contact = read_record({wire: value}, Contact)
    assert [present_value for info, present_value in contact.present() if info.wire == wire] == [text]
    assert contact.other == {}


@pytest.mark.parametrize(("wire", "value"), [("DiallerCampaignsID", "538"), ("Amount", "999.99"), ("Amount", 999)])
def test_a_text_in_place_of_a_number_is_read(wire: str, value: object) -> None:
    contact = read_record({wire: value}, Contact)
    assert contact.other == {}
    assert [float(present_value) for info, present_value in contact.present() if info.wire == wire] == [
        float(str(value))
    ]


@pytest.mark.parametrize("value", [None, False, 0, "false"])
def test_null_and_false_are_the_same_for_a_flag(value: object) -> None:
    contact = read_record({"bPhoneNumber1Invalid": value, "bLocked": value}, Contact)
    assert not contact.b_phone_number1_invalid
    assert not contact.b_locked
    assert contact.b_locked is not msgspec.UNSET


@pytest.mark.parametrize("value", [True, 1, "true"])
def test_a_set_flag_is_read_in_every_form(value: object) -> None:
    assert read_record({"bDone": value}, ResultCode).b_done is True


def test_a_text_that_spells_null_stays_a_name() -> None:
    assert read_record({"Name": "Null"}, Contact).name == "Null"


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_fields_are_kept_in_every_record(kind: type[Record]) -> None:
    unknown = {"dtQuantum": "2026", "nNew": 3, "Nested": {"a": [None]}, "nothing": None}
    assert read_record({"ID": 1, **unknown}, kind).other.items() >= unknown.items()


def test_the_slip_of_the_documentation_is_read_as_what_it_means() -> None:
    contact = read_record({"LastAcidAgentEndReasonsID": 5, "PhoneNumber3LastAcidAgentEndReasonsID": 6}, Contact)
    assert contact.last_acd_agent_end_reasons_id == 5
    assert contact.phone_number3_last_acd_agent_end_reasons_id == 6
    assert contact.other == {}


def test_what_a_release_does_not_send_differs_from_null() -> None:
    silent = read_record({"ID": 1}, Contact)
    assert silent.b_locked is msgspec.UNSET
    assert silent.dialler_campaigns_result_codes_id is msgspec.UNSET
    record = read_record({"ID": 1, "bLocked": None, "DiallerCampaignsResultCodesID": None}, Contact)
    assert record.b_locked is None
    assert record.dialler_campaigns_result_codes_id is None


@given(
    st.dictionaries(
        st.sampled_from([info.wire for info in Contact.fields()]) | st.text(max_size=8),
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=12) | st.just(NESTED),
    )
)
def test_any_object_becomes_a_record_and_loses_nothing(row: dict[str, Any]) -> None:
    for kind in (Contact, ContactDetails):
        record = read_record(row, kind)
        wires = {info.wire for info in kind.fields()}
        for wire, value in row.items():
            undeclared = wire not in wires and wire != "*other" and "Acid" not in wire
            if undeclared or wire in record.other:
                assert record.other[wire] is value


@pytest.mark.parametrize("row", [None, 1, "x", [], [{}]])
def test_a_record_that_is_no_object_is_an_error(row: object) -> None:
    with pytest.raises(NoRecords):
        read_record(row, Contact)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"records": None}, {"records": {}}, {"records": "[]"}])
def test_an_answer_without_a_list_of_records_is_an_error(answer: object) -> None:
    with pytest.raises(NoRecords):
        records_of(answer, Contact, "F")


def test_nested_and_flat_calls_give_the_same_history_entry() -> None:
    creation_time = "2020-11-11T15:32:07.050"
    flat = ROW | CALL | {"DiallerContactsHistoryID": 1136, "StatisticsPartAID": 9}
    flat["dtCreatedDiallerContactsHistory"] = creation_time
    nested_row = ROW | {"ID": 1136, "dtCreated": creation_time, "StatisticsPartA": CALL | {"ID": 9}}
    by_history = read_record(flat, HistoryEntry)
    by_batch = read_record({"ID": 215220, "DiallerContactsHistory": [nested_row, flat]}, ContactDetails)
    assert by_batch.dialler_contacts_history == [by_history, by_history]
    assert by_history.dialler_contacts_history_id == 1136
    assert by_history.statistics_part_a_id == 9
    assert by_history.connres == 1
    assert by_history.other == {"Unknown": {"kept": True}}


def test_the_call_counts_more_than_its_row_unless_it_says_nothing() -> None:
    row = {"ID": 8, "DiallerContactsHistoryID": None, "UsersID": 3, "CONNRES": 2, "PhoneNumber": "1"}
    entry = read_call(row | {"StatisticsPartA": {"ID": 9, "UsersID": None, "CONNRES": 1, "New": None}})
    assert (entry.dialler_contacts_history_id, entry.users_id, entry.connres, entry.phone_number) == (8, 3, 1, "1")
    assert entry.other == {"New": None}
    with pytest.raises(NoRecords):
        read_call([row])


@pytest.mark.parametrize("part", [None, {}, 5, []])
def test_a_recorded_result_without_a_call_is_an_entry_too(part: object) -> None:
    row = ROW | {"DiallerContactsHistoryID": 8, "StatisticsPartA": part}
    (entry,) = read_record({"DiallerContactsHistory": [row]}, ContactDetails).dialler_contacts_history
    assert (entry.dialler_contacts_history_id, entry.connres, entry.users_id) == (8, None, 3)


def test_one_odd_value_does_not_cost_the_history_or_the_result() -> None:
    details = read_record(
        {
            "ID": 215220,
            "DiallerContactsHistory": [{"ID": 1, "UsersID": "Meyer", "StatisticsPartA": {"CONNRES": 3}}, {"ID": 2}],
            "DiallerCampaignsResultCodes": {"ID": 2811, "Content": "Termin", "TimeOffset": "bald", "New": 1},
        },
        ContactDetails,
    )
    odd, plain = details.dialler_contacts_history
    assert (odd.connres, odd.other) == (3, {"UsersID": "Meyer"})
    assert plain.dialler_contacts_history_id == 2
    code = details.dialler_campaigns_result_codes
    assert code is not None
    assert (code.id, code.content, code.other) == (2811, "Termin", {"TimeOffset": "bald", "New": 1})
    assert details.other == {}


@pytest.mark.parametrize("odd", [5, "x", {"ID": 1}, [1], [None, {"ID": 1}]])
def test_a_history_that_is_no_list_of_objects_is_kept_aside(odd: object) -> None:
    details = read_record({"ID": 1, "DiallerContactsHistory": odd}, ContactDetails)
    assert details.id == 1
    assert len(details.dialler_contacts_history) + ("DiallerContactsHistory" in details.other) >= 1
    assert len(details.dialler_contacts_history) == (1 if isinstance(odd, list) and {"ID": 1} in odd else 0)


@pytest.mark.parametrize("odd", [5, "x", [1]])
def test_a_result_that_is_no_object_is_kept_aside(odd: object) -> None:
    details = read_record({"ID": 1, "DiallerCampaignsResultCodes": odd}, ContactDetails)
    assert details.dialler_campaigns_result_codes is None
    assert details.other == {"DiallerCampaignsResultCodes": odd}


@pytest.mark.parametrize("nothing", [{}, {"DiallerContactsHistory": None, "DiallerCampaignsResultCodes": None}])
def test_a_fresh_contact_has_no_history_and_no_result(nothing: dict[str, Any]) -> None:
    details = read_record({"ID": 1} | nothing, ContactDetails)
    assert (details.dialler_contacts_history, details.dialler_campaigns_result_codes) == ([], None)
    assert details.other == {}


def test_a_body_writes_times_as_zoneless_seconds() -> None:
    text = body({"dtFrom": datetime(2026, 3, 1, 8, 30, 15, 999), "Name": "Müßig", "Amount": 0.5, "Tag": None})
    assert text == '{"dtFrom":"2026-03-01T08:30:15","Name":"Müßig","Amount":0.5,"Tag":null}'.encode()


@pytest.mark.parametrize(
    ("keys", "ids", "lists"),
    [
        (["A"], [1], {"UserDataList": ["A"], "IDList": [1]}),
        ([], [1], {"IDList": [1]}),
        (["A"], [], {"UserDataList": ["A"]}),
    ],
)
def test_an_empty_list_is_left_out_of_a_batch(keys: list[str], ids: list[int], lists: dict[str, Any]) -> None:
    assert batch_body(keys, ids) == lists


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb'{"a":"\ud83d"}', "\ufffd"),
        (rb'{"a":"ab\ude00c"}', "ab\ufffdc"),
        (rb'{"a":"\ud83d\ude00\ud83d"}', "\U0001f600\ufffd"),
        (rb'{"a":"\\ud83d \ud83d"}', "\\ud83d \ufffd"),
        (rb'{"a":"\\\ud83dx"}', "\\\ufffdx"),
    ],
)
def test_the_half_of_a_cut_emoji_does_not_make_an_answer_unreadable(content: bytes, text: str):
    assert decoded(content) == {"a": text}


def test_what_is_no_json_stays_none():
    with pytest.raises(msgspec.DecodeError):
        decoded(b'{"a":')
