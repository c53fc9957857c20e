"""What a change means for the people concerned, in both languages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dialler_mcp.domain import consequences
from dialler_mcp.domain.consequences import CampaignLoss, HistorySummary, of_reset
from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, HistoryEntry, ResultCode

BERLIN = ZoneInfo("Europe/Berlin")
EN, DE = Language.en, Language.de


@pytest.mark.parametrize(("calls", "words"), [(3, "3"), (0, "0"), (None, "un")])
def test_deleting_says_what_is_lost(calls: int | None, words: str) -> None:
    assert consequences.of_deletion(State.open, "Besetzt", 4, calls, EN) == [
        f"The contact and its history (entries: {words if calls is not None else 'unknown'}) are deleted for good; "
        "the dialler cannot bring them back.",
        "Undo could only import the contact anew: with another ID, without history, counters and result.",
        "Its state now: open ('Besetzt'); attempts: 4.",
    ]
    german = consequences.of_deletion(State.new, None, 0, calls, DE)
    assert f"sein Verlauf (Einträge: {words}" in german[0]
    assert "neu importieren, mit anderer ID" in german[1]
    assert german[2] == "Zustand: neu; Versuche: 0."


@pytest.mark.parametrize("state", State)
def test_a_reset_warns_of_a_new_call_when_the_contact_is_closed(state: State) -> None:
    lines = consequences.of_reset(state, "Kein Interesse", 5, None, False, EN)
    has_warning = any("may call this person again at once" in line for line in lines)
    assert has_warning == state.may_be_final
    assert lines[-2:] == ["The count of attempts goes from 5 to 0.", "Its history remains. This cannot be undone."]


def test_a_reset_says_that_an_agreed_time_is_lost_and_a_lock_stays() -> None:
    lines = consequences.of_reset(State.appointment, None, 2, "2026-12-24 09:00+01:00", True, EN)
    assert lines == [
        "The count of attempts goes from 2 to 0.",
        "An agreed time is lost: 2026-12-24 09:00+01:00",
        "It stays locked.",
        "Its history remains. This cannot be undone.",
    ]
    assert consequences.of_reset(State.done, "Verkauft", 2, "24.12.", True, DE) == [
        "Der Kontakt ist abgeschlossen ('Verkauft'). Der Dialler darf diese Person sofort wieder anrufen.",
        "Die Zahl der Versuche geht von 2 auf 0.",
        "Ein vereinbarter Zeitpunkt geht verloren: 24.12.",
        "Der Kontakt bleibt gesperrt.",
        "Der Verlauf bleibt. Das lässt sich nicht zurücknehmen.",
    ]


def test_unlocking_a_closed_contact_warns_of_a_new_call() -> None:
    assert consequences.of_unlock(State.aborted, "Kein Interesse", EN) == [
        "It is closed as aborted ('Kein Interesse'). The dialler may call this person again at once."
    ]
    assert "sofort wieder anrufen" in consequences.of_unlock(State.done, None, DE)[0]
    assert consequences.of_unlock(State.open, None, EN) == ["The dialler may call this person again."]
    assert "zeigt sein Ergebnis nicht" in consequences.of_unlock(State.unknown, None, DE)[0]


@pytest.mark.parametrize("state", State)
def test_a_lock_says_beforehand_that_lifting_it_needs_a_reason(state: State) -> None:
    values = consequences.of_lock(state, EN), consequences.of_lock(state, DE)
    assert [len(lines) for lines in values] == [int(state.may_be_final)] * 2


def contact(code: ResultCode | None = None, tries: int = 0, at: datetime | None = None) -> Contact:
    """A contact with its current result, of a release that shows it."""
    code_id = code.id if code else None
    return Contact(dialler_campaigns_result_codes_id=code_id, n_tries_phone_number2=tries, follow_up_date_time=at)


DONE, DELAY = ResultCode(id=1, b_done=True), ResultCode(id=2, b_delay=True)
PROMISED = ResultCode(id=3, b_appointment=True)
FRIDAY = date(2026, 11, 20)


def loss_of(*contacts: tuple[ResultCode | None, int, datetime | None]) -> CampaignLoss:
    loss = CampaignLoss(FRIDAY, BERLIN)
    for code, tries, at in contacts:
        loss.add(contact(code, tries, at), code)
    return loss


LOSS = loss_of(
    (None, 0, None),
    (DONE, 4, datetime(2026, 11, 21, 9)),  # closed: nobody is called at that time
    (DELAY, 2, datetime(2026, 11, 21, 9)),
    (PROMISED, 1, datetime(2026, 11, 20, 8)),  # this morning, and still open
    (PROMISED, 1, datetime(2026, 11, 27, 22, 59, tzinfo=UTC)),  # a minute before midnight in Berlin
    (PROMISED, 1, datetime(2026, 11, 27, 23, tzinfo=UTC)),
)


def test_deleting_a_campaign_counts_whom_it_concerns() -> None:
    assert consequences.of_campaign_deletion(LOSS, EN, complete=True, within_dates=False) == [
        "The campaign, its contacts (6), their history and its result codes are deleted for good.",
        "This cannot be undone.",
        "Among them: 1 new, 1 follow-up, 3 appointment, 1 done.",
        "Agreed callbacks that vanish: 4.",
        "Among them appointments from 2026-11-20 to 2026-11-27: 2.",
        "History that vanishes: at least 9 calls, by the counters since each contact's last reset.",
    ]
    assert consequences.of_campaign_deletion(LOSS, DE, complete=True, within_dates=True)[1:] == [
        "Das lässt sich nicht zurücknehmen.",
        "Darunter: 1 neu, 1 Wiedervorlage, 3 Termin, 1 abgeschlossen.",
        "Vereinbarte Rückrufe, die verschwinden: 4.",
        "Darunter Termine vom 2026-11-20 bis 2026-11-27: 2.",
        "Verlauf, der verschwindet: mindestens 9 Anrufe, nach den Zählern seit dem letzten Zurücksetzen.",
        "Heute liegt in ihrer Laufzeit; sie kann also laufen. Jeder Anruf macht diese Bestätigung ungültig: Halten Sie "
        "die Kampagne vorher an.",
    ]
    assert len(consequences.of_campaign_deletion(loss_of(), EN, complete=True, within_dates=True)) == 2


def test_a_campaign_that_was_not_counted_in_time_says_so() -> None:
    text = consequences.of_campaign_deletion(LOSS, EN, complete=False, within_dates=True)
    assert text == [
        "The campaign, its contacts (> 6), their history and its result codes are deleted for good.",
        "This cannot be undone.",
        "It has too many contacts to be counted in time: more than 6. Their states, callbacks, appointments and calls "
        "are unknown.",
    ]
    assert "zu viele Kontakte" in consequences.of_campaign_deletion(LOSS, DE, complete=False, within_dates=False)[2]


@pytest.mark.parametrize(("count", "words"), [(0, 0), (9, 9), (10, 10), (61_234, 60_000), (99, 90)])
def test_a_count_that_was_cut_off_is_rounded_down(count: int, words: int) -> None:
    assert consequences.rounded_down(count) == words


SOON, LATER = datetime(2026, 11, 21, 8), datetime(2027, 1, 1)


@pytest.mark.parametrize(
    ("facts", "now"),
    [
        ((DELAY, 0, None), (DONE, 0, None)),
        ((DELAY, 0, None), (DELAY, 0, LATER)),
        ((PROMISED, 0, LATER), (PROMISED, 0, SOON)),
        ((DELAY, 0, None), (DELAY, 1, None)),
    ],
    ids=["states", "callbacks", "appointments", "calls"],
)
def test_whatever_is_counted_is_compared(
    facts: tuple[ResultCode | None, int, datetime | None], now: tuple[ResultCode | None, int, datetime | None]
) -> None:
    assert loss_of(facts).counts() != loss_of(now).counts()
    assert loss_of(facts, now).counts() == loss_of(now, facts).counts()


def test_what_an_undo_means() -> None:
    before = Contact(id=7, n_tries_phone_number1=3)
    assert consequences.of_undone_deletion(before, State.aborted, "Kein Interesse", 4, EN, locked=True) == [
        "The contact is imported again, with a new ID. What does not come back: the ID 7, the counters (attempts: 3), "
        "the history (entries: 4), its result 'Kein Interesse'.",
        "It counts as new: the dialler may call this person at once.",
        "Its result was final. Lock it afterwards if the person must not be called.",
        "It was locked, and is locked again a moment after the import.",
    ]
    german = consequences.of_undone_deletion(before, State.open, None, 4, DE, locked=False)
    assert german == [
        "Der Kontakt wird neu importiert, mit neuer ID. Nicht zurück kommen: die ID 7, die Zähler (Versuche: 3), "
        "der Verlauf (Einträge: 4).",
        "Der Kontakt gilt als neu: Der Dialler darf diese Person sofort anrufen.",
    ]
    assert consequences.of_undone_update(["Tag", "Region"], DE) == [
        "Die jetzigen Werte werden durch die vor der Änderung ersetzt.",
        "Lässt sich nicht zurückschreiben: Tag, Region.",
    ]
    assert len(consequences.of_undone_update([], EN)) == 1
    assert "bis der Kontakt entsperrt wird" in consequences.of_undone_unlock(DE)[0]
    assert "zeigt die Sperre nicht" in consequences.of_hidden_lock(DE)[0]


def test_a_reason_is_asked_for_or_repeated() -> None:
    assert consequences.of_reason(None, EN) == (
        "A final result is reopened only for a reason, which is kept in the journal."
    )
    assert consequences.of_reason("{reason} rief an", DE) == "Grund, bleibt im Journal: {reason} rief an"


def test_overwriting_says_that_old_values_are_lost() -> None:
    assert "the old values are lost" in consequences.of_overwriting(EN)[0]
    assert "die alten Werte sind verloren" in consequences.of_overwriting(DE)[0]


@pytest.mark.parametrize(("state", "lines"), [(State.open, 1), (State.done, 2), (State.aborted, 2), (State.unknown, 2)])
def test_a_second_copy_warns_of_a_second_call(state: State, lines: int) -> None:
    text = consequences.of_second_copy(state, None, EN)
    assert "this person may be called twice" in text[0]
    assert len(text) == lines
    assert "doppelt angerufen" in consequences.of_second_copy(state, None, DE)[0]


def test_what_a_result_is_called_is_no_template() -> None:
    assert "{attempts}" in consequences.of_unlock(State.done, "{attempts}", EN)[0]


def test_the_past_is_the_day_of_the_latest_result_in_the_diallers_zone():
    late = datetime(2026, 11, 11, 23, 30, tzinfo=UTC)
    history = [
        HistoryEntry(dt_created_dialler_contacts_history=late, dialler_campaigns_result_codes_id=7),
        HistoryEntry(
            dt_created_dialler_contacts_history=datetime(2026, 11, 9, 8, 0), dialler_campaigns_result_codes_id=8
        ),
        HistoryEntry(dt_created_dialler_contacts_history=datetime(2026, 11, 15, 8, 0)),
        HistoryEntry(dialler_campaigns_result_codes_id=9),
    ]
    assert HistorySummary.of(history, BERLIN) == HistorySummary(4, date(2026, 11, 12))
    assert HistorySummary.of([], BERLIN) == HistorySummary(0, None)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.en, ["closed as aborted ('Kein Interesse'), since 2026-11-11.", "remains (entries: 3)."]),
        (Language.de, ["Der Kontakt ist abgebrochen ('Kein Interesse'), seit 2026-11-11.", "bleibt (Einträge: 3)."]),
    ],
)
def test_a_reset_says_since_when_it_is_closed_and_what_stays(language: Language, sentence: list[str]):
    lines = of_reset(State.aborted, "Kein Interesse", 7, None, False, language, HistorySummary(3, date(2026, 11, 11)))
    for words in sentence:
        assert any(words in line for line in lines)
