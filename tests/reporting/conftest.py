"""Makes houses over copies of the filled sandbox."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.sandbox import Store
from tests.conftest import BERLIN, NOON
from tests.reporting.house import CAMPAIGN, OTHER, Clock, House
from tests.shared_snapshots import SharedSnapshots


@pytest.fixture
async def build(full_store: Store, tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    """`build(privacy=..., options=...)`; all share one directory."""
    houses: list[House] = []

    def make(**parts: Any) -> House:
        house = House(full_store.copy(), tmp_path / "snapshots", **parts)
        houses.append(house)
        return house

    yield make
    for house in houses:
        await house.snapshots.aclose()
        house.store.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()


@pytest.fixture
def read_house(build: Callable[..., House], shared_snapshots: SharedSnapshots, tmp_path: Path) -> House:
    """A house that read two campaigns at noon."""
    shared_snapshots.lend([CAMPAIGN, OTHER], Privacy.bank, tmp_path / "snapshots")
    return build(clock=Clock(NOON.replace(tzinfo=BERLIN).timestamp()))


@pytest.fixture
def read_one(build: Callable[..., House], shared_snapshots: SharedSnapshots, tmp_path: Path) -> House:
    """A house that read one campaign at noon. Its file is lent: put another in its place, and change nothing in it."""
    shared_snapshots.lend([CAMPAIGN], Privacy.bank, tmp_path / "snapshots")
    return build(clock=Clock(NOON.replace(tzinfo=BERLIN).timestamp()))
