"""A snapshot holds what the dialler says, and asks it for no more than it has to."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest

from dialler_mcp.domain.contact_state import attempts, result_code_id, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.sandbox import Options
from tests.reporting.house import CAMPAIGN, OTHER, SMALL, House, is_batch

ALL = "SELECT * FROM contacts ORDER BY contact_id"
ALL_CALLS = "SELECT * FROM calls ORDER BY call_id"


async def test_it_holds_every_contact_with_its_state_as_the_domain_sees_it(read_one: House) -> None:
    coverage = await read_one.snapshots.coverage([CAMPAIGN])
    codes = {code.id: code.to_record(Language.en) for code in read_one.store.result_codes()}
    expected = {
        c.id: (attempts(c), result_code_id(c), state_of(c, codes.get(result_code_id(c) or 0)).value)
        async for c in read_one.dialler.list_contacts(CAMPAIGN)
    }
    rows = {r[0]: r[1:] for r in read_one.figures("SELECT contact_id, attempts, result_code_id, state FROM contacts")}
    assert rows == expected
    assert coverage.complete
    assert coverage.contacts == coverage.histories == len(expected)
    assert len({state for _, _, state in rows.values()}) > 4


async def test_it_holds_every_call_with_what_follows_from_it(read_one: House) -> None:
    ids = [contact.id for contact in read_one.store.contacts(CAMPAIGN)]
    rows = {entry.dialler_contacts_history_id: entry for entry in read_one.store.history(ids)}
    calls = read_one.figures(
        "SELECT call_id, connected, talk_seconds, wrap_up_seconds, hour, weekday, day, number_slot, attempt FROM calls"
    )
    assert {row[0] for row in calls} == set(rows)
    for number, connected, talk, wrap_up, hour, weekday, day, slot, attempt in calls:
        entry = rows[number]
        began = entry.dt_call_start or entry.dt_created_dialler_contacts_history
        assert began is not None
        assert (hour, weekday, day) == (began.hour, began.isoweekday(), began.date())
        assert (connected, slot) == (entry.connres == 1, entry.phone_number_offset)
        assert attempt == (entry.connres is not None and entry.b_outbound is not False and not entry.b_test_call)
        if connected:
            assert entry.dt_call_connect
            assert entry.dt_call_end
            assert abs(talk - (entry.dt_call_end - entry.dt_call_connect).total_seconds()) <= 0.5
            assert wrap_up is None or wrap_up >= 0
        else:
            assert talk is None


async def test_attempts_are_numbered_by_time_without_gaps(read_one: House) -> None:
    rows = read_one.figures(
        "SELECT contact_id, attempt_number FROM calls WHERE attempt ORDER BY contact_id, began, call_id"
    )
    numbers = Counter[int]()
    for contact_id, number in rows:
        numbers[contact_id] += 1
        assert number == numbers[contact_id]
    assert read_one.figures("SELECT count(*) FROM calls WHERE NOT attempt AND attempt_number IS NOT NULL") == [(0,)]


async def test_an_unchanged_repeat_costs_one_list_request_and_gives_the_same(read_one: House) -> None:
    before = read_one.figures(ALL), read_one.figures(ALL_CALLS)
    read_time = (await read_one.snapshots.coverage([CAMPAIGN])).oldest
    read_one.clock.now += 60
    coverage = await read_one.snapshots.refresh([CAMPAIGN])
    assert coverage.complete
    assert read_one.asked() == ["GET contacts"]
    assert (read_one.figures(ALL), read_one.figures(ALL_CALLS)) == before
    assert coverage.oldest
    assert read_time
    assert (coverage.oldest - read_time).total_seconds() == 60


async def test_what_changed_is_seen_and_only_who_moved_is_asked_for_again(read_one: House) -> None:
    count_sql = """
        SELECT count(*), count(*) FILTER (calls_made > 0), bool_and(calls_made = coalesce(there, 0)) FROM contacts
        LEFT JOIN (SELECT contact_id, count(*) AS there FROM calls WHERE attempt GROUP BY ALL) USING (contact_id)"""
    ((contacts, called, same),) = read_one.figures(count_sql)
    assert contacts > called > 0
    assert same
    renamed, moved, gone, reset = [c for c in read_one.store.contacts(CAMPAIGN) if attempts(c) > 1][:4]
    calls_of_reset = f"SELECT count(*) FROM calls WHERE contact_id = {reset.id}"
    calls = read_one.figures(calls_of_reset)
    renamed.city = "Neustadt"
    read_one.store.save_contact(renamed)
    read_one.call(moved.id)
    read_one.store.delete_contact(gone.id)
    await read_one.dialler.reset_contact(reset.id)
    read_one.asked()
    await read_one.snapshots.refresh([CAMPAIGN])

    batch = [json.loads(r.content)["IDList"] for r in read_one.wire.requests if is_batch(r)]
    assert [sorted(ids) for ids in batch] == [sorted([moved.id, reset.id])]
    assert read_one.asked() == ["GET contacts", "POST contacts"]
    # What changed beside the calls is seen without asking for them.
    rows = read_one.figures(f"SELECT city, history_known FROM contacts WHERE contact_id = {renamed.id}")
    assert rows == [("Neustadt", True)]
    assert len(read_one.figures(f"SELECT 1 FROM contacts WHERE contact_id = {moved.id}")) == 1
    # Who is deleted is gone with the calls, who is reset keeps them.
    assert read_one.figures(f"SELECT count(*) FROM contacts WHERE contact_id = {gone.id}") == [(0,)]
    assert read_one.figures(f"SELECT count(*) FROM calls WHERE contact_id = {gone.id}") == [(0,)]
    assert read_one.figures(calls_of_reset) == calls
    assert read_one.figures(count_sql) == [(contacts - 1, called - 1, True)]


@pytest.mark.thorough
async def test_contacts_that_nobody_called_are_not_asked_for(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    ids_without_calls = {c.id for c in house.store.contacts(CAMPAIGN) if not attempts(c) and not result_code_id(c)}
    numbers = [number for r in house.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert ids_without_calls
    assert not ids_without_calls & set(numbers)
    assert len(numbers) == len(set(numbers))


@pytest.mark.thorough
async def test_a_full_read_asks_for_everybody_once(read_one: House) -> None:
    before = read_one.figures(ALL_CALLS)
    read_one.asked()
    await read_one.snapshots.refresh([CAMPAIGN], full=True)
    numbers = [number for r in read_one.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert sorted(numbers) == sorted(c.id for c in read_one.store.contacts(CAMPAIGN))
    assert read_one.figures(ALL_CALLS) == before


@pytest.mark.thorough
async def test_several_campaigns_are_one_snapshot(read_house: House) -> None:
    house = read_house
    coverage = await house.snapshots.refresh([CAMPAIGN, OTHER, CAMPAIGN])
    counts = house.figures("SELECT campaign_id, count(*) FROM contacts GROUP BY 1 ORDER BY 1", (CAMPAIGN, OTHER))
    assert counts == [(one.campaign_id, one.contacts) for one in coverage.campaigns]
    names = house.figures("SELECT name FROM campaigns ORDER BY campaign_id", (CAMPAIGN, OTHER))
    assert names == [("Campaign 1000",), ("Kündiger-Rückgewinnung",)]


async def test_result_codes_are_named_in_both_languages(read_one: House) -> None:
    rows = read_one.figures("SELECT name_en, name_de, result_type FROM result_codes WHERE export_key = 'KI'")
    assert rows == [("No interest", "Kein Interesse", "Abort")]


@pytest.mark.parametrize(
    ("release", "campaign_id"),
    [
        ("no-batch", SMALL),
        ("no-update-reset", SMALL),
        ("no-batch", CAMPAIGN),
        ("no-update-reset", CAMPAIGN),
    ],
)
@pytest.mark.thorough
async def test_an_old_release_without_the_batch_function_is_read_one_by_one(
    build: Callable[..., House], release: str, campaign_id: int
) -> None:
    modern, old = build(), build(options=Options(release=release))  # pyright: ignore[reportArgumentType]
    await modern.snapshots.refresh([campaign_id])
    calls, contacts = modern.figures(ALL_CALLS, (campaign_id,)), modern.figures(ALL, (campaign_id,))
    assert calls
    await modern.snapshots.forget()
    assert (await old.snapshots.refresh([campaign_id])).complete
    assert old.figures(ALL_CALLS, (campaign_id,)) == calls
    assert old.figures(ALL, (campaign_id,)) == contacts
    assert old.asked().count("POST contacts") <= 4


async def test_the_oldest_release_has_no_history_and_says_so(build: Callable[..., House]) -> None:
    house = build(options=Options(release="oldest"))
    coverage = await house.snapshots.refresh([CAMPAIGN])
    assert coverage.campaigns[0].stop_reason is StopReason.no_history
    assert not coverage.complete
    assert coverage.contacts == len(list(house.store.contacts(CAMPAIGN)))  # though its list is of all campaigns
    assert coverage.calls == 0


@pytest.mark.thorough
async def test_a_release_that_lists_no_results_is_completed_by_the_batch(
    read_one: House, build: Callable[..., House]
) -> None:
    full, bare = read_one, build(options=Options(lists="bare"))
    states = full.figures("SELECT contact_id, state FROM contacts WHERE state <> 'open' ORDER BY 1")
    await full.snapshots.forget()
    coverage = await bare.snapshots.refresh([CAMPAIGN])
    assert bare.figures("SELECT contact_id, state FROM contacts WHERE state <> 'open' ORDER BY 1") == states
    assert not coverage.campaigns[0].lock_shown
    assert bare.figures("SELECT count(*) FROM contacts WHERE locked IS NOT NULL") == [(0,)]
    bare.asked()
    await bare.snapshots.refresh([CAMPAIGN])
    assert bare.asked() == ["GET contacts"]
    assert bare.figures("SELECT contact_id, state FROM contacts WHERE state <> 'open' ORDER BY 1") == states


# Both forms are among those of the diallers that the figures of a report are held against.
@pytest.mark.parametrize("dates", ["offset", "utc"])
@pytest.mark.thorough
async def test_times_are_local_whatever_the_dialler_sends(
    read_one: House, build: Callable[..., House], dates: str
) -> None:
    plain, other = read_one, build(options=Options(dates=dates))  # pyright: ignore[reportArgumentType]
    sql = "SELECT call_id, began, hour FROM calls ORDER BY 1"
    expected, tries = plain.figures(sql), plain.figures("SELECT contact_id, next_try FROM contacts ORDER BY 1")
    await plain.snapshots.forget()
    await other.snapshots.refresh([CAMPAIGN])
    assert other.figures(sql) == expected
    assert other.figures("SELECT contact_id, next_try FROM contacts ORDER BY 1") == tries


async def test_it_says_when_it_was_read_in_the_dialler_s_zone(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-07-01T10:00:00+00:00").timestamp()
    coverage = await house.snapshots.refresh([SMALL])
    assert coverage.oldest == datetime(2026, 7, 1, 12)
    assert coverage.zone == "Europe/Berlin"
