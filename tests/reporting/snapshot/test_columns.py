"""What is kept of a person follows the privacy level, and every column follows from a declared field."""

from collections.abc import Callable

import pytest

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.reporting.questions.rules import VIEWS
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.views import view_columns
from tests.reporting.house import CAMPAIGN, SMALL, House

IBAN = "DE89370400440532013000"


@pytest.mark.parametrize("record", [Contact, HistoryEntry, ResultCode, Campaign])
def test_no_two_columns_share_a_name(record: type[Contact]) -> None:
    names = [column.name for column in columns_of(record, Privacy.full)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and name == name.lower() for name in names)


def test_bank_data_are_columns_only_where_nothing_is_hidden() -> None:
    bank = {info.attribute for info in Contact.fields() if info.about.kind is Kind.BANK}
    assert bank <= {column.name for column in columns_of(Contact, Privacy.full)}
    for level in (Privacy.bank, Privacy.masked):
        assert not bank & {column.name for column in columns_of(Contact, level)}


async def _person(house: House) -> int:
    contact = next(iter(house.store.contacts(SMALL)))
    contact.phone_number1, contact.email = "4930231250", "erika@example.org"
    contact.account_iban, contact.comment = IBAN, f"IBAN {IBAN}, call 030 23125000"
    house.store.save_contact(contact)
    await house.snapshots.refresh([SMALL])
    return contact.id


@pytest.mark.parametrize("level", [*Privacy])
@pytest.mark.thorough
async def test_a_file_holds_no_more_of_a_person_than_the_level_allows_in_the_columns_that_are_described(
    build: Callable[..., House], level: Privacy
) -> None:
    house = build(privacy=level)
    number = await _person(house)
    (row,) = house.figures(f"SELECT phone_number1, email, comment FROM contacts WHERE contact_id = {number}", (SMALL,))
    content = b"".join(file.read_bytes() for file in house.files())
    assert (IBAN.encode() in content) == (level is Privacy.full)
    assert (b"4930231250" in content) == (level is not Privacy.masked)
    assert (b"erika@example.org" in content) == (level is not Privacy.masked)
    assert (row[0] == "4930231250") == (level is not Privacy.masked)
    assert ("23125000" in row[2]) == (level is not Privacy.masked)
    with house.snapshots.open([SMALL]) as snapshot:
        for view in VIEWS:
            there = snapshot.database.columns(f"SELECT * FROM {view}")
            assert sorted(there) == sorted((column.name, column.type) for column in view_columns(view, level)), view


async def test_what_nobody_sees_in_the_word_before_an_account_hides_it_from_no_copy(
    build: Callable[..., House],
) -> None:
    house = build(privacy=Privacy.bank)
    contact = next(iter(house.store.contacts(SMALL)))
    contact.comment = "Kon\u200bto 532013000"
    house.store.save_contact(contact)
    await house.snapshots.refresh([SMALL])
    (row,) = house.figures(f"SELECT comment FROM contacts WHERE contact_id = {contact.id}", (SMALL,))
    assert "532013" not in row[0]


@pytest.mark.thorough
async def test_a_masked_number_is_the_same_in_contacts_and_calls_and_in_later_readings(
    build: Callable[..., House],
) -> None:
    house = build(privacy=Privacy.masked)
    await house.snapshots.refresh([CAMPAIGN])
    same = """SELECT count(*), count(*) FILTER (phone_number = phone_number1)
              FROM calls JOIN contacts USING (contact_id) WHERE number_slot = 1 AND attempt"""
    ((calls, equal),) = house.figures(same)
    assert calls == equal > 0
    numbers = house.figures("SELECT contact_id, phone_number1 FROM contacts ORDER BY 1")
    await house.made().refresh([CAMPAIGN], full=True)
    assert house.figures("SELECT contact_id, phone_number1 FROM contacts ORDER BY 1") == numbers
    key = next(file for file in house.files() if file.suffix == ".key")
    assert key.stat().st_mode & 0o777 == 0o600
