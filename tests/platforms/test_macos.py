"""What macOS does differently from Linux."""

import os
import sys

import pytest

from dialler_mcp import child_process
from dialler_mcp.reporting.snapshot import database


@pytest.fixture(autouse=True)
def _on_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(sys, "platform", "darwin")


def test_a_priority_belongs_to_the_whole_process_there_and_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    def lowered(*_: int) -> None:
        raise AssertionError("the whole server would be slowed down")

    monkeypatch.setattr(os, "setpriority", lowered)
    database._step_back()  # pyright: ignore[reportPrivateUsage] - what a thread begins with
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(AssertionError):
        database._step_back()  # pyright: ignore[reportPrivateUsage]


def test_a_limit_of_addresses_that_the_system_refuses_leaves_the_other_limits(monkeypatch: pytest.MonkeyPatch):
    assert os.name == "posix"
    import resource

    set_kinds = list[int]()

    def refusing(kind: int, _: tuple[int, int]) -> None:
        if kind == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")
        set_kinds.append(kind)

    monkeypatch.setattr(resource, "setrlimit", refusing)
    child_process.bound(memory=1 << 30, cpu_seconds=1.0, file_bytes=1 << 20)
    assert {resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE} == set(set_kinds)
