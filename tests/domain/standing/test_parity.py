"""Each rule means the same in Python and in SQL: of random contacts, and around the hours in which clocks change."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact
from dialler_mcp.domain.standing.callbacks import Due, callback_of, callback_sql, is_redial, redial_sql, when_due
from dialler_mcp.domain.standing.clock import Clock
from dialler_mcp.domain.standing.rules import RULES, Situation, Standing, standing, standing_sql
from dialler_mcp.reporting.snapshot.database import Database
from tests.conftest import BERLIN
from tests.domain.standing.moments import FAR, NOWS, QUIET, SUMMER, WALLS, WINTER
from tests.examples import examples

TIMES = st.none() | WALLS | FAR
FLAGS = st.none() | st.booleans()
CONTACTS = st.builds(
    Contact,
    b_locked=FLAGS,
    dt_next_try=TIMES,
    follow_up_date_time=TIMES,
    **{f"phone_number{slot}": st.sampled_from([None, "", "4930231250"]) for slot in PHONE_SLOTS[:2]},
    **{f"b_phone_number{slot}_invalid": FLAGS for slot in PHONE_SLOTS[:2]},
    phone_number6=st.sampled_from([None, None, "4930231251"]),
)
CAMPAIGNS = st.builds(Campaign, dt_from=TIMES, dt_to=TIMES)


def told_by_sql(
    database: Database, contact: Contact, state: State, campaign: Campaign | None, *questions: str
) -> list[Any]:
    """What SQL says of a contact as a snapshot holds it."""
    columns: dict[str, tuple[str, Any]] = {
        "state": ("VARCHAR", state.value),
        "locked": ("BOOLEAN", contact.b_locked is True),
        "next_try": ("TIMESTAMP", contact.dt_next_try),
        "follow_up": ("TIMESTAMP", contact.follow_up_date_time),
        "active_from": ("TIMESTAMP", campaign and campaign.dt_from),
        "active_until": ("TIMESTAMP", campaign and campaign.dt_to),
    }
    for slot in PHONE_SLOTS:
        columns[f"phone_number{slot}"] = ("VARCHAR", getattr(contact, f"phone_number{slot}"))
        columns[f"phone_number{slot}_invalid"] = ("BOOLEAN", getattr(contact, f"b_phone_number{slot}_invalid"))
    row = ", ".join(f"?::{kind} AS {name}" for name, (kind, _) in columns.items())
    values = [value for _, value in columns.values()]
    return list(database.row(f"SELECT {', '.join(questions)} FROM (SELECT {row})", values))


@given(contact=CONTACTS, state=st.sampled_from([*State]), campaign=st.none() | CAMPAIGNS, now=NOWS)
@examples(50, many=750)
def test_each_rule_is_the_same_in_python_and_in_sql(
    database: Database, contact: Contact, state: State, campaign: Campaign | None, now: datetime
) -> None:
    situation, clock = Situation(contact, state, campaign, now, BERLIN), Clock(now, BERLIN)
    questions = [f"coalesce({rule.sql(clock)}, false)" for rule in RULES]
    questions += [standing_sql(clock), callback_sql(clock), redial_sql(clock)]
    *rules, stands, callback, redial = told_by_sql(database, contact, state, campaign, *questions)
    values = {rule.standing: holds for rule, holds in zip(RULES, rules, strict=True)}
    assert values == {rule.standing: rule.holds(situation) for rule in RULES}
    assert stands == standing(contact, state, campaign, now, BERLIN)
    agreed = callback_of(contact, state)
    assert callback == (when_due(agreed.due, now, BERLIN) if agreed else None)
    assert redial == (when_due(contact.dt_next_try, now, BERLIN) if is_redial(contact, state) else None)


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        (datetime(2026, 10, 25, 2, 10, tzinfo=SUMMER), datetime(2026, 10, 25, 2, 30), Due.today),
        (datetime(2026, 10, 25, 2, 40, tzinfo=SUMMER), datetime(2026, 10, 25, 2, 30), Due.overdue),
        (datetime(2026, 10, 25, 2, 10, tzinfo=WINTER), datetime(2026, 10, 25, 2, 30), Due.overdue),
        (datetime(2026, 10, 25, 2, 10, tzinfo=WINTER), datetime(2026, 10, 25, 3, 0), Due.today),
    ],
)
def test_in_the_repeated_hour_reports_count_moments(
    database: Database, now: datetime, due: datetime, expected: Due
) -> None:
    clock, contact = Clock(now, BERLIN), Contact(follow_up_date_time=due, phone_number1="4930231250")
    text = told_by_sql(database, contact, State.open, None, callback_sql(clock), standing_sql(clock))
    assert text == [expected, Standing.free if expected is Due.overdue else Standing.later]


@pytest.mark.parametrize("days", [0, 1, 7, 8])
@pytest.mark.parametrize("edge", [timedelta(), -timedelta(microseconds=1)])
def test_days_end_at_midnight_in_both(database: Database, days: int, edge: timedelta) -> None:
    now = QUIET.replace(tzinfo=BERLIN)
    due = datetime(2026, 11, 20) + timedelta(days=days) + edge
    contact = Contact(follow_up_date_time=due)
    (text,) = told_by_sql(database, contact, State.open, None, callback_sql(Clock(now, BERLIN)))
    assert text == when_due(due, now, BERLIN)
