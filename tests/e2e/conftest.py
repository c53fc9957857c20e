"""These tests need Node, a browser and what npm installed: only `scripts/clients` collects them."""

import os
from pathlib import Path

import pytest

from tests.e2e.machine import Machine

collect_ignore_glob = [] if "REAL_CLIENTS" in os.environ else ["test_*.py"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing has run yet."""
    for name in ("home", "data"):
        (tmp_path / name).mkdir()
    return Machine(tmp_path / "home", tmp_path / "data")
