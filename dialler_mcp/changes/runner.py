"""Carries plans out, for one contact or for many: compare with the record as it is, count, journal, send, read back.

    (plan, caller, confirmation) → Run: what came of each step

It knows no MCP and asks nobody: its caller must have had the plan confirmed.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Any, Literal

import msgspec

from dialler_mcp.api import requests
from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError, OutcomeUnknown
from dialler_mcp.api.requests import ChangeHeld
from dialler_mcp.audit.notes import note_change
from dialler_mcp.changes.comparing import check_answer, compare, twins
from dialler_mcp.changes.confirmation import Confirmation
from dialler_mcp.changes.effects import STILL_THERE
from dialler_mcp.changes.gate import READ_ONLY, Admission, Approval, limit_problem
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.journal import Journal
from dialler_mcp.changes.limits import Breaker, LimitReached
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.changes.recording import Recording
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.records import AcdEvent, Campaign, Contact
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

TWINS = Words(
    "Another contact got the same UserData at the same time (ID {ids}): this person may be called twice. Look at both, "
    "and delete or lock one.",
    "Ein anderer Kontakt bekam zur selben Zeit dasselbe UserData (ID {ids}): Diese Person kann doppelt angerufen "
    "werden. Sehen Sie sich beide an, und löschen oder sperren Sie einen.",
)
MAX_TWINS = 5
READ_BACK = ("lock", "unlock", "reset")
"""The verbs whose answers do not show the record."""


class Mode(StrEnum):
    """Whether changes are sent."""

    send = "send"
    dry_run = "dry_run"
    read_only = "read_only"


@dataclass
class Outcome:
    """What came of a step.

    `after` is the record afterwards, None when it is gone or could not be read; `unread` says why. `request` is what a
    dry run did not send.
    """

    step: Step
    status: Literal["done", "failed", "held"]
    after: Contact | Campaign | AcdEvent | None = None
    problem: Problem | None = None
    unread: DiallerError | None = None
    request: requests.Request | None = None


@dataclass
class Run:
    """What came of the steps of a plan, as far as it went; `remarks` is what an answer should say about the journal,
    `changes` the numbers of its entries there.
    """

    plan: Plan
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    remarks: list[Words] = field(default_factory=list[Words])
    changes: list[int] = field(default_factory=list[int])

    @property
    def first(self) -> Outcome:
        """What came of the first step."""
        return self.outcomes[0]


@dataclass(frozen=True)
class Runner:
    """Carries plans out on one dialler.

    `forget_copies(campaign_id)` drops the local copies that hold a deleted record.
    """

    dialler: Dialler
    journal: Journal
    breaker: Breaker
    confirmation: Confirmation
    zone: tzinfo
    mode: Mode
    forget_copies: Callable[[int | None], Awaitable[None]]

    async def run(self, plan: Plan, caller: Caller, consent: Approval) -> Run:
        """Carry the plan out.

        A failure ends the run, unless the step that failed follows another. A failure of the first step is raised; a
        later one is noted in its outcome, beside what was done before.

        Raises:
            Problem: the first step was not sent, or failed; says which of the two, and what to do.
        """
        if self.mode is Mode.read_only:
            raise Problem(READ_ONLY)
        run = Run(plan)
        recording = Recording(self.journal, plan, caller, consent, run.remarks, run.changes)
        for number, step in enumerate(plan.steps):
            admission = Admission(
                self.breaker,
                self.confirmation,
                caller.key,
                step.destroys,
                begun=number > 0 and (step.follows is not None or plan.undoes is not None),
                code=consent.code if number == 0 else None,
            )
            try:
                if self.mode is Mode.dry_run:
                    run.outcomes.append(await self._rehearsed(step, admission))
                    return run
                run.outcomes.append(await self._carried_out(step, run, recording, admission))
            except Problem as problem:
                error = limit_problem(problem, self.zone) if isinstance(problem, LimitReached) else problem
                if number == 0:
                    raise error from problem.__cause__
                run.outcomes.append(Outcome(step, "failed", problem=error))
                if step.follows is None:
                    break
        return run

    async def _carried_out(self, step: Step, run: Run, recording: Recording, admission: Admission) -> Outcome:
        if step.follows is not None:
            step = _following(step, run.outcomes[step.follows])
        image = await Image.of(self.dialler, step, self.journal.archives, self.journal.now())
        try:
            if step.follows is None:
                await compare(self.dialler, step, image, self.zone)
        except BaseException:
            image.discard()
            raise

        async def leave() -> Any:
            note_change()
            sent_at = self.journal.now()
            answer = await send(self.dialler, step.request)
            check_answer(step, answer, sent_at, self.zone)
            await self._check_gone(step)
            return answer

        answer = await recording.change(step, image, leave, admission)
        outcome = Outcome(step, "done", after=answer)
        if step.verb in READ_BACK and step.contact is not None and step.follows is None:
            await self._read_back(outcome, step.contact.id, recording)
        if step.verb == "import":
            await self._look_for_twins(step, answer, recording)
        if step.verb == "delete" and (record := step.record) is not None:
            await self.forget_copies(record.dialler_campaigns_id if isinstance(record, Contact) else record.id)
        return outcome

    async def _check_gone(self, step: Step) -> None:
        """Whether what was deleted is gone; where that cannot be read, the dialler's word is taken.

        Raises:
            OutcomeUnknown: it is there still.
        """
        if step.verb != "delete" or step.record is None:
            return
        read = self.dialler.get_contact if step.contact else self.dialler.get_campaign
        try:
            await read(step.record.id)
        except DiallerError:
            return
        raise OutcomeUnknown(step.request.function, status=200, summary=STILL_THERE)

    async def _read_back(self, outcome: Outcome, contact_id: int, recording: Recording) -> None:
        """Add the record as it is now to outcome and journal; if it cannot be read, the change is done all the same."""
        try:
            outcome.after = await self.dialler.get_contact(contact_id)
        except DiallerError as error:
            outcome.unread = error
        else:
            await recording.note_after(outcome.after)

    async def _look_for_twins(self, step: Step, answer: object, recording: Recording) -> None:
        """Note that somebody else imported the same key at the same time, and say so; the import is done all the
        same."""
        with suppress(DiallerError):
            if ids := await twins(self.dialler, step, answer):
                remark = TWINS.filled(ids=", ".join(map(str, ids[:MAX_TWINS])))
                recording.remarks.append(remark)
                await recording.note_result(remark)

    async def _rehearsed(self, step: Step, admission: Admission) -> Outcome:
        """The request of a step in a dry run, which the client holds back. It is counted apart from real changes."""
        await self.journal.store.run(replace(admission, caller=f"{admission.caller} (dry run)"))
        try:
            await send(self.dialler, step.request)
        except ChangeHeld as error:
            return Outcome(step, "held", request=error.request)
        raise AssertionError("a change has left in a dry run")


async def send(dialler: Dialler, request: Request) -> Any:
    """Send what the request names; the answer of that documented function."""
    return await getattr(dialler, request.function)(**request.arguments)


def _following(step: Step, before: Outcome) -> Step:
    """The step, about the record that the step before it made."""
    assert isinstance(before.after, Contact)
    return msgspec.structs.replace(step, contact=before.after, request=step.request.about(before.after.id))
