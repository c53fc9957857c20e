"""A change of many contacts, proposed as a job: its rows are frozen first, then confirmed, then carried out."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dialler_mcp.audit.notes import note_change
from dialler_mcp.changes.gate import READ_ONLY, Admission, Approval, limit_problem
from dialler_mcp.changes.limits import LimitReached
from dialler_mcp.changes.plan import Plan, Request, Step, Verb
from dialler_mcp.changes.runner import Mode
from dialler_mcp.domain.many import ManyLosses, ManyVerb
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.job import (
    OPEN,
    STATES,
    Draft,
    Job,
    JobMeaning,
    JobState,
    NobodySelected,
    Progress,
    RowState,
)
from dialler_mcp.lists.jobs.ledger import Control
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import ROWS, Change, LongChange
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.taking_back import taking_back
from dialler_mcp.service.present import ContactView
from dialler_mcp.service.proposals import LongProposal
from dialler_mcp.service.selected_contacts import SelectedContacts
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.jobs.worker import Worker
    from dialler_mcp.service.profile import Profile

_FILLED = Words("Written into each: {values}.", "In jeden Kontakt geschrieben: {values}.")
_EMPTIED = Words("Emptied in each: {fields}.", "In jedem Kontakt geleert: {fields}.")
_JOB = Words("Job {job} ({title}): {state}.", "Auftrag {job} ({title}): {state}.")
_REPEAT = Words(
    "Repeat it as job_id {job}, without what selected the contacts.",
    "Wiederholen Sie es als job_id {job}, ohne das, was die Kontakte auswählte.",
)
_DRY_RUN = Words(
    "DRY RUN: nothing was sent. Job {job} would {title}.",
    "PROBELAUF: Es wurde nichts gesendet. Vorgesehen war Auftrag {job}: {title}.",
)
_STAYS = Words(
    "DRY RUN: the job stays as it is. Any process that sends would go on with it.",
    "PROBELAUF: Der Auftrag bleibt, wie er ist. Jeder Prozess, der sendet, würde mit ihm weitermachen.",
)
_ANOTHER = Words(
    "Nothing was changed: job {job} is another one. Give the job_id of your preview.",
    "Es wurde nichts geändert: Auftrag {job} ist ein anderer. Geben Sie die job_id Ihrer Vorschau an.",
)
_NOT_YOURS = Words(
    "Nothing was changed: job {job} was shown to somebody else. Ask for a preview of your own.",
    "Es wurde nichts geändert: Auftrag {job} wurde jemand anderem gezeigt. Verlangen Sie eine eigene Vorschau.",
)
_NOT_WAITING = Words(
    "Job {job} is {state}: it does not wait for a confirmation. Ask for a new preview.",
    "Auftrag {job} ({state}) wartet auf keine Bestätigung. Verlangen Sie eine neue Vorschau.",
)
_FINISHED = Words("{finished} of {rows} finished", "{finished} von {rows} fertig")
_OF = Words("{finished} of {rows}", "{finished} von {rows}")
WAITED = 20.0
"""Seconds that an answer waits for a job; a longer one goes on without it."""
_LOOK = 0.2


async def change_many(
    invocation: Invocation, verb: ManyVerb, wish: SelectedContacts, values: Mapping[str, Any]
) -> "JobProposal":
    """Freeze the change of these contacts as a job, which waits for its confirmation.

    Raises:
        Problem: nobody is meant, or too many.
    """
    profile = invocation.profile
    if profile.mode is Mode.read_only:
        raise Problem(READ_ONLY)
    many, language = ManyLosses(verb, profile.zone), profile.language(None)

    async def steps() -> AsyncIterator[Step]:
        ids = set[int]()  # a list may hold somebody twice
        async for view, state in wish.contacts:
            if view.contact.id in ids:
                continue
            ids.add(view.contact.id)
            many.add(view.contact, state, view.label())
            yield _step(verb, view, values)

    def drafted() -> Draft:
        means = [*_written(invocation, values), *many.consequences(language), *wish.remarks]
        title = many.title(wish.which, language, ", ".join(values))
        means = JobMeaning(tuple(means), reopens=many.reopens, destroys=verb == "delete")
        return Draft(verb, title, invocation.tool, invocation.caller, means)

    try:
        job = await profile.jobs.ledger.freeze(drafted, steps())
    except NobodySelected as nobody:  # what is remarked may say why
        raise Problem(nobody.words.then(*map(Words.alike, wish.remarks))) from None
    return proposed(invocation, job)


def proposed(invocation: Invocation, job: Job, verb: Verb | None = None) -> "JobProposal":
    """The proposal to carry out a frozen job, which must do this.

    Raises:
        Problem: it does not wait for a confirmation, or does something else.
    """
    if job.caller.key != invocation.caller.key:
        raise Problem(_NOT_YOURS.filled(job=job.id))
    if verb is not None and job.verb != verb:
        raise Problem(_ANOTHER.filled(job=job.id))
    if job.state is not JobState.frozen:
        raise Problem(_NOT_WAITING.filled(job=job.id, state=STATES[job.state]))
    plan = Plan(
        tool=invocation.tool,
        steps=(),
        action=job.title,
        sealed={"job_id": job.id},
        state=[job.digest, job.total],
        consequences=job.means.consequences,
        asks=True,
        reopens=job.means.reopens,
    )

    async def told(_: object) -> Change:
        raise AssertionError("a job tells by itself")

    return JobProposal(invocation, plan, told, job=job)


@dataclass
class JobProposal(LongProposal):
    """The proposal of a job."""

    job: Job | None = None

    @property
    def frozen(self) -> Job:
        """The job, which waits for a yes."""
        assert self.job is not None
        return self.job

    @property
    def _repeated(self) -> Mapping[str, Any]:
        tool = self.invocation.arguments
        return {**({"verb": tool["verb"]} if "verb" in tool else {}), "job_id": self.frozen.id}

    def _next_step(self) -> Words:
        return super()._next_step().then(_REPEAT.filled(job=self.frozen.id))

    async def agreed(self, by: str, reason: str | None = None) -> Change:
        """Carry it out for somebody who agreed outside the protocol; `by` says how, for the journal."""
        return await self._carried_out(Approval(by, reason=reason or self._reason))

    async def _carried_out(self, confirmation: Approval) -> Change:
        invocation, profile, job = self.invocation, self.invocation.profile, self.frozen
        if profile.mode is Mode.dry_run:
            what = _DRY_RUN.filled(job=job.id, title=job.title).text(self._language)
            return Change(status="dry_run", what=what, notes=invocation.notes())
        admission = Admission(
            profile.breaker_of_jobs,
            profile.confirmation,
            invocation.caller.key,
            job.means.destroys,
            begun=False,
            code=confirmation.code,
            rows=job.total,
        )
        try:
            await profile.jobs.ledger.start(job, confirmation, admission)
        except LimitReached as reached:
            raise limit_problem(reached, profile.zone) from reached
        note_change()
        profile.wake_jobs()
        progress = await watched(invocation, profile.jobs, job.id)
        return told(invocation, progress)


async def control(profile: "Profile", number: int, wish: Control) -> None:
    """Pause, resume or cancel a job, whoever works on it.

    Raises:
        Problem: it cannot be done to a job in its state, or would go on where nothing is to be sent.
    """
    if wish == "resume" and profile.mode is not Mode.send:
        raise Problem(_STAYS if profile.mode is Mode.dry_run else READ_ONLY)
    await profile.jobs.ledger.control(number, wish)


async def watched(invocation: Invocation, worker: "Worker", number: int, seconds: float = WAITED) -> Progress:
    """How far a job is as soon as it stands still, or after so many seconds."""
    until = time.monotonic() + seconds
    while True:
        progress = await worker.ledger.progress(number)
        if progress.job.state is not JobState.running or time.monotonic() >= until:
            return progress
        if invocation.report is not None:
            far = _OF.filled(finished=progress.finished, rows=ROWS.of(progress.job.total))
            await invocation.report(progress.finished, None, far.text(invocation.language))
        await asyncio.sleep(_LOOK)


def told(invocation: Invocation, progress: Progress) -> Change:
    """What became of a job so far."""
    job, language = progress.job, invocation.profile.language(None)
    status, next_step = _NEXT[job.state]
    counts = counted_rows(progress)
    if job.state.ended:
        is_whole = job.state is JobState.done and counts.keys() <= {"done"}
        back = taking_back(job.verb) if counts.get("done") else None
        next_step = NOTHING.then(*([] if is_whole else [next_step]), *([back] if back else []))
    return LongChange(
        status=status,
        what=sentence(progress, language),
        after={"job_id": job.id, "rows": job.total, **counts},
        next_step=next_step.text(language) or None,
        notes=invocation.notes(),
    )


_NEXT: Mapping[JobState, tuple[Literal["running", "paused", "cancelled", "done"], Words]] = {
    JobState.running: (
        "running",
        Words(
            "It goes on by itself, also without this chat. Show the job to see how far it is.",
            "Der Auftrag läuft von selbst weiter, auch ohne dieses Gespräch. Sehen Sie ihn an, um zu wissen, wie weit "
            "er ist.",
        ),
    ),
    JobState.paused: (
        "paused",
        Words(
            "It waits: resume or cancel the job.", "Der Auftrag wartet: Setzen Sie ihn fort, oder brechen Sie ihn ab."
        ),
    ),
    JobState.cancelled: (
        "cancelled",
        Words(
            "What is done stays done.",
            "Was ausgeführt ist, bleibt.",
        ),
    ),
    JobState.done: (
        "done",
        Words(
            "Show the job for the rows that were left out or failed.",
            "Der Auftrag zeigt, welche Zeilen ausgelassen wurden oder scheiterten.",
        ),
    ),
}
_STATES = {
    JobState.frozen: Words("not confirmed yet, ", "noch nicht bestätigt, "),
    JobState.running: Words("running, ", "läuft, "),
    JobState.paused: Words("paused, ", "angehalten, "),
    JobState.cancelled: Words("cancelled, ", "abgebrochen, "),
}
_ENDED = {
    "done": Words("done", "ausgeführt"),
    "failed": Words("failed", "gescheitert"),
    "unknown": Words("with unknown outcome", "mit unbekanntem Ausgang"),
    "left": Words("left out", "ausgelassen"),
}


def counted_rows(progress: Progress) -> dict[str, int]:
    """How many rows ended how; those that are not finished last."""
    counts = {state.value: progress.counts.get(state, 0) for state in RowState if state not in OPEN}
    rest = progress.job.total - progress.finished
    return {**{name: count for name, count in counts.items() if count}, **({"to_do": rest} if rest else {})}


def sentence(progress: Progress, language: Language) -> str:
    """`Job 7 (lock 43 contacts): 43 of 43 rows finished: 40 done, 3 left out.`"""
    job = progress.job
    return _JOB.filled(job=job.id, title=job.title, state=in_words(progress, language).removesuffix(".")).text(language)


def in_words(progress: Progress, language: Language) -> str:
    """`43 of 43 rows finished: 40 done, 3 left out`."""
    counts = [f"{n} {_ENDED[name].text(language)}" for name, n in counted_rows(progress).items() if name in _ENDED]
    state = _STATES.get(progress.job.state, NOTHING).text(language)
    why = f"; {progress.job.why}" if progress.job.why else ""
    rows = _FINISHED.filled(finished=progress.finished, rows=ROWS.of(progress.job.total)).text(language)
    return f"{state}{rows}{': ' if counts else ''}{', '.join(counts)}{why}"


def _written(invocation: Invocation, values: Mapping[str, Any]) -> list[str]:
    """What is written into each contact, and what is emptied."""
    language, present = invocation.profile.language(None), invocation.present.nameless
    fields = {info.wire: info for info in Contact.fields()}
    values_set = [f"{name}: {present.value(fields[name], value)}" for name, value in values.items() if value != ""]
    names_emptied = [name for name, value in values.items() if value == ""]
    sentences = [_FILLED.text(language).format(values="; ".join(values_set))] if values_set else []
    return [*sentences, *([_EMPTIED.text(language).format(fields=", ".join(names_emptied))] if names_emptied else [])]


def _step(verb: ManyVerb, view: ContactView, values: Mapping[str, Any]) -> Step:
    contact: Contact = view.contact
    request = Request(f"{verb}_contact", {"contact_id": contact.id})
    if verb == "update":
        request = Request("update_contact", {"values": {**values, "ID": contact.id}})
    bound = {"lock": (), "update": tuple(values)}.get(verb)
    return Step(verb=verb, kind="contact", label=view.label(), request=request, contact=contact, bound_fields=bound)
