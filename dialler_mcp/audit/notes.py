"""Notes that an invocation leaves for the audit log: facts that its answer does not show."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Notes:
    """Whether a change was sent to the dialler, and whether the tool failed through a defect."""

    sent: bool = False
    crashed: bool = False


_current: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def taking_notes() -> Generator[Notes]:
    """The notes of one invocation."""
    notes = Notes()
    token = _current.set(notes)
    try:
        yield notes
    finally:
        _current.reset(token)


def note_change() -> None:
    """A change is being sent."""
    if notes := _current.get():
        notes.sent = True


def note_crash() -> None:
    """The tool failed through a defect."""
    if notes := _current.get():
        notes.crashed = True
