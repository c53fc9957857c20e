"""Callbacks: what was agreed with a contact that is not closed, and when it is due."""

from datetime import datetime, tzinfo
from enum import StrEnum, auto
from typing import NamedTuple

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.times import local

DUE = {
    "overdue": Words("overdue", "überfällig"),
    "today": Words("due today", "heute fällig"),
    "week": Words("due in the next 7 days", "in den nächsten 7 Tagen fällig"),
    "later": Words("due later", "später fällig"),
    "none": Words("no time set", "ohne Zeitpunkt"),
}


def when_due(due: datetime | None, now: datetime, zone: tzinfo) -> str:
    """One of the keys of `DUE`: today is what remains of it, the week are the 7 days after it."""
    if due is None:
        return "none"
    at = local(due, zone)
    if at <= now:
        return "overdue"
    days = (at.date() - now.date()).days
    return "today" if days == 0 else "week" if days <= 7 else "later"


class Kind(StrEnum):
    """What was agreed: a date, or that somebody calls again after an interval."""

    appointment = auto()
    follow_up = auto()

    def text(self, language: Language) -> str:
        return _KINDS[self].text(language)

    def counted(self, count: int, language: Language) -> str:
        """`1 appointment`, `2 Termine`."""
        words = _KINDS[self] if count == 1 else _SEVERAL[self]
        return f"{count} {words.text(language)}"


_KINDS = {
    Kind.appointment: Words("appointment", "Termin"),
    Kind.follow_up: Words("follow-up", "Wiedervorlage"),
}
_SEVERAL = {
    Kind.appointment: Words("appointments", "Termine"),
    Kind.follow_up: Words("follow-ups", "Wiedervorlagen"),
}


class Callback(NamedTuple):
    """`due` is as the dialler sent it, None where no time is set; `agent` the UID of whoever is to call."""

    kind: Kind
    due: datetime | None
    agent: str | None


def callback_of(contact: Contact, state: State) -> Callback | None:
    """The callback of a contact in this state: it is not closed, and has an agreed time (`FollowUpDateTime`) or a
    result of type Appointment or Delay, whose next attempt is then the time.
    """
    agreed = contact.follow_up_date_time
    promised = state in (State.appointment, State.delay)
    if state.final or not (agreed or promised):
        return None
    kind = Kind.appointment if state is State.appointment else Kind.follow_up
    return Callback(kind, agreed or contact.dt_next_try, contact.follow_up_users_uid or contact.reserved_users_uid)


_LATE = Words("{span} late", "{span} zu spät")
_AHEAD = Words("in {span}", "in {span}")
_UNITS = {
    "d": Words("{n} d", "{n} T"),
    "h": Words("{n} h", "{n} h"),
    "min": Words("{n} min", "{n} min"),
}


def how_late(due: datetime, now: datetime, zone: tzinfo, language: Language) -> str:
    """How far a time is away: `3 d late`, `in 26 h`; days from two on, whole units, never rounded up."""
    seconds = now.timestamp() - local(due, zone).timestamp()
    minutes = int(abs(seconds) // 60)
    unit, n = ("d", minutes // 1440) if minutes >= 2880 else ("h", minutes // 60) if minutes >= 60 else ("min", minutes)
    words = _LATE if seconds >= 0 else _AHEAD
    return words.text(language).format(span=_UNITS[unit].text(language).format(n=n))
