from datetime import datetime
from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import MAX_BYTES, size
from tests.conftest import structure_of, text_of
from tests.service.test_history import rows
from tests.tokens import tokens
from tests.tools.asking import (
    CLOSED_MUELLER,
    CONTACT10,
    FRESH,
    LOCKED_MUELLER,
    WITH_ORDERS,
    Make,
    ask,
    change,
    compact,
    instead,
    records,
    refused,
    told,
)

SOON = "2026-11-30 00:00+01:00"


@pytest.mark.parametrize("arguments", [{"contact_id": CONTACT10}, {"user_data": "contact10"}])
async def test_one_answer_says_who_what_was_and_what_comes(bench: Make, era: str, arguments: dict[str, Any]):
    answer = structure_of(await ask(bench(), "contact_overview", arguments, era))
    record = answer["record"]
    assert (record["ID"], record["name"], record["campaign"]) == (CONTACT10, "Max Mustermann", "Campaign 1000 (538)")
    assert (record["state"], record["attempts"]) == ("follow-up", 3)
    assert record["PhoneNumber1"].endswith("(1 attempt, last: no answer, was alerted (19))")
    assert record["next_step"] == "automatic redial due 2026-11-20 16:30+01:00"
    assert record["why_not_dialled"] == ["its next attempt is not due before 2026-11-20 16:30+01:00"]
    assert (answer["calls"], len(answer["last_calls"])) == (3, 3)
    assert answer["last_calls"][0].endswith("answered, Not reached / mailbox")
    assert answer["last_calls"] == sorted(answer["last_calls"], reverse=True)
    assert answer["notes"] == ["Not visible in the API: calling hours, the most attempts, agents logged in"]


@pytest.mark.everyone
@pytest.mark.parametrize(
    ("contact_id", "step", "reason"),
    [
        (
            LOCKED_MUELLER,
            "nothing until it is unlocked; then: automatic redial due 2026-11-20 16:30+01:00",
            "it is locked",
        ),
        (CLOSED_MUELLER, "nothing more: final result No interest", "its result is final: No interest"),
        (
            FRESH,
            "dialled when its campaign begins 2026-11-30 00:00+01:00",
            "its campaign begins 2026-11-30 00:00+01:00",
        ),
    ],
)
async def test_the_next_step_and_why_it_is_not_dialled(bench: Make, contact_id: int, step: str, reason: str):
    record = (await told(bench(), "contact_overview", contact_id=contact_id))["record"]
    assert record["next_step"] == step
    assert record["why_not_dialled"][0] == reason


async def test_an_appointment_names_its_agent(bench: Make):
    b = bench()
    change(b, CONTACT10, follow_up_date_time=datetime(2026, 11, 23, 9, 0), follow_up_users_uid="krause")
    record = (await told(b, "contact_overview", contact_id=CONTACT10, language="de"))["record"]
    assert record["next_step"] == "Wiedervorlage bei Agent krause am 2026-11-23 09:00+01:00"
    assert record["state"] == "Wiedervorlage"


async def test_ten_calls_at_most_are_shown_and_all_are_counted(bench: Make):
    b = bench()
    instead(b, "GET", f"/dialler/contacts/contact/{CONTACT10}/history", lambda: records(rows(23)))
    answer = await told(b, "contact_overview", contact_id=CONTACT10)
    assert (answer["calls"], len(answer["last_calls"])) == (23, 10)
    assert "calls: 23, newest first:" in text_of(await ask(b, "contact_overview", {"contact_id": CONTACT10}))


async def test_ten_calls_cost_at_most_450_tokens_in_either_form(bench: Make):
    b = bench()
    change(b, CONTACT10, comment="Bittet um Rückruf am Vormittag, nicht vor 9 Uhr.", company="Mustermann Elektro GmbH")
    instead(b, "GET", f"/dialler/contacts/contact/{CONTACT10}/history", lambda: records(rows(10)))
    for language in ("de", "en"):
        result = await ask(b, "contact_overview", {"contact_id": CONTACT10, "language": language})
        assert tokens(text_of(result)) <= 450
        assert tokens(compact(structure_of(result))) <= 450


@pytest.mark.everyone
async def test_a_contact_without_calls_says_none(bench: Make):
    b = bench()
    answer = await told(b, "contact_overview", contact_id=FRESH)
    assert answer["calls"] == 0
    assert "last_calls" not in answer
    assert "calls: 0\n" in text_of(await ask(b, "contact_overview", {"contact_id": FRESH}))


async def test_a_release_without_histories_shows_the_rest(bench: Make):
    b = bench()
    instead(b, "GET", f"/dialler/contacts/contact/{CONTACT10}/history", lambda: httpx2.Response(404))
    answer = await told(b, "contact_overview", contact_id=CONTACT10)
    assert answer["record"]["name"] == "Max Mustermann"
    assert answer["notes"][0] == "This release does not show the calls."
    assert "calls" not in answer
    assert "calls:" not in text_of(await ask(b, "contact_overview", {"contact_id": CONTACT10}))


async def test_what_a_release_does_not_show_is_not_guessed(bench: Make):
    answer = await told(bench(Options(lists="bare")), "contact_overview", contact_id=CLOSED_MUELLER)
    assert answer["record"]["state"] == "unknown"
    assert answer["record"]["next_step"].startswith("not known")
    assert "whether it is locked; its current result" in answer["notes"][-1]


@pytest.mark.everyone
async def test_a_key_of_several_asks_which(bench: Make):
    text = await refused(bench(), "contact_overview", user_data="Kunde-4711")
    assert "2 contacts share this UserData: ID 217000 · Serhii Ivanova" in text
    assert "give its contact_id" in text
    assert "Nothing was changed" not in text


@pytest.mark.everyone
async def test_a_key_of_nobody_names_near_ones(bench: Make):
    assert "Near matches: Kunde-4711" in await refused(bench(), "contact_overview", user_data="Kunde 471")


@pytest.mark.parametrize("arguments", [{}, {"contact_id": CONTACT10, "user_data": "Contact10"}])
async def test_exactly_one_way_to_name_a_contact(bench: Make, arguments: dict[str, Any]):
    b = bench()
    assert "give contact_id or user_data, one of them" in await refused(b, "contact_overview", **arguments)
    assert not b.wire.requests


async def test_foreign_text_is_fenced_and_short(bench: Make):
    b = bench()
    comment = (await told(b, "contact_overview", contact_id=WITH_ORDERS))["record"]["Comment"]
    assert comment.startswith("«")
    assert "```" not in comment
    text = "ä😀" * 5_000
    change(b, CONTACT10, comment=text, name=text, company=text, city=text, user_data=text, follow_up_users_uid=text)
    assert size(await told(b, "contact_overview", contact_id=CONTACT10)) <= MAX_BYTES


async def test_numbers_are_masked_where_they_must(bench: Make):
    answer = await told(bench(privacy="masked"), "contact_overview", contact_id=CONTACT10)
    assert "…" in answer["record"]["PhoneNumber1"]
