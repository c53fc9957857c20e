"""What the prompts are about that list contacts of a campaign; `contacts.py` says how such a function works."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from dialler_mcp.domain.callbacks import DUE, callback_of, when_due
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown_bare
from dialler_mcp.prompts.campaigns import LONGEST_NAME, Ground, find_campaign, survey
from dialler_mcp.prompts.contacts import MOST_ROWS, ROOM, Inquiry, Section, section
from dialler_mcp.service.present import ContactView


@dataclass(frozen=True)
class Callbacks:
    """What was promised and when: appointments and follow-ups of contacts that are not closed, by time."""

    ground: Ground
    zone: str
    overdue: Section
    today: Section
    week: Section
    later: int


async def callback_plan(inquiry: Inquiry, campaign: str) -> Callbacks:
    """The appointments and follow-ups of a campaign: overdue, for the rest of today, for the 7 days after it."""
    found = await find_campaign(inquiry, campaign)
    now, zone = inquiry.now(), inquiry.zone
    earliest = {name: _Earliest() for name in DUE}

    def see(view: ContactView) -> None:
        callback = callback_of(view.contact, state_of(view.contact, view.code))
        if callback and callback.due:
            earliest[when_due(callback.due, now, zone)].offer(local(callback.due, zone), view)

    ground = await survey(inquiry, found, see)
    sections = [earliest[name].section(inquiry) for name in ("overdue", "today", "week")]
    return Callbacks(ground, inquiry.app.settings.timezone, *sections, later=earliest["later"].total)


class _Earliest:
    """The contacts with the earliest times; bounded, however many pass by."""

    COLUMNS = ("due", "ID", "UserData", "name", "state", "agent", "number", "attempts", "locked")

    def __init__(self) -> None:
        self.total = 0
        self._kept: list[tuple[datetime, int, ContactView]] = []

    def offer(self, due: datetime, view: ContactView) -> None:
        self.total += 1
        self._kept.append((due, view.contact.id, view))
        if len(self._kept) > 2 * MOST_ROWS:
            self._kept = self._first()

    def _first(self) -> list[tuple[datetime, int, ContactView]]:
        return sorted(self._kept, key=itemgetter(0, 1))[:MOST_ROWS]

    def section(self, inquiry: Inquiry) -> Section:
        rows = [_callback_row(due, view) for due, _, view in self._first()]
        return section(inquiry.language, self.COLUMNS, rows, total=self.total, room=ROOM // 3)


def _callback_row(due: datetime, view: ContactView) -> list[Any]:
    computed, contact = view.computed(), view.contact
    return [
        shown_bare(due, view.present.zone),
        contact.id,
        clean(contact.user_data or "")[:LONGEST_NAME],
        computed["name"][:LONGEST_NAME],
        computed["state"],
        clean(contact.follow_up_users_uid or "")[:LONGEST_NAME],
        (view.first_number() or "")[:20],
        computed["attempts"] or None,
        computed["locked"],
    ]
