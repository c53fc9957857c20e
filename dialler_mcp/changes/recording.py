"""A change with its entry in the journal around it: there before the request leaves, finished with what came of it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import msgspec
from anyio.lowlevel import checkpoint_if_cancelled

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import (
    BadAddress,
    BadRequest,
    Conflict,
    DiallerError,
    FunctionMissing,
    NotFound,
    Unauthorized,
    UnexpectedStatus,
    Unreachable,
)
from dialler_mcp.changes import images
from dialler_mcp.changes.intent import Intent
from dialler_mcp.changes.journal import Entry, Journal, Kind, Status
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import AcdEvent, Campaign, Contact, ContactDetails
from dialler_mcp.state.store import StateError

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

# After these the change surely did not happen. A dialler that fails internally may have made a part of it.
NOT_DONE = (BadAddress, BadRequest, Conflict, FunctionMissing, NotFound, Unauthorized, UnexpectedStatus, Unreachable)
_REQUEST_TIMEOUT = 408  # of a proxy, which may have passed the request on
CANCELLED = "The call was cancelled while its request was under way."
NOT_SENT = "The call was cancelled before its request was sent."
DEFECT = "The call failed through a defect of dialler-mcp while its request was under way."
UNFINISHED = "The change was made, but the journal could not note that: there it reads as unknown. {why}."


@dataclass
class Recording:
    """The changes that one call makes: who made them and how they were confirmed."""

    journal: Journal
    dialler: Dialler
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: str = ""
    confirmed_by: str = ""
    remarks: list[str] = field(default_factory=list[str])
    """What the answer should say about the journal."""
    numbers: list[int] = field(default_factory=list[int])
    """The entries made so far."""

    async def change(
        self, intent: Intent, send: Callable[[], Awaitable[T]], admit: Callable[["Connection"], None] | None = None
    ) -> T:
        """What `send` gives. `admit` belongs to the entry: what it raises prevents entry and change.

        Raises:
            StateError: the change cannot be remembered; nothing was sent.
        """
        number = await _whole(self._begin(intent, admit))  # an entry that is half written would say less than the truth
        try:
            await checkpoint_if_cancelled()
        except BaseException:
            await self._finish(number, "failed", result=NOT_SENT)
            raise
        try:
            result = await send()
        except DiallerError as error:
            sure = isinstance(error, NOT_DONE) and error.status != _REQUEST_TIMEOUT
            await self._finish(number, "failed" if sure else "unknown", result=str(error))
            raise
        except Exception:
            await self._finish(number, "unknown", result=DEFECT)
            raise
        except BaseException:
            await self._finish(number, "unknown", result=CANCELLED)
            raise
        await self._finish(number, "done", **_outcome(result))
        return result

    async def note_after(self, record: Record) -> None:
        """The record as it was read after the last change of this call."""
        if self.numbers:
            with suppress(StateError):  # it helps a reader of the journal; the change itself is noted
                await self.journal.note_after(self.numbers[-1], record)

    async def _begin(self, intent: Intent, admit: Callable[["Connection"], None] | None) -> int:
        record, before, archive = intent.record, None, None
        if isinstance(record, Contact):
            before = await images.of_contact(self.dialler, record)
        elif isinstance(record, Campaign):
            before = record
            archive = await images.archive_campaign(self.dialler, record, self.journal.archives)
        try:
            number = await self.journal.begin(self._entry(intent, before), archive, admit)
        except BaseException:
            if archive is not None:
                archive.unlink(missing_ok=True)
            raise
        self.numbers.append(number)
        return number

    def _entry(self, intent: Intent, before: ContactDetails | Campaign | None) -> Entry:
        contact = before if isinstance(before, Contact) else None
        campaign = before.id if isinstance(before, Campaign) else contact.dialler_campaigns_id if contact else None
        return Entry(
            dialler=self.journal.dialler,
            began=self.journal.now(),
            tool=self.tool,
            verb=intent.verb,
            kind=_kind(intent),
            label=intent.label,
            contact_id=contact.id if contact else None,
            campaign_id=campaign,
            caller=self.caller,
            reason=self.arguments.get("reason"),
            confirmed_by=self.confirmed_by,
            arguments={n: v for n, v in self.arguments.items() if v is not None and n not in ("confirm", "reason")},
            before=None if before is None else msgspec.Raw(msgspec.json.encode(before)),
            undoes=intent.undoes,
        )

    async def _finish(self, number: int, status: Status, **found: Any) -> None:
        try:
            await _whole(self.journal.finish(number, status, **found))
        except StateError as error:  # what happened, happened; the entry stays as one that only begun
            self.remarks.append(UNFINISHED.format(why=error.why))


async def _whole(work: Awaitable[T]) -> T:
    """What `work` gives, even while the call is cancelled."""
    with anyio.CancelScope(shield=True):
        return await work
    raise AssertionError  # a shielded scope is not left early


def _kind(intent: Intent) -> Kind:
    if intent.verb == "create":
        return "event"
    return "campaign" if intent.verb == "clone" or isinstance(intent.record, Campaign) else "contact"


def _outcome(result: object) -> dict[str, Any]:
    """What the answer to a change tells about its record."""
    if isinstance(result, Contact):
        return {"after": result, "contact_id": result.id, "campaign_id": result.dialler_campaigns_id}
    if isinstance(result, Campaign):
        return {"after": result, "campaign_id": result.id}
    return {"after": result} if isinstance(result, AcdEvent) else {}
