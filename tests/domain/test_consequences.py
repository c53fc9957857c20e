"""What a change means for the people concerned, in both languages."""

import pytest

from dialler_mcp.domain import consequences
from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language

EN, DE = Language.en, Language.de


@pytest.mark.parametrize(("calls", "said"), [(3, "3"), (0, "0"), (None, "un")])
def test_deleting_says_what_is_lost(calls: int | None, said: str) -> None:
    assert consequences.of_deletion(State.open, "Besetzt", 4, calls, EN) == [
        f"The contact and its history (entries: {said if calls is not None else 'unknown'}) are deleted for good; "
        "the dialler cannot bring them back.",
        "Its state now: open ('Besetzt'); attempts: 4.",
    ]
    german = consequences.of_deletion(State.new, None, 0, calls, DE)
    assert f"sein Verlauf (Einträge: {said}" in german[0]
    assert german[1] == "Zustand: neu; Versuche: 0."


@pytest.mark.parametrize("state", State)
def test_a_reset_warns_of_a_new_call_when_the_contact_is_closed(state: State) -> None:
    lines = consequences.of_reset(state, "Kein Interesse", 5, None, False, EN)
    warned = any("may call this person again at once" in line for line in lines)
    assert warned == state.final
    assert lines[-2:] == ["The count of attempts goes from 5 to 0.", "Its history remains."]


def test_a_reset_says_that_an_agreed_time_is_lost_and_a_lock_stays() -> None:
    lines = consequences.of_reset(State.appointment, None, 2, "2026-12-24 09:00+01:00", True, EN)
    assert lines == [
        "The count of attempts goes from 2 to 0.",
        "An agreed time is lost: 2026-12-24 09:00+01:00",
        "It stays locked.",
        "Its history remains.",
    ]
    assert consequences.of_reset(State.done, "Verkauft", 2, "24.12.", True, DE) == [
        "Er ist abgeschlossen ('Verkauft'). Der Dialler darf diese Person sofort wieder anrufen.",
        "Die Zahl der Versuche geht von 2 auf 0.",
        "Ein vereinbarter Zeitpunkt geht verloren: 24.12.",
        "Er bleibt gesperrt.",
        "Der Verlauf bleibt.",
    ]


def test_unlocking_a_closed_contact_warns_of_a_new_call() -> None:
    assert consequences.of_unlock(State.aborted, "Kein Interesse", EN) == [
        "It is closed as aborted ('Kein Interesse'). The dialler may call this person again at once."
    ]
    assert "sofort wieder anrufen" in consequences.of_unlock(State.done, None, DE)[0]


def test_deleting_a_campaign_counts_whom_it_concerns() -> None:
    states = {State.open: 120, State.done: 27}
    assert consequences.of_campaign_deletion(states, 5, EN) == [
        "The campaign, its contacts (147), their history and its result codes are deleted for good.",
        "Among them: 120 open, 27 done.",
        "Appointments and follow-ups that vanish: 5.",
    ]
    assert consequences.of_campaign_deletion(states, 5, DE)[1:] == [
        "Darunter: 120 offen, 27 abgeschlossen.",
        "Termine und Wiedervorlagen, die verschwinden: 5.",
    ]
    assert len(consequences.of_campaign_deletion({}, 0, EN)) == 1


def test_overwriting_says_that_old_values_are_lost() -> None:
    assert "the old values are lost" in consequences.of_overwriting(EN)[0]
    assert "die alten Werte sind verloren" in consequences.of_overwriting(DE)[0]


@pytest.mark.parametrize(("state", "lines"), [(State.open, 1), (State.done, 2), (State.aborted, 2)])
def test_a_second_copy_warns_of_a_second_call(state: State, lines: int) -> None:
    said = consequences.of_second_copy(state, None, EN)
    assert "this person may be called twice" in said[0]
    assert len(said) == lines
    assert "doppelt angerufen" in consequences.of_second_copy(state, None, DE)[0]


def test_what_a_result_is_called_is_no_template() -> None:
    assert "{attempts}" in consequences.of_unlock(State.done, "{attempts}", EN)[0]
