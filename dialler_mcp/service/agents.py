"""Which agent is meant: calls name agents by user ID, follow-ups by UID, and only local copies tell which is which."""

import asyncio
from collections.abc import Collection, Sequence

from dialler_mcp.reporting.errors import SnapshotError
from dialler_mcp.service.invocation import Invocation


async def uids_by_id(invocation: Invocation, campaign_ids: Sequence[int]) -> dict[int, str]:
    """The UIDs of agents by user ID, as far as the local copies of these campaigns tell them."""
    from dialler_mcp.reporting.figures.agents import uids_of

    def read() -> dict[int, str]:
        with invocation.profile.snapshots.open(campaign_ids) as snapshot:
            return uids_of(snapshot)

    return await asyncio.to_thread(read)


async def uid_of(invocation: Invocation, agent: str | None, campaign_ids: Collection[int]) -> str | None:
    """The UID of the agent with this user ID, where copies are there that tell it; nothing is read from the dialler."""
    number = (agent or "").strip()
    if not number.isdecimal() or not invocation.profile.agent_figures:
        return None
    try:
        coverage = await invocation.profile.snapshots.coverage(list(campaign_ids))
        copied_ids = [one.campaign_id for one in coverage.campaigns if one.read_at]
        return (await uids_by_id(invocation, copied_ids)).get(int(number)) if copied_ids else None
    except SnapshotError:  # the filter does without it
        return None
