"""The simulated calls: they obey the dialler's rules, and the contacts' counters agree with them."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest

from dialler_mcp.domain.codes import CAUSES, CONNRES
from dialler_mcp.domain.records import PHONE_SLOTS, Contact, HistoryEntry
from dialler_mcp.sandbox.world import results
from dialler_mcp.sandbox.world.dialling import (
    AGENTS,
    MANNERS,
    Floor,
    Outcome,
    Progress,
    calling_hours,
    last_calling_time,
    next_calling_time,
)
from dialler_mcp.sandbox.world.plans import CAMPAIGN_1000, PLANS
from dialler_mcp.sandbox.world.world import World, invent


def start(row: HistoryEntry) -> datetime:
    assert row.dt_call_start is not None
    return row.dt_call_start


def calls_of(world: World) -> list[HistoryEntry]:
    return [row for row in world.history if row.statistics_part_a_id is not None]


def a_contact() -> Contact:
    contact = Contact(id=1, dialler_campaigns_id=538, phone_number1="493023125001")
    for slot in PHONE_SLOTS:
        setattr(contact, f"n_tries_phone_number{slot}", 0)
    return contact


@pytest.fixture
def progress() -> Progress:
    contact = a_contact()
    return Progress(contact, CAMPAIGN_1000, {code.export_key: code for code in CAMPAIGN_1000.result_codes()})


@pytest.fixture
def floor(now: datetime) -> Floor:
    return Floor(Random(1), now)


@pytest.mark.thorough
def test_thirty_days_yield_some_thousand_rows(world: World, now: datetime) -> None:
    assert 5_000 <= len(world.history) <= 9_000
    starts = [start(row) for row in calls_of(world)]
    assert min(starts) > now - timedelta(days=31)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 11),
        pytest.param(datetime(2026, 3, 1, 3), marks=pytest.mark.thorough),
        pytest.param(datetime(2027, 1, 2, 23, 59), marks=pytest.mark.thorough),
    ],
)
def test_nothing_happens_after_now_whenever_now_is(moment: datetime) -> None:
    world = invent(3, moment)
    assert all((row.dt_created_dialler_contacts_history or datetime.max) <= moment for row in world.history)
    assert len(world.history) > 4_000


@pytest.mark.thorough
def test_nobody_is_called_on_a_sunday_or_at_night(world: World) -> None:
    for row in calls_of(world):
        hours = calling_hours(start(row))
        assert hours is not None
        assert hours[0] <= start(row).time() < hours[1]


def test_rows_are_numbered_by_time(world: World) -> None:
    ids = [row.dialler_contacts_history_id for row in world.history]
    times = [row.dt_created_dialler_contacts_history for row in world.history]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert times == sorted(time for time in times if time)


def test_every_contacts_tries_are_its_outbound_calls_number_by_number(world: World) -> None:
    calls = Counter((row.dialler_contacts_id, row.phone_number_offset) for row in calls_of(world) if row.b_outbound)
    for contact in world.contacts:
        for slot in PHONE_SLOTS:
            assert getattr(contact, f"n_tries_phone_number{slot}") == calls[contact.id, slot]


def test_a_numbers_last_cause_is_that_of_its_last_call(world: World) -> None:
    last = {(row.dialler_contacts_id, row.phone_number_offset): row for row in calls_of(world) if row.b_outbound}
    for contact in world.contacts:
        for slot in PHONE_SLOTS:
            row = last.get((contact.id, slot))
            assert getattr(contact, f"n_phone_number{slot}_last_cause") == (row.cause_codes_id if row else None)


def test_an_invalid_number_was_refused_once_and_never_dialled_again(world: World) -> None:
    rows: dict[tuple[int | None, int | None], list[HistoryEntry]] = defaultdict(list)
    for row in calls_of(world):
        rows[row.dialler_contacts_id, row.phone_number_offset].append(row)
    invalid = [
        (contact.id, slot)
        for contact in world.contacts
        for slot in PHONE_SLOTS
        if getattr(contact, f"b_phone_number{slot}_invalid")
    ]
    assert invalid
    for key in invalid:
        assert [(row.connres, row.cause_codes_id) for row in rows[key]] == [(5, 1)]


def test_a_contacts_result_is_the_last_one_recorded(world: World) -> None:
    last = {
        row.dialler_contacts_id: row.dialler_campaigns_result_codes_id
        for row in world.history
        if row.dialler_campaigns_result_codes_id is not None
    }
    for contact in world.contacts:
        code = contact.dialler_campaigns_result_codes_id
        assert (None if code is msgspec.UNSET else code) == last.get(contact.id)


def test_a_final_result_ends_the_calls(world: World) -> None:
    final = {code.id for code in world.codes if code.type_id in (results.DONE, results.ABORT)}
    final_ids: set[int | None] = set()
    for row in world.history:
        assert row.dialler_contacts_id not in final_ids
        if row.dialler_campaigns_result_codes_id in final:
            final_ids.add(row.dialler_contacts_id)
    for contact in world.contacts:
        if contact.id in final_ids:
            assert contact.dt_next_try is None
            assert contact.follow_up_date_time is None


def test_result_codes_belong_to_the_campaign_and_carry_their_type(world: World) -> None:
    codes = {code.id: code for code in world.codes}
    for row in world.history:
        if row.dialler_campaigns_result_codes_id is not None:
            code = codes[row.dialler_campaigns_result_codes_id]
            assert (code.campaign_id, code.type_id) == (row.dialler_campaigns_id, row.dialler_result_codes_types_id)


def test_times_of_a_call_follow_each_other_and_the_outcome(world: World) -> None:
    for row in calls_of(world):
        times = [row.dt_call_start, row.dt_call_alert, row.dt_call_connect, row.dt_call_end]
        moments = [moment for moment in [*times, row.dt_created_dialler_contacts_history] if moment]
        assert moments == sorted(moments)
        assert (row.dt_call_connect is not None) == (row.connres in (1, 6))
        assert row.connres in CONNRES
        assert row.cause_codes_id in CAUSES


def test_a_recorded_result_without_a_call_has_no_call_fields(world: World) -> None:
    rows = [row for row in world.history if row.statistics_part_a_id is None]
    assert rows
    for row in rows:
        assert row.dialler_campaigns_result_codes_id is not None
        assert row.b_outbound is row.connres is row.dt_call_start is row.phone_number is None


def test_every_outcome_occurs_and_so_does_an_incoming_call(world: World) -> None:
    assert {row.connres for row in calls_of(world)} == {manner.connres for manner in MANNERS.values()}
    assert any(row.b_outbound is False for row in calls_of(world))
    assert any(contact.b_last_result_mailbox for contact in world.contacts)


def test_only_the_test_campaign_makes_test_calls(world: World) -> None:
    tests = {plan.id for plan in PLANS if plan.tests}
    assert {row.dialler_campaigns_id for row in calls_of(world) if row.b_test_call} == tests


def test_agents_differ_and_none_talks_twice_at_once(world: World, now: datetime) -> None:
    # The played scenes stand beside the shifts, so only the days before them are looked at.
    quiet = now - timedelta(days=9)
    talks = sorted(
        (row for row in calls_of(world) if row.users_id is not None and start(row) < quiet),
        key=lambda row: (row.users_id or 0, start(row)),
    )
    for earlier, later in pairwise(talks):
        if earlier.users_id == later.users_id:
            assert earlier.dt_call_end is not None
            assert earlier.dt_call_end <= start(later)
    successes = Counter(row.users_id for row in world.history if row.dialler_result_codes_types_id == results.DONE)
    assert successes[AGENTS[0].users_id] > successes[AGENTS[-1].users_id]


def test_evenings_reach_more_people_than_mornings(world: World) -> None:
    by_hour: dict[bool, list[bool]] = {True: [], False: []}
    for row in calls_of(world):
        by_hour[start(row).hour >= 17].append(row.connres == 1)
    assert sum(by_hour[True]) / len(by_hour[True]) > sum(by_hour[False]) / len(by_hour[False])


def test_a_campaign_that_is_over_or_not_begun_is_not_dialled(world: World) -> None:
    campaigns = {campaign.id: campaign for campaign in world.campaigns}
    for row in calls_of(world):
        campaign = campaigns[row.dialler_campaigns_id or 0]
        assert campaign.dt_from is None or start(row) >= campaign.dt_from
        assert campaign.dt_to is None or start(row) < campaign.dt_to


@pytest.mark.parametrize(
    ("moment", "following", "preceding"),
    [
        (datetime(2026, 11, 20, 14), datetime(2026, 11, 20, 14), datetime(2026, 11, 20, 14)),
        (datetime(2026, 11, 20, 8), datetime(2026, 11, 20, 9), datetime(2026, 11, 19, 19, 45)),
        (datetime(2026, 11, 20, 20), datetime(2026, 11, 23, 9), datetime(2026, 11, 20, 19, 45)),
        (datetime(2026, 11, 22, 12), datetime(2026, 11, 23, 9), datetime(2026, 11, 20, 19, 45)),
        (datetime(2026, 11, 14, 12), datetime(2026, 11, 14, 12), datetime(2026, 11, 14, 12)),
        (datetime(2026, 11, 14, 14), datetime(2026, 11, 16, 9), datetime(2026, 11, 14, 12, 45)),
    ],
)
def test_calling_times_are_found_in_both_directions(moment: datetime, following: datetime, preceding: datetime) -> None:
    assert next_calling_time(moment) == following
    assert last_calling_time(moment) == preceding
    assert calling_hours(datetime(2026, 11, 16)) == (time(9), time(20))


def test_a_busy_line_is_tried_again_soon_but_only_three_times(floor: Floor, progress: Progress) -> None:
    at = datetime(2026, 11, 17, 10)
    waits: list[timedelta] = []
    for _ in range(4):
        floor.attempt(progress, at, AGENTS[0], Outcome.BUSY)
        assert progress.contact.dt_next_try is not None
        waits.append(progress.contact.dt_next_try - at)
        at = progress.contact.dt_next_try
    assert all(wait < timedelta(minutes=6) for wait in waits[:3])
    assert waits[3] > timedelta(hours=2)


def test_an_invalid_number_makes_room_for_the_next_and_the_last_ends_it(floor: Floor, progress: Progress) -> None:
    progress.contact.phone_number3 = "493023125002"
    floor.attempt(progress, datetime(2026, 11, 17, 10), AGENTS[0], Outcome.INVALID)
    assert progress.slot == 3
    assert progress.contact.b_phone_number1_invalid

    floor.attempt(progress, datetime(2026, 11, 17, 11), AGENTS[0], Outcome.INVALID)
    assert progress.contact.dialler_campaigns_result_codes_id == progress.codes[results.WRONG_NUMBER].id
    assert progress.contact.dt_next_try is None


@pytest.mark.parametrize("last", [Outcome.NO_ANSWER, Outcome.MAILBOX])
def test_after_too_many_tries_the_dialler_gives_up(floor: Floor, progress: Progress, last: Outcome) -> None:
    progress.contact.n_tries_phone_number1 = CAMPAIGN_1000.max_tries - 1
    floor.attempt(progress, datetime(2026, 11, 17, 10), AGENTS[0], last)
    assert progress.contact.dialler_campaigns_result_codes_id == progress.codes[results.MAX_TRIES].id
    assert floor.history[-1].statistics_part_a_id is None


def test_a_delay_is_due_after_the_codes_interval(floor: Floor, progress: Progress) -> None:
    floor.attempt(progress, datetime(2026, 11, 17, 10), AGENTS[0], Outcome.ANSWERED, results.NOT_REACHED)
    call_time = floor.history[-1].dt_created_dialler_contacts_history
    assert call_time is not None
    assert progress.contact.dt_next_try == (call_time + timedelta(minutes=240)).replace(microsecond=0)


def test_an_appointment_names_its_time_and_may_be_bound_to_the_agent(floor: Floor, progress: Progress) -> None:
    bound: set[str | None] = set()
    for _ in range(7):
        floor.attempt(progress, datetime(2026, 11, 17, 10), AGENTS[2], Outcome.ANSWERED, results.MEETING)
        assert progress.contact.dt_next_try == progress.contact.follow_up_date_time
        bound.add(progress.contact.follow_up_users_uid)
    assert bound == {None, AGENTS[2].uid}
