import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ResultCode
from dialler_mcp.domain.standing.callbacks import callback_of, when_due
from dialler_mcp.sandbox import Options
from dialler_mcp.service import listing
from dialler_mcp.service.answers import MAX_BYTES, size
from tests.conftest import BERLIN, NOON, Bench, structure_of
from tests.prompts.asking import ask as ask_prompt
from tests.tools.asking import (
    CAMPAIGN_1000,
    CAMPAIGN_TEST,
    CONTACT10,
    LOCKED_MUELLER,
    NPS,
    Make,
    ask,
    change,
    contact,
    fresh,
    refused,
    told,
)


def column(answer: dict[str, Any], name: str) -> list[Any]:
    place = next(i for i, heading in enumerate(answer["columns"]) if heading.partition(" ")[0] == name)
    return [row[place] for row in answer["rows"]]


async def codes_of(b: Bench, campaign_id: int) -> dict[int, ResultCode]:
    return {code.id: code for code in await b.profile.dialler.get_result_codes(campaign_id, Language.en)}


async def expected(b: Bench, campaign_id: int) -> list[tuple[str, int]]:
    """When each callback of a campaign is due, by the rules of the domain on the records themselves."""
    codes = await codes_of(b, campaign_id)
    callbacks: list[tuple[str, int]] = []
    for one in b.store.contacts(campaign_id):
        callback = callback_of(one, state_of(one, codes.get(one.dialler_campaigns_result_codes_id or 0)))
        if callback:
            callbacks.append((when_due(callback.due, NOON.replace(tzinfo=BERLIN), BERLIN), one.id))
    return callbacks


async def pages(b: Bench, **arguments: Any) -> list[dict[str, Any]]:
    answers, cursor = list[dict[str, Any]](), None
    while True:
        answers.append(await told(b, "list_callbacks", **arguments, **({"cursor": cursor} if cursor else {})))
        earlier, cursor = cursor, answers[-1].get("next_cursor")
        if cursor is None:
            return answers
        assert cursor != earlier, "it goes on"


@pytest.mark.parametrize("limit", [pytest.param(1, marks=pytest.mark.thorough), 7, 100])
async def test_every_callback_is_on_one_page_by_time(bench: Make, limit: int):
    b = bench()
    answers = await pages(b, campaign_id=CAMPAIGN_1000, limit=limit)
    due = [time for page in answers for time in column(page, "due")]
    assert due == sorted(due)
    ids = [contact_id for page in answers for contact_id in column(page, "ID")]
    assert sorted(ids) == sorted([contact_id for _, contact_id in await expected(b, CAMPAIGN_1000)])
    assert {page["total"] for page in answers} == {len(ids)}


@pytest.mark.everyone
async def test_only_what_is_due_then(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench()
    for campaign_id in (CAMPAIGN_1000, NPS):
        callbacks = await expected(b, campaign_id)
        for when in ("overdue", "today", "week", "later"):
            with subtests.test(when, campaign_id=campaign_id):
                arguments = {"campaign_id": campaign_id, "when": when, "limit": 100}
                answer = structure_of(await ask(b, "list_callbacks", arguments, era))
                assert sorted(column(answer, "ID") if answer["rows"] else []) == sorted(
                    [contact_id for due, contact_id in callbacks if due == when]
                )
                assert answer["total"] == len(answer["rows"])
                assert answer["summary"].startswith(f"{len(callbacks)} agreed callback"), "the counts of all stay"


async def test_the_counts_add_up(bench: Make):
    b = bench()
    answer = await told(b, "list_callbacks", name="Campaign 1000", limit=1)
    classes = [due for due, _ in await expected(b, CAMPAIGN_1000)]
    everybody = len(b.store.contacts(CAMPAIGN_1000))
    assert f"{len(classes)} agreed callbacks in Campaign 1000 (538) among {everybody} contacts: " in answer["summary"]
    assert f": {classes.count('overdue')} overdue (" in answer["summary"]
    assert f"{classes.count('today')} due today (" in answer["summary"]
    assert answer["summary"].endswith("; 1 shown")


async def test_the_prompt_says_the_same(bench: Make):
    b = bench()
    counts = [due for due, _ in await expected(b, CAMPAIGN_1000)]
    text = await ask_prompt(b, "callback_plan", campaign=str(CAMPAIGN_1000))
    assert f"## Overdue: {counts.count('overdue')}\n" in text
    assert f"## Rest of today: {counts.count('today')}\n" in text


async def test_a_row_says_how_late_who_and_where(bench: Make):
    b = bench()
    days = {CONTACT10: timedelta(days=-3), LOCKED_MUELLER: timedelta(days=2)}
    for contact_id, away in days.items():
        change(b, contact_id, follow_up_date_time=NOON + away, follow_up_users_uid="qwertz")
    answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, agent=" QWERTZ ")
    assert column(answer, "late") == ["3 d late", "in 2 d"]
    assert column(answer, "ID") == [CONTACT10, LOCKED_MUELLER]
    assert column(answer, "name") == ["Max Mustermann", "Sabine Müller"]
    assert column(answer, "agent") == ["qwertz", "qwertz"]
    assert "agent (UID)" in answer["columns"]
    assert " contacts, for agent QWERTZ: " in answer["summary"]
    assert answer["summary"].endswith("; 2 shown, earliest due first")
    assert column(answer, "kind") == ["follow-up", "follow-up"]
    assert column(answer, "locked") == [None, True]
    assert column(answer, "number")[0] == contact(b, CONTACT10).phone_number1
    assert "due +01:00" in answer["columns"]


