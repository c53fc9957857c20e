"""The errors of snapshots, as a person reads them."""

import pytest

from dialler_mcp.problem import Problem
from dialler_mcp.reporting.errors import (
    CampaignUnknown,
    CannotForget,
    CannotKeep,
    Damaged,
    NoSnapshot,
    SnapshotError,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NoSnapshot([538, 551]), "campaign 538, 551 yet: refresh it first"),
        (CampaignUnknown(538), "An older snapshot of it stays"),
        (Damaged(), "was thrown away: refresh it again"),
        (CannotKeep("the disk is full"), "the disk is full. The one before stays"),
        (CannotForget([538]), "campaign 538 is in use and cannot be removed now: try again later"),
    ],
)
def test_each_says_what_became_of_the_snapshot_or_what_to_do_next(error: SnapshotError, text: str):
    assert isinstance(error, Problem)
    assert text in str(error)
