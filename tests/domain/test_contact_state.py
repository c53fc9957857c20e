"""The state of a contact."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialler_mcp.domain.contact_state import (
    PhoneSlot,
    State,
    attempts,
    phone_slots,
    result_code_id,
    state_of,
)
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ResultCode

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=BERLIN)
BARE = NOW.replace(tzinfo=None)
NUMBER = "493023125012"


def contact(**values: Any) -> Contact:
    """A contact that nothing keeps from being dialled, but for `values`."""
    fields: dict[str, Any] = {"phone_number1": NUMBER, "b_locked": False, "dialler_campaigns_result_codes_id": None}
    return Contact(id=1, **(fields | values))


@pytest.mark.parametrize(
    ("values", "code", "state"),
    [
        ({}, None, State.new),
        ({"dialler_campaigns_result_codes_id": 0}, None, State.new),
        ({"dialler_campaigns_result_codes_id": msgspec.UNSET}, None, State.new),
        ({"n_tries_phone_number6": 1}, None, State.open),
        ({"n_tries_phone_number1": 1, "dialler_campaigns_result_codes_id": 0}, None, State.open),
        ({"dt_next_try": BARE}, None, State.open),
        ({"n_tries_phone_number1": 1, "dialler_campaigns_result_codes_id": msgspec.UNSET}, None, State.unknown),
        ({"dialler_campaigns_result_codes_id": 7}, None, State.unknown),
        ({}, ResultCode(id=7, b_done=True), State.done),
        ({}, ResultCode(id=7, b_aborted=True), State.aborted),
        ({}, ResultCode(id=7, b_appointment=True), State.appointment),
        ({}, ResultCode(id=7, b_delay=True), State.follow_up),
        ({}, ResultCode(id=7, b_done=False, b_delay=None), State.open),
        ({}, ResultCode(id=7, b_done=True, b_delay=True), State.done),
        ({}, ResultCode(id=7, b_aborted=True, b_appointment=True), State.aborted),
        ({}, ResultCode(id=7, dialler_result_codes_types_id=1), State.done),
        ({}, ResultCode(id=7, b_done=False, b_aborted=False, dialler_result_codes_types_id=2), State.aborted),
        ({}, ResultCode(id=7, b_delay=True, dialler_result_codes_types_id=2), State.follow_up),
        ({}, ResultCode(id=7, dialler_result_codes_types_id=5), State.unknown),
        ({}, ResultCode(id=7), State.unknown),
    ],
)
def test_the_state_follows_from_the_flags_of_the_result(
    values: dict[str, Any], code: ResultCode | None, state: State
) -> None:
    assert state_of(contact(**values), code) is state


@pytest.mark.parametrize("state", State)
def test_only_done_and_aborted_are_final(state: State) -> None:
    assert state.final == (state in {State.done, State.aborted})


@pytest.mark.parametrize(
    ("state", "english", "german"),
    [
        (State.new, "new", "neu"),
        (State.open, "open", "offen"),
        (State.follow_up, "follow-up", "Wiedervorlage"),
        (State.appointment, "appointment", "Termin"),
        (State.done, "done", "abgeschlossen"),
        (State.aborted, "aborted", "abgebrochen"),
        (State.unknown, "unknown", "unbekannt"),
    ],
)
def test_a_state_has_words_in_both_languages(state: State, english: str, german: str) -> None:
    assert (state.text(Language.en), state.text(Language.de)) == (english, german)


@pytest.mark.parametrize(("value", "code_id"), [(msgspec.UNSET, None), (None, None), (0, None), (7, 7)])
def test_no_result_and_a_hidden_result_have_no_id(value: Any, code_id: int | None) -> None:
    assert result_code_id(contact(dialler_campaigns_result_codes_id=value)) == code_id


def test_attempts_are_those_on_all_six_numbers() -> None:
    tries = {f"n_tries_phone_number{slot}": 10**slot for slot in range(1, 7)}
    assert attempts(contact(**tries)) == 1_111_110
    assert attempts(contact(n_tries_phone_number3=None)) == 0


def test_only_filled_numbers_are_listed() -> None:
    slots = contact(
        phone_number2="",
        phone_number5="491713920099",
        b_phone_number5_invalid=True,
        n_tries_phone_number5=2,
        n_phone_number5_last_cause=1,
    )
    assert list(phone_slots(slots)) == [
        PhoneSlot(1, NUMBER, False, 0, None),
        PhoneSlot(5, "491713920099", True, 2, 1),
    ]
