"""What is said about the views, held against the views themselves."""

import pytest

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.questions.asking import ask
from dialler_mcp.reporting.questions.rules import VIEWS
from dialler_mcp.reporting.snapshot.views import ABOUT, EXAMPLES, FREE_COLUMNS, folded_columns, view_columns
from tests.reporting.house import CAMPAIGN, OTHER, House


def test_every_column_has_a_meaning_in_both_languages():
    assert set(ABOUT) == set(VIEWS)
    for view in VIEWS:
        for column in view_columns(view, Privacy.full):
            assert column.meaning.en, column
            assert column.meaning.de, column


def test_bank_columns_are_there_only_where_nothing_is_hidden():
    assert "account_iban" in {column.name for column in view_columns("contacts", Privacy.full)}
    for privacy in (Privacy.bank, Privacy.masked):
        assert not {c.name for c in view_columns("contacts", privacy) if c.name.startswith("account_")}


def test_the_six_numbers_stand_in_one_line():
    names = [column.name for column in folded_columns("contacts", Privacy.bank)]
    assert "phone_number1…6" in names
    assert "phone_number1…6_invalid" in names
    assert not {name for name in names if name.endswith(("1", "6")) and "…" not in name}


def test_free_text_is_known_as_such():
    assert {"comment", "tag"} <= FREE_COLUMNS
    assert "name" not in FREE_COLUMNS


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.thorough
async def test_the_examples_are_answered(read_house: House):
    for example in EXAMPLES:
        assert len((await ask(read_house.snapshots, [CAMPAIGN, OTHER], example.sql)).rows) > 3, example


async def test_the_meanings_hold(read_one: House):
    """Each derived column by its own definition, on the sandbox's calls."""
    wrong = {
        "attempts": "contacts WHERE attempts <> tries_phone_number1 + tries_phone_number2 + tries_phone_number3"
        " + tries_phone_number4 + tries_phone_number5 + tries_phone_number6",
        "began": "calls WHERE began IS DISTINCT FROM coalesce(call_start, recorded)",
        "connected": "calls WHERE connected <> (connres IS NOT DISTINCT FROM 1)",
        "outcome": "calls WHERE connected <> (outcome IS NOT DISTINCT FROM 'answered')",
        "attempt": "calls WHERE attempt AND (NOT outbound OR test_call)",
        "number": "(SELECT contact_id FROM calls WHERE attempt GROUP BY 1"
        " HAVING max(attempt_number) <> count(*) OR min(attempt_number) <> 1)",
        "no number": "calls WHERE NOT attempt AND attempt_number IS NOT NULL",
        "talk": "calls WHERE abs(talk_seconds - date_diff('second', call_connect, call_end)) > 1",
        "no talk": "calls WHERE talk_seconds IS NOT NULL AND NOT connected",
        "wrap-up": "calls WHERE wrap_up_seconds < 0 OR wrap_up_seconds > date_diff('second', call_end, recorded) + 1",
        "hour": "calls WHERE (day, hour, weekday) <> (began::DATE, hour(began), isodow(began))",
        "state": "contacts WHERE (state = 'done') <> coalesce(result_type = 'Done', false)",
        "aborted": "contacts WHERE (state = 'aborted') <> coalesce(result_type = 'Abort', false)",
        "known": "campaigns WHERE (contacts, known, calls) <> ((SELECT count(*) FROM contacts),"
        " (SELECT count(*) FROM contacts WHERE history_known), (SELECT count(*) FROM calls))",
    }
    with read_one.snapshots.open([CAMPAIGN]) as snapshot:
        for what, rows in wrong.items():
            assert list(snapshot.rows(f"SELECT count(*) FROM {rows}")) == [(0,)], what
