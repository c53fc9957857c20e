"""User IDs and UIDs of agents, matched."""

import pytest

from dialler_mcp.reporting.figures.agents import MIN_FOLLOW_UPS, uids_of
from dialler_mcp.sandbox.world.dialling import AGENTS
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, Make, change


@pytest.mark.everyone
async def test_agents_are_matched_by_the_follow_ups_that_they_recorded(bench: Make):
    b = bench(read=[CAMPAIGN_1000, CANCELLERS])
    with b.profile.snapshots.open([CAMPAIGN_1000, CANCELLERS]) as snapshot:
        matches = uids_of(snapshot)
        assert matches[3] == "berger"
        assert matches.items() <= {agent.users_id: agent.uid for agent in AGENTS}.items()
        enough = snapshot.rows(
            "SELECT follow_up_agent FROM contacts WHERE coalesce(follow_up_agent, '') <> ''"
            f" GROUP BY ALL HAVING count(*) >= {MIN_FOLLOW_UPS}"
        )
        assert set(matches.values()) <= {uid for (uid,) in enough}, "few follow-ups tell nothing"


@pytest.mark.thorough
async def test_agents_who_record_for_each_other_are_not_matched(bench: Make):
    b = bench(read=[])
    uids = [("berger", "roth")[number % 2] for number in range(8)]
    calls = [contact for contact in b.store.contacts(CAMPAIGN_1000) if contact.follow_up_users_uid == "berger"]
    assert len(calls) >= MIN_FOLLOW_UPS
    for contact, uid in zip(calls, uids, strict=False):
        change(b, contact.id, follow_up_users_uid=uid)
    await b.profile.snapshots.refresh([CAMPAIGN_1000], budget_seconds=100)
    with b.profile.snapshots.open([CAMPAIGN_1000]) as snapshot:
        assert 3 not in uids_of(snapshot)
