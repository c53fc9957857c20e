"""Whether the dates of a campaign allow dialling."""

from datetime import datetime, tzinfo
from enum import Enum, auto

from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.times import ahead, passed


class Phase(Enum):
    """Where a campaign is in its dates. Whether it runs within them is not shown by the API."""

    not_begun = auto()
    within = auto()
    over = auto()


def not_begun(campaign: Campaign | None, now: datetime, zone: tzinfo) -> bool:
    """Whether the first moment of a campaign is still to come."""
    return campaign is not None and campaign.dt_from is not None and ahead(campaign.dt_from, now, zone)


def over(campaign: Campaign | None, now: datetime, zone: tzinfo) -> bool:
    """Whether the last moment of a campaign has passed."""
    return campaign is not None and campaign.dt_to is not None and passed(campaign.dt_to, now, zone)


def phase(campaign: Campaign, now: datetime, zone: tzinfo) -> Phase:
    if not_begun(campaign, now, zone):
        return Phase.not_begun
    return Phase.over if over(campaign, now, zone) else Phase.within
