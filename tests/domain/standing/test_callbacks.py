from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import Due, Kind, callback_of, how_late, is_redial, when_due

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=BERLIN)
SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
AGREED, NEXT = datetime(2026, 11, 21, 10, 0), datetime(2026, 11, 22, 9, 0)


@pytest.mark.parametrize(
    ("due", "when"),
    [
        (None, "none"),
        (datetime(2026, 11, 20, 14, 0), "overdue"),
        (datetime(2026, 11, 20, 14, 1), "today"),
        (datetime(2026, 11, 20, 23, 59), "today"),
        (datetime(2026, 11, 21, 0, 0), "week"),
        (datetime(2026, 11, 27, 23, 59), "week"),
        (datetime(2026, 11, 28, 0, 0), "later"),
        (datetime(2026, 11, 20, 12, 59, tzinfo=ZoneInfo("UTC")), "overdue"),
        (datetime(2026, 11, 20, 13, 1, tzinfo=ZoneInfo("UTC")), "today"),
    ],
)
def test_when_a_callback_is_due(due: datetime | None, when: str):
    assert when_due(due, NOW, BERLIN) is Due(when)


@pytest.mark.parametrize(
    ("now", "when"),
    [
        (datetime(2026, 10, 25, 2, 10, tzinfo=SUMMER), Due.today),
        (datetime(2026, 10, 25, 2, 50, tzinfo=SUMMER), Due.overdue),
        (datetime(2026, 10, 25, 2, 10, tzinfo=WINTER), Due.overdue),
    ],
)
def test_a_callback_stays_overdue_when_the_clock_is_set_back(now: datetime, when: Due):
    assert when_due(datetime(2026, 10, 25, 2, 30), now.astimezone(BERLIN), BERLIN) is when


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("agreed", [None, AGREED])
@pytest.mark.parametrize("following", [None, NEXT])
def test_who_is_to_be_called_back(state: State, agreed: datetime | None, following: datetime | None):
    callback = callback_of(Contact(follow_up_date_time=agreed, dt_next_try=following), state)
    if state.final or not (agreed or state is State.appointment):
        assert callback is None
        return
    assert callback is not None
    assert callback.due == (agreed or following)
    assert callback.kind is (Kind.appointment if state is State.appointment else Kind.follow_up)


def test_a_delay_without_an_agreed_time_is_a_redial_and_no_callback():
    for state in State:
        contact = Contact(dt_next_try=NEXT)
        assert is_redial(contact, state) is (state is State.follow_up)
        assert not (is_redial(contact, state) and callback_of(contact, state))
    assert not is_redial(Contact(follow_up_date_time=AGREED, dt_next_try=NEXT), State.follow_up)


@pytest.mark.parametrize(
    ("values", "agent"),
    [
        ({}, None),
        ({"reserved_users_uid": "weber"}, "weber"),
        ({"follow_up_users_uid": "krause", "reserved_users_uid": "weber"}, "krause"),
    ],
)
def test_who_is_to_call(values: dict[str, Any], agent: str | None):
    callback = callback_of(Contact(follow_up_date_time=AGREED, **values), State.open)
    assert callback is not None
    assert callback.agent == agent


@pytest.mark.parametrize(
    ("away", "en", "de"),
    [
        (timedelta(), "0 min late", "0 min zu spät"),
        (timedelta(minutes=-59, seconds=-59), "59 min late", "59 min zu spät"),
        (timedelta(hours=-47, minutes=-59), "47 h late", "47 h zu spät"),
        (timedelta(days=-3, hours=-23), "3 d late", "3 T zu spät"),
        (timedelta(minutes=5), "in 5 min", "in 5 min"),
        (timedelta(hours=26), "in 26 h", "in 26 h"),
        (timedelta(days=9), "in 9 d", "in 9 T"),
    ],
)
def test_how_far_a_time_is_away(away: timedelta, en: str, de: str):
    due = (NOW + away).replace(tzinfo=None)
    assert how_late(due, NOW, BERLIN, Language.en) == en
    assert how_late(due, NOW, BERLIN, Language.de) == de


def test_an_hour_that_the_clock_turns_back_counts():
    now = datetime(2026, 10, 25, 3, 0, tzinfo=BERLIN)
    assert how_late(datetime(2026, 10, 25, 1, 0), now, BERLIN, Language.en) == "3 h late"


@given(due=st.datetimes(), language=st.sampled_from(Language))
def test_any_time_is_said(due: datetime, language: Language):
    late = when_due(due, NOW, BERLIN) == "overdue"
    assert how_late(due, NOW, BERLIN, language).startswith("in ") is not late


def test_kinds_are_counted():
    assert [Kind.appointment.counted(n, Language.en) for n in (1, 2)] == ["1 appointment", "2 appointments"]
    assert [Kind.follow_up.counted(n, Language.de) for n in (0, 1)] == ["0 Wiedervorlagen", "1 Wiedervorlage"]
    assert Kind.follow_up.text(Language.en) == "follow-up"
