"""`dialler-mcp import`: a list of people, checked and imported at a terminal."""

import asyncio
import json
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from dialler_mcp.cli.terminal import (
    INCOMPLETE,
    MISUSED,
    STOPPED,
    UNCONFIRMED,
    UNREAD,
    end,
    invocation_of,
    new_bars,
    open_profile,
    print_text,
    recorded,
    while_somebody_reads,
)
from dialler_mcp.lists.checking.options import Scope
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import Checked
    from dialler_mcp.service.answers import Change
    from dialler_mcp.service.invocation import Invocation
    from dialler_mcp.service.list_words import ListCheck
    from dialler_mcp.service.lists import PeopleList
    from dialler_mcp.service.plans.jobs import JobProposal
    from dialler_mcp.service.profile import Profile
    from dialler_mcp.settings import Settings

TOOL = "dialler_import_list"
_STAY = {
    "file": {"type": "string"},
    "check": {"type": "boolean"},
    "update": {"type": "boolean"},
    "yes": {"type": "boolean"},
    "job": {"type": "integer"},
}
"""What the audit log keeps of the arguments; campaigns, columns and phrases become pseudonyms."""
_LOOK = 0.3
BY_FLAG, BY_PERSON = "--yes", "terminal"
"""How a job was confirmed, as the journal says it."""

_CHECKING = Words("Checking", "Prüfen")
_IMPORTING = Words("Importing", "Importieren")
_NOTHING_NEW = Words("Nothing to import: nobody in the list is new.", "Nichts zu importieren: Niemand ist neu.")
_GO_ON = Words("Go on?", "Ausführen?")
_RATE = Words("{seconds:.1f} s, {rate:.0f} rows a second.", "{seconds:.1f} s, {rate:.0f} Zeilen je Sekunde.")
_BY_PHRASE = "Once a person agreed: dialler-mcp import --job {job} --confirm {phrase}"
_NO_YES = "nobody has said yes, so nothing was imported."


@dataclass(frozen=True)
class Task:
    """An import as it was asked for; `job` and `confirm` are the second call's."""

    file: Path | None
    campaign: str | None
    mapping: Mapping[str, str]
    decisions: Mapping[str, str]
    twins: str | None
    encoding: str | None
    sheet: str | None
    update: bool
    rejects: bool
    only_check: bool
    yes: bool
    as_json: bool
    job: int | None
    confirm: str | None


def add_import_command(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    """The command, as one of `app`."""

    @app.command("import")
    def import_(  # pyright: ignore[reportUnusedFunction]
        file: Path | None = typer.Argument(None, help="The list: CSV, XLSX, XLS, ODS or JSON."),
        campaign: str | None = typer.Option(None, help="Name or ID of its campaign, for rows that name none."),
        check: bool = typer.Option(False, "--check", help="Only say what is right and wrong with it."),
        mapping: list[str] = typer.Option([], help="column=field, where a column is taken for something else."),
        decide: list[str] = typer.Option([], help="kind=ready or kind=left_out, for rows that ask for a decision."),
        twins: Scope | None = typer.Option(
            None, case_sensitive=False, help="Where people may be already; else everywhere."
        ),
        update: bool = typer.Option(False, "--update", help="Write new values of people who are there, too."),
        rejects: bool = typer.Option(False, "--rejects", help="Write the other rows with reasons beside the list."),
        encoding: str | None = typer.Option(None, help="Of a CSV, where it is not clear."),
        sheet: str | None = typer.Option(None, help="Of a spreadsheet, where it is not the first."),
        yes: bool = typer.Option(False, "--yes", help="Do not ask; only where nothing but new contacts is created."),
        job: int | None = typer.Option(None, min=1, help="The job of a preview, with --confirm."),
        confirm: str | None = typer.Option(None, help="The phrase of the preview, once a person agreed."),
        as_json: bool = typer.Option(False, "--json", help="Print what came of it as JSON."),
    ) -> None:
        """Check a list of people, and import whoever is ready as one job, nobody twice. Asks before it sends; the exit
        codes are in docs/lists.md.
        """
        if (file is None) == (job is None) or (job is None) != (confirm is None):
            end("give a file; or, to confirm a preview, --job and --confirm.", MISUSED)
        task = Task(
            file=file,
            campaign=campaign,
            mapping=_pairs(mapping, "--mapping"),
            decisions=_pairs(decide, "--decide"),
            twins=twins,
            encoding=encoding,
            sheet=sheet,
            update=update,
            rejects=rejects,
            only_check=check,
            yes=yes,
            as_json=as_json,
            job=job,
            confirm=confirm,
        )
        raise typer.Exit(_recorded(read_settings(), task))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in texts]
    if any(not (name.strip() and value.strip()) for name, _, value in pairs):
        end(f"{option} has the form name=value.", MISUSED)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _recorded(settings: "Settings", task: Task) -> int:
    """The exit code, after the line of the audit log."""
    from dialler_mcp.problem import Problem

    arguments = {"file": str(task.file) if task.file else None, "campaign": task.campaign, "job": task.job}
    arguments |= {"check": task.only_check, "update": task.update, "yes": task.yes}
    done = (0, INCOMPLETE, UNCONFIRMED, UNREAD)
    with recorded(settings, "import", arguments, _STAY, done=done, changes=not task.only_check):
        try:
            code = asyncio.run(_carried_out(settings, task))
        except Problem as problem:
            end(problem.for_person())
        except KeyboardInterrupt:
            end("stopped. What was sent stays; `dialler-mcp jobs list` shows a job that is left.", STOPPED)
        if code:
            raise typer.Exit(code)
        return code


