"""These tests need Node, a browser and what npm installed: only `scripts/clients` collects them."""

import os
from pathlib import Path

import pytest

from tests.e2e.machine import HERE, Machine

collect_ignore_glob = [] if "REAL_CLIENTS" in os.environ else ["test_*.py"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing has run yet."""
    for name in ("home", "data"):
        (tmp_path / name).mkdir()
    return Machine(tmp_path / "home", tmp_path / "data")


@pytest.fixture(scope="session")
def app_host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a host, bundled for the browser."""
    machine = Machine(*(tmp_path_factory.mktemp(name) for name in ("home", "data")))
    bundle = tmp_path_factory.mktemp("bundle") / "host.js"
    machine.run([*machine.tool_of_node("rolldown"), HERE / "app_host.mjs", "--format", "iife", "-o", bundle])
    return bundle
