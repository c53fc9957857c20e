"""What is checked before a change is sent: read-only mode, limits, confirmation."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from dialler_mcp.changes.confirmation import Confirmation
from dialler_mcp.changes.limits import DAY, HOUR, MINUTE, Breaker, LimitReached
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

READ_ONLY = "Nothing was sent: nothing may be changed here (DIALLER_READ_ONLY, DIALLER_ROLE)."
_WINDOWS = {MINUTE: "a minute", HOUR: "an hour", DAY: "24 hours"}


@dataclass(frozen=True)
class Confirmed:
    """How a plan was confirmed: `code` is used up by its first request; `reason` is kept with it."""

    by: str = "none needed"
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Admission:
    """The checks of a request, in the transaction that remembers it: the limits hold, its confirmation is unused.

    A job is admitted as a whole, with as many `rows` as it has.

    Once its plan has `begun`, no limit stops an undo, or a step that follows another, halfway.
    """

    breaker: Breaker
    confirmation: Confirmation
    caller: str
    destroys: bool
    begun: bool
    code: str | None
    rows: int = 1

    def __call__(self, connection: "Connection") -> None:
        """Count the request and use up its confirmation.

        Raises:
            LimitReached, NotConfirmed: it must not be sent; nothing is counted or used up.
        """
        self.breaker.admit(connection, self.caller, destroys=self.destroys, begun=self.begun, rows=self.rows)
        if self.code is not None:
            self.confirmation.use(connection, self.code)


def limit_problem(reached: LimitReached, zone: tzinfo) -> Problem:
    """The error for a change that a limit stops."""
    limit = reached.limit
    what = "deletions and overwriting imports" if limit.destructive else "changed rows" if limit.rows else "changes"
    until = ""
    if math.isfinite(reached.until):  # to the minute, and by then there is room
        until = f" until {shown(datetime.fromtimestamp(math.ceil(reached.until / 60) * 60, UTC), zone)}"
    return Problem(
        f"Nothing was sent. The limit of {limit.most} {what} within {_WINDOWS[limit.seconds]} is reached{until}. "
        f"Tell the person; do not try another way. Only a person can raise it: {limit.setting}."
    )
