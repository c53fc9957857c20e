"""The dates of a campaign, up to the second and in the hour that comes twice."""

from datetime import datetime, timedelta, timezone

import pytest

from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.standing.campaigns import Phase, phase
from tests.conftest import BERLIN, NOON

NOW = NOON.replace(tzinfo=BERLIN)
SECOND = timedelta(seconds=1)
SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        (Campaign(), Phase.within),
        (Campaign(dt_from=NOON, dt_to=NOON), Phase.within),
        (Campaign(dt_from=NOON + SECOND), Phase.not_begun),
        (Campaign(dt_to=NOON - SECOND), Phase.over),
        (Campaign(dt_from=datetime.min, dt_to=datetime.max), Phase.within),
    ],
)
def test_a_campaign_runs_from_its_first_to_its_last_second(campaign: Campaign, expected: Phase) -> None:
    assert phase(campaign, NOW, BERLIN) is expected


@pytest.mark.parametrize(
    ("minute", "offset", "begins", "ends"),
    [
        (29, SUMMER, Phase.not_begun, Phase.within),
        (31, SUMMER, Phase.within, Phase.over),
        (10, WINTER, Phase.within, Phase.over),
    ],
)
def test_a_campaign_begins_and_ends_once_in_the_hour_that_comes_twice(
    minute: int, offset: timezone, begins: Phase, ends: Phase
) -> None:
    now = datetime(2026, 10, 25, 2, minute, tzinfo=offset).astimezone(BERLIN)
    edge = datetime(2026, 10, 25, 2, 30)
    assert phase(Campaign(dt_from=edge), now, BERLIN) is begins
    assert phase(Campaign(dt_to=edge), now, BERLIN) is ends
