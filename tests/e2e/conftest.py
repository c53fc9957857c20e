"""These tests need Node, a browser and what npm installed: only `scripts/clients` collects them."""

import os
from pathlib import Path
from shutil import copy

import pytest

from tests.e2e.machine import HERE, SERVER, Machine

collect_ignore_glob = [] if "REAL_CLIENTS" in os.environ else ["test_*.py"]


def empty_machine(place: Path) -> Machine:
    for name in ("home", "data"):
        (place / name).mkdir()
    return Machine(place / "home", place / "data")


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine for all tests that only read: inventing the sandbox's people and copying campaigns takes long."""
    machine = empty_machine(tmp_path_factory.mktemp("reader"))
    machine.run([SERVER, "check"], machine.server_settings)
    return machine


@pytest.fixture
def machine(tmp_path: Path, reader: Machine) -> Machine:
    """A machine with a sandbox of its own, in which nothing was changed yet."""
    machine = empty_machine(tmp_path)
    for sandbox in reader.data.glob("sandbox.sqlite3*"):
        copy(sandbox, machine.data)
    return machine


@pytest.fixture(scope="session")
def app_host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a host, bundled for the browser."""
    machine = empty_machine(tmp_path_factory.mktemp("bundler"))
    bundle = machine.home / "host.js"
    machine.run([*machine.tool_of_node("rolldown"), HERE / "app_host.mjs", "--format", "iife", "-o", bundle])
    return bundle
