"""Many contacts are changed whom the rows of a question in SQL name."""

from functools import partial
from typing import Any

import pytest

from dialler_mcp.service import selection_by_question
from dialler_mcp.words import Language
from tests.conftest import structure_of
from tests.tools.asking import CAMPAIGN_1000, CLOSED_MUELLER, CONTACT10, Make, ask, refused
from tests.tools.test_jobs import carried_out, previewed

pytestmark = pytest.mark.usefixtures("quick_questions")

WHO = f"SELECT contact_id FROM contacts WHERE contact_id IN ({CONTACT10}, {CLOSED_MUELLER})"
LOCK: dict[str, Any] = {"verb": "lock", "campaign_id": CAMPAIGN_1000}


@pytest.fixture
def bench(bench: Make) -> Make:
    """The campaign was read before."""
    return partial(bench, read=[CAMPAIGN_1000])


async def test_whom_a_question_names_is_changed_as_one_job(bench: Make, era: str):
    b = bench()
    preview = structure_of(await ask(b, "change_contacts", {**LOCK, "sql": WHO}, era))
    assert preview["what"] == "Would lock 2 contacts whom a question in SQL names."
    assert any(line.startswith("Data as of ") for line in preview["consequences"])
    assert b.wire.changes == []
    answer = await carried_out(b, **LOCK, sql=WHO)
    assert answer["after"]["done"] == 2
    assert [contact.b_locked for contact in b.store.contacts() if contact.id in (CONTACT10, CLOSED_MUELLER)] == [
        True
    ] * 2


async def test_each_contact_counts_once_and_the_column_may_be_written_otherwise(bench: Make):
    preview, _ = await previewed(
        bench(), **LOCK, sql=f"{WHO.replace('contact_id FROM', 'contact_id AS Contact_ID FROM')} UNION ALL {WHO}"
    )
    assert "2 contacts" in preview["what"]


async def test_what_is_no_id_and_who_is_unknown_is_named_and_left_out(bench: Make):
    sql = f"SELECT unnest(['{CONTACT10}', 'x', NULL]) AS contact_id"
    assert "no row names a contact" in await refused(bench(), "change_contacts", **LOCK, sql=sql)
    sql = f"SELECT contact_id::DOUBLE AS contact_id FROM contacts WHERE contact_id = {CONTACT10}"
    text = await refused(bench(), "change_contacts", **LOCK, sql=sql)
    assert "contact_id is no whole number (rows: 1): 2152" in text
    sql = f"SELECT unnest([{CONTACT10}, 7, 7, -1, NULL]) AS contact_id"
    preview, _ = await previewed(bench(), **LOCK, sql=sql)
    assert preview["what"].startswith("Would lock 1 contact ")
    assert "Left out, since these campaigns have no contact with ID: 7, -1." in preview["consequences"]
    assert "Left out, since contact_id is no whole number (rows: 1): empty." in preview["consequences"]
    assert not any("gone by now" in line for line in preview["consequences"])


async def test_who_is_gone_by_now_is_named_and_left_out(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    await ask(b, "query", {"sql": WHO, "campaign_ids": [CAMPAIGN_1000]})
    copies_of = selection_by_question.copies_of

    async def deleted_after(*arguments: Any) -> Any:
        copies = await copies_of(*arguments)
        b.store.delete_contact(CLOSED_MUELLER)
        return copies

    monkeypatch.setattr(selection_by_question, "copies_of", deleted_after)
    preview, _ = await previewed(b, **LOCK, sql=WHO)
    assert preview["what"].startswith("Would lock 1 contact ")
    assert f"Left out, since they are gone by now: {CLOSED_MUELLER}." in preview["consequences"]


async def test_a_contact_of_another_campaign_is_not_meant(bench: Make):
    other = next(contact for contact in bench().store.contacts() if contact.dialler_campaigns_id != CAMPAIGN_1000)
    text = await refused(bench(), "change_contacts", **LOCK, sql=f"SELECT {other.id} AS contact_id")
    assert "no contact with ID" in text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"sql": "SELECT name FROM contacts"}, "no column contact_id"),
        ({"sql": "DELETE FROM contacts"}, "SELECT"),
        ({"sql": WHO, "state": "open"}, "Give sql without filters"),
        ({"sql": WHO, "contact_ids": [CONTACT10], "campaign_id": None}, "either contact_ids or a campaign"),
    ],
)
async def test_a_question_that_selects_nobody_says_why(bench: Make, arguments: dict[str, Any], why: str):
    values = {name: value for name, value in {**LOCK, **arguments}.items() if value is not None}
    assert why in await refused(bench(), "change_contacts", **values)


async def test_more_rows_than_a_selection_has_are_refused(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(selection_by_question, "MAX_ROWS", 1)
    assert "more than 1 rows" in await refused(bench(), "change_contacts", **LOCK, sql=WHO)


async def test_who_may_not_ask_may_not_select_by_a_question(bench: Make):
    text = await refused(bench(without="dialler_query"), "change_contacts", **LOCK, sql=WHO)
    assert "not allowed here" in text


@pytest.mark.thorough
async def test_what_is_masked_is_masked_where_a_value_is_named(bench: Make):
    text = await refused(bench(privacy="masked"), "change_contacts", **LOCK, sql="SELECT '0152 28817386' AS contact_id")
    assert "28817386" not in text.replace(" ", "")


async def test_german_is_spoken_where_it_is_usual(bench: Make):
    b = bench(language=Language.de)
    preview = structure_of(await ask(b, "change_contacts", {**LOCK, "sql": WHO}))
    assert "2 Kontakte sperren laut einer Frage in SQL" in preview["what"]


@pytest.mark.parametrize("column", ["b.contact_id", "b.contact_id AS CONTACT_ID"])
async def test_of_two_columns_nobody_can_tell_which_is_meant(bench: Make, column: str):
    sql = f"SELECT a.contact_id, {column} FROM contacts a JOIN contacts b ON a.campaign_id = b.campaign_id LIMIT 3"
    assert "several columns contact_id" in await refused(bench(), "change_contacts", **LOCK, sql=sql)
