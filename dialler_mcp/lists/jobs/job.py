"""A job and its rows, as a reader knows them.

    draft → frozen → running ⇄ paused → done
                         ↘ cancelled

A row is `new` until its request is about to leave (`begun`, committed before). Then it is `done`, `failed` (surely did
not happen) or `unknown`; `left` was not sent, because what it was decided on has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import msgspec

from dialler_mcp.changes.plan import Step, Verb
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

_NO_ROWS = Words(
    "There is nobody to change: nobody is in this selection. Give another one.",
    "Zu ändern ist niemand: Zu dieser Auswahl gehört kein Kontakt. Wählen Sie anders aus.",
)


class NobodySelected(Problem):
    """There is nobody to change."""

    def __init__(self) -> None:
        super().__init__(_NO_ROWS)


class JobState(StrEnum):
    """What a job is doing."""

    draft = "draft"
    frozen = "frozen"
    running = "running"
    paused = "paused"
    cancelled = "cancelled"
    done = "done"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobState.cancelled, JobState.done)


class RowState(StrEnum):
    """What came of a row."""

    new = "new"
    begun = "begun"
    done = "done"
    failed = "failed"
    unknown = "unknown"
    left = "left"


STATES = {
    JobState.draft: Words("draft", "Entwurf"),
    JobState.frozen: Words("frozen", "noch nicht bestätigt"),
    JobState.running: Words("running", "läuft"),
    JobState.paused: Words("paused", "angehalten"),
    JobState.cancelled: Words("cancelled", "abgebrochen"),
    JobState.done: Words("done", "fertig"),
}
ROW_STATES = {
    RowState.new: Words("new", "noch offen"),
    RowState.begun: Words("begun", "begonnen"),
    RowState.done: Words("done", "ausgeführt"),
    RowState.failed: Words("failed", "gescheitert"),
    RowState.unknown: Words("unknown", "Ausgang unbekannt"),
    RowState.left: Words("left", "ausgelassen"),
}
OPEN = (RowState.new, RowState.begun)
"""The states of rows that are not finished."""


JobVerb = Verb | Literal["undo"]
"""What a job does to each of its rows; an undo does what each of them needs."""


class JobMeaning(msgspec.Struct, frozen=True):
    """What a job means, as it was confirmed: `reopens` what is final, `destroys` what cannot be given back."""

    consequences: tuple[str, ...] = ()
    reopens: bool = False
    destroys: bool = False


@dataclass(frozen=True)
class Draft:
    """A job before it is kept: `verb` is what is done to each row, `title` says all of it in one line, `undoes`
    is the job that it takes back.
    """

    verb: JobVerb
    title: str
    tool: str
    caller: Caller
    means: JobMeaning = field(default_factory=JobMeaning)
    undoes: int | None = None


@dataclass(frozen=True)
class Job:
    """A job. Times are seconds since 1970; `digest` is that of all rows in order; `why` says why it was paused."""

    id: int
    verb: JobVerb
    title: str
    tool: str
    caller: Caller
    state: JobState
    total: int
    digest: str
    means: JobMeaning
    created: float
    began: float | None = None
    ended: float | None = None
    why: str | None = None
    wish: str | None = None
    reason: str | None = None
    confirmed_by: str | None = None
    undoes: int | None = None
    held: bool = False
    """Whether some process works on it at this moment."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Job":
        """The job in a row of the state."""
        names = ("id", "verb", "title", "tool", "total", "digest", "created", "began", "ended", "why", "wish", "reason")
        return cls(
            **{name: row[name] for name in names},
            caller=Caller(row["caller"], row["subject"], Role(row["role"])),
            state=JobState(row["state"]),
            means=msgspec.json.decode(row["means"], type=JobMeaning),
            confirmed_by=row["confirmed_by"],
            undoes=row["undoes"],
            held=row["owner"] is not None and row["until"] >= row["now"],
        )


@dataclass(frozen=True)
class JobRow:
    """One row. `tries` counts how often its request was begun, `change` is its entry in the journal."""

    number: int
    state: RowState
    step: Step
    tries: int = 0
    contact_id: int | None = None
    change: int | None = None
    why: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "JobRow":
        """The row in a row of the state."""
        names = ("number", "tries", "contact_id", "change", "why")
        step = msgspec.json.decode(row["step"], type=Step)
        return cls(**{name: row[name] for name in names}, state=RowState(row["state"]), step=step)


@dataclass(frozen=True)
class Progress:
    """A job with how many of its rows are in each state."""

    job: Job
    counts: Mapping[RowState, int]

    @property
    def finished(self) -> int:
        """How many rows are finished, however they ended."""
        return self.job.total - sum(self.counts.get(state, 0) for state in OPEN)
