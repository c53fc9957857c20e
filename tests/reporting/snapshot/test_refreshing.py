"""Reading anew: what goes wrong on the way, what a budget leaves, and what is told meanwhile."""

import asyncio
import json

import httpx2
import pytest

from dialler_mcp.api.errors import ServerFault, Unauthorized
from dialler_mcp.reporting.errors import CampaignUnknown, NoSnapshot
from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.reporting.snapshot.refreshing import Step
from tests.reporting.house import CAMPAIGN, OTHER, SMALL, House, is_batch, is_list

ALL = "SELECT * FROM contacts ORDER BY contact_id"


async def test_an_unknown_campaign_is_said_and_nothing_is_left(house: House) -> None:
    with pytest.raises(CampaignUnknown, match="999999"):
        await house.snapshots.refresh([999_999])
    assert house.files() == []
    with pytest.raises(NoSnapshot):
        house.snapshots.open([999_999])


async def test_one_bad_campaign_does_not_spoil_the_others(house: House) -> None:
    coverage = await house.snapshots.refresh([999_999, SMALL])
    ((number, error),) = coverage.failures
    assert (number, type(error)) == (999_999, CampaignUnknown)
    assert not coverage.complete
    assert house.figures("SELECT count(*) > 0 FROM contacts", (SMALL,)) == [(True,)]


async def test_an_empty_campaign_is_a_snapshot_without_contacts(house: House) -> None:
    for contact in list(house.store.contacts(OTHER)):
        house.store.delete_contact(contact.id)
    coverage = await house.snapshots.refresh([OTHER])
    assert coverage.complete
    assert coverage.contacts == 0
    assert house.figures("SELECT count(*) FROM calls", (OTHER,)) == [(0,)]


async def test_a_campaign_that_is_gone_is_told_from_an_empty_one(read_one: House) -> None:
    await read_one.dialler.delete_campaign(CAMPAIGN)
    with pytest.raises(CampaignUnknown):
        await read_one.snapshots.refresh([CAMPAIGN])
    assert read_one.figures("SELECT count(*) > 0 FROM contacts") == [(True,)]


@pytest.mark.thorough
async def test_a_campaign_deleted_halfway_leaves_the_snapshot_before(read_one: House) -> None:
    before = read_one.figures(ALL)

    def deleted(request: httpx2.Request) -> httpx2.Response | None:
        if is_batch(request):
            read_one.store.delete_campaign(CAMPAIGN)
        return None

    read_one.wire.instead = deleted
    with pytest.raises(CampaignUnknown):
        await read_one.snapshots.refresh([CAMPAIGN], full=True)
    assert read_one.figures(ALL) == before


async def test_a_dialler_that_fails_in_the_middle_is_left_alone_and_asked_on_later(house: House) -> None:
    batches = 0

    def failing(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal batches
        batches += is_batch(request)
        return httpx2.Response(500, json={"error": "busy"}) if is_batch(request) and batches > 1 else None

    house.wire.instead = failing
    partial = await house.snapshots.refresh([CAMPAIGN])
    assert partial.campaigns[0].stop_reason is StopReason.faults
    assert 0 < partial.histories < partial.contacts
    assert house.pauses[-3:] == [0.5, 1.0, 2.0]
    house.wire.instead = None
    histories = partial.histories
    house.asked()
    rest = await house.snapshots.refresh([CAMPAIGN])
    numbers = [number for r in house.wire.requests if is_batch(r) for number in json.loads(r.content)["IDList"]]
    assert rest.complete
    assert len(numbers) == rest.contacts - histories


async def test_a_single_failure_is_got_over(house: House) -> None:
    failed = False

    def once(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal failed
        if is_batch(request) and not failed:
            failed = True
            return httpx2.Response(500, json={"error": "busy"})
        return None

    house.wire.instead = once
    assert (await house.snapshots.refresh([SMALL])).complete
    assert failed


async def test_a_list_that_breaks_leaves_the_snapshot_before(read_one: House) -> None:
    before = read_one.figures(ALL)
    read_one.wire.instead = lambda request: httpx2.Response(500, json={"error": "no"}) if is_list(request) else None
    with pytest.raises(ServerFault):
        await read_one.snapshots.refresh([CAMPAIGN])
    assert read_one.figures(ALL) == before
    assert len(read_one.files()) == 1


async def test_a_proxy_s_error_page_is_a_failure_of_the_dialler(house: House) -> None:
    page = httpx2.Response(503, html="<html>down</html>")
    house.wire.instead = lambda request: page if is_batch(request) else None
    assert (await house.snapshots.refresh([SMALL])).campaigns[0].stop_reason is StopReason.faults


@pytest.mark.thorough
async def test_a_refused_token_in_the_middle_is_an_error_and_what_was_read_is_kept(house: House) -> None:
    house.wire.instead = lambda request: httpx2.Response(401, json={"error": "no"}) if is_batch(request) else None
    with pytest.raises(Unauthorized):
        await house.snapshots.refresh([CAMPAIGN])
    coverage = await house.snapshots.coverage([CAMPAIGN])
    assert coverage.contacts > coverage.histories > 0
    house.wire.instead = None
    assert (await house.snapshots.refresh([CAMPAIGN])).complete


@pytest.mark.thorough
async def test_what_fits_the_budget_is_kept_and_the_next_call_goes_on(house: House) -> None:
    hasty_snapshots = house.made(connections=1, least_seconds=0)
    first = await hasty_snapshots.refresh([CAMPAIGN], budget_seconds=0)
    while first.campaigns[0].reading:  # the list is not cut, only the histories are
        first = await hasty_snapshots.refresh([CAMPAIGN], budget_seconds=0)
    assert first.campaigns[0].stop_reason is StopReason.time
    assert first.contacts > first.histories > 0  # those without attempts need no request
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
    waiting = await house.snapshots.refresh([SMALL], budget_seconds=0)
    assert waiting.campaigns[0].reading
    assert not waiting.complete
    go.set()
    assert (await house.snapshots.refresh([SMALL])).complete
    assert house.asked().count("GET contacts") == 1


async def test_no_more_requests_at_a_time_than_allowed_and_progress_is_told(house: House) -> None:
    running = most = 0
    steps: list[Step] = []

    async def note(step: Step) -> None:
        steps.append(step)

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
    await house.made(connections=2).refresh([CAMPAIGN], progress=note)
    assert most == 2
    assert [step.phase for step in steps[:2]] == ["contacts", "histories"]
    assert steps[-1].amount == steps[-1].total
    assert [step.amount for step in steps[1:]] == sorted(step.amount for step in steps[1:])
