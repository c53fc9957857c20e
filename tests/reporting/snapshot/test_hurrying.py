import pytest

from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.reporting.snapshot.refreshing import Step
from tests.reporting.house import CAMPAIGN, House


@pytest.mark.thorough
async def test_a_reading_that_is_hurried_keeps_what_it_has_and_goes_on_the_next_time(house: House):
    snapshots = house.made(least_seconds=0.0, connections=1)

    async def hurry(step: Step) -> None:
        if step.phase == "histories":
            snapshots.hurry()

    coverage = await snapshots.refresh([CAMPAIGN], budget_seconds=3600, progress=hurry)
    assert 0 < coverage.histories < coverage.contacts
    assert coverage.campaigns[0].stop_reason is StopReason.time
    assert (await snapshots.refresh([CAMPAIGN], budget_seconds=3600)).complete
    await snapshots.aclose()
