"""In which state a contact is, as far as the API shows it."""

from collections.abc import Iterator, Mapping
from enum import StrEnum, auto
from typing import Any, NamedTuple

import msgspec

from dialler_mcp.domain.codes import RESULT_TYPES, ResultType
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import NUMBER_FIELDS, PHONE_SLOTS, Contact, ResultCode
from dialler_mcp.words import Words


class State(StrEnum):
    """The life of a contact. A lock is separate: a contact of any state can be locked."""

    new = auto()
    open = auto()
    follow_up = "follow-up"
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
    State.follow_up: Words("follow-up", "Wiedervorlage"),
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


def numbers_in(values: Mapping[str, Any]) -> set[str]:
    """The telephone numbers among the values of an import or update."""
    return {values[name] for name in NUMBER_FIELDS if values.get(name)}


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

    Unknown, where the release does not show the current result, or the result code itself is not known, or not what it
    does.
    """
    if code is not None:
        if effect := _effect(code):
            return effect[0]
        return State.open if any(getattr(code, flag) is not None for flag, _, _ in _BY_FLAG) else State.unknown
    if attempts(contact) == 0 and result_code_id(contact) is None and contact.dt_next_try is None:
        return State.new
    shows_none = contact.dialler_campaigns_result_codes_id in (None, 0)
    return State.open if shows_none else State.unknown


def result_type(code: ResultCode) -> ResultType | None:
    """What a result code does; None where neither its flags nor its type say it."""
    effect = _effect(code)
    return RESULT_TYPES[effect[1]] if effect else None


def _effect(code: ResultCode) -> tuple[State, int] | None:
    """The state that a result code brings about, and its type: by its flags, or else by the number of its type."""
    by_flag = ((state, number) for flag, state, number in _BY_FLAG if getattr(code, flag))
    by_type = ((state, number) for _, state, number in _BY_FLAG if number == code.dialler_result_codes_types_id)
    return next(by_flag, None) or next(by_type, None)


_BY_FLAG = (
    ("b_done", State.done, 1),
    ("b_aborted", State.aborted, 2),
    ("b_appointment", State.appointment, 4),
    ("b_delay", State.follow_up, 3),
)
