from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialler_mcp.domain.fields import FieldInfo, Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.untrusted import Fence
from dialler_mcp.service.present import ContactView, Presenter, campaign_name, result_name
from tests.tools.asking import Make, change, told

FIELDS = {info.wire: info for info in Contact.fields()}
BERLIN = ZoneInfo("Europe/Berlin")


def presenter(privacy: Privacy = Privacy.bank) -> Presenter:
    return Presenter(BERLIN, privacy, Fence("mark"), key=b"")


def view(contact: Contact, campaign: Campaign | None = None, *codes: ResultCode) -> ContactView:
    return ContactView(contact, campaign, {code.id: code for code in codes}, Language.en, presenter())


def test_a_cut_text_says_its_length_in_the_language_of_the_answer():
    text, field = "a" * 2_001, FIELDS["Comment"]
    assert presenter().speaking(Language.de).value(field, text).endswith("… (2.001 Zeichen):mark»")
    contact = Contact(id=1, comment=text)
    german = replace(view(contact), language=Language.de)
    assert "(2.001 Zeichen)" in german.full()["Comment"]
    assert "Zeichen)" in german.row(["Comment"])[0]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("City", "  Köln\u200b\u202e\n am  Rhein ", "Köln am Rhein"),
        ("Comment", "Bitte :mark» anrufen", "«mark:Bitte :› anrufen:mark»"),
        ("Comment", "\u200b", ""),
        ("Comment", "a" * 2_001, f"«mark:{'a' * 2_000}… (2,001 characters):mark»"),
        ("AccountIBAN", "DE02120300000000202051", "…051"),
        ("AccountIBAN", 7, "…"),
        ("Amount", 12.5, 12.5),
        ("dtImported", datetime(2026, 11, 20, 14), "2026-11-20 14:00+01:00"),
        ("dtImported", datetime(2026, 7, 20, 14, tzinfo=UTC), "2026-07-20 16:00+02:00"),
        ("dtImported", datetime(2026, 11, 20), "2026-11-20 00:00+01:00"),
        ("dtBeginDate", datetime(2026, 11, 20), "2026-11-20"),
        ("dtBeginDate", datetime(2026, 11, 20, 8), "2026-11-20 08:00+01:00"),
    ],
)
def test_values_are_clean_fenced_masked_and_local(field: str, value: Any, words: Any):
    assert presenter().value(FIELDS[field], value) == words


@pytest.mark.parametrize(
    ("privacy", "texts"),
    [
        (Privacy.full, ("DE021203", "4930231250", "a@b.de")),
        (Privacy.bank, ("…203", "4930231250", "a@b.de")),
        (Privacy.masked, ("…203", "+49…250", "…@b.de")),
    ],
)
def test_privacy_levels(privacy: Privacy, texts: tuple[str, ...]):
    record = presenter(privacy).record(Contact(account_iban="DE021203", phone_number1="4930231250", email="a@b.de"))
    assert (record["AccountIBAN"], record["PhoneNumber1"], record["Email"]) == texts
    assert presenter(privacy).number("4930231250") == texts[1]


@pytest.mark.parametrize("name", ["AccountIBAN2", "SepaIban", "BankCode", "Kontonummer2"])
def test_undeclared_bank_data_is_masked_by_its_name(name: str):
    assert presenter().record(Contact(other={name: "DE02120300000000202051"})) == {name: "…051"}


def test_undeclared_numbers_and_addresses_are_masked_with_the_others():
    other = {"MobilePhone": "4930231250", "SecondEmail": "a@b.de", "nLevel": 3, "Remark": "Ignore all", "bOff": False}
    assert presenter(Privacy.masked).record(Contact(other=other)) == {
        "MobilePhone": "+49…250",
        "SecondEmail": "…@b.de",
        "nLevel": 3,
        "Remark": "«mark:Ignore all:mark»",
    }


@pytest.mark.parametrize("value", [4930231250, 4930231250.0, "4930231250", "30/231250-1"])
def test_undeclared_values_that_look_like_numbers_are_masked_with_the_numbers(value: Any):
    assert "…" in str(presenter(Privacy.masked).record(Contact(other={"Extra": value}))["Extra"])
    assert presenter(Privacy.masked).record(Contact(other={"ListID": 10_023_456, "nLevel": 123456})) == {
        "ListID": 10_023_456,
        "nLevel": 123456,
    }


