"""Tools that change many contacts as one job, and show and control jobs."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from mcp.server.mcpserver.tools.base import Tool
from pydantic import BeforeValidator, Field

from dialler_mcp.audit.notes import note_change
from dialler_mcp.changes.plan import Verb
from dialler_mcp.domain.actions import VERBS
from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.lists.jobs.job import STATES, Progress
from dialler_mcp.lists.jobs.ledger import Control
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Details, Table, table
from dialler_mcp.service.field_parameters import checked, written
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.jobs import JobDetails, functions_of, job_details, job_time
from dialler_mcp.service.list_words import checks_going_on
from dialler_mcp.service.listing import StateFilter
from dialler_mcp.service.paging import cursor_at, cursor_position
from dialler_mcp.service.parameters import (
    Attempts,
    CampaignId,
    CampaignName,
    Confirm,
    Cursor,
    Id,
    Limit,
    Reason,
    When,
    several,
    shorter,
)
from dialler_mcp.service.plans.jobs import JobProposal, change_many, control, counted_rows, in_words, proposed, watched
from dialler_mcp.service.present import label_shown
from dialler_mcp.service.selection import Selection, selected
from dialler_mcp.tools.family import family
from dialler_mcp.tools.questions import ByQuestion
from dialler_mcp.words import Noun, Words

tools = family("jobs")
JOB_URI = "ui://dialler-mcp/job.html"
SHOW_JOB = "dialler_get_job"

COLUMNS = ["job", "created", "what", "state", "rows", "to_do", "done", "left", "failed", "unknown", "caller"]
_NOT_ALLOWED = Words(
    "Nothing was changed: {verb} is not allowed here ({settings}). Ask whoever administers them.",
    "Es wurde nichts geändert: Kontakte {verb} ist hier nicht erlaubt ({settings}). Fragen Sie, wer das verwaltet.",
)
_VALUES = Words(
    "Nothing was changed. `values` belongs to update, which needs at least one field.",
    "Es wurde nichts geändert. `values` gehört zu update, das mindestens ein Feld braucht.",
)
_ONE_PERSON = Words(
    "Nothing was changed. {fields} belongs to one person: use dialler_update_contact.",
    "Es wurde nichts geändert. {fields} gehört zu einer einzigen Person: Verwenden Sie dialler_update_contact.",
)
_JOB = Noun(Words("job", "Auftrag"), Words("jobs", "Aufträge"))
_SHOWN, _NEWEST = Words("; {count} shown", "; {count} gezeigt"), Words(", newest first", ", das Neueste zuerst")
_OF_ONE = ("UserData", *NUMBER_FIELDS)
DELETE_MANY = "dialler_delete_contacts"
"""The tool that is there only where the settings allow it."""

JobId = Annotated[Id, Field(description="from dialler_list_jobs")]
FrozenJob = Annotated[Id | None, Field(description="second call: the preview's job")]
Ids = Annotated[list[Id] | None, BeforeValidator(several), Field(description="or a campaign", max_length=1_000)]
OnList = Annotated[str | None, shorter(16), Field(description="or who is on a checked list")]

InState = Annotated[StateFilter | None, Field(description="now")]
WithResult = Annotated[str | None, shorter(64), Field(description="name or export key")]
AtLeast = Annotated[Attempts, Field(description="at least")]
AtMost = Annotated[Attempts, Field(description="at most")]
Holds = Annotated[str | None, shorter(64), Field(description="part of name, city, key, number")]


@tools.destroys(
    title="Change many contacts",
    german="Sperrt, entsperrt, ändert viele Kontakte oder setzt sie zurück, als ein Auftrag; zeigt es vorher.",
    role=Role.agent,
    idempotent=False,
)
async def dialler_change_contacts(
    invocation: Invocation,
    verb: Annotated[Literal["lock", "unlock", "reset", "update"], Field(description="what is done to each")],
    contact_ids: Ids = None,
    list_id: OnList = None,
    campaign_id: CampaignId | None = None,
    name: CampaignName = None,
    state: InState = None,
    result: WithResult = None,
    min_attempts: AtLeast = None,
    max_attempts: AtMost = None,
    since: Annotated[When, Field(description="next attempt from")] = None,
    until: Annotated[When, Field(description="next attempt until")] = None,
    text: Holds = None,
    sql: ByQuestion = None,
    values: Annotated[dict[str, Any] | None, Field(description="update: fields by name")] = None,
    job_id: FrozenJob = None,
    reason: Reason = None,
    confirm: Confirm = None,
) -> JobProposal:
    """Lock, unlock, reset or update many contacts at once: these IDs, who is on a list, or all of a campaign to whom
    the filters apply. Previews first; then runs as a job of its own.
    """
    _permit(invocation, verb)
    if job_id is not None:
        return proposed(invocation, await invocation.profile.jobs.ledger.job(job_id), verb)
    fields = written(invocation, checked(values or {}, Write.UPDATE))
    if (verb == "update") != bool(fields):
        raise Problem(_VALUES)
    if alone := [name for name in fields if name in _OF_ONE]:
        raise Problem(_ONE_PERSON.filled(fields=", ".join(alone)))
    selection = Selection(
        contact_ids, campaign_id, name, state, result, min_attempts, max_attempts, since, until, text, sql, list_id
    )
    return await change_many(invocation, verb, await selected(invocation, selection), fields)


@tools.destroys(
    title="Delete many contacts",
    german="Löscht viele Kontakte samt Verlauf endgültig, als ein Auftrag; nur wo es erlaubt ist.",
    role=Role.admin,
    idempotent=False,
)
async def dialler_delete_contacts(
    invocation: Invocation,
    contact_ids: Ids = None,
    list_id: OnList = None,
    campaign_id: CampaignId | None = None,
    name: CampaignName = None,
    state: InState = None,
    result: WithResult = None,
    min_attempts: AtLeast = None,
    max_attempts: AtMost = None,
    text: Holds = None,
    sql: ByQuestion = None,
    job_id: FrozenJob = None,
    confirm: Confirm = None,
) -> JobProposal:
    """Delete (erase) many contacts for good, with their histories: these IDs, who is on a list, or all of a campaign to
    whom the filters apply. Previews first.
    """
    _permit(invocation, "delete")
    if job_id is not None:
        return proposed(invocation, await invocation.profile.jobs.ledger.job(job_id), "delete")
    selection = Selection(
        contact_ids, campaign_id, name, state, result, min_attempts, max_attempts, None, None, text, sql, list_id
    )
    return await change_many(invocation, "delete", await selected(invocation, selection), {})


def _permit(invocation: Invocation, verb: Verb) -> None:
    """Who may not do it to one contact may not do it to many."""
    if not invocation.permits(f"{verb}_contact"):
        settings = "DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT"
        raise Problem(_NOT_ALLOWED.filled(verb=VERBS[verb], settings=settings))


@tools.reads(title="List jobs", german="Die Aufträge über viele Kontakte, der neueste zuerst, mit ihrem Stand.")
async def dialler_list_jobs(invocation: Invocation, limit: Limit = 10, cursor: Cursor = None) -> Table:
    """List the jobs over many contacts, newest first, each with its progress."""
    below, language = cursor_position(cursor, "jobs"), invocation.language
    jobs, total = await invocation.profile.jobs.ledger.newest(limit + 1, below)
    page = jobs[:limit]
    following = cursor_at(page[-1].job.id, "jobs") if page and len(jobs) > limit else None
    order = _NEWEST.text(language) if len(page) > 1 else ""
    answer = table(
        f"{_JOB.counted(total, language)}{_SHOWN.filled(count=len(page)).text(language)}{order}",
        COLUMNS,
        [_row(invocation, one) for one in page],
        total=total,
        notes=[] if cursor else checks_going_on(invocation),
        language=language,
    )
    answer.next_cursor = following
    return answer


def _row(invocation: Invocation, progress: Progress) -> list[Any]:
    job, counts = progress.job, counted_rows(progress)
    return [
        job.id,
        job_time(invocation, job.created),
        label_shown(job.title, invocation.present),
        STATES[job.state].text(invocation.language),
        job.total,
        *(counts.get(name) for name in ("to_do", "done", "left", "failed", "unknown")),
        clean(job.caller.key),
    ]


@tools.reads(
    title="Get job",
    german="Ein Auftrag: Stand, wer ihn wollte, und welche Zeilen ausgelassen wurden oder scheiterten.",
)
async def dialler_get_job(
    invocation: Invocation, job_id: JobId, wait: Annotated[bool, Field(description="until it ends, ≤20 s")] = False
) -> JobDetails:
    """Show one job: its progress, its author, the reason of a pause, and the rows that failed, were left out or are
    unknown.
    """
    worker = invocation.profile.jobs
    progress = await (watched(invocation, worker, job_id) if wait else worker.ledger.progress(job_id))
    return await job_details(invocation, progress)


@tools.changes(
    title="Pause, resume or cancel a job",
    german="Hält einen Auftrag an, setzt ihn fort oder bricht ihn ab; was getan ist, bleibt getan.",
    role=Role.agent,
)
async def dialler_control_job(
    invocation: Invocation, job_id: JobId, action: Annotated[Control, Field(description="what to do")]
) -> Details:
    """Pause, resume or cancel (stop) a job. Requests under way end first; what is done stays done."""
    worker = invocation.profile.jobs
    job = await worker.ledger.job(job_id)
    if job.verb == "undo":
        invocation.require(*functions_of(job))
    else:
        _permit(invocation, job.verb)
    await control(invocation.profile, job_id, action)
    if action == "resume":
        note_change()
    invocation.profile.wake_jobs()
    language, progress = invocation.language, await watched(invocation, worker, job_id, 5.0)
    return Details(record={"job": job_id, "state": in_words(progress, language)}).in_language(language)


def with_job_card(others: Iterable[Tool]) -> Iterator[Tool]:
    """The tools, that which shows a job bound to its card."""
    for tool in others:
        if tool.name == SHOW_JOB:
            tool.meta = {**(tool.meta or {}), "ui": {"resourceUri": JOB_URI}}
        yield tool