async def test_a_number_that_is_marked_invalid_is_passed_over(bench: Make):
    b = bench(privacy="masked")
    numbers = {"b_phone_number1_invalid": True, "phone_number2": "4915123041299"}
    change(b, CONTACT10, reserved_users_uid="qwertz", follow_up_date_time=NOON, **numbers)
    answer = await told(b, "list_callbacks", agent="qwertz")
    assert "…299" in column(answer, "number")[0]


async def test_it_is_said_in_german(bench: Make):
    answer = await told(bench(), "list_callbacks", campaign_id=CAMPAIGN_1000, language="de", when="overdue", limit=2)
    assert "überfällig (" in answer["summary"]
    assert column(answer, "Abstand")[0].endswith("zu spät")
    assert {"Termin", "Wiedervorlage"} >= set(column(answer, "Art"))


async def test_an_agent_without_callbacks_is_told_who_has_some(bench: Make):
    answer = await told(bench(), "list_callbacks", campaign_id=CAMPAIGN_1000, agent="bergr")
    assert answer["total"] == 0
    assert answer["summary"] == "0 agreed callbacks in Campaign 1000 (538) among 420 contacts, for agent bergr"
    assert answer["notes"][0].startswith("Agents that have callbacks: berger (")


WHEN: list[tuple[dict[str, str], bool]] = [
    ({"since": "2026-11-20T16:30", "until": "2026-11-20T16:30"}, True),
    ({"since": "2026-11-20", "until": "2026-11-20"}, True),
    ({"until": "2026-11-19"}, False),
    ({"since": "2026-11-21"}, False),
]


@pytest.mark.parametrize("dates", ["local", "offset", "utc"])
async def test_by_time(bench: Make, subtests: pytest.Subtests, dates: Any):
    b = bench(Options(dates=dates))
    change(b, CONTACT10, follow_up_date_time=datetime(2026, 11, 20, 16, 30), dt_next_try=datetime(2026, 11, 25, 9))
    for when, count in WHEN:
        with subtests.test(str(when)):
            answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, limit=100, **when)
            assert (bool(answer["rows"]) and CONTACT10 in column(answer, "ID")) is count


async def test_what_has_no_time_comes_last_and_not_into_a_period(bench: Make):
    b = bench()
    code = next(code for code in (await codes_of(b, CAMPAIGN_TEST)).values() if code.b_appointment)
    for due in (None, datetime(9999, 12, 31, 23, 59, 59), datetime(1, 1, 1)):
        b.store.add_contact(fresh(dialler_campaigns_result_codes_id=code.id, dt_next_try=due, reserved_users_uid="qx"))
    answers = await pages(b, campaign_id=CAMPAIGN_TEST, agent="qx", limit=1)
    assert [column(answer, "due")[0][:4] for answer in answers[:2]] == ["0001", "9999"]
    assert len(answers) == 3
    assert "1 no time set (1 appointment)" in answers[0]["summary"]
    assert answers[2]["columns"][0] != "due"
    assert (await told(b, "list_callbacks", campaign_id=CAMPAIGN_TEST, agent="qx", since="0001-01-01"))["total"] == 2


