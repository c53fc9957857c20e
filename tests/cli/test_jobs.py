"""`dialler-mcp jobs` at a terminal, over the sandbox."""

import asyncio
import json
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest
import typer

from dialler_mcp.audit.check import Filter, entries_of
from dialler_mcp.changes.gate import Approval
from dialler_mcp.cli.terminal import INCOMPLETE
from dialler_mcp.dialler import open_dialler, sandbox_path
from dialler_mcp.lists.jobs.job import Draft
from dialler_mcp.sandbox import Store
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from dialler_mcp.state.store import FILE
from tests.cli.running import Answer, answer_of
from tests.cli.test_main import invoke as invoked
from tests.lists.jobs.some_jobs import CALLER, new, step, steps_of

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
        draft = Draft("lock", "lock 2 contacts", "dialler_change_contacts", CALLER)
        job = await ledger.freeze(lambda: draft, steps_of([step("lock", contact) for contact in contacts]))
        await ledger.start(job, Approval("phrase"), lambda _: None)
        await profile.aclose()
        return job.id


async def _two_imports() -> None:
    """Two confirmed imports, of which another process works on the first."""
    settings = Settings()
    async with open_dialler(settings) as dialler:
        profile = profile_of(settings, dialler)
        ledger = profile.jobs.ledger
        for _ in range(2):
            draft = Draft("import", "import 1 contact", "dialler_import_list", CALLER)
            job = await ledger.freeze(lambda draft=draft: draft, steps_of([new("Neumann", "493023125901")]))
            await ledger.start(job, Approval("phrase"), lambda _: None)
        assert await ledger.take("another process") is not None
        await profile.aclose()


def test_an_import_that_waits_for_one_of_another_process_is_left_to_it(
    invoke: Invoke, capsys: pytest.CaptureFixture[str]
):
    asyncio.run(_two_imports())
    assert invoke("jobs", "run") == INCOMPLETE
    assert "0 of 1 row" in capsys.readouterr().out


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
    (answer,) = json.loads(capsys.readouterr().out)
    assert (answer["job"], answer["state"], answer["to_do"]) == (job, "running", 2)
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
    text = capsys.readouterr()
    assert "left" in text.out
    assert "the contact is gone" in text.out
    assert (Path(Settings().directory) / FILE).exists()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer_of(monkeypatch, capsys, "jobs", *arguments)


def is_locked() -> list[bool]:
    """Whether the sandbox has the contacts locked."""
    with closing(Store.open(sandbox_path(Settings()))) as store:
        contacts = [store.contact(number) for number in CONTACTS]
        return [one is not None and one.b_locked is True for one in contacts]


@pytest.fixture
def done_job(invoke: Invoke) -> str:
    """The number of a job that has locked the contacts."""
    job = str(asyncio.run(_confirmed()))
    assert invoke("jobs", "run") == 0
    assert is_locked() == [True, True]
    return job


def test_a_job_is_taken_back_once_the_person_at_the_terminal_agrees(
    terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch
):
    questions = list[str]()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda text, default: questions.append(text) or True)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    answer = terminal("undo", done_job)
    assert answer.code == 0, answer
    assert questions == ["Go on?"]
    assert f"Undo job {done_job}: lock 2 contacts?\n- 2 of 2 changes are taken back." in answer.out
    assert "2 of 2 rows finished: 2 done." in answer.out
    assert "rows a second." in answer.out
    assert is_locked() == [False, False]
    assert "were taken back already" in terminal("undo", done_job).err


def test_a_no_takes_nothing_back(terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    answer = terminal("undo", done_job)
    assert answer.code == 4
    assert "nobody has said yes" in answer.err
    assert is_locked() == [True, True]


def test_without_a_person_an_undo_is_previewed_and_wants_its_phrase(terminal: Callable[..., Answer], done_job: str):
    preview = terminal("undo", done_job)
    assert preview.code == 4
    assert is_locked() == [True, True]
    (command,) = re.findall(r"dialler-mcp jobs (undo .*)", preview.out)
    wrong = terminal(*shlex.split(command)[:-1], "undo everything #k3v9q2m7")
    assert wrong.code == 1
    assert is_locked() == [True, True]
    assert terminal(*shlex.split(command)).code == 0
    assert is_locked() == [False, False]


def test_whoever_gives_the_phrase_is_not_asked_again(
    terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch
):
    (command,) = re.findall(r"dialler-mcp jobs (undo .*)", terminal("undo", done_job).out)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert terminal(*shlex.split(command)).code == 0
    assert is_locked() == [False, False]


def test_what_came_of_an_undo_is_told_as_json(terminal: Callable[..., Answer], done_job: str):
    preview = terminal("undo", done_job, "--json")
    assert preview.code == 4
    values = json.loads(preview.out)
    answer = terminal("undo", str(values["job"]), "--confirm", values["confirm"], "--json")
    assert answer.code == 0
    record = json.loads(answer.out)
    assert (record["status"], record["rows"], record["done"]) == ("done", 2, 2)


def test_whoever_was_changed_since_is_not_unlocked_and_is_counted(terminal: Callable[..., Answer], done_job: str):
    with closing(sqlite3.connect(sandbox_path(Settings()))) as sandbox, sandbox:
        sandbox.execute("DELETE FROM contacts WHERE id = ?", (CONTACTS[1],))
    preview = terminal("undo", done_job)
    assert "- 1 of 2 changes are taken back." in preview.out
    assert "Not possible" in preview.out or "1 cannot be" in preview.out


def test_a_job_that_is_not_at_its_end_is_not_taken_back(terminal: Callable[..., Answer]):
    job = str(asyncio.run(_confirmed()))
    answer = terminal("undo", job)
    assert answer.code == 1
    assert "Cancel it first" in answer.err
    assert "There is no such job" in terminal("undo", "77").err


def test_who_may_not_undo_cannot_do_it_here_either(
    terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIALLER_ROLE", "agent")
    answer = terminal("undo", done_job)
    assert answer.code == 1
    assert "not allowed here" in answer.err


def test_where_a_person_must_confirm_no_phrase_is_given(
    terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIALLER_CONFIRMATION", "human")
    answer = terminal("undo", done_job)
    assert answer.code == 1
    assert "person's confirmation" in answer.err


def test_a_dry_run_takes_nothing_back(terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch):
    preview = json.loads(terminal("undo", done_job, "--json").out)
    monkeypatch.setenv("DIALLER_DRY_RUN", "1")
    answer = terminal("undo", str(preview["job"]), "--confirm", preview["confirm"])
    assert answer.code == 0, answer
    assert "DRY RUN" in answer.out
    assert is_locked() == [True, True]


def test_an_undo_leaves_its_line_in_the_audit_log(terminal: Callable[..., Answer], done_job: str):
    terminal("undo", done_job)
    *_, last = entries_of(Path(Settings().directory) / "audit", Filter())
    assert (last["tool"], last["exit"], last["outcome"], last["arguments"]) == (
        "jobs undo",
        4,
        "ok",
        {"job": int(done_job)},
    )


def test_german_is_spoken_where_the_settings_say_so(
    terminal: Callable[..., Answer], done_job: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIALLER_LANGUAGE", "de")
    assert "Sobald eine Person zugestimmt hat: dialler-mcp jobs undo" in terminal("undo", done_job).out