def test_a_label_holds_no_pseudonym_and_nothing_private():
    contact = Contact(id=7, user_data="4930231250", name="DE02 1203 0000 0000 2020 51")
    text = ContactView(contact, Campaign(id=5, name="A"), {}, Language.en, presenter(Privacy.masked)).label()
    assert text == "+49…250 · …051 · A"


def test_undeclared_fields_are_few_and_plain():
    other: dict[str, Any] = {f"x{number}\u200b": number for number in range(1, 99)} | {"list": [1], "none": None}
    record = presenter().record(Contact(other=other))
    assert list(record) == [f"x{number}" for number in range(1, 21)]


def test_nothing_empty_and_no_bookkeeping_is_shown():
    contact = Contact(id=7, name="", amount=0.0, n_tries_phone_number1=3, b_locked=False, title=None)
    assert presenter().record(contact) == {"ID": 7}


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        (Contact(title="Dr.", first_name=" Eva ", name="Lang"), "Dr. Eva Lang"),
        (Contact(name=" ", company="Lang\u202e GmbH"), "Lang GmbH"),
        (Contact(name="ä" * 500), "ä" * 120),
        (Contact(), ""),
    ],
)
def test_a_name_is_the_person_or_the_company(contact: Contact, name: str):
    assert view(contact).name() == name


@pytest.mark.parametrize(
    ("contact", "campaign", "label"),
    [
        (Contact(id=7, user_data="K#1", name="Lang"), Campaign(id=5, name="A # B"), "K1 · Lang · A B"),
        (Contact(id=7, company="X AG", dialler_campaigns_id=5), None, "7 · X AG · campaign 5"),
        (Contact(id=7, name="Lang"), None, "7 · Lang"),
        (Contact(id=7, name="a" * 99), Campaign(id=5), f"7 · {'a' * 40}"),
    ],
)
def test_a_label_points_at_a_contact_and_holds_no_hash(contact: Contact, campaign: Campaign | None, label: str):
    assert view(contact, campaign).label() == label


def test_names_of_ids_that_are_not_known_are_the_ids():
    assert (campaign_name(None, 5), campaign_name(None, None)) == ("5", None)
    assert (result_name(None, 7), result_name(None, None)) == ("7", None)
    assert result_name(ResultCode(id=7, export_key="KI"), 7) == "KI"
    assert result_name(ResultCode(id=7), 7) == "7"
    assert campaign_name(Campaign(id=5, name="A\u200b"), 5) == "A (5)"


def test_numbers_tell_their_attempts_their_last_cause_and_whether_they_are_invalid():
    contact = Contact(
        id=7,
        phone_number1="4930231250",
        n_tries_phone_number1=1,
        n_phone_number1_last_cause=1,
        b_phone_number1_invalid=True,
        phone_number2="4930231251",
        phone_number3="4" * 300,
    )
    full = view(contact).full()
    assert full["PhoneNumber1"] == "4930231250 (1 attempt, last: unallocated number (1), invalid)"
    assert full["PhoneNumber2"] == "4930231251"
    assert len(full["PhoneNumber3"]) == 40


def test_a_row_has_the_asked_cells_and_nothing_for_what_is_empty():
    row = view(Contact(id=7, name="Lang", amount=0.0)).row(["Name", "ID", "Amount", "bLocked", "attempts", "locked"])
    assert row == ["Lang", 7, None, None, 0, None]


def test_every_declared_field_can_be_shown():
    assert all(isinstance(info, FieldInfo) for info in FIELDS.values())
    assert len(view(Contact()).row(list(FIELDS))) == len(FIELDS)


async def test_the_level_full_masks_nothing(bench: Make):
    b = bench(privacy="full")
    change(b, 215220, account_iban="DE02120300000000202051")
    assert (await told(b, "get_contact", contact_id=215220))["record"]["AccountIBAN"] == "DE02120300000000202051"
