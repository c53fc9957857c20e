"""What keeps a contact from being dialled: one table of rules, in the order in which they count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum, StrEnum, auto
from functools import cached_property

import msgspec

from dialler_mcp.domain.contact_state import PhoneSlot, State, phone_slots
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.campaigns import not_begun, over
from dialler_mcp.domain.standing.clock import Clock
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import ahead, local, shown
from dialler_mcp.words import Words


class Standing(StrEnum):
    """The first of the rules that holds, as one word that makes counts add up; `free` is what is left to dial."""

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
        return _COUNTED[self].text(language)


@dataclass(frozen=True)
class Situation:
    """A contact in its state, and what else decides whether it is dialled at `now`.

    `code` names its result; without it the state is the name. Without its campaign, its dates are not looked at.
    """

    contact: Contact
    state: State
    campaign: Campaign | None
    now: datetime
    zone: tzinfo
    code: ResultCode | None = None

    @cached_property
    def slots(self) -> list[PhoneSlot]:
        return list(phone_slots(self.contact))

    @cached_property
    def due(self) -> datetime | None:
        """The later of the next attempt and the agreed time."""
        times = [time for time in (self.contact.dt_next_try, self.contact.follow_up_date_time) if time]
        return max(times, key=lambda time: local(time, self.zone).timestamp(), default=None)

    def result(self, language: Language) -> str:
        return clean((self.code.content if self.code else None) or "") or self.state.text(language)


class Duration(IntEnum):
    """How long a rule keeps a contact from being dialled. What lasts longest says what comes next."""

    for_good = auto()
    until_changed = auto()
    for_a_time = auto()


def _never(_: Situation) -> bool:
    return False


@dataclass(frozen=True)
class Rule:
    """Something that keeps a contact from being dialled: in words, in Python, and in SQL.

    `holds` is true of a situation exactly where `sql` is true of a row of the view `contacts` of a snapshot, joined
    with that of its campaign in `campaigns`. A test holds the two together.
    """

    standing: Standing
    lasts: Duration
    label: Words
    """How many contacts stand so: `3 locked`."""
    holds: Callable[[Situation], bool]
    sql: Callable[[Clock], str]
    reason: Words | None = None
    """Why a contact is not dialled. `{result}` and `{time}` are filled in, here and in `step`."""
    step: Words | None = None
    """What comes next with it."""
    time: Callable[[Situation], datetime | None] = lambda _: None
    untold: Callable[[Situation], bool] = _never
    """Whether the API does not tell what the rule is about."""
    not_shown: Words | None = None
    """What it does not tell then."""

    def said(self, words: Words, situation: Situation, language: Language) -> str:
        time = self.time(situation)
        values = {"result": situation.result(language), "time": shown(time, situation.zone) if time else ""}
        return words.text(language).format(**values)


FINAL_SQL = f"state IN {tuple(state.value for state in State if state.final)}"
_NO_VALID_NUMBER = Words("nothing until it has a valid phone number", "nichts ohne gültige Rufnummer")
_CAMPAIGN_NOT_SHOWN = Words("its campaign", "die Kampagne")
_FILLED = {slot: f"coalesce(phone_number{slot}, '') <> ''" for slot in PHONE_SLOTS}
_NUMBER_SQL = " OR ".join(_FILLED.values())
MARKED_INVALID_SQL = " OR ".join(
    f"({condition} AND coalesce(phone_number{slot}_invalid, false))" for slot, condition in _FILLED.items()
)
"""Whether a row of `contacts` has a number that the dialler marked as invalid."""
_VALID_NUMBER_SQL = " OR ".join(
    f"{condition} AND NOT coalesce(phone_number{slot}_invalid, false)" for slot, condition in _FILLED.items()
)

RULES = (
    Rule(
        Standing.final,
        Duration.for_good,
        Words("final result", "endgültiges Ergebnis"),
        holds=lambda it: it.state.final,
        sql=lambda _: FINAL_SQL,
        reason=Words("its result is final: {result}", "das Ergebnis ist endgültig: {result}"),
        step=Words("nothing more: final result {result}", "nichts mehr: endgültiges Ergebnis {result}"),
    ),
    Rule(
        Standing.locked,
        Duration.until_changed,
        Words("locked", "gesperrt"),
        holds=lambda it: it.contact.b_locked is True,
        sql=lambda _: "coalesce(locked, false)",
        reason=Words("it is locked", "der Kontakt ist gesperrt"),
        untold=lambda it: it.contact.b_locked is msgspec.UNSET,
        not_shown=Words("whether it is locked", "ob der Kontakt gesperrt ist"),
    ),
    Rule(
        Standing.no_number,
        Duration.until_changed,
        Words("no phone number", "keine Rufnummer"),
        holds=lambda it: not it.slots,
        sql=lambda _: f"NOT ({_NUMBER_SQL})",
        reason=Words("it has no phone number", "keine Rufnummer ist gespeichert"),
        step=_NO_VALID_NUMBER,
    ),
    Rule(
        Standing.all_invalid,
        Duration.until_changed,
        Words("all numbers invalid", "alle Rufnummern ungültig"),
        holds=lambda it: bool(it.slots) and all(slot.invalid for slot in it.slots),
        sql=lambda _: f"({_NUMBER_SQL}) AND NOT ({_VALID_NUMBER_SQL})",
        reason=Words("all its numbers are marked invalid", "alle Rufnummern sind als ungültig markiert"),
        step=_NO_VALID_NUMBER,
    ),
    Rule(
        Standing.hidden,
        Duration.until_changed,
        Words("current result not visible", "aktuelles Ergebnis nicht sichtbar"),
        holds=lambda it: it.state is State.unknown,
        sql=lambda _: f"state = '{State.unknown}'",
        untold=lambda it: it.state is State.unknown,
        not_shown=Words("its current result", "das aktuelle Ergebnis"),
    ),
    Rule(
        Standing.over,
        Duration.for_good,
        Words("campaign is over", "Kampagne ist beendet"),
        holds=lambda it: over(it.campaign, it.now, it.zone),
        sql=lambda clock: clock.passed("active_until"),
        reason=Words("its campaign ended {time}", "die Kampagne endete {time}"),
        step=Words("nothing: its campaign ended {time}", "nichts: die Kampagne endete {time}"),
        time=lambda it: it.campaign and it.campaign.dt_to,
        untold=lambda it: it.campaign is None,
        not_shown=_CAMPAIGN_NOT_SHOWN,
    ),
    Rule(
        Standing.not_begun,
        Duration.for_a_time,
        Words("campaign has not begun", "Kampagne hat nicht begonnen"),
        holds=lambda it: not_begun(it.campaign, it.now, it.zone),
        sql=lambda clock: clock.ahead("active_from"),
        reason=Words("its campaign begins {time}", "die Kampagne beginnt {time}"),
        step=Words("dialled when its campaign begins {time}", "wird gewählt, wenn die Kampagne beginnt {time}"),
        time=lambda it: it.campaign and it.campaign.dt_from,
    ),
    Rule(
        Standing.later,
        Duration.for_a_time,
        Words("waiting for a later time", "wartet auf einen späteren Zeitpunkt"),
        holds=lambda it: not it.state.final and it.due is not None and ahead(it.due, it.now, it.zone),
        sql=lambda clock: f"NOT {FINAL_SQL} AND ({clock.ahead('next_try')} OR {clock.ahead('follow_up')})",
        reason=Words("its next attempt is not due before {time}", "der nächste Versuch folgt erst {time}"),
        time=lambda it: it.due,
    ),
)
"""The first that holds is where a contact stands."""

_FREE = Words("can be dialled now", "jetzt wählbar")
_COUNTED = {rule.standing: rule.label for rule in RULES} | {Standing.free: _FREE}


def standing(contact: Contact, state: State, campaign: Campaign | None, now: datetime, zone: tzinfo) -> Standing:
    """Where a contact stands at `now`. Without its campaign, the dates of that are not looked at."""
    situation = Situation(contact, state, campaign, now, zone)
    return next((rule.standing for rule in RULES if rule.holds(situation)), Standing.free)


def standing_sql(clock: Clock) -> str:
    """The same of a row of `contacts` joined with `campaigns`."""
    cases = " ".join(f"WHEN {rule.sql(clock)} THEN '{rule.standing}'" for rule in RULES)
    return f"CASE {cases} ELSE '{Standing.free}' END"
