"""The groups of agents and the events that wait for them."""

from datetime import datetime, timedelta
from random import Random

from dialler_mcp.domain.codes import ACD_EVENT_STATUSES, ACD_EVENT_TYPES
from dialler_mcp.sandbox.world.phones import is_invented
from dialler_mcp.sandbox.world.queues import NO_DUPLICATES, event_statuses, event_types, events, groups


def test_events_are_of_the_last_days_oldest_first_and_for_groups_that_exist(now: datetime):
    event_list = events(Random(1), now)
    assert [event.id for event in event_list] == sorted(event.id for event in event_list)
    times = [event.dt_created for event in event_list if event.dt_created]
    assert len(times) == len(event_list)
    assert times == sorted(times)
    assert now - timedelta(days=7) < times[0] < times[-1] < now
    assert {event.acd_groups_id for event in event_list} <= {group.id for group in groups()}


def test_no_event_comes_from_a_number_that_somebody_has(now: datetime):
    senders = [event.sender or "" for event in events(Random(1), now)]
    assert all(sender == "kunde@example.org" or is_invented(sender) for sender in senders)


def test_one_group_forbids_duplicates():
    assert [group.name for group in groups() if group.other[NO_DUPLICATES]] == ["Rückruf Service"]


def test_every_type_and_status_of_the_documentation_has_an_internal_name():
    assert [one.id for one in event_types()] == list(ACD_EVENT_TYPES)
    assert [one.id for one in event_statuses()] == list(ACD_EVENT_STATUSES)
    assert len({one.short_text for one in event_statuses()}) == len(ACD_EVENT_STATUSES)
