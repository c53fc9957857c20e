"""Which agent is meant by a user ID and by a UID: the API shows user IDs with calls and UIDs with follow-ups, but no
list of both.
"""

# ruff: noqa: S608 - the SQL is put together from our own parts

from dialler_mcp.reporting.snapshot.opening import Snapshot

MIN_FOLLOW_UPS = 3
"""Follow-ups below which nothing is claimed about an agent."""
MIN_SHARE = 0.9
"""Least share of an agent's follow-ups with one UID, and of that UID's from this agent: a few may be for others."""

_RECORDED = """
SELECT contact_id, follow_up_agent, arg_max(agent_id, began) AS agent_id FROM contacts
JOIN calls USING (contact_id, campaign_id, result_code_id)
WHERE coalesce(follow_up_agent, '') <> '' GROUP BY ALL"""
"""The follow-ups, each with the agent who last recorded the result that the contact has now."""
_PAIRS = f"SELECT agent_id, follow_up_agent, count(*) AS n FROM ({_RECORDED}) WHERE agent_id IS NOT NULL GROUP BY ALL"
_MATCHES = f"""
SELECT agent_id, follow_up_agent FROM (
    SELECT *, sum(n) OVER (PARTITION BY agent_id) AS of_agent, sum(n) OVER (PARTITION BY follow_up_agent) AS of_uid
    FROM ({_PAIRS}))
WHERE n >= {MIN_FOLLOW_UPS} AND n >= {MIN_SHARE} * of_agent AND n >= {MIN_SHARE} * of_uid"""


def uids_of(snapshot: Snapshot) -> dict[int, str]:
    """The UID of each agent by user ID, as far as the follow-ups tell it: nearly all that the agent recorded name this
    UID, and hardly anybody else recorded one that names it. Blocks.
    """
    return dict(snapshot.rows(_MATCHES))
