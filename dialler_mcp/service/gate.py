"""What a change passes before it is sent: read-only mode, limits, dry run."""

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from dialler_mcp.api.requests import Call, ChangeHeld
from dialler_mcp.changes.intent import Intent
from dialler_mcp.changes.limits import DAY, HOUR, MINUTE, Breaker, Limit, LimitReached
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import AnswerNow
from dialler_mcp.reporting.errors import CannotForget
from dialler_mcp.service.answers import SANDBOX, Change
from dialler_mcp.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dialler_mcp.service.app import App

DRY_RUN = "DRY RUN: nothing was sent and nothing is changed. To change things, a person unsets DIALLER_DRY_RUN."
MORE = "This is the first request; an undo may need others after it."
_WINDOWS = {MINUTE: "a minute", HOUR: "an hour", DAY: "24 hours"}


def breaker_of(settings: Settings, clock: Callable[[], float]) -> Breaker:
    """The limits of the settings."""
    return Breaker(
        (
            Limit("DIALLER_CHANGES_PER_MINUTE", settings.changes_per_minute, MINUTE),
            Limit("DIALLER_CHANGES_PER_HOUR", settings.changes_per_hour, HOUR),
            Limit("DIALLER_CHANGES_PER_DAY", settings.changes_per_day, DAY),
            Limit("DIALLER_DESTRUCTIVE_PER_HOUR", settings.destructive_per_hour, HOUR, destructive=True),
            Limit("DIALLER_DESTRUCTIVE_PER_DAY", settings.destructive_per_day, DAY, destructive=True),
        ),
        clock,
    )


@dataclass(frozen=True)
class Admission:
    """What a change must pass in the transaction that remembers it: the limits, and that its confirmation is unused.

    An undo may take several requests; once it has `begun`, no limit stops it halfway. `code` is that of the
    confirmation, None where none was needed or an earlier request of the call has used it up.
    """

    app: "App"
    caller: str
    destroys: bool
    begun: bool
    code: str | None

    def __call__(self, connection: "Connection") -> None:
        """Count the change and use up its confirmation.

        Raises:
            LimitReached, Refusal: it must not be sent; nothing is counted or used up.
        """
        self.app.breaker.admit(connection, self.caller, destroys=self.destroys, begun=self.begun)
        if self.code is not None:
            self.app.confirmation.use(connection, self.code)


async def pass_mode(app: "App", intent: Intent, send: Callable[[], Awaitable[object]], admission: Admission) -> None:
    """Go on only where changes are sent. In a dry run the call ends here with what would be sent.

    Raises:
        Problem: nothing may be changed here.
        LimitReached, Refusal, StateError: a dry run is refused as the real one would be.
        AnswerNow: this is a dry run.
    """
    settings = app.settings
    if settings.read_only or settings.role is Role.readonly:  # such a tool is not there; should one be, it ends here
        raise Problem("Nothing was sent: nothing may be changed here (DIALLER_READ_ONLY, DIALLER_ROLE).")
    if settings.dry_run:
        await app.state.run(replace(admission, caller=f"{admission.caller} (dry run)"))  # counted apart
        raise AnswerNow(await _told(app, intent, send))


def refusal(app: "App", reached: LimitReached) -> str:
    """What a call is told that a limit stops."""
    limit = reached.limit
    what = "deletions and overwriting imports" if limit.destructive else "changes"
    until = ""
    if math.isfinite(reached.until):  # to the minute, and by then there is room
        until = f" until {shown(datetime.fromtimestamp(math.ceil(reached.until / 60) * 60, UTC), app.settings.zone)}"
    return (
        f"Nothing was sent. The limit of {limit.most} {what} within {_WINDOWS[limit.seconds]} is reached{until}. "
        f"Tell the person; do not try another way. Only a person can raise it: {limit.setting}."
    )


async def _told(app: "App", intent: Intent, send: Callable[[], Awaitable[object]]) -> Change:
    """What a dry run answers. The client holds changes back, so that sending tells what would be sent."""
    try:
        await send()
    except ChangeHeld as held:
        return Change(
            status="dry_run",
            what=f"{DRY_RUN} It would {intent.verb} {clean(intent.label)}.",
            request=_request(app, held.call),
            notes=[*([SANDBOX] if app.settings.is_sandbox else []), *([MORE] if intent.undoes else [])] or None,
        )
    raise AssertionError("a change has left in a dry run")


def _request(app: "App", call: Call) -> dict[str, Any]:
    """Method, path, query and body, with what privacy hides masked as in a record."""
    request: dict[str, Any] = {"method": call.method, "path": call.path}
    if call.query:
        request["query"] = app.present.sent(call.query)
    if call.content is not None:
        request["body"] = app.present.sent(msgspec.json.decode(call.content, type=dict[str, Any]))
    return request


async def forget_copies(app: "App", intent: Intent) -> None:
    """Who was deleted must not live on in the local copy that reports are made from: that of the campaign goes, too."""
    record = intent.record
    if intent.verb != "delete" or record is None:
        return
    campaign_id = record.dialler_campaigns_id if isinstance(record, Contact) else record.id
    with suppress(
        OSError, CannotForget
    ):  # in use elsewhere; the next reading leaves the deleted out, and the retention ends it
        await app.snapshots.forget([campaign_id] if campaign_id else None)
