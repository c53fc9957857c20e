"""Where a contact stands: it can be dialled, or what keeps it from that, as one word that makes counts add up."""

from datetime import UTC, datetime, tzinfo
from enum import StrEnum, auto

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.contact_state import State, phone_slots
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.times import local


class Standing(StrEnum):
    """The first of these that holds, in this order; `free` is what is left to dial."""

    final = auto()
    locked = auto()
    no_number = auto()
    all_invalid = auto()
    hidden = auto()
    over = auto()
    not_begun = auto()
    later = auto()
    free = auto()

    def text(self, language: Language) -> str:
        return _WORDS[self].text(language)


_WORDS = {
    Standing.final: Words("final result", "endgültiges Ergebnis"),
    Standing.locked: Words("locked", "gesperrt"),
    Standing.no_number: Words("no phone number", "keine Rufnummer"),
    Standing.all_invalid: Words("all numbers invalid", "alle Rufnummern ungültig"),
    Standing.hidden: Words("current result not visible", "aktuelles Ergebnis nicht sichtbar"),
    Standing.over: Words("campaign is over", "Kampagne ist beendet"),
    Standing.not_begun: Words("campaign has not begun", "Kampagne hat nicht begonnen"),
    Standing.later: Words("waiting for a later time", "wartet auf einen späteren Zeitpunkt"),
    Standing.free: Words("can be dialled now", "jetzt wählbar"),
}


def standing(contact: Contact, state: State, campaign: Campaign | None, now: datetime, zone: tzinfo) -> Standing:
    """Where a contact stands at `now`. Without its campaign, the dates of that are not looked at."""
    moment = now.astimezone(UTC)
    slots = list(phone_slots(contact))
    due = [local(time, zone) for time in (contact.dt_next_try, contact.follow_up_date_time) if time]
    begins, ends = (campaign.dt_from, campaign.dt_to) if campaign else (None, None)
    holds = {
        Standing.final: state.final,
        Standing.locked: contact.b_locked is True,
        Standing.no_number: not slots,
        Standing.all_invalid: all(slot.invalid for slot in slots),
        Standing.hidden: state is State.unknown,
        Standing.over: ends is not None and local(ends, zone) < moment,
        Standing.not_begun: begins is not None and local(begins, zone) > moment,
        Standing.later: any(time > moment for time in due),
    }
    return next((reason for reason, true in holds.items() if true), Standing.free)
