"""`dialler-mcp jobs` at a terminal, over the sandbox."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest

from dialler_mcp.changes.gate import Confirmed
from dialler_mcp.dialler import open_dialler, sandbox_path
from dialler_mcp.lists.jobs.job import Draft
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from dialler_mcp.state.store import FILE
from tests.cli.test_main import invoke as invoked
from tests.lists.jobs.some_jobs import CALLER, step, steps_of

CONTACTS = (215220, 215221)


Invoke = Callable[..., "int | str | None"]


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs a command, and says how it ended."""
    return lambda *arguments: invoked(monkeypatch, *arguments)


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox_file: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    copy(sandbox_file, sandbox_path(Settings()))


async def _confirmed() -> int:
    """A job that runs, and on which nobody works."""
    settings = Settings()
    async with open_dialler(settings) as dialler:
        profile = profile_of(settings, dialler)
        ledger = profile.jobs.ledger
        contacts = [await dialler.get_contact(number) for number in CONTACTS]
        drafted = Draft("lock", "lock 2 contacts", "dialler_change_contacts", CALLER)
        job = await ledger.freeze(lambda: drafted, steps_of([step("lock", contact) for contact in contacts]))
        await ledger.start(job, Confirmed("phrase"), lambda _: None)
        await profile.aclose()
        return job.id


def test_without_a_job_there_is_nothing_to_do(invoke: Invoke, capsys: pytest.CaptureFixture[str]):
    assert invoke("jobs", "list") == 0
    assert capsys.readouterr().out == "There is no job.\n"
    assert invoke("jobs", "run") == 0
    assert capsys.readouterr().out == "No job waits to be worked on.\n"
    assert invoke("jobs", "show", "7") == 1
    assert "There is no such job" in capsys.readouterr().err


def test_a_job_that_a_host_has_left_is_finished_here(invoke: Invoke, capsys: pytest.CaptureFixture[str]):
    job = asyncio.run(_confirmed())
    assert invoke("jobs", "list", "--format", "json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["job"], listed["state"], listed["to_do"]) == (job, "running", 2)
    assert invoke("jobs", "run") == 0
    assert "2 of 2 rows finished: 2 done" in capsys.readouterr().out
    assert invoke("jobs", "show", str(job)) == 0
    assert f"Job {job} (lock 2 contacts): 2 of 2 rows finished: 2 done." in capsys.readouterr().out


def test_a_job_is_paused_resumed_and_cancelled(invoke: Invoke, capsys: pytest.CaptureFixture[str]):
    job = str(asyncio.run(_confirmed()))
    assert invoke("jobs", "pause", job) == 0
    assert "paused, 0 of 2 rows finished" in capsys.readouterr().out
    assert invoke("jobs", "show", job) == 3
    assert invoke("jobs", "resume", job) == 0
    assert invoke("jobs", "cancel", job) == 0
    assert "cancelled" in capsys.readouterr().out
    assert invoke("jobs", "resume", job) == 1
    assert "nothing to resume" in capsys.readouterr().err


def test_rows_that_were_left_out_are_listed(invoke: Invoke, capsys: pytest.CaptureFixture[str]):
    job = str(asyncio.run(_confirmed()))
    with closing(sqlite3.connect(sandbox_path(Settings()))) as sandbox, sandbox:
        sandbox.execute("DELETE FROM contacts WHERE id = ?", (CONTACTS[1],))
    assert invoke("jobs", "run") == 0
    capsys.readouterr()
    assert invoke("jobs", "show", job, "--format", "csv") == 0
    said = capsys.readouterr()
    assert "left" in said.out
    assert "the contact is gone" in said.out
    assert (Path(Settings().directory) / FILE).exists()
