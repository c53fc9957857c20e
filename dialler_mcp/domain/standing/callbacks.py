"""What comes next with a contact that is not closed: an agreed callback, an automatic redial, or a next attempt.

An *agreed callback* was promised: it has an agreed time, or a result of type Appointment. An *automatic redial* follows
a result of type Delay for which nothing was agreed: the dialler calls again after an interval. Every other contact has
its *next attempt*, if anything. Whoever counts or lists one of these takes it from here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum, auto
from typing import NamedTuple

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.clock import Clock
from dialler_mcp.domain.standing.rules import FINAL_SQL
from dialler_mcp.domain.times import ahead, local
from dialler_mcp.words import Words

WEEK = 7  # days after today


class Due(StrEnum):
    """When a callback is due: today is what remains of it, the week are the 7 days after it."""

    overdue = auto()
    today = auto()
    week = auto()
    later = auto()
    none = auto()

    def text(self, language: Language) -> str:
        return _RULES[self].words.text(language)


@dataclass(frozen=True)
class _DueRule:
    """A time that is due so, in words, in Python, and in SQL over a column of local times."""

    words: Words
    holds: Callable[[datetime, datetime, tzinfo], bool]
    sql: Callable[[str, Clock], str]


_RULES = {
    Due.overdue: _DueRule(
        Words("overdue", "überfällig"),
        holds=lambda due, now, zone: not ahead(due, now, zone),
        sql=lambda column, clock: f"NOT {clock.ahead(column)}",
    ),
    Due.today: _DueRule(
        Words("due today", "heute fällig"),
        holds=lambda due, now, zone: _days(due, now, zone) <= 0,
        sql=lambda column, clock: clock.within(column, 0),
    ),
    Due.week: _DueRule(
        Words("due in the next 7 days", "in den nächsten 7 Tagen fällig"),
        holds=lambda due, now, zone: _days(due, now, zone) <= WEEK,
        sql=lambda column, clock: clock.within(column, WEEK),
    ),
    Due.later: _DueRule(
        Words("due later", "später fällig"),
        holds=lambda due, now, zone: True,
        sql=lambda column, clock: f"({column}) IS NOT NULL",
    ),
    Due.none: _DueRule(
        Words("no time set", "ohne Zeitpunkt"),
        holds=lambda due, now, zone: False,
        sql=lambda column, clock: f"({column}) IS NULL",
    ),
}
"""The first that holds counts. `holds` is asked of times only, so where none is set nothing but `none` is left."""


def _days(due: datetime, now: datetime, zone: tzinfo) -> int:
    return (local(due, zone).date() - now.astimezone(zone).date()).days


def when_due(due: datetime | None, now: datetime, zone: tzinfo) -> Due:
    """When a callback with this time is due."""
    if due is None:
        return Due.none
    return next(when for when, rule in _RULES.items() if rule.holds(due, now, zone))


def due_sql(column: str, clock: Clock) -> str:
    """The same of a column of local times."""
    cases = " ".join(f"WHEN {rule.sql(column, clock)} THEN '{when}'" for when, rule in _RULES.items())
    return f"CASE {cases} END"


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


def agreed_time(contact: Contact, state: State) -> datetime | None:
    """The time that was agreed with a contact in this state: `FollowUpDateTime`, of an appointment without it the next
    attempt; None once the contact is closed.
    """
    if state.final:
        return None
    return contact.follow_up_date_time or (contact.dt_next_try if state is State.appointment else None)


def callback_of(contact: Contact, state: State) -> Callback | None:
    """The agreed callback of a contact in this state: it is not closed, and has an agreed time or an appointment."""
    due = agreed_time(contact, state)
    if due is None and state is not State.appointment:
        return None
    kind = Kind.appointment if state is State.appointment else Kind.follow_up
    return Callback(kind, due, agent_of(contact))


def agent_of(contact: Contact) -> str | None:
    """The UID of the agent who is to call a contact back."""
    return contact.follow_up_users_uid or contact.reserved_users_uid


def is_redial(contact: Contact, state: State) -> bool:
    """Whether the dialler calls a contact in this state again by itself, without anything agreed."""
    return state is State.follow_up and contact.follow_up_date_time is None


_AGREED_SQL = f"coalesce(follow_up, CASE WHEN state = '{State.appointment}' THEN next_try END)"
_IS_AGREED_SQL = f"NOT {FINAL_SQL} AND (follow_up IS NOT NULL OR state = '{State.appointment}')"
_IS_REDIAL_SQL = f"state = '{State.follow_up}' AND follow_up IS NULL"


def callback_sql(clock: Clock) -> str:
    """When the agreed callback of a row of the view `contacts` of a snapshot is due; NULL where there is none."""
    return f"CASE WHEN {_IS_AGREED_SQL} THEN {due_sql(_AGREED_SQL, clock)} END"


def redial_sql(clock: Clock) -> str:
    """The same of its automatic redial."""
    return f"CASE WHEN {_IS_REDIAL_SQL} THEN {due_sql('next_try', clock)} END"


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