async def _carried_out(settings: "Settings", task: Task) -> int:
    async with open_profile(settings) as profile:
        from dialler_mcp.service.plans.jobs import proposed
        from dialler_mcp.tools.lists import permit_import

        arguments = {"confirm": task.confirm} if task.confirm else {}
        invocation = invocation_of(settings, profile, TOOL, **arguments)
        if not task.only_check:
            permit_import(invocation, update=task.update)
        if task.job is not None:
            proposal = proposed(invocation, await profile.jobs.ledger.job(task.job), "import")
            return await _finished(task, profile, proposal, proposal.answer(None), {})
        assert task.file is not None
        whole = task.file.expanduser().resolve()
        profile.folders = (whole.parent,)  # a person at a terminal may read whatever the system lets them
        people = await profile.lists.open_path(invocation.caller.key, str(whole), task.encoding, task.sheet)
        return await _imported(invocation, task, people)


async def _imported(invocation: "Invocation", task: Task, people: "PeopleList") -> int:
    """Check the list, say what was seen, and import it where that is wanted; the exit code."""
    from dialler_mcp.lists.kinds import Verdict
    from dialler_mcp.service.list_words import told
    from dialler_mcp.service.plans.lists import import_people

    language = invocation.profile.language(None)
    with new_bars() as bars:
        bars.add_task(_CHECKING.text(language), total=None)
        checked = await _checked(invocation, task, people)
    seen = told(invocation, people, checked)
    open_questions = INCOMPLETE if checked.verdicts[Verdict.asked] else 0
    if not task.as_json:
        with while_somebody_reads():
            _print_check(seen)
    if task.only_check:
        rest = checked.rows - checked.verdicts[Verdict.ready] - checked.verdicts[Verdict.exists]
        return _told(task, _check_record(seen), INCOMPLETE if rest else 0)
    ready = checked.verdicts[Verdict.ready] + (checked.verdicts[Verdict.exists] if task.update else 0)
    if not ready:
        if not task.as_json:
            print(_NOTHING_NEW.text(language))
        return _told(task, _check_record(seen), open_questions)
    proposal = await import_people(invocation, people, update=task.update)
    answer = await _confirmed(task, invocation, proposal)
    return await _finished(task, invocation.profile, proposal, answer, _check_record(seen)) or open_questions


async def _checked(invocation: "Invocation", task: Task, people: "PeopleList") -> "Checked":
    """What the check finds, however long it takes."""
    from dialler_mcp.service.lists import Said, checked_in_time

    campaign = await _campaign(invocation, task.campaign)
    said = Said(campaign, task.mapping or None, task.decisions or None, task.twins, "rejects" if task.rejects else None)
    checked = await checked_in_time(invocation, people, said)
    while checked is None:
        checked = await checked_in_time(invocation, people, Said())
    return checked


_SEVERAL = Words("several campaigns could be meant: {names}.", "Mehrere Kampagnen können gemeint sein: {names}.")


async def _campaign(invocation: "Invocation", name: str | None) -> int | None:
    from dialler_mcp.cli.reading import meant
    from dialler_mcp.service.matching import listed_campaigns

    if name is None:
        return None
    campaigns = meant(await invocation.dialler.list_campaigns(), [name], invocation.language)
    if len(campaigns) > 1:
        names = listed_campaigns(campaigns)
        end(_SEVERAL.filled(names=names).text(invocation.language), MISUSED)
    return campaigns[0].id


