from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.looking import Arrivals, imported, looked
from tests.conftest import BERLIN, NOON
from tests.lists.jobs.some_jobs import step

CONTACT = Contact(id=7, name="Neumann", n_tries_phone_number1=2, b_locked=False, city="Bonn")
WITH_DATE = msgspec.structs.replace(CONTACT, follow_up_date_time=datetime(2026, 12, 1, 9, tzinfo=UTC))
SINCE = NOON.replace(tzinfo=BERLIN).astimezone(UTC)


def with_(**fields: object) -> Contact:
    return msgspec.structs.replace(CONTACT, **fields)


@pytest.mark.parametrize(
    ("done", "there"),
    [
        (looked(step("lock", CONTACT), with_(b_locked=True), BERLIN), True),
        (looked(step("lock", CONTACT), CONTACT, BERLIN), False),
        (looked(step("lock", CONTACT), with_(b_locked=msgspec.UNSET), BERLIN), False),
        (looked(step("unlock", CONTACT), CONTACT, BERLIN), True),
        (looked(step("reset", CONTACT), with_(n_tries_phone_number1=0), BERLIN), True),
        (looked(step("reset", CONTACT), CONTACT, BERLIN), False),
        (looked(step("update", CONTACT, City="Kiel"), CONTACT, BERLIN), False),
        (looked(step("update", CONTACT, City="Bonn"), CONTACT, BERLIN), True),
        (looked(step("update", CONTACT, Comment=""), CONTACT, BERLIN), True),
        (looked(step("update", CONTACT, FollowUpDateTime="2026-12-01T10:00:00"), CONTACT, BERLIN), False),
        (looked(step("update", CONTACT, FollowUpDateTime="2026-12-01T10:00:00"), WITH_DATE, BERLIN), True),
        (looked(step("delete", CONTACT), None, BERLIN), True),
        (looked(step("delete", CONTACT), CONTACT, BERLIN), False),
        (looked(step("lock", CONTACT), None, BERLIN), None),
    ],
)
def test_what_a_contact_shows_tells_whether_its_change_is_there(done: object, there: bool | None):
    assert getattr(done, "there") is there  # noqa: B009 - of what is given by name above


def arrivals(*contacts: Contact) -> Arrivals:
    return Arrivals(contacts, SINCE, BERLIN)


def came(days: float = 0.0, **fields: object) -> Contact:
    return with_(dt_imported=NOON + timedelta(days=days), user_data="K1", phone_number1="493023125901", **fields)


def test_who_came_in_since_is_found_by_key_or_else_by_number_and_name():
    contacts = arrivals(came())
    assert [one.id for one in contacts.of({"UserData": " k1 "})] == [7]
    assert [one.id for one in contacts.of({"Name": "NEUMANN", "PhoneNumber2": "493023125901"})] == [7]
    assert contacts.of({"Name": "Weiß", "PhoneNumber1": "493023125901"}) == []
    assert contacts.of({"UserData": "K2", "Name": "Neumann", "PhoneNumber1": "493023125901"}) == []


def test_a_household_with_one_number_is_several_people():
    values = {"Name": "Neumann", "FirstName": "Paula", "PhoneNumber1": "493023125901"}
    assert arrivals(came(first_name="Jan")).of(values) == []
    assert [[one.id for one in arrivals(came(first_name=name)).of(values)] for name in ("PAULA", None)] == [[7], [7]]


SAID_TO_BE_NEVER = [(with_(user_data="K1", dt_imported=datetime(year, 1, 1)), True) for year in (1, 1900, 1970)]


@pytest.mark.parametrize(
    ("contact", "new"), [(came(), True), (came(-2), False), (with_(user_data="K1"), True), *SAID_TO_BE_NEVER]
)
def test_who_was_there_long_before_did_not_come_in(contact: Contact, new: bool):
    assert bool(arrivals(contact).of({"UserData": "K1"})) is new


def test_of_several_nobody_can_tell_which_was_created():
    assert imported([]).there is False
    assert imported([CONTACT]).contact is CONTACT
    several = imported([CONTACT, with_(id=8)])
    assert several.there is None
    assert several.why is not None
    assert "ID 7, 8" in several.why.en


def test_a_time_in_utc_is_compared_as_one():
    late = with_(user_data="K1", dt_imported=datetime(2026, 11, 20, 13, 0, tzinfo=UTC))
    assert arrivals(late).of({"UserData": "K1"})
