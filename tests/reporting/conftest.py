"""Makes houses over copies of the filled sandbox."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.sandbox import Store
from tests.reporting.house import House


@pytest.fixture
async def build(filled: Store, tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    """`build(privacy=..., options=...)`; all share one directory."""
    houses: list[House] = []

    def make(**parts: Any) -> House:
        house = House(filled.copy(), tmp_path / "snapshots", **parts)
        houses.append(house)
        return house

    yield make
    for house in houses:
        await house.snapshots.aclose()
        house.store.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()
