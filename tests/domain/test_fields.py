"""How a record is declared: wire names, and what of a record is present."""

from datetime import datetime

import msgspec
import pytest

from dialler_mcp.domain.fields import Field, Kind, Write, id_of, wire_name
from dialler_mcp.domain.records import Contact, HistoryEntry


@pytest.mark.parametrize(
    ("attribute", "wire"),
    [
        ("id", "ID"),
        ("name", "Name"),
        ("dt_next_try", "dtNextTry"),
        ("n_tries_phone_number1", "nTriesPhoneNumber1"),
        ("b_phone_number6_invalid", "bPhoneNumber6Invalid"),
        ("phone_number2_last_acd_agent_end_reasons_id", "PhoneNumber2LastAcdAgentEndReasonsID"),
        ("reserved_users_uid", "ReservedUsersUID"),
        ("account_bic", "AccountBIC"),
        ("account_iban", "AccountIBAN"),
        ("b_caller_id_active", "bCallerIDActive"),
        ("connres", "CONNRES"),
        ("a_number_country_codes_id", "ANumber_CountryCodesID"),
        ("b_number", "BNumber"),
        ("crm_url", "CrmURL"),
        ("result_", "Result_"),
        ("statistics_part_a_id", "StatisticsPartAID"),
    ],
)
def test_a_wire_name_follows_from_the_name(attribute: str, wire: str) -> None:
    assert wire_name(attribute) == wire


def test_what_is_present_leaves_out_nothing_that_says_something() -> None:
    contact = Contact(
        id=0,
        name="Mustermann",
        city="",
        comment=None,
        amount=0.0,
        b_locked=False,
        b_last_result_mailbox=True,
        n_tries_phone_number1=0,
        dt_next_try=datetime(2026, 11, 20),
    )
    assert {info.wire: value for info, value in contact.present()} == {
        "ID": 0,
        "Name": "Mustermann",
        "Amount": 0.0,
        "bLastResultMailbox": True,
        "nTriesPhoneNumber1": 0,
        "dtNextTry": datetime(2026, 11, 20),
    }


def test_a_field_knows_its_attribute_and_its_plain_type() -> None:
    by_wire = {info.wire: info for info in Contact.fields()}
    assert by_wire["bLocked"].attribute == "b_locked"
    assert by_wire["bLocked"].type is bool
    assert by_wire["ID"].type is int
    assert [info.wire for info in Contact.fields()][:2] == ["ID", "DiallerCampaignsID"]


def test_records_do_not_share_what_they_keep() -> None:
    first, second = HistoryEntry(), HistoryEntry()
    first.other["x"] = 1
    assert second.other == {}


def test_a_record_is_written_by_wire_names_without_what_it_lacks() -> None:
    assert msgspec.to_builtins(Contact(id=7, user_data="Contact10")) == {"ID": 7, "UserData": "Contact10"}


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("2147483647", 2147483647), ("2147483648", None), ("0", None), ("9" * 5_000, None), ("٥", None)],
)
def test_an_id_is_a_positive_number_of_few_plain_digits(text: str, number: int | None) -> None:
    assert id_of(text) == number


def test_a_field_is_plain_and_not_writable_unless_said() -> None:
    field = Field("name", "Name")
    assert (field.length, field.write, field.kind) == (None, Write.NO, Kind.PLAIN)
    assert Write.BOTH == Write.IMPORT | Write.UPDATE
