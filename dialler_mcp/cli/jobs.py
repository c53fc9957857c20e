"""The commands `dialler-mcp jobs ...`: the jobs over many contacts, seen and controlled at a terminal."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from dialler_mcp.cli.proposed import LOOK, STOPPED_WORDS, Manner, carry_out
from dialler_mcp.cli.terminal import (
    INCOMPLETE,
    STOPPED,
    UNCONFIRMED,
    UNREAD,
    Form,
    end,
    invocation_of,
    new_bars,
    open_profile,
    print_csv,
    print_json,
    print_text,
    recorded,
)
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.jobs.job import JobRow, Progress
    from dialler_mcp.lists.jobs.ledger import Control
    from dialler_mcp.lists.jobs.worker import Worker
    from dialler_mcp.service.profile import Profile
    from dialler_mcp.settings import Settings

T = TypeVar("T")

COLUMNS = ("job", "created", "what", "state", "rows", "done", "left", "failed", "unknown", "to_do")
_MAX = 1_000
MAX_ROWS = 1_000_000

_NO_JOB = Words("There is no job.", "Es gibt keinen Auftrag.")
_NONE_WAITS = Words("No job waits to be worked on.", "Kein Auftrag wartet auf seine Ausführung.")
_NOTHING_SENT = Words(
    "nothing is sent here: see DIALLER_DRY_RUN, DIALLER_READ_ONLY and DIALLER_ROLE.",
    "Hier wird nichts gesendet: siehe DIALLER_DRY_RUN, DIALLER_READ_ONLY und DIALLER_ROLE.",
)
_UNDOING = Words("Taking back", "Zurücknehmen")
Number = typer.Argument(help="The number of the job.", min=1)


def jobs_commands(read_settings: Callable[[], "Settings"]) -> typer.Typer:
    """The group of commands on jobs."""
    group = typer.Typer(name="jobs", help="Jobs over many contacts.", no_args_is_help=True)
    commands = Commands(read_settings)
    group.command("list")(commands.list_)
    for command in (commands.show, commands.pause, commands.resume, commands.cancel, commands.undo, commands.run):
        group.command()(command)
    return group


@dataclass(frozen=True)
class Commands:
    """The commands, whose parameters typer reads."""

    read_settings: Callable[[], "Settings"]

    def list_(
        self, form: Form = typer.Option(Form.text, "--format", case_sensitive=False, help="Form of the list.")
    ) -> None:
        """List the jobs, newest first, with how far each is."""

        async def work(worker: "Worker", profile: "Profile") -> list[dict[str, Any]]:
            jobs, _ = await worker.ledger.newest(_MAX)
            return [_record(one, profile, form) for one in jobs]

        _print(*_run(self.read_settings, "jobs list", work), form, _NO_JOB)

    def show(
        self,
        job: int = Number,
        form: Form = typer.Option(Form.text, "--format", case_sensitive=False, help="Form of the rows."),
    ) -> None:
        """Say how far a job is, and list the rows that were left out, failed or have an unknown outcome."""

        async def work(worker: "Worker", profile: "Profile") -> tuple["Progress", list[dict[str, Any]]]:
            progress = await worker.ledger.progress(job)
            return progress, [_odd(row, profile, form) for row in await worker.ledger.remarkable(job, MAX_ROWS)]

        (progress, odd), language = _run(self.read_settings, "jobs show", work, job)
        print(_sentence(progress, language), file=sys.stdout if form is Form.text else sys.stderr)
        _print(odd, language, form, NOTHING)
        _exit(progress)

    def pause(self, job: int = Number) -> None:
        """Pause a job; requests under way end first."""
        _controlled(self.read_settings, job, "pause")

    def resume(self, job: int = Number) -> None:
        """Let a paused job go on: in whichever process runs, or in `jobs run`."""
        _controlled(self.read_settings, job, "resume")

    def cancel(self, job: int = Number) -> None:
        """Cancel a job; what is done stays done."""
        _controlled(self.read_settings, job, "cancel")

    def undo(
        self,
        job: int = Number,
        confirm: str | None = typer.Option(None, help="The phrase of the preview, once a person agreed."),
        reason: str | None = typer.Option(None, help="Why, where a final result is reopened; it is kept."),
        as_json: bool = typer.Option(False, "--json", help="Print what came of it as JSON."),
    ) -> None:
        """Take a whole job back, row by row. Asks before it sends; the exit codes are in docs/jobs.md."""
        raise typer.Exit(_undone(self.read_settings(), job, confirm, reason, as_json=as_json))

    def run(self) -> None:
        """Finish the jobs that are confirmed and that no other process works on. Ctrl+C leaves the rest for later."""

        async def work(worker: "Worker", profile: "Profile") -> list["Progress"]:
            from dialler_mcp.changes.runner import Mode

            if profile.mode is not Mode.send:
                end(_NOTHING_SENT.text(profile.usual_language))
            return await _finished(worker)

        jobs, language = _run(self.read_settings, "jobs run", work)
        for progress in jobs:
            print(_sentence(progress, language))
        if not jobs:
            print(_NONE_WAITS.text(language))
        for progress in jobs:
            _exit(progress)
            if not progress.job.state.ended:  # an import that waits for one of another process
                raise typer.Exit(INCOMPLETE)


def _undone(settings: "Settings", job: int, confirm: str | None, reason: str | None, *, as_json: bool) -> int:
    """The exit code of an undo, after the line of the audit log."""
    from dialler_mcp.problem import Problem

    options = {"confirm": confirm, "reason": reason}
    arguments = {"job_id": job, **{name: value for name, value in options.items() if value is not None}}
    manner = Manner("dialler-mcp jobs undo {job}", _UNDOING, as_json)

    async def carried_out() -> int:
        from dialler_mcp.service.plans.job_undo import undo_job

        async with open_profile(settings) as profile:
            invocation = invocation_of(settings, profile, "dialler_undo_change", **arguments)
            invocation.require("undo_change")
            return await carry_out(invocation, await undo_job(invocation, job), manner)

    exit_codes = (0, INCOMPLETE, UNCONFIRMED, UNREAD)
    with recorded(
        settings, "jobs undo", {"job": job}, {"job": {"type": "integer"}}, success_codes=exit_codes, changes=True
    ):
        try:
            code = asyncio.run(carried_out())
        except Problem as problem:
            end(problem.text(settings.language))
        except KeyboardInterrupt:
            end(STOPPED_WORDS.text(settings.language), STOPPED)
        if code:
            raise typer.Exit(code)
        return code


def _controlled(read_settings: Callable[[], "Settings"], job: int, control: "Control") -> None:
    from dialler_mcp.service.plans.jobs import control as controlled

    async def work(worker: "Worker", profile: "Profile") -> "Progress":
        await controlled(profile, job, control)
        return await worker.ledger.progress(job)

    print(_sentence(*_run(read_settings, f"jobs {control}", work, job)))


def _run(
    read_settings: Callable[[], "Settings"],
    command: str,
    work: Callable[["Worker", "Profile"], Awaitable[T]],
    job: int | None = None,
) -> tuple[T, Language]:
    """What `work` gives, and the language to say it in; leaves with a sentence where it cannot be done."""
    from dialler_mcp.problem import Problem

    settings = read_settings()
    arguments, schema = ({"job": job}, {"job": {"type": "integer"}}) if job else ({}, {})

    async def opened() -> T:
        async with open_profile(settings) as profile:
            return await work(profile.jobs, profile)

    with recorded(settings, command, arguments, schema):
        try:
            return asyncio.run(opened()), settings.language
        except Problem as problem:
            end(problem.text(settings.language))


async def _finished(worker: "Worker") -> list["Progress"]:
    """Work on what is left until nothing is, with a bar for each job where somebody looks at a terminal."""
    from dialler_mcp.lists.jobs.job import JobState

    jobs, _ = await worker.ledger.newest(_MAX)
    running = [one for one in jobs if one.job.state is JobState.running]
    ours = [one.job.id for one in running if not one.job.held]
    if sys.stderr.isatty():
        await _with_bars(worker, ours)
    else:
        await worker.finish_all()
    return [await worker.ledger.progress(number) for number in sorted(ours)]


async def _with_bars(worker: "Worker", jobs: Sequence[int]) -> None:
    with new_bars() as bars:
        work = asyncio.ensure_future(worker.finish_all())
        tasks = {number: bars.add_task(f"Job {number}", total=None) for number in jobs}
        while not work.done():
            for number, task in tasks.items():
                progress = await worker.ledger.progress(number)
                bars.update(task, completed=progress.finished, total=progress.job.total)
            await asyncio.wait([work], timeout=LOOK)
        await work


def _sentence(progress: "Progress", language: Language) -> str:
    from dialler_mcp.service.plans.jobs import sentence

    return sentence(progress, language)


def _exit(progress: "Progress") -> None:
    """Leave with 3 where a script must look at the job again."""
    from dialler_mcp.lists.jobs.job import JobState, RowState

    counts = progress.counts
    odd = counts.get(RowState.failed, 0) + counts.get(RowState.unknown, 0)
    if odd or progress.job.state is JobState.paused:
        raise typer.Exit(INCOMPLETE)


def _record(progress: "Progress", profile: "Profile", form: Form) -> dict[str, Any]:
    from datetime import UTC, datetime

    from dialler_mcp.domain.times import shown
    from dialler_mcp.lists.jobs.job import STATES
    from dialler_mcp.service.plans.jobs import counted_rows
    from dialler_mcp.service.present import label_shown

    job, counts = progress.job, counted_rows(progress)
    return {
        "job": job.id,
        "created": shown(datetime.fromtimestamp(job.created, UTC), profile.zone),
        "what": label_shown(job.title, profile.present.nameless),
        "state": STATES[job.state].text(_language_of(form, profile)),
        "rows": job.total,
        **{name: counts.get(name, 0) for name in COLUMNS[5:]},
    }


def _language_of(form: Form, profile: "Profile") -> Language:
    """A program reads the same words in every language."""
    return profile.usual_language if form is Form.text else Language.en


def _odd(row: "JobRow", profile: "Profile", form: Form) -> dict[str, Any]:
    from dialler_mcp.lists.jobs.job import ROW_STATES
    from dialler_mcp.service.present import label_shown

    present = profile.present.nameless
    return {
        "row": row.number + 1,
        "contact": row.contact_id,
        "who": label_shown(row.step.label, present),
        "state": ROW_STATES[row.state].text(_language_of(form, profile)),
        "why": row.why,
    }


def _print(records: list[dict[str, Any]], language: Language, form: Form, nothing: Words) -> None:
    from dialler_mcp.service.headings import heading

    if form is Form.json:
        print_json(records)
    elif not records:
        if form is Form.text and nothing.en:
            print(nothing.text(language))
    else:
        columns, rows = list(records[0]), [list(record.values()) for record in records]
        if form is Form.csv:
            print_csv(columns, rows)
        else:
            print_text([heading(column, language) for column in columns], rows)
