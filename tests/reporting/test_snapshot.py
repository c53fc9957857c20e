"""A snapshot holds what the dialler says, and asks it for no more than it has to."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import httpx2
import pytest

from dialler_mcp.api.errors import ServerFault, Unauthorized
from dialler_mcp.domain.contact_state import attempts, result_code_id, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.errors import CampaignUnknown, NoSnapshot
from dialler_mcp.reporting.reading import Stopped
from dialler_mcp.reporting.refreshing import Step
from dialler_mcp.sandbox import Options
from tests.reporting.house import CAMPAIGN, OTHER, House, is_batch, is_list

ALL = "SELECT * FROM contacts ORDER BY contact_id"
ALL_CALLS = "SELECT * FROM calls ORDER BY call_id"


async def test_it_holds_every_contact_with_its_state_as_the_domain_sees_it(house: House) -> None:
    coverage = await house.snapshots.refresh([CAMPAIGN])
    codes = {code.id: code.to_record(Language.en) for code in house.store.result_codes()}
    expected = {
        c.id: (attempts(c), result_code_id(c), state_of(c, codes.get(result_code_id(c) or 0)).value)
        async for c in house.dialler.list_contacts(CAMPAIGN)
    }
    found = {r[0]: r[1:] for r in house.figures("SELECT contact_id, attempts, result_code_id, state FROM contacts")}
    assert found == expected
    assert coverage.complete
    assert coverage.contacts == coverage.known == len(expected)
    assert len({state for _, _, state in found.values()}) > 4


async def test_it_holds_every_call_with_what_follows_from_it(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    ids = [contact.id for contact in house.store.contacts(CAMPAIGN)]
    rows = {entry.dialler_contacts_history_id: entry for entry in house.store.history(ids)}
    found = house.figures(
        "SELECT call_id, connected, talk_seconds, wrap_up_seconds, hour, weekday, day, number_slot, attempt FROM calls"
    )
    assert {row[0] for row in found} == set(rows)
    for number, connected, talk, wrap_up, hour, weekday, day, slot, attempt in found:
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


async def test_attempts_are_numbered_by_time_without_gaps(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    rows = house.figures(
        "SELECT contact_id, attempt_number FROM calls WHERE attempt ORDER BY contact_id, began, call_id"
    )
    numbers = Counter[int]()
    for contact_id, number in rows:
        numbers[contact_id] += 1
        assert number == numbers[contact_id]
    assert house.figures("SELECT count(*) FROM calls WHERE NOT attempt AND attempt_number IS NOT NULL") == [(0,)]


async def test_an_unchanged_repeat_costs_one_list_request_and_gives_the_same(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before = house.figures(ALL), house.figures(ALL_CALLS)
    house.asked()
    assert (await house.snapshots.refresh([CAMPAIGN])).complete
    assert house.asked() == ["GET contacts"]
    assert (house.figures(ALL), house.figures(ALL_CALLS)) == before


async def test_an_unchanged_repeat_says_when_it_was_read(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    house.clock.now += 60
    before = (await house.snapshots.coverage([CAMPAIGN])).oldest
    after = (await house.snapshots.refresh([CAMPAIGN])).oldest
    assert before
    assert after
    assert (after - before).total_seconds() == 60


async def test_what_changed_beside_the_calls_is_seen_without_asking_for_them(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    contact = next(contact for contact in house.store.contacts(CAMPAIGN) if attempts(contact))
    contact.city = "Neustadt"
    house.store.save_contact(contact)
    house.asked()
    await house.snapshots.refresh([CAMPAIGN])
    assert house.asked() == ["GET contacts"]
    found = house.figures(f"SELECT city, history_known FROM contacts WHERE contact_id = {contact.id}")
    assert found == [("Neustadt", True)]


async def test_a_contact_knows_how_many_of_its_calls_are_there(house: House) -> None:
    counted = """
        SELECT count(*), count(*) FILTER (calls_made > 0), bool_and(calls_made = coalesce(there, 0)) FROM contacts
        LEFT JOIN (SELECT contact_id, count(*) AS there FROM calls WHERE attempt GROUP BY ALL) USING (contact_id)"""
    await house.snapshots.refresh([CAMPAIGN])
    ((contacts, called, same),) = house.figures(counted)
    assert contacts > called > 0
    assert same
    house.call(next(contact.id for contact in house.store.contacts(CAMPAIGN) if attempts(contact)))
    await house.snapshots.refresh([CAMPAIGN])  # the others are not asked for again
    assert house.figures(counted) == [(contacts, called, True)]


async def test_contacts_that_nobody_called_are_not_asked_for(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    untouched = {c.id for c in house.store.contacts(CAMPAIGN) if not attempts(c) and not result_code_id(c)}
    asked = [number for r in house.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert untouched
    assert not untouched & set(asked)
    assert len(asked) == len(set(asked))


async def test_only_who_moved_is_asked_for_again(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    moved = next(c.id for c in house.store.contacts(CAMPAIGN) if attempts(c))
    house.asked()
    house.call(moved)
    await house.snapshots.refresh([CAMPAIGN])
    batch = [json.loads(r.content)["IDList"] for r in house.wire.requests if is_batch(r)]
    assert batch == [[moved]]
    assert len(house.figures(f"SELECT 1 FROM contacts WHERE contact_id = {moved}")) == 1


async def test_a_reset_contact_is_asked_for_once_more_and_keeps_its_calls(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    moved = next(c.id for c in house.store.contacts(CAMPAIGN) if attempts(c) > 1)
    calls = house.figures(f"SELECT count(*) FROM calls WHERE contact_id = {moved}")
    await house.dialler.reset_contact(moved)
    house.asked()
    await house.snapshots.refresh([CAMPAIGN])
    assert house.asked() == ["GET contacts", "POST contacts"]
    assert house.figures(f"SELECT count(*) FROM calls WHERE contact_id = {moved}") == calls


async def test_a_deleted_contact_is_gone_with_its_calls(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    gone = next(c.id for c in house.store.contacts(CAMPAIGN) if attempts(c))
    house.store.delete_contact(gone)
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures(f"SELECT count(*) FROM contacts WHERE contact_id = {gone}") == [(0,)]
    assert house.figures(f"SELECT count(*) FROM calls WHERE contact_id = {gone}") == [(0,)]


async def test_a_full_read_asks_for_everybody_once(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before = house.figures(ALL_CALLS)
    house.asked()
    await house.snapshots.refresh([CAMPAIGN], full=True)
    asked = [number for r in house.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert sorted(asked) == sorted(c.id for c in house.store.contacts(CAMPAIGN))
    assert house.figures(ALL_CALLS) == before


async def test_several_campaigns_are_one_snapshot(house: House) -> None:
    coverage = await house.snapshots.refresh([CAMPAIGN, OTHER, CAMPAIGN])
    counts = house.figures("SELECT campaign_id, count(*) FROM contacts GROUP BY 1 ORDER BY 1", (CAMPAIGN, OTHER))
    assert counts == [(one.campaign_id, one.contacts) for one in coverage.campaigns]
    names = house.figures("SELECT name FROM campaigns ORDER BY campaign_id", (CAMPAIGN, OTHER))
    assert names == [("Campaign 1000",), ("Kündiger-Rückgewinnung",)]


async def test_result_codes_are_named_in_both_languages(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    rows = house.figures("SELECT name_en, name_de, result_type FROM result_codes WHERE export_key = 'KI'")
    assert rows == [("No interest", "Kein Interesse", "Abort")]


@pytest.mark.parametrize("release", ["no-batch", "no-update-reset"])
async def test_an_old_release_without_the_batch_function_is_read_one_by_one(
    build: Callable[..., House], release: str
) -> None:
    modern, old = build(), build(options=Options(release=release))  # pyright: ignore[reportArgumentType]
    await modern.snapshots.refresh([CAMPAIGN])
    calls, contacts = modern.figures(ALL_CALLS), modern.figures(ALL)
    await modern.snapshots.forget()
    assert (await old.snapshots.refresh([CAMPAIGN])).complete
    assert old.figures(ALL_CALLS) == calls
    assert old.figures(ALL) == contacts
    assert old.asked().count("POST contacts") <= 4


async def test_the_oldest_release_has_no_history_and_says_so(build: Callable[..., House]) -> None:
    house = build(options=Options(release="oldest"))
    coverage = await house.snapshots.refresh([CAMPAIGN])
    assert coverage.campaigns[0].stopped is Stopped.no_history
    assert not coverage.complete
    assert coverage.contacts == len(list(house.store.contacts(CAMPAIGN)))  # though its list is of all campaigns
    assert coverage.calls == 0


async def test_a_release_that_lists_no_results_is_completed_by_the_batch(build: Callable[..., House]) -> None:
    full, bare = build(), build(options=Options(lists="bare"))
    await full.snapshots.refresh([CAMPAIGN])
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


@pytest.mark.parametrize("dates", ["offset", "utc"])
async def test_times_are_local_whatever_the_dialler_sends(build: Callable[..., House], dates: str) -> None:
    plain, other = build(), build(options=Options(dates=dates))  # pyright: ignore[reportArgumentType]
    await plain.snapshots.refresh([CAMPAIGN])
    sql = "SELECT call_id, began, hour FROM calls ORDER BY 1"
    expected, tries = plain.figures(sql), plain.figures("SELECT contact_id, next_try FROM contacts ORDER BY 1")
    await plain.snapshots.forget()
    await other.snapshots.refresh([CAMPAIGN])
    assert other.figures(sql) == expected
    assert other.figures("SELECT contact_id, next_try FROM contacts ORDER BY 1") == tries


async def test_an_unknown_campaign_is_said_and_nothing_is_left(house: House) -> None:
    with pytest.raises(CampaignUnknown, match="999999"):
        await house.snapshots.refresh([999_999])
    assert house.files() == []
    with pytest.raises(NoSnapshot):
        house.snapshots.open([999_999])


async def test_one_bad_campaign_does_not_spoil_the_others(house: House) -> None:
    coverage = await house.snapshots.refresh([999_999, CAMPAIGN])
    ((number, error),) = coverage.failed
    assert (number, type(error)) == (999_999, CampaignUnknown)
    assert not coverage.complete
    assert house.figures("SELECT count(*) > 0 FROM contacts") == [(True,)]


async def test_an_empty_campaign_is_a_snapshot_without_contacts(house: House) -> None:
    for contact in list(house.store.contacts(OTHER)):
        house.store.delete_contact(contact.id)
    coverage = await house.snapshots.refresh([OTHER])
    assert coverage.complete
    assert coverage.contacts == 0
    assert house.figures("SELECT count(*) FROM calls", (OTHER,)) == [(0,)]


async def test_a_campaign_that_is_gone_is_told_from_an_empty_one(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    await house.dialler.delete_campaign(CAMPAIGN)
    with pytest.raises(CampaignUnknown):
        await house.snapshots.refresh([CAMPAIGN])
    assert house.figures("SELECT count(*) > 0 FROM contacts") == [(True,)]


async def test_a_campaign_deleted_halfway_leaves_the_snapshot_before(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before = house.figures(ALL)

    def deleted(request: httpx2.Request) -> httpx2.Response | None:
        if is_batch(request):
            house.store.delete_campaign(CAMPAIGN)
        return None

    house.wire.instead = deleted
    with pytest.raises(CampaignUnknown):
        await house.snapshots.refresh([CAMPAIGN], full=True)
    assert house.figures(ALL) == before


async def test_a_dialler_that_fails_in_the_middle_is_left_alone_and_asked_on_later(house: House) -> None:
    batches = 0

    def failing(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal batches
        batches += is_batch(request)
        return httpx2.Response(500, json={"error": "busy"}) if is_batch(request) and batches > 1 else None

    house.wire.instead = failing
    partial = await house.snapshots.refresh([CAMPAIGN])
    assert partial.campaigns[0].stopped is Stopped.faults
    assert 0 < partial.known < partial.contacts
    assert house.pauses[-3:] == [0.5, 1.0, 2.0]
    house.wire.instead = None
    known = partial.known
    house.asked()
    rest = await house.snapshots.refresh([CAMPAIGN])
    asked = [number for r in house.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert rest.complete
    assert len(asked) == rest.contacts - known


async def test_a_single_failure_is_got_over(house: House) -> None:
    failed = False

    def once(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal failed
        if is_batch(request) and not failed:
            failed = True
            return httpx2.Response(500, json={"error": "busy"})
        return None

    house.wire.instead = once
    assert (await house.snapshots.refresh([CAMPAIGN])).complete
    assert failed


async def test_a_list_that_breaks_leaves_the_snapshot_before(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before = house.figures(ALL)
    house.wire.instead = lambda request: httpx2.Response(500, json={"error": "no"}) if is_list(request) else None
    with pytest.raises(ServerFault):
        await house.snapshots.refresh([CAMPAIGN])
    assert house.figures(ALL) == before
    assert len(house.files()) == 1


async def test_a_proxy_s_error_page_is_a_failure_of_the_dialler(house: House) -> None:
    page = httpx2.Response(503, html="<html>down</html>")
    house.wire.instead = lambda request: page if is_batch(request) else None
    assert (await house.snapshots.refresh([CAMPAIGN])).campaigns[0].stopped is Stopped.faults


async def test_a_refused_token_in_the_middle_is_an_error_and_what_was_read_is_kept(house: House) -> None:
    house.wire.instead = lambda request: httpx2.Response(401, json={"error": "no"}) if is_batch(request) else None
    with pytest.raises(Unauthorized):
        await house.snapshots.refresh([CAMPAIGN])
    kept = await house.snapshots.coverage([CAMPAIGN])
    assert kept.contacts > kept.known > 0
    house.wire.instead = None
    assert (await house.snapshots.refresh([CAMPAIGN])).complete


async def test_what_fits_the_budget_is_kept_and_the_next_call_goes_on(house: House) -> None:
    hurried = house.made(connections=1, least_seconds=0)
    first = await hurried.refresh([CAMPAIGN], budget_seconds=0)
    while first.campaigns[0].reading:  # the list is not cut, only the histories are
        first = await hurried.refresh([CAMPAIGN], budget_seconds=0)
    assert first.campaigns[0].stopped is Stopped.time
    assert first.contacts > first.known > 0  # those without attempts need no request
    assert (await house.snapshots.refresh([CAMPAIGN])).complete


async def test_a_list_that_is_slower_than_the_budget_goes_on_being_read(house: House) -> None:
    go = asyncio.Event()
    inner = house.wire.inner

    class Slow(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if is_list(request):
                await go.wait()
            return await inner.handle_async_request(request)

    house.wire.inner = Slow()
    waiting = await house.snapshots.refresh([CAMPAIGN], budget_seconds=0)
    assert waiting.campaigns[0].reading
    assert not waiting.complete
    go.set()
    assert (await house.snapshots.refresh([CAMPAIGN])).complete
    assert house.asked().count("GET contacts") == 1


async def test_no_more_requests_at_a_time_than_allowed(house: House) -> None:
    running = most = 0
    inner = house.wire.inner

    class Counting(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            response = await inner.handle_async_request(request)
            running -= 1
            return response

    house.wire.inner = Counting()
    await house.made(connections=2).refresh([CAMPAIGN])
    assert most == 2


async def test_progress_is_told(house: House) -> None:
    steps: list[Step] = []

    async def note(step: Step) -> None:
        steps.append(step)

    await house.snapshots.refresh([CAMPAIGN], progress=note)
    assert [step.phase for step in steps[:2]] == ["contacts", "histories"]
    assert steps[-1].done == steps[-1].total
    assert [step.done for step in steps[1:]] == sorted(step.done for step in steps[1:])


async def test_it_says_when_it_was_read_in_the_dialler_s_zone(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-07-01T10:00:00+00:00").timestamp()
    coverage = await house.snapshots.refresh([CAMPAIGN])
    assert coverage.oldest == datetime(2026, 7, 1, 12)
    assert coverage.zone == "Europe/Berlin"


async def test_a_record_without_an_id_is_no_contact(house: House) -> None:
    rows = [{"Name": "Nobody"}, {"ID": 5, "DiallerCampaignsID": CAMPAIGN}, {"ID": 6, "DiallerCampaignsID": OTHER}]
    house.wire.instead = lambda request: httpx2.Response(200, json={"records": rows}) if is_list(request) else None
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures("SELECT contact_id FROM contacts") == [(5,)]


async def test_a_contact_that_is_listed_twice_is_one(house: House) -> None:
    rows = [
        {"ID": 5, "nTriesPhoneNumber1": 1},
        {"ID": 6, "Name": "Muster"},
        {"ID": 5, "nTriesPhoneNumber1": 2},
    ]
    house.wire.instead = lambda request: httpx2.Response(200, json={"records": rows}) if is_list(request) else None
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures("SELECT contact_id, attempts, name FROM contacts ORDER BY 1") == [
        (5, 2, None),
        (6, 0, "Muster"),
    ]


async def test_a_result_that_is_new_since_the_names_were_read_is_named(house: House) -> None:
    """The names hold for an hour; a code that nobody knows makes them be read again, also for calls that are loaded."""
    codes = [code.to_record(Language.en) for code in house.store.result_codes(CAMPAIGN)]
    code = next(code for code in codes if code.b_done)
    hidden = True

    def without(request: httpx2.Request) -> httpx2.Response | None:
        if not (hidden and request.url.path.endswith("/resultCodes")):
            return None
        return httpx2.Response(200, json={"records": []})

    house.wire.instead = without
    moved = next(contact for contact in house.store.contacts(CAMPAIGN) if result_code_id(contact) == code.id)
    others = [contact for contact in house.store.contacts(CAMPAIGN) if contact.id != moved.id]
    for contact in others:
        house.store.delete_contact(contact.id)
    await house.snapshots.refresh([CAMPAIGN])
    hidden = False
    house.call(moved.id)
    house.asked()
    await house.snapshots.refresh([CAMPAIGN])
    assert sum("resultCodes" in asked for asked in house.asked()) == 2
    assert house.figures("SELECT result_type, state FROM contacts") == [("Done", "done")]
    assert house.figures(f"SELECT DISTINCT result_type FROM calls WHERE result_code_id = {code.id}") == [("Done",)]
