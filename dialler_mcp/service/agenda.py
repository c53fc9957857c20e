"""Agreed callbacks among contacts that pass by, for the tool that lists them and the prompt that plans them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Generic, NamedTuple, TypeVar

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import Callback, Due, Kind, when_due
from dialler_mcp.domain.times import local
from dialler_mcp.service.listing import Smallest
from dialler_mcp.words import Words

T = TypeVar("T")
NEVER = 10**12 - 1  # seconds; where no time is set: behind every time
_REDIALS = Words(
    "Automatic redials, which nobody agreed: {count}, {due} of them due now",
    "Wahlwiederholungen, die niemand vereinbart hat: {count}, davon jetzt fällig: {due}",
)


class Entry(NamedTuple, Generic[T]):
    """A callback with its position in the order of all (due time, then contact ID), and what it is shown from."""

    position: int
    callback: Callback
    item: T


@dataclass
class Agenda(Generic[T]):
    """Counts callbacks by when they are due and by kind, and keeps those that are due first. Automatic redials are
    counted beside them.

    `first` holds, by when they are due, the entries that are kept; all others are only counted. `after`: the position
    behind which entries are kept.
    """

    now: datetime
    zone: tzinfo
    first: Mapping[Due, Smallest[Entry[T]]]
    after: int | None = None
    counts: Counter[tuple[Due, Kind]] = field(default_factory=Counter[tuple[Due, Kind]])
    redials: Counter[Due] = field(default_factory=Counter[Due])

    def add(self, contact: Contact, callback: Callback, item: T) -> None:
        due = when_due(callback.due, self.now, self.zone)
        self.counts[due, callback.kind] += 1
        position = _position(callback.due, contact.id, self.zone)
        if due in self.first and (self.after is None or position > self.after):
            self.first[due].offer(position, Entry(position, callback, item))

    def add_redial(self, contact: Contact) -> None:
        self.redials[when_due(contact.dt_next_try, self.now, self.zone)] += 1

    def redials_in_words(self, language: Language) -> str:
        """`Automatic redials, which nobody agreed: 20, 3 of them due now`."""
        due = self.redials[Due.overdue]
        return _REDIALS.text(language).format(count=self.redials.total(), due=due)

    def total(self, *dues: Due) -> int:
        """How many callbacks are due so."""
        return sum(count for (due, _), count in self.counts.items() if due in dues)


def _position(due: datetime | None, contact_id: int, zone: tzinfo) -> int:
    """Where a callback stands: by its time, then by ID; without a time at the end."""
    seconds = NEVER if due is None else max(0, int(local(due, zone).timestamp()))
    return seconds * 10**10 + contact_id
