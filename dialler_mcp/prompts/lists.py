"""What the prompts are about that list contacts of a campaign; `contacts.py` says how such a function works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.standing.callbacks import Due, callback_of, is_redial
from dialler_mcp.domain.times import shown_bare
from dialler_mcp.prompts.campaigns import MAX_NAME, Ground, find_campaign, survey
from dialler_mcp.prompts.contacts import MAX_ROWS, ROOM, Inquiry, Section, section
from dialler_mcp.service.agenda import Agenda, Entry
from dialler_mcp.service.listing import Smallest
from dialler_mcp.service.present import ContactView


@dataclass(frozen=True)
class Callbacks:
    """The agreed callbacks of a campaign by time; what is later, has no time or is an automatic redial is counted."""

    ground: Ground
    zone: str
    overdue: Section
    today: Section
    week: Section
    later: int
    untimed: int
    redials: str


async def callback_plan(inquiry: Inquiry, campaign: str) -> Callbacks:
    """The agreed callbacks of a campaign: overdue, for the rest of today, for the 7 days after it."""
    record = await find_campaign(inquiry, campaign)
    first = {due: Smallest[Entry[ContactView]](MAX_ROWS) for due in (Due.overdue, Due.today, Due.week)}
    agenda = Agenda(inquiry.now(), inquiry.zone, first)

    def see(view: ContactView) -> None:
        state = state_of(view.contact, view.code)
        if callback := callback_of(view.contact, state):
            agenda.add(view.contact, callback, view)
        elif is_redial(view.contact, state):
            agenda.add_redial(view.contact)

    ground = await survey(inquiry, record, see)
    sections = [_due_section(inquiry, entries.items(), agenda.total(due)) for due, entries in first.items()]
    return Callbacks(
        ground,
        str(inquiry.profile.zone),
        *sections,
        later=agenda.total(Due.later),
        untimed=agenda.total(Due.none),
        redials=agenda.redials_in_words(inquiry.language),
    )


_CALLBACK_COLUMNS = ("due", "ID", "UserData", "name", "state", "agent", "number", "attempts", "locked")


def _due_section(inquiry: Inquiry, entries: Sequence[Entry[ContactView]], total: int) -> Section:
    rows = [_callback_row(entry.callback.due, entry.item) for entry in entries]
    return section(inquiry.language, _CALLBACK_COLUMNS, rows, total=total, room=ROOM // 3)


def _callback_row(due: datetime | None, view: ContactView) -> list[Any]:
    values, contact = view.computed(), view.contact
    return [
        shown_bare(due, view.present.zone) if due else None,
        contact.id,
        view.present.user_data(contact.user_data)[:MAX_NAME],
        values["name"][:MAX_NAME],
        values["state"],
        view.present.text(contact.follow_up_users_uid)[:MAX_NAME],
        (view.first_number() or "")[:20],
        values["attempts"] or None,
        values["locked"],
    ]
