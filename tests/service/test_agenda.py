"""What is on an agenda, how it is counted, and what is kept of it."""

from datetime import datetime, timedelta, timezone

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import Due, Kind, callback_of
from dialler_mcp.service.agenda import Agenda, Entry
from dialler_mcp.service.listing import Smallest
from tests.conftest import BERLIN, NOON

SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))


def filled(*agreed: datetime, most: int = 10, now: datetime = NOON.replace(tzinfo=BERLIN)) -> Agenda[int]:
    """An agenda with a follow-up at each of these times, whose contacts are numbered from 1."""
    first = Smallest[Entry[int]](most)
    agenda = Agenda(now, BERLIN, {Due.overdue: first, Due.today: first})
    for number, time in enumerate(agreed, 1):
        contact = Contact(id=number, follow_up_date_time=time)
        callback = callback_of(contact, State.open)
        assert callback is not None
        agenda.add(contact, callback, number)
    return agenda


def kept(agenda: Agenda[int]) -> list[int]:
    return [entry.item for entry in agenda.first[Due.today].items()]


def test_all_are_counted_and_the_earliest_are_kept_by_time_and_then_by_contact():
    hours = [NOON + timedelta(hours=hours) for hours in (2, -1, 2, 400, 1)]
    agenda = filled(*hours, most=3)
    assert kept(agenda) == [2, 5, 1]
    assert agenda.counts == {
        (Due.today, Kind.follow_up): 3,
        (Due.overdue, Kind.follow_up): 1,
        (Due.later, Kind.follow_up): 1,
    }
    assert agenda.total(Due.overdue, Due.today) == 4


def test_the_hour_that_comes_twice_is_in_order():
    second, first = (datetime(2026, 10, 25, 2, minute, tzinfo=zone) for minute, zone in ((10, WINTER), (50, SUMMER)))
    assert kept(filled(second, first, now=datetime(2026, 10, 25, 1, tzinfo=BERLIN))) == [2, 1]
