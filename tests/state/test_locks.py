import subprocess
import sys
from pathlib import Path

import pytest

from dialler_mcp.state.locks import exclusive

HOLDER = """
import sys
from dialler_mcp.state.locks import exclusive
with exclusive(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_waits_in_vain_and_gets_it_afterwards(tmp_path: Path):
    lock = tmp_path / "lock"
    with exclusive(lock), pytest.raises(TimeoutError, match="lock is held"), exclusive(lock, patience=0):
        raise AssertionError
    with exclusive(lock, patience=0):
        assert lock.stat().st_mode & 0o077 == 0


def test_it_is_let_go_when_the_work_fails(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock"):
        _ = 1 / 0
    with exclusive(tmp_path / "lock", patience=0):
        pass


def test_a_process_that_is_killed_lets_go(tmp_path: Path):
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TimeoutError), exclusive(lock, patience=0):
            raise AssertionError
        holder.kill()
        holder.wait()
    with exclusive(lock, patience=0):
        pass


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError), exclusive(tmp_path / "missing" / "lock"):
        raise AssertionError
