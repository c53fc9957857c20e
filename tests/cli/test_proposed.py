"""A job at a terminal: who agreed to it, and why, is kept as the journal of any other change."""

import asyncio
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
import typer

from dialler_mcp.changes.gate import CONFIRMED_BY, Approval
from dialler_mcp.changes.journal import Entry
from dialler_mcp.cli.proposed import BY_FLAG, BY_PERSON
from dialler_mcp.dialler import open_dialler, sandbox_path
from dialler_mcp.lists.jobs.job import Draft
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from tests.cli.running import Answer, answer_of
from tests.lists.jobs.some_jobs import CALLER, step, steps_of
from tests.tools.asking import CLOSED_MUELLER

REASON = "deleted by mistake"


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox_file: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    copy(sandbox_file, sandbox_path(Settings()))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer_of(monkeypatch, capsys, "jobs", *arguments)


@pytest.fixture
def deletion() -> str:
    """The number of a job that has deleted a contact with a final result."""

    async def made() -> int:
        settings = Settings()
        async with open_dialler(settings) as dialler:
            profile = profile_of(settings, dialler)
            contact = await dialler.get_contact(CLOSED_MUELLER)
            draft = Draft("delete", "delete 1 contact", "dialler_delete_contacts", CALLER)
            job = await profile.jobs.ledger.freeze(lambda: draft, steps_of([step("delete", contact)]))
            await profile.jobs.ledger.start(job, Approval("phrase"), lambda _: None)
            await profile.jobs.finish_all()
            await profile.aclose()
            return job.id

    return str(asyncio.run(made()))


def newest() -> Entry:
    """The last change in the journal."""

    async def read() -> Entry:
        settings = Settings()
        async with open_dialler(settings) as dialler:
            profile = profile_of(settings, dialler)
            (entry,) = await profile.journal.of_job(2, after=0, limit=10)
            await profile.aclose()
            return entry

    return asyncio.run(read())


def test_what_reopens_a_final_result_asks_the_person_for_the_reason(
    terminal: Callable[..., Answer], deletion: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: True)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    monkeypatch.setattr(typer, "prompt", lambda _: REASON)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    answer = terminal("undo", deletion)
    assert answer.code == 0, answer
    entry = newest()
    assert (entry.confirmed_by, entry.reason) == (BY_PERSON, REASON)


def test_its_phrase_wants_a_reason_beside_it(terminal: Callable[..., Answer], deletion: str):
    preview = terminal("undo", deletion)
    (command,) = re.findall(r"dialler-mcp jobs (undo .*) --reason '<why>'", preview.out)
    assert terminal(*shlex.split(command)).code == 4
    answer = terminal(*shlex.split(command), "--reason", REASON)
    assert answer.code == 0, answer
    assert newest().reason == REASON


def test_how_a_job_was_confirmed_at_a_terminal_has_words():
    """Whoever shows a job or a change looks them up."""
    assert {BY_FLAG, BY_PERSON} <= CONFIRMED_BY.keys()
