"""What a deleted campaign leaves behind; more of it stands beside the journal's tests."""

import gzip
from datetime import UTC, date
from pathlib import Path

import msgspec
import pytest

from dialler_mcp.changes import images
from dialler_mcp.changes.images import archive_campaign
from dialler_mcp.domain.consequences import CampaignLoss
from tests.prompts.asking import lists
from tests.tools.asking import NPS, Make

LOSS = CampaignLoss(date(2026, 11, 20), UTC)


async def archived(b: Make, directory: Path) -> list[int]:
    """The IDs of the archived contacts."""
    dialler = b().profile.dialler
    with gzip.open(await archive_campaign(dialler, await dialler.get_campaign(NPS), directory, LOSS)) as archive:
        lines = [msgspec.json.decode(line) for line in archive]
    return [line["contact"]["ID"] for line in lines if "contact" in line]


@pytest.mark.everyone
async def test_a_campaign_of_many_blocks_is_archived_whole_and_in_order(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = await archived(bench, tmp_path)
    monkeypatch.setattr(images, "_BLOCK", 3)
    assert len(whole) > 7
    assert await archived(bench, tmp_path) == whole


async def test_contacts_of_another_campaign_are_left_out(bench: Make, tmp_path: Path):
    """An old release sends them, whatever campaign it is asked for."""
    b = bench()
    b.wire.instead = lists([{"ID": 1, "DiallerCampaignsID": NPS}, {"ID": 2, "DiallerCampaignsID": NPS + 1}, {"ID": 3}])
    assert await archived(lambda: b, tmp_path) == [1, 3]
