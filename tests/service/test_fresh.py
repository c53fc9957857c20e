"""Which campaigns a question is about, and how fresh what is known of them has to be."""

from datetime import timedelta

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.service.fresh import MAX_CAMPAIGNS, chosen, read, remarks
from dialler_mcp.service.invocation import Invocation
from tests.conftest import BERLIN, NOON
from tests.reporting.house import is_list
from tests.tools.asking import CAMPAIGN_1000, WINBACK, Make

ZONE = "Europe/Berlin"


async def test_a_dialler_without_or_with_too_many_campaigns_is_told(bench: Make):
    b = bench()
    for number in range(MAX_CAMPAIGNS):
        b.store.add_campaign(Campaign(name=f"Copy {number}"))
    with pytest.raises(Problem, match="There are 57 campaigns: give campaign_ids or names, at most 50"):
        await chosen(Invocation(b.profile), None, None)
    for campaign in b.store.campaigns():
        b.store.delete_campaign(campaign.id)
    with pytest.raises(Problem, match="has no campaign yet"):
        await chosen(Invocation(b.profile), None, None)


@pytest.mark.thorough
async def test_what_is_young_enough_is_not_read_again(bench: Make):
    b = bench()
    now = NOON.replace(tzinfo=BERLIN)
    b.profile.now = lambda: now
    call = Invocation(b.profile)
    await read(call, [WINBACK])
    b.wire.requests.clear()
    now += timedelta(seconds=59)
    await read(call, [WINBACK], within=60)
    assert b.wire.requests == []
    now += timedelta(seconds=1)
    await read(call, [WINBACK, CAMPAIGN_1000], within=60)
    assert sum(map(is_list, b.wire.requests)) == 2
    await b.profile.aclose()


def covered(*campaigns: CampaignCoverage, failures: tuple[tuple[int, Exception], ...] = ()) -> Coverage:
    return Coverage(campaigns, ZONE, "bank", failures)


async def test_what_is_not_known_is_said(bench: Make):
    call = Invocation(bench().profile)
    partly = CampaignCoverage(1, "One <b>", NOON, contacts=10, histories=4, stop_reason=StopReason.time, reading=True)
    never = CampaignCoverage(2, None, None)
    text = remarks(call, covered(partly, never, failures=((1, OSError("x")), (2, Problem("why")))), Language.en)
    assert text == [
        "Data as of 2026-11-20 14:00+01:00",
        "history known of 4 of 10 contacts: ask again to go on",
        "One ‹b›: the list is still being read; ask again",
        "One ‹b›: as of 2026-11-20 14:00+01:00, since the dialler could not be read anew: x",
        "campaign 2 could not be read: why",
    ]
    blind = CampaignCoverage(1, "One", NOON, contacts=10, histories=0, stop_reason=StopReason.no_history)
    assert "dieses Release zeigt keinen Verlauf" in remarks(call, covered(blind), Language.de)
    assert remarks(call, covered(), Language.en) == []
