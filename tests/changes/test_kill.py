"""Killed at any step of a change, the journal still tells the truth."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client

from dialler_mcp.sandbox import Store
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.changes.killed import CONTACT, lock
from tests.conftest import structure_of

STEPS = [
    ("before the entry is begun", None, False),
    ("before the commit of the begin", None, False),
    ("before the request leaves", "unknown", False),
    ("before the answer is read", "unknown", True),
    ("before the entry is finished", "unknown", True),
    ("before the commit of the finish", "unknown", True),
    ("after the entry is finished", "done", True),
]


@pytest.mark.thorough
async def test_what_the_journal_says_after_each_step(sandbox_file: Path, tmp_path: Path):
    """What is on the disk at a step is what a kill leaves behind; the next test kills."""
    place = tmp_path / "whole"
    place.mkdir()
    shutil.copy(sandbox_file, place)

    def keep(step: str) -> None:
        if not (tmp_path / step).exists():
            shutil.copytree(place, tmp_path / step)

    await lock(place, keep)
    for step, text, truth in STEPS:
        await check(tmp_path / step, text, truth)


@pytest.mark.thorough
async def test_what_the_journal_says_after_a_kill(sandbox_file: Path, tmp_path: Path):
    for step, _, _ in STEPS:
        (tmp_path / step).mkdir()
        shutil.copy(sandbox_file, tmp_path / step)
    command = [sys.executable, "-m", "tests.changes.killed", str(tmp_path), *(step for step, _, _ in STEPS)]
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: ASYNC221
    assert process.split() == [str(int(signal.SIGKILL))] * len(STEPS)
    for step, text, truth in STEPS:
        await check(tmp_path / step, text, truth)


async def check(directory: Path, status: str | None, truth: bool) -> None:
    """What the journal says, and whether the contact was locked."""
    store = Store.open(directory / "sandbox.sqlite3")
    contact = store.contact(CONTACT)
    store.close()
    assert contact is not None
    assert bool(contact.b_locked) is truth, directory.name

    async with Client(build_server(Settings(data_dir=directory, audit=False))) as client:
        answer = structure_of(await client.call_tool("dialler_list_changes", {}))
    changes = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    assert [row["status"] for row in changes] == ([status] if status else []), directory.name
    if status == "unknown":
        assert changes[0]["to_find_out"].startswith(f"dialler_get_contact with ID {CONTACT}")