async def _confirmed(task: Task, invocation: "Invocation", proposal: "JobProposal") -> "Awaitable[Change]":
    """What carries the job out, once it is agreed to; else what previews it. `--yes` counts where nothing is
    overwritten: a model may have typed it.
    """
    from dialler_mcp.settings import Confirmation as Policy

    if task.yes and not task.update and invocation.profile.policy is not Policy.human:
        return proposal.agreed(BY_FLAG)
    if sys.stdin is None or not sys.stdin.isatty() or task.as_json:
        return proposal.answer(None)
    language = invocation.profile.language(None)
    title = proposal.plan.action
    print(f"\n{title[:1].upper()}{title[1:]}?", *(f"- {one}" for one in proposal.plan.consequences), sep="\n")
    for note in invocation.notes() or ():
        print(note)
    if not await asyncio.to_thread(typer.confirm, _GO_ON.text(language), default=False):
        end(_NO_YES, UNCONFIRMED)
    return proposal.agreed(BY_PERSON)


async def _finished(
    task: Task, profile: "Profile", proposal: "JobProposal", work: "Awaitable[Change]", seen: Mapping[str, Any]
) -> int:
    """Carry the job out to its end, with a bar; say what came of it. The exit code."""
    from dialler_mcp.lists.jobs.job import JobState, RowState
    from dialler_mcp.service.plans.jobs import counted_rows, sentence

    assert proposal.job is not None
    number, began = proposal.job.id, perf_counter()
    change = await _with_bar(profile, number, work)
    progress = await profile.jobs.ledger.progress(number)
    took = max(perf_counter() - began, 1e-3)
    record: dict[str, Any] = {**seen, "status": change.status, "job": number, "rows": progress.job.total}
    if change.status in ("confirmation_required", "dry_run"):
        lines = [change.what, *(f"- {one}" for one in change.consequences or ())]
        if change.confirm:
            record["confirm"] = change.confirm
            lines.append(_BY_PHRASE.format(job=number, phrase=shlex.quote(change.confirm)))
        return _told(task, record, UNCONFIRMED if change.confirm else 0, *lines, *(change.notes or ()))
    counts = counted_rows(progress)
    rate = _RATE.text(profile.language(None)).format(seconds=took, rate=progress.finished / took)
    odd = counts.get(RowState.failed.value, 0) + counts.get(RowState.unknown.value, 0)
    record |= {**counts, "seconds": round(took, 1)}
    code = INCOMPLETE if odd or progress.job.state is not JobState.done else 0
    line = sentence(progress, profile.language(None))
    return _told(task, record, code, line, rate, *(change.notes or ()))


async def _with_bar(profile: "Profile", number: int, work: "Awaitable[Change]") -> "Change":
    """Wait for the job, also when it takes longer than an answer to a host may."""
    from dialler_mcp.lists.jobs.job import JobState

    ledger = profile.jobs.ledger
    carried_out = asyncio.ensure_future(work)
    with new_bars() as bars:
        bar = bars.add_task(_IMPORTING.text(profile.language(None)), total=None)
        while True:
            progress = await ledger.progress(number)
            bars.update(bar, completed=progress.finished, total=progress.job.total)
            if carried_out.done() and progress.job.state is not JobState.running:
                return await carried_out
            await asyncio.sleep(_LOOK)


def _told(task: Task, record: Mapping[str, Any], code: int, *lines: str) -> int:
    """Say what came of it, and with which exit code it ends."""
    with while_somebody_reads():
        if task.as_json:
            print(json.dumps(record))
        else:
            for line in lines:
                print(line)
    return code


def _check_record(seen: "ListCheck") -> dict[str, Any]:
    """What a check has seen, for a program."""
    record = seen.structure()
    return {
        "check": {name: record[name] for name in ("summary", "columns", "kinds", "file", "notes") if name in record}
    }


def _print_check(seen: "ListCheck") -> None:
    print(seen.summary)
    print_text(("column", "field", "examples"), seen.columns)
    if seen.kinds:
        print_text(("verdict", "kind", "rows", "examples"), seen.kinds)
    if seen.file:
        print(seen.file)
    for note in seen.notes or ():
        print(note)
