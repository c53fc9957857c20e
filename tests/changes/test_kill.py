"""Killed at any step of a change, the journal still tells the truth."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from dialler_mcp.sandbox import Store
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.changes.killed import CONTACT
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


@pytest.mark.parametrize(("step", "said", "truth"), STEPS, ids=[step for step, _, _ in STEPS])
async def test_what_the_journal_says_after_a_kill(tmp_path: Path, step: str, said: str | None, truth: bool):
    from mcp import Client

    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.changes.killed", step, str(tmp_path))
    assert await child.wait() == -signal.SIGKILL

    store = Store.open(tmp_path / "sandbox.sqlite3")
    contact = store.contact(CONTACT)
    store.close()
    assert contact is not None
    assert bool(contact.b_locked) is truth

    async with Client(build_server(Settings(data_dir=tmp_path, audit=False))) as client:
        answer = structure_of(await client.call_tool("dialler_list_changes", {}))
    listed = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    assert [row["status"] for row in listed] == ([said] if said else [])
    if said == "unknown":
        assert listed[0]["to_find_out"].startswith(f"dialler_get_contact with ID {CONTACT}")
