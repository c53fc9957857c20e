"""The server as a host on Windows starts it: a loop without signal handlers and pipes, no fcntl, no modes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platforms.windows import SITE
from tests.protocol.test_stdio import started

ASKED = """
import asyncio, importlib, os, sys
from dialler_mcp.state import locks
print(locks.sys.platform, sys.platform, locks.msvcrt.__name__)
async def what(name):
    try:
        await getattr(asyncio.get_running_loop(), name)(print, None)
    except NotImplementedError:
        print(name)
for name in ("add_signal_handler", "connect_read_pipe", "connect_write_pipe"):
    asyncio.run(what(name))
"""


@pytest.mark.thorough
async def test_a_client_is_served_and_its_leaving_noticed(sandbox_file: Path, tmp_path: Path):
    shutil.copy(sandbox_file, tmp_path)
    async with started(tmp_path, PYTHONPATH=str(SITE)) as child:
        answer = await child.initialize()
        tools = await child.ask(1, "tools/list", {})
        lock_answer = await child.ask(
            2, "tools/call", {"name": "dialler_lock_contact_by_user_data", "arguments": {"user_data": "Contact10"}}
        )
        child.close_stdin()
        _, errors = await child.process.communicate()
    assert answer["result"]["serverInfo"]["name"] == "dialler-mcp"
    assert tools["result"]["tools"]
    assert not lock_answer["result"].get("isError")
    assert (child.process.returncode, errors) == (0, b"")
    assert list((tmp_path / "audit").glob("*.jsonl"))  # written under the lock of Windows


def test_what_windows_does_not_have_is_missing_for_our_modules_alone():
    environment = {**os.environ, "PYTHONPATH": str(SITE)}
    text = subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True)
    assert text.stdout.split() == [
        *("win32", sys.platform, "tests.platforms.msvcrt"),
        *("add_signal_handler", "connect_read_pipe", "connect_write_pipe"),
    ]
