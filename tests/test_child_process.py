"""The processes that we start: what they are given, and what ends them."""

import os
import subprocess
import sys

import pytest

from dialler_mcp.child_process import bound, command, environment

LIMITS = {"memory": 1 << 30, "cpu_seconds": 9, "file_bytes": 4096}


def test_a_process_gets_neither_token_nor_home(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_TOKEN", "secret")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setattr(sys, "path", ["", "/a", "/b"])
    assert environment().keys() <= {"PYTHONPATH", "PYTHONIOENCODING", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZDIR"}
    assert environment()["PYTHONPATH"] == os.pathsep.join(["/a", "/b"])


def test_a_module_of_ours_is_found_from_any_directory(tmp_path: os.PathLike[str]):
    process = subprocess.run(
        command("dialler_mcp.child_process"), env=environment(), cwd=tmp_path, check=False, capture_output=True
    )
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_the_limits_are_those_of_the_system_and_never_wider(monkeypatch: pytest.MonkeyPatch):
    import resource

    old_limits: dict[int, tuple[int, int]] = {}

    def keep(kind: int, limits: tuple[int, int]) -> None:
        if kind == resource.RLIMIT_CORE:
            raise ValueError("not here")
        old_limits[kind] = limits

    hard = {resource.RLIMIT_AS: resource.RLIM_INFINITY, resource.RLIMIT_CPU: 3}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, hard.get(kind, resource.RLIM_INFINITY)))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    monkeypatch.setattr(resource, "setrlimit", keep)
    bound(**LIMITS)
    assert old_limits[resource.RLIMIT_CPU] == (3, 3)
    assert old_limits[resource.RLIMIT_AS] == (1 << 30, 1 << 30)
    assert old_limits[resource.RLIMIT_FSIZE] == (4096, 4096)


def test_a_system_without_such_limits_goes_without(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")
    bound(**LIMITS)
