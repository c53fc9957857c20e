from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.many import EXAMPLES, ManyLosses, ManyVerb
from dialler_mcp.domain.records import Contact
from tests.conftest import NOON

BERLIN = ZoneInfo("Europe/Berlin")
CLOSED = Contact(id=1, n_tries_phone_number1=3)
CALLBACK = Contact(id=2, n_tries_phone_number1=1, follow_up_date_time=NOON)
LOCKED = Contact(id=3, b_locked=True)


def counted(verb: ManyVerb, *pairs: tuple[Contact, State]) -> ManyLosses:
    many = ManyLosses(verb, BERLIN)
    for contact, state in pairs:
        many.add(contact, state, f"contact {contact.id}")
    return many


def test_a_reset_reopens_closed_contacts_and_loses_agreed_times_and_counters():
    many = counted("reset", (CLOSED, State.done), (CALLBACK, State.appointment))
    text = many.consequences(Language.en)
    assert many.reopens
    assert text[0].startswith("1 are (or may be) closed")
    assert "Agreed times that are lost: 1, from 2026-11-20 14:00+01:00" in text[1]
    assert "The counts of attempts (4 in all) go to 0." in text
    assert text[-1] == "Counters, results and times cannot be brought back."


@pytest.mark.parametrize(("locked", "reopens"), [(True, True), (False, False), (msgspec.UNSET, True)])
def test_to_unlock_reopens_who_is_closed_and_locked_or_may_be(locked: bool | None, reopens: bool):
    contact = msgspec.structs.replace(CLOSED, b_locked=locked)
    assert counted("unlock", (contact, State.aborted)).reopens is reopens


@pytest.mark.parametrize("verb", ["lock", "update", "delete"])
def test_what_keeps_people_from_being_called_reopens_nothing(verb: ManyVerb):
    assert not counted(verb, (LOCKED, State.done)).reopens


def test_few_are_named_and_all_are_counted():
    many = counted("lock", *((Contact(id=number), State.new) for number in range(EXAMPLES + 2)))
    assert many.title(" in NPS", Language.en) == "lock 5 contacts in NPS"
    assert many.title("", Language.de) == "5 Kontakte sperren"
    assert "For example: contact 0; contact 1; contact 2." in many.consequences(Language.en)
    assert "Darunter: 5 neu." in many.consequences(Language.de)


def test_one_is_not_given_as_an_example_of_itself():
    many = counted("delete", (CLOSED, State.done))
    assert many.title(": Contact10", Language.en) == "delete 1 contact: Contact10 for good"
    assert not any(line.startswith("For example") for line in many.consequences(Language.en))
