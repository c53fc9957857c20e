"""Where a contact stands: what keeps it from being dialled, what happens next with it, and what was agreed with it.

`rules` is the one table: each rule in words, in Python and in SQL. `why_not` and `next_step` read it, and the reports'
SQL is made from it. `callbacks` is the same for what was agreed, `campaigns` for the dates of a campaign.
"""

from dialler_mcp.domain.standing.rules import Standing, standing

__all__ = ["Standing", "standing"]
