"""These tests need Node, a browser and what npm installed: only `scripts/clients` collects them."""

import os
from collections.abc import Callable
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


@pytest.fixture(scope="session")
def machine_in(reader: Machine) -> Callable[[Path], Machine]:
    """Makes a machine with a sandbox of its own, in which nothing was changed yet."""

    def make(place: Path) -> Machine:
        machine = empty_machine(place)
        for sandbox in reader.data.glob("sandbox.sqlite3*"):
            copy(sandbox, machine.data)
        return machine

    return make


@pytest.fixture
def machine(tmp_path: Path, machine_in: Callable[[Path], Machine]) -> Machine:
    """A machine of the test's own."""
    return machine_in(tmp_path)


@pytest.fixture(scope="session")
def app_host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a host, bundled for the browser."""
    machine = empty_machine(tmp_path_factory.mktemp("bundler"))
    bundle = machine.home / "host.js"
    machine.run([*machine.tool_of_node("rolldown"), HERE / "app_host.mjs", "--format", "iife", "-o", bundle])
    return bundle