async def test_an_automatic_redial_is_counted_and_no_callback(bench: Make, subtests: pytest.Subtests):
    b = bench()
    redials = [one for one in b.store.contacts(CAMPAIGN_1000) if one.dt_next_try and not one.follow_up_date_time]
    delay = next(code.id for code in (await codes_of(b, CAMPAIGN_1000)).values() if code.b_delay)
    redials = [one for one in redials if one.dialler_campaigns_result_codes_id == delay]
    change(b, CONTACT10, dt_next_try=NOON, follow_up_users_uid="qwertz")
    counts = {"": len(redials), "qwertz": 1}
    for agent, count in counts.items():
        with subtests.test(agent):
            arguments = {"agent": agent} if agent else {}
            answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, limit=100, **arguments)
            assert f"Automatic redials, which nobody agreed: {count}, 1 of them due now" in str(answer["notes"])
            assert not answer["rows"] or CONTACT10 not in column(answer, "ID")
    assert "Automatic" not in str(await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, agent="nobody"))


async def test_what_is_closed_or_gone_is_no_callback(bench: Make):
    b = bench()
    final_code = next(code for code in (await codes_of(b, CAMPAIGN_1000)).values() if code.b_done)
    change(b, CONTACT10, dialler_campaigns_result_codes_id=final_code.id, follow_up_date_time=NOON)
    answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, limit=100)
    assert CONTACT10 not in column(answer, "ID")


async def test_a_cursor_is_good_for_its_question_only(bench: Make):
    b = bench()
    cursor = (await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, limit=2))["next_cursor"]
    for other in ({"when": "today"}, {"agent": "berger"}, {"since": "2026-11-01"}):
        text = await refused(b, "list_callbacks", campaign_id=CAMPAIGN_1000, cursor=cursor, **other)
        assert "another question" in text
    assert "another question" in await refused(b, "list_callbacks", campaign_id=CAMPAIGN_1000, cursor="9" * 30)


async def test_the_campaign_and_the_times_must_be_there(bench: Make):
    b = bench()
    assert "Several campaigns could be meant" in await refused(b, "list_callbacks", name="Campaign")
    assert "no such object" in await refused(b, "list_callbacks", campaign_id=999)
    assert "since must be a time" in await refused(b, "list_callbacks", since="gestern")


async def test_what_this_release_does_not_show_is_said(bench: Make):
    answer = await told(bench(Options(lists="bare")), "list_callbacks", campaign_id=CAMPAIGN_1000)
    assert "does not show locks nor current results" in answer["notes"][-1]


async def test_a_list_that_takes_too_long_is_told_as_a_part(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    monkeypatch.setattr(listing, "READING_SECONDS", 0.0)
    change(b, CONTACT10, follow_up_date_time=NOON)

    async def few(_: int | None, deadline: float | None = None) -> AsyncGenerator[Contact]:
        yield contact(b, CONTACT10)
        await asyncio.Event().wait()

    monkeypatch.setattr(b.profile.dialler, "list_contacts", few)
    answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000)
    assert answer["summary"].startswith("1 agreed callback in Campaign 1000 (538) among 1 contact: ")
    assert answer["notes"][0].startswith("Only the first 1 contacts were read, then the time was up")


@pytest.mark.thorough
async def test_an_answer_stays_small_whatever_the_records_hold(bench: Make):
    b = bench()
    text = "ä😀" * 2_000
    for number in range(150):
        b.store.add_contact(
            fresh(name=text, user_data=text, follow_up_date_time=NOON, follow_up_users_uid=f"{number}{text}")
        )
    answer = await told(b, "list_callbacks", campaign_id=CAMPAIGN_TEST, limit=100)
    assert size(answer) <= MAX_BYTES
    assert answer["next_cursor"]
    assert size(await told(b, "list_callbacks", campaign_id=CAMPAIGN_TEST, agent="nobody")) <= MAX_BYTES


async def test_a_filtered_list_says_by_what_and_in_which_order(bench: Make):
    arguments: dict[str, Any] = {"campaign_id": CAMPAIGN_1000, "when": "overdue", "until": "2026-11-30"}
    answer = await told(bench(), "list_callbacks", **arguments)
    assert " among 420 contacts, due until 2026-11-30 23:59+01:00: " in answer["summary"]
    assert answer["summary"].endswith(" shown, only overdue, earliest due first")


@pytest.mark.everyone
async def test_an_agent_is_meant_by_user_id_where_a_copy_tells_the_uid(bench: Make):
    b = bench(read=[CAMPAIGN_1000])
    by_uid = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, agent="berger")
    by_id = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, agent=" 3 ")
    assert by_id["rows"] == by_uid["rows"] != []
    assert ", for agent 3 (UID berger): " in by_id["summary"]
    nobody = await told(b, "list_callbacks", campaign_id=CAMPAIGN_1000, agent="999")
    assert nobody["total"] == 0
    assert "that of this user ID is not known here" in nobody["notes"][0]
