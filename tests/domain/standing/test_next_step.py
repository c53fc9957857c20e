from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.next_step import next_step

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=BERLIN)
BEFORE, AFTER = datetime(2026, 11, 19, 10, 0), datetime(2026, 11, 23, 9, 30)
SAID_BEFORE, SAID_AFTER = "2026-11-19 10:00+01:00", "2026-11-23 09:30+01:00"
APPOINTMENT, DELAY, DONE = (
    ResultCode(id=1, b_appointment=True),
    ResultCode(id=2, b_delay=True),
    ResultCode(id=3, b_done=True, content="Kein <b>Interesse"),
)


def said(
    code: ResultCode | None = None,
    campaign: Campaign | None = None,
    language: Language = Language.en,
    now: datetime = NOW,
    **values: Any,
) -> str:
    usual: dict[str, Any] = {"phone_number1": "4930231250", "dialler_campaigns_result_codes_id": code and code.id}
    contact = Contact(**{**usual, **values})
    return next_step(contact, code, campaign, now=now, zone=BERLIN, language=language)


def test_what_is_final_has_no_next_step():
    assert said(DONE) == "nothing more: final result Kein ‹b›Interesse"
    assert said(ResultCode(id=4, b_aborted=True)) == "nothing more: final result aborted"
    assert said(DONE, b_locked=True).startswith("nothing more")


@pytest.mark.parametrize(
    ("code", "due", "expected"),
    [
        (APPOINTMENT, AFTER, f"appointment with agent krause on {SAID_AFTER}"),
        (DELAY, AFTER, f"follow-up with agent krause on {SAID_AFTER}"),
        (
            APPOINTMENT,
            BEFORE,
            f"appointment with agent krause overdue since {SAID_BEFORE}; dialled next when a line is free",
        ),
        (DELAY, BEFORE, f"follow-up with agent krause overdue since {SAID_BEFORE}; dialled next when a line is free"),
    ],
)
def test_what_was_agreed_comes_next(code: ResultCode, due: datetime, expected: str):
    assert said(code, follow_up_date_time=due, follow_up_users_uid="krause") == expected
    if code is APPOINTMENT:
        assert said(code, dt_next_try=due) == expected.replace(" with agent krause", "")


def test_a_redial_is_no_follow_up():
    assert said(DELAY, dt_next_try=AFTER) == f"automatic redial due {SAID_AFTER}"
    bound = said(DELAY, dt_next_try=AFTER, follow_up_users_uid="krause")
    assert bound == f"automatic redial with agent krause due {SAID_AFTER}"
    assert said(DELAY, dt_next_try=BEFORE) == "dialled next when a line is free"
    german = said(DELAY, language=Language.de, dt_next_try=AFTER)
    assert german == f"Wahlwiederholung fällig {SAID_AFTER}"


def test_an_attempt_that_is_due_later_or_now():
    assert said(dt_next_try=AFTER, n_tries_phone_number1=1) == f"next attempt due {SAID_AFTER}"
    assert said(dt_next_try=BEFORE, n_tries_phone_number1=1) == "dialled next when a line is free"
    assert said() == said(DELAY) == "dialled next when a line is free"


def test_an_overdue_callback_that_waits_for_its_next_attempt():
    expected = f"appointment overdue since {SAID_BEFORE}; next attempt due {SAID_AFTER}"
    assert said(APPOINTMENT, follow_up_date_time=BEFORE, dt_next_try=AFTER) == expected


def test_a_lock_comes_before_what_would_follow():
    assert said(b_locked=True) == "nothing until it is unlocked; then: dialled next when a line is free"
    assert said(b_locked=False) == "dialled next when a line is free"


def test_without_a_valid_number_nothing_follows():
    assert said(phone_number1=None) == "nothing until it has a valid phone number"
    assert said(b_phone_number1_invalid=True) == "nothing until it has a valid phone number"


def test_the_dates_of_the_campaign_count():
    assert said(campaign=Campaign(dt_to=BEFORE)) == f"nothing: its campaign ended {SAID_BEFORE}"
    assert said(campaign=Campaign(dt_from=AFTER)) == f"dialled when its campaign begins {SAID_AFTER}"
    assert said(campaign=Campaign(dt_from=BEFORE, dt_to=AFTER)) == "dialled next when a line is free"
    assert said(campaign=Campaign(dt_from=AFTER), b_locked=True).endswith(f"begins {SAID_AFTER}")


def test_in_the_hour_that_comes_twice_moments_count():
    edge, now = datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN)
    assert said(now=now, dt_next_try=edge) == "dialled next when a line is free"
    assert said(campaign=Campaign(dt_from=edge), now=now) == "dialled next when a line is free"
    assert said(campaign=Campaign(dt_to=edge), now=now) == "nothing: its campaign ended 2026-10-25 02:30+02:00"
    assert said(APPOINTMENT, now=now, follow_up_date_time=edge).startswith("appointment overdue since")


def test_what_lasts_longest_comes_first():
    over, begins = Campaign(dt_to=BEFORE), Campaign(dt_from=AFTER)
    assert said(DONE, over, phone_number1=None).startswith("nothing more: final result")
    assert said(campaign=over, phone_number1=None, b_locked=True) == f"nothing: its campaign ended {SAID_BEFORE}"
    assert said(campaign=begins, phone_number1=None, b_locked=True) == "nothing until it has a valid phone number"


def test_what_a_release_does_not_show_is_not_guessed():
    contact = Contact(phone_number1="4930231250", n_tries_phone_number1=1)
    assert next_step(contact, None, None, now=NOW, zone=BERLIN, language=Language.en).startswith("not known")
    contact.follow_up_date_time = AFTER
    assert next_step(contact, None, None, now=NOW, zone=BERLIN, language=Language.en) == f"follow-up on {SAID_AFTER}"


def test_it_is_said_in_german():
    assert said(DONE, language=Language.de) == "nichts mehr: endgültiges Ergebnis Kein ‹b›Interesse"
    assert (
        said(APPOINTMENT, language=Language.de, follow_up_date_time=AFTER, reserved_users_uid="weber")
        == f"Termin bei Agent weber am {SAID_AFTER}"
    )
    assert said(language=Language.de, dt_next_try=AFTER) == f"nächster Versuch fällig {SAID_AFTER}"
