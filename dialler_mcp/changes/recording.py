"""Writes the journal entry of a change: begun before the request leaves, finished with the result."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import msgspec
from anyio.lowlevel import checkpoint_if_cancelled

from dialler_mcp.api.errors import (
    BadAddress,
    BadRequest,
    Conflict,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NotDialler,
    NotFound,
    ProxyRefused,
    TooMany,
    Unauthorized,
    UnexpectedStatus,
    Unreachable,
)
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.journal import Entry, Journal, Status
from dialler_mcp.changes.plan import Plan, Step
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import AcdEvent, Campaign, Contact
from dialler_mcp.state.store import StateError
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

T = TypeVar("T")

_NOT_DONE = (
    BadAddress,
    BadRequest,
    Conflict,
    Forbidden,
    FunctionMissing,
    NotDialler,
    NotFound,
    ProxyRefused,
    TooMany,
    Unauthorized,
    UnexpectedStatus,
    Unreachable,
)
_REQUEST_TIMEOUT = 408  # of a proxy, which may have passed the request on
CANCELLED = Words(
    "It was cancelled while its request was under way.", "Sie wurde abgebrochen, während ihre Anfrage unterwegs war."
)
NOT_SENT = Words(
    "It was cancelled before its request was sent.", "Sie wurde abgebrochen, bevor ihre Anfrage gesendet war."
)
DEFECT = Words(
    "It failed through a defect of dialler-mcp while its request was under way.",
    "Sie scheiterte an einem Fehler von dialler-mcp, während ihre Anfrage unterwegs war.",
)
UNFINISHED = Words(
    "The change was made, but the journal could not note that: there it reads as unknown. {why}.",
    "Die Änderung ist ausgeführt, aber das Journal konnte das nicht festhalten: Dort steht sie als unbekannt. {why}.",
)


def surely_not_done(error: DiallerError) -> bool:
    """Whether a change surely did not happen after this error. A dialler that fails internally may have made a part of
    it.
    """
    return isinstance(error, _NOT_DONE) and error.status != _REQUEST_TIMEOUT


@dataclass
class Recording:
    """Writes the journal entries of one plan.

    `remarks` is what an answer should say about the journal; `numbers` are the IDs of the entries made so far.
    """

    journal: Journal
    plan: Plan
    caller: Caller
    consent: Approval
    remarks: list[Words] = field(default_factory=list[Words])
    numbers: list[int] = field(default_factory=list[int])

    async def change(
        self,
        step: Step,
        image: Image,
        send: Callable[[], Awaitable[T]],
        admit: Callable[["Connection"], None] | None = None,
    ) -> T:
        """What `send` gives. `admit` runs in the entry's transaction: if it raises, there is no entry and no change.

        Raises:
            StateError: the change cannot be remembered; nothing was sent.
        """
        number = await _whole(self._begin(step, image, admit))  # a cancellation must not leave half an entry
        try:
            await checkpoint_if_cancelled()
        except BaseException:
            await self._finish(number, "failed", result=NOT_SENT.text(self.journal.language))
            raise
        try:
            result = await send()
        except DiallerError as error:
            await self._finish(
                number, "failed" if surely_not_done(error) else "unknown", result=error.text(self.journal.language)
            )
            raise
        except Exception:
            await self._finish(number, "unknown", result=DEFECT.text(self.journal.language))
            raise
        except BaseException:
            await self._finish(number, "unknown", result=CANCELLED.text(self.journal.language))
            raise
        await self._finish(number, "done", **_outcome(result))
        return result

    async def note_after(self, record: Record) -> None:
        """Add the record as it was read after the last change of this plan."""
        if self.numbers:
            with suppress(StateError):  # it helps a reader of the journal; the change itself is noted
                await self.journal.note_after(self.numbers[-1], record)

    async def note_result(self, words: Words) -> None:
        """What came of the last change beyond its record."""
        with suppress(StateError):
            await self.journal.note_result(self.numbers[-1], words.text(self.journal.language))

    async def _begin(self, step: Step, image: Image, admit: Callable[["Connection"], None] | None) -> int:
        try:
            number = await self.journal.begin(self._entry(step, image), image.archive, admit)
        except BaseException:
            image.discard()
            raise
        self.numbers.append(number)
        return number

    def _entry(self, step: Step, image: Image) -> Entry:
        arguments = {n: v for n, v in self.plan.arguments.items() if v is not None and n not in ("confirm", "reason")}
        undoes = None if self.numbers else self.plan.undoes
        return entry_of(self.journal, self.plan.tool, step, image, self.caller, self.consent, arguments, undoes)

    async def _finish(self, number: int, status: Status, **columns: Any) -> None:
        try:
            await _whole(self.journal.finish(number, status, **columns))
        except StateError as error:  # the change is made all the same; its entry stays begun, and reads as unknown
            self.remarks.append(UNFINISHED.filled(why=error.why))


def entry_of(
    journal: Journal,
    tool: str,
    step: Step,
    image: Image,
    caller: Caller,
    consent: Approval,
    arguments: Mapping[str, Any],
    undoes: int | None = None,
    job: int | None = None,
) -> Entry:
    """The entry of a change whose request is about to leave."""
    before = image.contact or image.campaign
    of_campaign = image.campaign.id if image.campaign else None
    return Entry(
        dialler=journal.dialler,
        began=journal.now(),
        tool=tool,
        verb=step.verb,
        kind=step.kind,
        label=step.label,
        contact_id=image.contact.id if image.contact else None,
        campaign_id=image.contact.dialler_campaigns_id if image.contact else of_campaign,
        caller=caller.client,
        subject=caller.subject,
        role=caller.role.value,
        job=job,
        reason=consent.reason,
        confirmed_by=consent.by,
        arguments=dict(arguments),
        before=None if before is None else msgspec.Raw(msgspec.json.encode(before)),
        undoes=undoes,
    )


async def _whole(work: Awaitable[T]) -> T:
    """What `work` gives, even while the invocation is cancelled."""
    with anyio.CancelScope(shield=True):
        return await work
    raise AssertionError  # a shielded scope is not left early


def _outcome(result: object) -> dict[str, Any]:
    """The columns that the answer to a change fills: the record and its IDs."""
    if isinstance(result, Contact):
        return {"after": result, "contact_id": result.id, "campaign_id": result.dialler_campaigns_id}
    if isinstance(result, Campaign):
        return {"after": result, "campaign_id": result.id}
    return {"after": result} if isinstance(result, AcdEvent) else {}
