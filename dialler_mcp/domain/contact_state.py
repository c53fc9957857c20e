"""In which state a contact is, and why it is not dialled, as far as the API shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from enum import StrEnum, auto
from typing import NamedTuple

import msgspec

from dialler_mcp.domain.codes import RESULT_TYPES, ResultType, Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact, ResultCode
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown


class State(StrEnum):
    """The life of a contact. A lock is separate: a contact of any state can be locked."""

    new = auto()
    open = auto()
    delay = auto()
    appointment = auto()
    done = auto()
    aborted = auto()
    unknown = auto()

    @property
    def final(self) -> bool:
        """Whether the dialler never calls such a contact again."""
        return self in (State.done, State.aborted)

    @property
    def may_be_final(self) -> bool:
        """Final, or not shown by this release: what nobody can rule out is taken for final."""
        return self.final or self is State.unknown

    def text(self, language: Language) -> str:
        return STATES[self].text(language)


STATES = {
    State.new: Words("new", "neu"),
    State.open: Words("open", "offen"),
    State.delay: Words("follow-up", "Wiedervorlage"),
    State.appointment: Words("appointment", "Termin"),
    State.done: Words("done", "abgeschlossen"),
    State.aborted: Words("aborted", "abgebrochen"),
    State.unknown: Words("unknown", "unbekannt"),
}


class PhoneSlot(NamedTuple):
    """One of the six numbers of a contact with what the dialler noted about it."""

    slot: int
    number: str
    invalid: bool
    tries: int
    last_cause: int | None


def phone_slots(contact: Contact) -> Iterator[PhoneSlot]:
    """The numbers of a contact that are filled."""
    for slot in PHONE_SLOTS:
        if number := getattr(contact, f"phone_number{slot}"):
            yield PhoneSlot(
                slot,
                number,
                bool(getattr(contact, f"b_phone_number{slot}_invalid")),
                getattr(contact, f"n_tries_phone_number{slot}") or 0,
                getattr(contact, f"n_phone_number{slot}_last_cause"),
            )


def attempts(contact: Contact) -> int:
    """All attempts on all numbers since the import or the last reset."""
    return (
        (contact.n_tries_phone_number1 or 0)
        + (contact.n_tries_phone_number2 or 0)
        + (contact.n_tries_phone_number3 or 0)
        + (contact.n_tries_phone_number4 or 0)
        + (contact.n_tries_phone_number5 or 0)
        + (contact.n_tries_phone_number6 or 0)
    )


def result_code_id(contact: Contact) -> int | None:
    """The ID of the current result, None when there is none or this release does not show it."""
    code = contact.dialler_campaigns_result_codes_id
    return None if code is msgspec.UNSET else code or None


def state_of(contact: Contact, code: ResultCode | None) -> State:
    """The state of a contact whose current result is `code`.

    Unknown, where the release does not show the current result, or the result code itself is not known.
    """
    if code is not None:
        for flag, state, _ in _BY_FLAG:
            if getattr(code, flag):
                return state
        return State.open
    if attempts(contact) == 0 and result_code_id(contact) is None and contact.dt_next_try is None:
        return State.new
    shows_none = contact.dialler_campaigns_result_codes_id in (None, 0)
    return State.open if shows_none else State.unknown


def result_type(code: ResultCode) -> ResultType | None:
    """What a result code does, by its flags; None where it has none."""
    return next((RESULT_TYPES[number] for flag, _, number in _BY_FLAG if getattr(code, flag)), None)


_BY_FLAG = (
    ("b_done", State.done, 1),
    ("b_aborted", State.aborted, 2),
    ("b_appointment", State.appointment, 4),
    ("b_delay", State.delay, 3),
)

_LOCKED = Words("it is locked", "er ist gesperrt")
_FINAL = Words("its result is final: {result}", "sein Ergebnis ist endgültig: {result}")
_LATER = Words("its next attempt is due {time}", "der nächste Versuch ist fällig {time}")
_NO_NUMBER = Words("it has no phone number", "er hat keine Rufnummer")
_ALL_INVALID = Words("all its numbers are marked invalid", "alle Rufnummern sind als ungültig markiert")
_NOT_BEGUN = Words("its campaign begins {time}", "die Kampagne beginnt {time}")
_OVER = Words("its campaign ended {time}", "die Kampagne endete {time}")
_HIDDEN_LOCK = Words("whether it is locked", "ob er gesperrt ist")
_HIDDEN_RESULT = Words("its current result", "das aktuelle Ergebnis")
_HIDDEN_CAMPAIGN = Words("its campaign", "seine Kampagne")
_NEVER_SHOWN = Words(
    "calling hours, the most attempts, agents logged in", "Anrufzeiten, Höchstzahl der Versuche, angemeldete Agenten"
)


class WhyNot(NamedTuple):
    """`reasons` that keep a contact from being dialled now; `not_shown` is what the API does not tell."""

    reasons: list[str]
    not_shown: list[str]


def why_not_dialled(
    contact: Contact,
    code: ResultCode | None,
    campaign: Campaign | None,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language,
) -> WhyNot:
    """Why the dialler does not call a contact now. No reason means: nothing that the API shows forbids it."""
    moment = now.astimezone(UTC)  # times of one zone are compared by the clock on the wall, which DST turns back
    reasons: list[str] = []
    not_shown: list[str] = []

    def because(words: Words, **values: str) -> None:
        reasons.append(words.text(language).format(**values))

    if contact.b_locked is msgspec.UNSET:
        not_shown.append(_HIDDEN_LOCK.text(language))
    elif contact.b_locked:
        because(_LOCKED)
    state = state_of(contact, code)
    if state.final:
        because(_FINAL, result=clean((code.content if code else None) or "") or state.text(language))
    elif state is State.unknown:
        not_shown.append(_HIDDEN_RESULT.text(language))
    times = [local(time, zone) for time in (contact.dt_next_try, contact.follow_up_date_time) if time]
    due = max(times, key=datetime.timestamp, default=moment)
    if due > moment and not state.final:
        because(_LATER, time=shown(due, zone))
    slots = list(phone_slots(contact))
    if not slots:
        because(_NO_NUMBER)
    elif all(slot.invalid for slot in slots):
        because(_ALL_INVALID)
    if campaign is None:
        not_shown.append(_HIDDEN_CAMPAIGN.text(language))
    elif campaign.dt_from is not None and local(campaign.dt_from, zone) > moment:
        because(_NOT_BEGUN, time=shown(campaign.dt_from, zone))
    elif campaign.dt_to is not None and local(campaign.dt_to, zone) < moment:
        because(_OVER, time=shown(campaign.dt_to, zone))
    return WhyNot(reasons, [*not_shown, _NEVER_SHOWN.text(language)])
