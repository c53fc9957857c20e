"""`dialler-mcp import`: a list of people, checked and imported at a terminal."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dialler_mcp.cli.proposed import STOPPED_WORDS, Manner, carry_out, tell
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
    from dialler_mcp.lists.checking.check import CheckCounts
    from dialler_mcp.service.invocation import Invocation
    from dialler_mcp.service.list_words import ListCheck
    from dialler_mcp.service.people_lists import PeopleList
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

_CHECKING = Words("Checking", "Prüfen")
_IMPORTING = Words("Importing", "Importieren")
_NOTHING_NEW = Words("Nothing to import: nobody in the list is new.", "Nichts zu importieren: Niemand ist neu.")


@dataclass(frozen=True)
class Task:
    """An import as it was asked for; `job` and `confirm` are those of the second run."""

    file: Path | None
    campaign: str | None
    mapping: Mapping[str, str]
    mapping_name: str | None
    keep: str | None
    decisions: Mapping[str, str]
    twins: str | None
    encoding: str | None
    sheet: str | None
    update: bool
    rules: Mapping[str, str]
    rejects: bool
    only_check: bool
    yes: bool
    as_json: bool
    job: int | None
    confirm: str | None


def add_import_command(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    """The command, as one of `app`."""
    app.command("import")(Command(read_settings).run)


@dataclass(frozen=True)
class Command:
    """The command, whose parameters typer reads."""

    read_settings: Callable[[], "Settings"]

    def run(
        self,
        file: Path | None = typer.Argument(None, help="The list: CSV, XLSX, XLS, ODS or JSON."),
        campaign: str | None = typer.Option(None, help="Name or ID of its campaign, for rows that name none."),
        check: bool = typer.Option(False, "--check", help="Only say what is right and wrong with it."),
        mapping: list[str] = typer.Option(
            [], help="column=field, where a column is taken for something else; or the name of a kept mapping."
        ),
        keep: str | None = typer.Option(None, help="Keep what the columns are under this name."),
        forget: str | None = typer.Option(
            None, help="Forget the mapping that is kept under this name; without a list."
        ),
        decide: list[str] = typer.Option([], help="kind=ready or kind=left_out, for rows that ask for a decision."),
        twins: Scope | None = typer.Option(
            None, case_sensitive=False, help="Where people may be already; else everywhere."
        ),
        update: bool = typer.Option(False, "--update", help="Write new values of people who are there, too."),
        rule: list[str] = typer.Option(
            [], help="With --update: field=always, if_new, if_old_empty or never; *=… for the others."
        ),
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
        if [file, job, forget].count(None) != 2 or (job is None) != (confirm is None):
            end("give a file; to confirm a preview, --job and --confirm; or --forget.", MISUSED)
        if forget is not None:
            raise typer.Exit(_forgotten(self.read_settings(), forget))
        mapping_names = [text for text in mapping if "=" not in text]
        if len(mapping_names) > 1:
            end("--mapping takes the name of one kept mapping; the others have the form column=field.", MISUSED)
        if rule and not update:
            end("--rule belongs to --update.", MISUSED)
        task = Task(
            file=file,
            campaign=campaign,
            mapping=_pairs([text for text in mapping if "=" in text], "--mapping"),
            mapping_name=_name(mapping_names[0]) if mapping_names else None,
            keep=None if keep is None else _name(keep),
            decisions=_pairs(decide, "--decide"),
            twins=twins,
            encoding=encoding,
            sheet=sheet,
            update=update,
            rules=_pairs(rule, "--rule"),
            rejects=rejects,
            only_check=check,
            yes=yes,
            as_json=as_json,
            job=job,
            confirm=confirm,
        )
        raise typer.Exit(_recorded(self.read_settings(), task))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in texts]
    if any(not (name.strip() and value.strip()) for name, _, value in pairs):
        end(f"{option} has the form name=value.", MISUSED)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _name(text: str) -> str:
    """A name of a kept mapping."""
    from dialler_mcp.service.kept_mappings import MAX_NAME

    if not text.strip() or "=" in text or len(text) > MAX_NAME:
        end(f"the name of a mapping has 1 to {MAX_NAME} characters, and no =.", MISUSED)
    return text.strip()


def _forgotten(settings: "Settings", name: str) -> int:
    """Forget a kept mapping; the exit code."""
    from dialler_mcp.problem import Problem
    from dialler_mcp.service.kept_mappings import forget

    async def opened() -> str:
        async with open_profile(settings) as profile:
            words = await forget(invocation_of(settings, profile, TOOL), _name(name))
            return words.text(settings.language)

    with recorded(settings, "import", {"forget": name}):
        try:
            print(asyncio.run(opened()))
        except Problem as problem:
            end(problem.text(settings.language))
    return 0


def _recorded(settings: "Settings", task: Task) -> int:
    """The exit code, after the line of the audit log."""
    from dialler_mcp.problem import Problem

    arguments = {"file": str(task.file) if task.file else None, "campaign": task.campaign, "job": task.job}
    arguments |= {"check": task.only_check, "update": task.update, "yes": task.yes}
    exit_codes = (0, INCOMPLETE, UNCONFIRMED, UNREAD)
    with recorded(settings, "import", arguments, _STAY, success_codes=exit_codes, changes=not task.only_check):
        try:
            code = asyncio.run(_carried_out(settings, task))
        except Problem as problem:
            end(problem.for_person(settings.language))
        except KeyboardInterrupt:
            end(STOPPED_WORDS.text(settings.language), STOPPED)
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
            return await carry_out(invocation, proposal, _manner(invocation, task))
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

    language, manner = invocation.profile.language(None), _manner(invocation, task)
    with new_bars() as bars:
        bars.add_task(_CHECKING.text(language), total=None)
        outcome = await _checked(invocation, task, people)
    answer = told(invocation, people, outcome)
    open_questions = INCOMPLETE if outcome.verdicts[Verdict.asked] else 0
    if not task.as_json:
        with while_somebody_reads():
            _print_check(answer)
    if task.only_check:
        rest = outcome.rows - outcome.verdicts[Verdict.ready] - outcome.verdicts[Verdict.exists]
        return tell(manner, _check_record(answer), INCOMPLETE if rest else 0)
    ready = outcome.verdicts[Verdict.ready] + (outcome.verdicts[Verdict.exists] if task.update else 0)
    if not ready:
        if not task.as_json:
            print(_NOTHING_NEW.text(language))
        return tell(manner, _check_record(answer), open_questions)
    proposal = await import_people(invocation, people, update=task.update, rules=task.rules)
    return await carry_out(invocation, proposal, manner, _check_record(answer)) or open_questions


def _manner(invocation: "Invocation", task: Task) -> Manner:
    """`--yes` counts only where nothing is overwritten: a model may have typed it."""
    from dialler_mcp.settings import Confirmation as Policy

    has_consent = task.yes and not task.update and invocation.profile.policy is not Policy.human
    return Manner("dialler-mcp import --job {job}", _IMPORTING, task.as_json, has_consent)


async def _checked(invocation: "Invocation", task: Task, people: "PeopleList") -> "CheckCounts":
    """What the check finds, however long it takes."""
    from dialler_mcp.service.lists import ListWish, checked_in_time

    campaign = await _campaign(invocation, task.campaign)
    wishes = ListWish(
        campaign,
        task.mapping or None,
        task.decisions or None,
        task.twins,
        "rejects" if task.rejects else None,
        task.mapping_name,
        task.keep,
    )
    outcome = await checked_in_time(invocation, people, wishes)
    while outcome is None:
        outcome = await checked_in_time(invocation, people, ListWish())
    return outcome


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


def _check_record(answer: "ListCheck") -> dict[str, Any]:
    """What a check has seen, for a program."""
    record = answer.structure()
    return {
        "check": {name: record[name] for name in ("summary", "columns", "kinds", "file", "notes") if name in record}
    }


def _print_check(answer: "ListCheck") -> None:
    print(answer.summary)
    print_text(("column", "field", "examples"), answer.columns or ())
    if answer.kinds:
        print_text(("verdict", "kind", "rows", "examples"), answer.kinds)
    if answer.file:
        print(answer.file)
    for note in answer.notes or ():
        print(note)
