"""What is checked before a change is sent: read-only mode, limits, confirmation."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from dialler_mcp.changes.confirmation import Confirmation
from dialler_mcp.changes.limits import DAY, HOUR, MINUTE, Breaker, LimitReached
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem
from dialler_mcp.words import NOTHING, Words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

READ_ONLY = Words(
    "Nothing was sent: nothing may be changed here (DIALLER_READ_ONLY, DIALLER_ROLE).",
    "Es wurde nichts gesendet: Hier darf nichts geändert werden (DIALLER_READ_ONLY, DIALLER_ROLE).",
)
_WINDOWS = {
    MINUTE: Words("a minute", "einer Minute"),
    HOUR: Words("an hour", "einer Stunde"),
    DAY: Words("24 hours", "24 Stunden"),
}
_DESTROYED = Words("deletions and overwriting imports", "Löschungen und überschreibenden Importen")
_ROWS, _CHANGES = Words("changed rows", "geänderten Zeilen"), Words("changes", "Änderungen")
_REACHED = Words(
    "Nothing was sent. The limit of {most} {what} within {window} is reached{until}. Tell the person; do not try "
    "another way. Only a person can raise it: {setting}.",
    "Es wurde nichts gesendet. Die Grenze von {most} {what} in {window} ist erreicht{until}. Sagen Sie es der Person, "
    "und versuchen Sie keinen anderen Weg. Nur ein Mensch kann sie anheben: {setting}.",
)
_UNTIL = Words(" until {time}", " bis {time}")


CONFIRMED_BY = {
    "none needed": Words("none needed", "nicht nötig"),
    "elicitation": Words("elicitation", "Rückfrage"),
    "phrase": Words("phrase", "Satz der Vorschau"),
    "card": Words("card", "Karte"),
    "terminal": Words("a person at the terminal", "Person am Terminal"),
    "--yes": Words("--yes at the terminal", "--yes am Terminal"),
}
"""How a change was confirmed, as the journal keeps it and as it is shown."""


@dataclass(frozen=True)
class Approval:
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


def limit_problem(error: LimitReached, zone: tzinfo) -> Problem:
    """The error for a change that a limit stops."""
    limit = error.limit
    what = _DESTROYED if limit.destructive else _ROWS if limit.rows else _CHANGES
    until = NOTHING
    if math.isfinite(error.until):  # to the minute, and by then there is room
        time = shown(datetime.fromtimestamp(math.ceil(error.until / 60) * 60, UTC), zone)
        until = _UNTIL.filled(time=time)
    window = _WINDOWS[limit.seconds]
    return Problem(_REACHED.filled(most=limit.most, what=what, window=window, until=until, setting=limit.setting))
