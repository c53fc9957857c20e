"""Tools that check a list of people and import it as one job."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from dialler_mcp.domain.fields import Field as About
from dialler_mcp.domain.fields import FieldInfo, Kind
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.lists.checking.answer import KindCount, Shown, counts
from dialler_mcp.lists.checking.check import Checked
from dialler_mcp.lists.checking.options import Options, Scope
from dialler_mcp.lists.checking.verdict_files import Include, VerdictFile
from dialler_mcp.lists.columns.mapping import Proposal as Column
from dialler_mcp.lists.columns.mapping import map_of
from dialler_mcp.lists.columns.mapping import proposed as proposed_columns
from dialler_mcp.lists.kinds import Kind as Finding
from dialler_mcp.lists.kinds import Verdict
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.answers import cell
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.lists import WAITED, PeopleList, check_list
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.parameters import CampaignId, CampaignName, Confirm, Id, Reason, shorter
from dialler_mcp.service.plans.jobs import JobProposal, proposed
from dialler_mcp.service.plans.lists import import_people
from dialler_mcp.tools.family import family

tools = family("jobs")

MAX_COLUMNS, MAX_HEAD, MAX_CELL = 30, 40, 24
_RUNNING = "It goes on: ask again with list_id {list_id}."
_READY = "Tell the person what is wrong with it. Then dialler_import_list with list_id {list_id} imports what is ready."
_DECIDE = "Rows that ask for a decision stay out, unless `decisions` say of a kind: ready or left_out."
_NOTHING_READY = "Nothing is ready to be imported. Mend the file, correct the mapping, or decide what is asked."
_NONE = "Nothing was read. Give a path in an allowed folder, or rows, or the list_id of a list that was given before."

ListId = Annotated[str | None, shorter(16), Field(description="of an earlier check")]
Columns = Annotated[
    dict[str, Any] | None, Field(description='column to field, "-" leaves it out; FullName, Street… are split')
]
Decisions = Annotated[dict[str, Any] | None, Field(description="kind to ready or left_out")]


class ListCheck(Answer):
    """What is right and wrong with a list. `kinds` add up to its rows, but those that are notes."""

    summary: str
    list_id: str
    columns: list[list[Any]]
    kinds: list[list[Any]] | None = None
    file: str | None = None
    next_step: str
    notes: list[str] | None = None

    def text(self) -> str:
        lines = [self.summary, f"list_id: {self.list_id}", "column\tfield\texamples"]
        lines += ["\t".join(map(cell, row)) for row in self.columns]
        if self.kinds:
            lines += ["verdict\tkind\trows\texamples", *("\t".join(map(cell, row)) for row in self.kinds)]
        if self.file:
            lines.append(f"Rows with their reasons: {self.file}")
        return "\n".join([*lines, self.next_step, *(self.notes or [])])


@tools.changes(
    title="Check list",
    german="Liest eine Liste (Datei oder Zeilen), ordnet Spalten zu, prüft jede Zeile; am Dialler ändert es nichts.",
    role=Role.supervisor,
)
async def dialler_check_list(
    invocation: Invocation,
    path: Annotated[str | None, shorter(1_000), Field(description="file in an allowed folder")] = None,
    rows: Annotated[str | None, Field(description="or the rows: CSV or JSON, ≤200")] = None,
    list_id: ListId = None,
    campaign_id: CampaignId | None = None,
    name: CampaignName = None,
    mapping: Columns = None,
    decisions: Decisions = None,
    twins: Annotated[Scope, Field(description="where people are looked for who are there")] = Scope.everywhere,
    file: Annotated[Include | None, Field(description="write rows and reasons to a file")] = None,
    encoding: Annotated[str | None, shorter(40), Field(description="if asked for")] = None,
    sheet: Annotated[str | None, shorter(100), Field(description="another sheet")] = None,
) -> ListCheck:
    """Check a list of people (leads.xlsx, CSV, ODS, JSON) before its import: columns, phone numbers, twins in file and
    dialler, closed people. Nothing is written to the dialler. A file is given by its path, never attached to the chat.
    """
    people = await _opened(invocation, path, rows, list_id, encoding, sheet)
    campaign = await asked_campaign(invocation, campaign_id, name) if (campaign_id or name) else None
    campaigns = await invocation.profile.directory.campaigns()
    _set(people, campaign and campaign.id, mapping, decisions, twins, {one.name or "": one.id for one in campaigns})
    if people.checking is None:
        people.checking = asyncio.create_task(_checked(invocation, people, file))
    done, _ = await asyncio.wait([people.checking], timeout=WAITED)
    if not done:
        next_step = _RUNNING.format(list_id=people.id)
        return _answer(invocation, people, f"{people.name} is being checked.", None, next_step)
    task, people.checking = people.checking, None
    return _told(invocation, people, task.result())


async def _opened(
    invocation: Invocation,
    path: str | None,
    rows: str | None,
    list_id: str | None,
    encoding: str | None,
    sheet: str | None,
) -> PeopleList:
    lists, caller = invocation.profile.lists, invocation.caller.key
    if [path, rows, list_id].count(None) != 2:
        raise Problem(_NONE)
    if path is not None:
        return await lists.open_path(caller, path, encoding, sheet)
    if rows is not None:
        return await lists.open_rows(caller, rows)
    return lists.get(caller, list_id or "")


def _set(
    people: PeopleList,
    campaign_id: int | None,
    mapping: Mapping[str, Any] | None,
    decisions: Mapping[str, Any] | None,
    twins: Scope,
    campaigns: Mapping[str, int],
) -> None:
    """What was said about columns and decisions now; what was said earlier stays."""
    if mapping is not None or people.columns is None:
        people.proposals = proposed_columns(people.table, {str(k): str(v) for k, v in (mapping or {}).items()})
        people.columns = map_of(people.proposals)
    before = people.options
    people.options = Options(
        campaign_id=campaign_id or (before.campaign_id if before else None),
        campaigns=campaigns,
        scope=twins,
        decisions={**(before.decisions if before else {}), **_decisions(decisions or {})},
    )


def _decisions(said: Mapping[str, Any]) -> dict[Finding, Verdict]:
    try:
        return {Finding(str(kind)): Verdict(str(verdict)) for kind, verdict in said.items()}
    except ValueError:
        asked = ", ".join(kind for kind in Finding if kind.verdict is Verdict.asked)
        raise Problem(f"Correct the arguments: decisions are ready or left_out, for one of: {asked}.") from None


async def _checked(invocation: Invocation, people: PeopleList, include: Include | None) -> Checked:
    people.rejects = None
    if include is None:
        return await check_list(invocation, people)
    folder = (*invocation.profile.folders, invocation.profile.lists.directory)[0]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{Path(people.name).stem}-checked-{people.id}.xlsx"
    path.unlink(missing_ok=True)
    with VerdictFile(path, people.table.columns, invocation.profile.language(None), include) as file:
        checked = await check_list(invocation, people, file)
    people.rejects = path
    return checked


def _told(invocation: Invocation, people: PeopleList, checked: Checked) -> ListCheck:
    verdicts, language = checked.verdicts, invocation.profile.language(None)
    words = [f"{verdicts[one]} {one.text(language)}" for one in Verdict if verdicts[one]]
    summary = f"{people.name}: {checked.rows} rows: {', '.join(words)}."
    ready = verdicts[Verdict.ready] + verdicts[Verdict.exists]
    next_step = _READY.format(list_id=people.id) if ready else _NOTHING_READY
    if verdicts[Verdict.asked]:
        next_step += f" {_DECIDE}"
    return _answer(invocation, people, summary, checked, next_step)


def _answer(
    invocation: Invocation, people: PeopleList, summary: str, checked: Checked | None, next_step: str
) -> ListCheck:
    language = invocation.profile.language(None)
    found = counts(checked, language, lambda text, kind: _masked(invocation, text, kind)) if checked else []
    notes = [*(invocation.notes() or []), *map(clean, people.table.notes)]
    return ListCheck(
        summary=clean(invocation.present.nameless.text(summary)),
        list_id=people.id,
        columns=[_column(invocation, one) for one in people.proposals[:MAX_COLUMNS]],
        kinds=[_kind(one) for one in found] or None,
        file=str(people.rejects) if people.rejects and checked else None,
        next_step=next_step,
        notes=notes or None,
    )


def _column(invocation: Invocation, one: Column) -> list[Any]:
    """A column with its field and three examples; what a person should say is marked."""
    target = one.target or "?"
    if one.instead:
        target += f" (or {one.instead}?)"
    info = FieldInfo("", one.target or "", str, About("", "", kind=_kind_of(one.target)))
    examples = [invocation.present.nameless.value(info, example[:MAX_CELL]) for example in one.examples]
    return [clean(invocation.present.nameless.text(one.column))[:MAX_HEAD], target, "; ".join(map(str, examples))]


def _kind_of(target: str | None) -> Kind:
    from dialler_mcp.domain.records import Contact

    return next((info.about.kind for info in Contact.fields() if info.wire == target), Kind.PLAIN)


def _masked(invocation: Invocation, text: str, kind: Kind) -> str:
    info = FieldInfo("", "", str, About("", "", kind=Kind.PLAIN if kind is Kind.FREE else kind))
    return str(invocation.present.nameless.value(info, text[:MAX_HEAD])) if text else ""


def _kind(one: KindCount) -> list[Any]:
    verdict = one.verdict.value if one.verdict else "note"
    return [verdict, f"{one.kind.value}: {one.words}", one.rows, "; ".join(map(_example, one.examples))]


def _example(shown: Shown) -> str:
    """`line 6: Falsch Nummer (emergency number)`."""
    more = shown.detail or shown.other
    return " ".join(filter(None, (f"line {shown.line}:", shown.name, shown.number, f"({more})" if more else "")))


@tools.destroys(
    title="Import list",
    german="Importiert, was an einer geprüften Liste bereit ist, als ein Auftrag; niemanden doppelt. Zeigt es vorher.",
    role=Role.supervisor,
    idempotent=False,
)
async def dialler_import_list(
    invocation: Invocation,
    list_id: ListId = None,
    existing: Annotated[
        Literal["leave", "update"], Field(description="update: new values of contacts that are there")
    ] = "leave",
    job_id: Annotated[Id | None, Field(description="second call: the preview's job")] = None,
    reason: Reason = None,
    confirm: Confirm = None,
) -> JobProposal:
    """Import a whole list (put it into the campaign) that dialler_check_list has checked: whoever is ready, nobody
    twice. Previews first; then runs as a job that outlives this chat.
    """
    if job_id is not None:
        return proposed(invocation, await invocation.profile.jobs.ledger.job(job_id), "import")
    if list_id is None:
        raise Problem("Nothing was sent. Check the list first, then give its list_id.")
    for function in ("import_contact", *(["update_contact"] if existing == "update" else [])):
        if not invocation.permits(function):
            settings = "DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT"
            raise Problem(f"Nothing was sent: that is not allowed here ({settings}). Ask whoever administers them.")
    people = invocation.profile.lists.get(invocation.caller.key, list_id)
    return await import_people(invocation, people, update=existing == "update")
