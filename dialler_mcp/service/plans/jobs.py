"""A change of many contacts, proposed as a job: its rows are frozen first, then confirmed, then carried out."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dialler_mcp.audit.notes import note_change
from dialler_mcp.changes.gate import READ_ONLY, Admission, Confirmed, limit_problem
from dialler_mcp.changes.limits import LimitReached
from dialler_mcp.changes.plan import Plan, Request, Step, Verb
from dialler_mcp.changes.runner import Mode
from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.many import Many, ManyVerb
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.job import OPEN, Draft, Job, JobState, Means, Progress, RowState
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Change, LongChange
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.service.proposals import LongProposal
from dialler_mcp.service.selection import Meant

if TYPE_CHECKING:
    from dialler_mcp.lists.jobs.worker import Worker

_FILLED = Words("Written into each: {values}.", "In jeden geschrieben: {values}.")
_EMPTIED = Words("Emptied in each: {fields}.", "In jedem geleert: {fields}.")
WAITED = 20.0
"""Seconds that an answer waits for a job; a longer one goes on without it."""
_LOOK = 0.2


async def change_many(invocation: Invocation, verb: ManyVerb, meant: Meant, values: Mapping[str, Any]) -> "JobProposal":
    """Freeze the change of these contacts as a job, which waits for its confirmation.

    Raises:
        Problem: nobody is meant, or too many.
    """
    profile = invocation.profile
    if profile.mode is Mode.read_only:
        raise Problem(READ_ONLY)
    many, language = Many(verb, profile.zone), profile.language(None)

    async def steps() -> AsyncIterator[Step]:
        async for view, state in meant.contacts:
            many.add(view.contact, state, view.label())
            yield _step(verb, view, values)

    def drafted() -> Draft:
        means = [*_written(invocation, values), *many.consequences(language)]
        title = many.title(meant.which, language, ", ".join(values))
        means = Means(tuple(means), reopens=many.reopens, destroys=verb == "delete")
        return Draft(verb, title, invocation.tool, invocation.caller, means)

    job = await profile.jobs.ledger.freeze(drafted, steps())
    return proposed(invocation, job)


def proposed(invocation: Invocation, job: Job, verb: Verb | None = None) -> "JobProposal":
    """The proposal to carry out a frozen job, which must do this.

    Raises:
        Problem: it does not wait for a confirmation, or does something else.
    """
    if job.caller.key != invocation.caller.key:
        raise Problem(f"Nothing was changed: job {job.id} was shown to somebody else. Ask for a preview of your own.")
    if verb is not None and job.verb != verb:
        raise Problem(f"Nothing was changed: job {job.id} is another one. Give the job_id of your preview.")
    if job.state is not JobState.frozen:
        raise Problem(f"Job {job.id} is {job.state.value}: it does not wait for a confirmation. Ask for a new preview.")
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
    def _job(self) -> Job:
        assert self.job is not None
        return self.job

    @property
    def _repeated(self) -> Mapping[str, Any]:
        tool = self.invocation.arguments
        return {**({"verb": tool["verb"]} if "verb" in tool else {}), "job_id": self._job.id}

    def _next_step(self) -> str:
        return f"{super()._next_step()} Repeat it as job_id {self._job.id}, without what selected the contacts."

    async def agreed(self, by: str) -> Change:
        """Carry it out for somebody who agreed outside the protocol; `by` says how, for the journal."""
        return await self._carried_out(Confirmed(by))

    async def _carried_out(self, confirmed: Confirmed) -> Change:
        invocation, profile, job = self.invocation, self.invocation.profile, self._job
        if profile.mode is Mode.dry_run:
            what = f"DRY RUN: nothing was sent. Job {job.id} would {job.title}."
            return Change(status="dry_run", what=what, notes=invocation.notes())
        admission = Admission(
            profile.breaker_of_jobs,
            profile.confirmation,
            invocation.caller.key,
            job.means.destroys,
            begun=False,
            code=confirmed.code,
            rows=job.total,
        )
        try:
            await profile.jobs.ledger.start(job, confirmed, admission)
        except LimitReached as reached:
            raise limit_problem(reached, profile.zone) from reached
        note_change()
        profile.wake_jobs()
        progress = await watched(invocation, profile.jobs, job.id)
        return told(invocation, progress)


async def watched(invocation: Invocation, worker: "Worker", number: int, seconds: float = WAITED) -> Progress:
    """How far a job is as soon as it stands still, or after so many seconds."""
    until = time.monotonic() + seconds
    while True:
        progress = await worker.ledger.progress(number)
        if progress.job.state is not JobState.running or time.monotonic() >= until:
            return progress
        if invocation.report is not None:
            await invocation.report(progress.finished, None, f"{progress.finished} of {progress.job.total} rows")
        await asyncio.sleep(_LOOK)


def told(invocation: Invocation, progress: Progress) -> Change:
    """What became of a job so far."""
    job = progress.job
    status, next_step = _NEXT[job.state]
    return LongChange(
        status=status,
        what=f"Job {job.id} ({job.title}): {in_words(progress).removesuffix('.')}.",
        after={"job_id": job.id, "rows": job.total, **counted_rows(progress)},
        next_step=next_step,
        notes=invocation.notes(),
    )


_NEXT: Mapping[JobState, tuple[Literal["running", "paused", "cancelled", "done"], str]] = {
    JobState.running: ("running", "It goes on by itself, also without this chat. Show the job to see how far it is."),
    JobState.paused: ("paused", "It waits: resume or cancel the job."),
    JobState.cancelled: ("cancelled", "What is done stays done. Its changes can be undone as one."),
    JobState.done: (
        "done",
        "Show the job for the rows that were left out or failed. Its changes can be undone as one.",
    ),
}
_STATES = {
    JobState.frozen: "not confirmed yet, ",
    JobState.running: "running, ",
    JobState.paused: "paused, ",
    JobState.cancelled: "cancelled, ",
}


def counted_rows(progress: Progress) -> dict[str, int]:
    """How many rows ended how; those that are not finished last."""
    counts = {state.value: progress.counts.get(state, 0) for state in RowState if state not in OPEN}
    rest = progress.job.total - progress.finished
    return {**{name: count for name, count in counts.items() if count}, **({"to_do": rest} if rest else {})}


def in_words(progress: Progress) -> str:
    """`43 of 43 rows finished: 40 done, 3 left out`."""
    words = {"left": "left out", "unknown": "with unknown outcome"}
    counts = [f"{n} {words.get(name, name)}" for name, n in counted_rows(progress).items() if name != "to_do"]
    state = _STATES.get(progress.job.state, "")
    why = f"; {progress.job.why}" if progress.job.why else ""
    rows = f"{progress.finished} of {progress.job.total} rows finished"
    return f"{state}{rows}{': ' if counts else ''}{', '.join(counts)}{why}"


def _written(invocation: Invocation, values: Mapping[str, Any]) -> list[str]:
    """What is written into each contact, and what is emptied."""
    language, present = invocation.profile.language(None), invocation.present.nameless
    fields = {info.wire: info for info in Contact.fields()}
    filled = [f"{name}: {present.value(fields[name], value)}" for name, value in values.items() if value != ""]
    emptied = [name for name, value in values.items() if value == ""]
    sentences = [_FILLED.text(language).format(values="; ".join(filled))] if filled else []
    return [*sentences, *([_EMPTIED.text(language).format(fields=", ".join(emptied))] if emptied else [])]


def _step(verb: ManyVerb, view: ContactView, values: Mapping[str, Any]) -> Step:
    contact: Contact = view.contact
    request = Request(f"{verb}_contact", {"contact_id": contact.id})
    if verb == "update":
        request = Request("update_contact", {"values": {**values, "ID": contact.id}})
    bound = {"lock": (), "update": tuple(values)}.get(verb)
    return Step(verb=verb, kind="contact", label=view.label(), request=request, contact=contact, bound_fields=bound)
