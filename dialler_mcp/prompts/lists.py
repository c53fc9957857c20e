"""What the prompts are about that list contacts of a campaign; `contacts.py` says how such a function works."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialler_mcp.domain.contact_state import phone_slots, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing.callbacks import Due, callback_of
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown_bare
from dialler_mcp.prompts.campaigns import LONGEST_NAME, Ground, find_campaign, survey
from dialler_mcp.prompts.contacts import MOST_ROWS, ROOM, Inquiry, Section, section
from dialler_mcp.service.agenda import Agenda, Entry
from dialler_mcp.service.listing import Smallest
from dialler_mcp.service.present import ContactView

MOST_COMPARED = 100_000  # contacts among which duplicates are sought: what that takes stays below 100 MB
MOST_IN_GROUP = 5  # duplicates of one another that are named


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
    first = {due: Smallest[Entry[ContactView]](MOST_ROWS) for due in (Due.overdue, Due.today, Due.week)}
    agenda = Agenda(inquiry.now(), inquiry.zone, first)

    def see(view: ContactView) -> None:
        if callback := callback_of(view.contact, state_of(view.contact, view.code)):
            agenda.add(view.contact, callback, view)

    ground = await survey(inquiry, found, see)
    sections = [_due_section(inquiry, entries.items(), agenda.total(due)) for due, entries in first.items()]
    return Callbacks(ground, str(inquiry.profile.zone), *sections, later=agenda.total(Due.later))


_CALLBACK_COLUMNS = ("due", "ID", "UserData", "name", "state", "agent", "number", "attempts", "locked")


def _due_section(inquiry: Inquiry, entries: Sequence[Entry[ContactView]], total: int) -> Section:
    rows = [_callback_row(entry.callback.due, entry.item) for entry in entries]
    return section(inquiry.language, _CALLBACK_COLUMNS, rows, total=total, room=ROOM // 3)


def _callback_row(due: datetime | None, view: ContactView) -> list[Any]:
    computed, contact = view.computed(), view.contact
    return [
        shown_bare(due, view.present.zone) if due else None,
        contact.id,
        clean(contact.user_data or "")[:LONGEST_NAME],
        computed["name"][:LONGEST_NAME],
        computed["state"],
        clean(contact.follow_up_users_uid or "")[:LONGEST_NAME],
        (view.first_number() or "")[:20],
        computed["attempts"] or None,
        computed["locked"],
    ]


@dataclass(frozen=True)
class Cleanup:
    """What is wrong with a list. `compared` is among how many contacts duplicates were sought."""

    ground: Ground
    all_invalid: Section
    no_number: Section
    same_user_data: Section
    same_number: Section
    no_name: Section
    compared: int


async def list_cleanup(inquiry: Inquiry, campaign: str) -> Cleanup:
    """The contacts of a campaign that cannot be called, are there twice, or have no name."""
    found = await find_campaign(inquiry, campaign)
    invalid, numberless, nameless = _Firsts(), _Firsts(), _Firsts()
    by_key, by_number = _Groups(), _Groups()

    def see(view: ContactView) -> None:
        slots = list(phone_slots(view.contact))
        if not slots:
            numberless.offer(view)
        elif all(slot.invalid for slot in slots):
            invalid.offer(view)
        if not view.name():
            nameless.offer(view)
        by_key.offer(view.contact.user_data or "", view)
        by_number.offer(slots[0].number if slots else "", view)

    ground = await survey(inquiry, found, see)
    present, language = inquiry.profile.present, inquiry.language
    return Cleanup(
        ground,
        invalid.section(language),
        numberless.section(language),
        by_key.section(language, "UserData", lambda key: clean(key)[:LONGEST_NAME]),
        by_number.section(language, "number", lambda number: present.number(number)[:20]),
        nameless.section(language),
        min(ground.read, MOST_COMPARED),
    )


class _Firsts:
    """The first contacts that were offered, and how many there were."""

    COLUMNS = ("ID", "UserData", "name", "state", "attempts", "locked")

    def __init__(self) -> None:
        self._total = 0
        self._rows: list[list[Any]] = []

    def offer(self, view: ContactView) -> None:
        self._total += 1
        if len(self._rows) >= MOST_ROWS:
            return
        computed = view.computed()
        key, name = clean(view.contact.user_data or "")[:LONGEST_NAME], computed["name"][:LONGEST_NAME]
        row = [view.contact.id, key, name, computed["state"], computed["attempts"] or None, computed["locked"]]
        self._rows.append(row)

    def section(self, language: Language) -> Section:
        return section(language, self.COLUMNS, self._rows, total=self._total, room=ROOM // 5)


class _Groups:
    """Contacts that have a key in common, whatever its case; the largest group first."""

    def __init__(self) -> None:
        self._offered = 0
        self._groups: dict[str, tuple[str, list[str]]] = {}  # the key folded, as first spelled, and whose it is

    def offer(self, key: str, view: ContactView) -> None:
        self._offered += 1
        if key.strip() and self._offered <= MOST_COMPARED:
            state = state_of(view.contact, view.code).text(view.language)
            _, labels = self._groups.setdefault(key.strip().casefold(), (key, []))
            labels.append(f"{view.contact.id} {view.name()[:LONGEST_NAME]} ({state})")

    def section(self, language: Language, name: str, shown_key: Callable[[str], str]) -> Section:
        groups = sorted((group for group in self._groups.values() if len(group[1]) > 1), key=lambda g: -len(g[1]))
        rows = [[shown_key(key), len(labels), _some(labels)] for key, labels in groups[:MOST_ROWS]]
        return section(language, (name, "contacts", "which"), rows, total=len(groups), room=ROOM // 5)


def _some(labels: Sequence[str]) -> str:
    more = len(labels) - MOST_IN_GROUP
    return "; ".join(labels[:MOST_IN_GROUP]) + (f"; +{more}" if more > 0 else "")
