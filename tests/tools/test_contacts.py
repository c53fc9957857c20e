from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from dialler_mcp.domain.contact_state import attempts
from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import MAX_BYTES, size
from dialler_mcp.tools.contacts import CONTACT_FIELDS
from tests.conftest import Bench, structure_of, text_of
from tests.tokens import tokens
from tests.tools.asking import (
    CAMPAIGN_1000,
    CAMPAIGN_TEST,
    CLOSED_MUELLER,
    CONTACT10,
    FRESH,
    HALF_PRICE,
    LOCKED_MUELLER,
    NPS,
    RENEWAL,
    WITH_ORDERS,
    Make,
    ask,
    change,
    compact,
    fresh,
    ids,
    refused,
    told,
)


async def pages(b: Bench, tool: str, **arguments: Any) -> list[dict[str, Any]]:
    """All pages of an answer."""
    answers: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        answers.append(await told(b, tool, **arguments, **({"cursor": cursor} if cursor else {})))
        cursor = answers[-1].get("next_cursor")
        if cursor is None:
            return answers


async def test_every_contact_is_on_one_page(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for limit in (1, 7, 12, 100):
        with subtests.test(limit=limit):
            answers = await pages(b, "list_contacts", campaign_id=CAMPAIGN_TEST, limit=limit)
            values = [contact_id for page in answers for contact_id in ids(page)]
            assert values == sorted(contact.id for contact in b.store.contacts(CAMPAIGN_TEST))
            assert {page["total"] for page in answers} == {12}


async def test_a_page_has_20_rows_unless_asked(bench: Make):
    b = bench()
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000)
    assert len(answer["rows"]) == 20
    assert "limit: input should be less than or equal to 100" in await refused(b, "list_contacts", limit=101)


async def test_paging_survives_new_and_deleted_contacts(bench: Make):
    b = bench()
    first = await told(b, "list_contacts", campaign_id=CAMPAIGN_TEST, limit=5)
    b.store.delete_contact(ids(first)[-1])
    b.store.add_contact(fresh())
    rest = await told(b, "list_contacts", campaign_id=CAMPAIGN_TEST, limit=100, cursor=first["next_cursor"])
    assert len(ids(rest)) == 8
    assert min(ids(rest)) > max(ids(first))


async def test_a_cursor_that_is_none_is_refused(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for cursor in ("x", "-1", "5-", "5-abcdef", "٣-abcdef", "9" * 40):
        with subtests.test(cursor):
            text = await refused(b, "list_contacts", campaign_id=CAMPAIGN_TEST, cursor=cursor)
            assert "belongs to another question. Ask again without cursor" in text


async def test_a_cursor_of_another_question_is_refused(bench: Make, subtests: pytest.Subtests):
    b = bench()
    cursor = (await told(b, "list_contacts", campaign_id=CAMPAIGN_TEST, limit=5))["next_cursor"]
    others: tuple[dict[str, Any], ...] = (
        {"campaign_id": CAMPAIGN_1000},
        {"state": "new"},
        {"text": "a"},
        {"min_attempts": 1},
    )
    for other in others:
        with subtests.test(str(other)):
            text = await refused(b, "list_contacts", **{"campaign_id": CAMPAIGN_TEST, **other, "cursor": cursor})
            assert "another question" in text


async def test_an_unknown_campaign_does_not_look_like_an_empty_one(bench: Make):
    assert "no such object" in await refused(bench(), "list_contacts", campaign_id=999)
    assert "no such object" in await refused(bench(Options(no_match="empty")), "list_contacts", campaign_id=999)


async def test_an_empty_campaign_is_said_to_be_one(bench: Make):
    b = bench()
    clone = await told(b, "clone_campaign", source="Campaign 1000", destination="Leer")
    answer = await told(b, "list_contacts", campaign_id=clone["after"]["ID"])
    assert answer["summary"].startswith("0 contacts in Leer")
    assert (answer["rows"], answer["total"]) == ([], 0)


async def test_one_contact_is_singular(bench: Make):
    answer = await told(bench(), "list_contacts", campaign_id=CAMPAIGN_1000, text="mustermann")
    text = '1 of 420 contacts in Campaign 1000 (538) matches text "mustermann": 1 follow-up; 1 shown'
    assert answer["summary"] == text


STATES = ["new", "open", "follow-up", "delay", "appointment", "done", "aborted"]


async def test_filter_by_state(bench: Make, subtests: pytest.Subtests):
    b = bench()
    everything = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=1)
    for state in STATES:
        with subtests.test(state):
            some = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, state=state, fields=["state"])
            word = "follow-up" if state == "delay" else state
            assert f"{some['total']} {word}" in everything["summary"]
            assert {tuple(row) for row in some["rows"]} == {(word,)}


async def test_filter_by_lock(bench: Make):
    b = bench()
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, state="locked", limit=100)
    assert set(ids(answer)) == {one.id for one in b.store.contacts(CAMPAIGN_1000) if one.b_locked}
    assert LOCKED_MUELLER in ids(answer)


async def test_filter_by_result_in_either_language_or_by_export_key(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for result in ("No interest", "kein interesse", "KI", " ki "):
        with subtests.test(result):
            answer = await told(
                b, "list_contacts", campaign_id=CAMPAIGN_1000, result=result, fields=["ID", "result"], limit=100
            )
            assert CLOSED_MUELLER in ids(answer)
            assert {row[1] for row in answer["rows"]} == {"No interest"}


async def test_an_unknown_result_does_not_look_like_no_contact(bench: Make):
    text = await refused(bench(), "list_contacts", campaign_id=CAMPAIGN_1000, result="Keine Ahnung")
    assert "no result code of this name or export key. Use one of: " in text
    assert "Kein Interesse" in text
    assert "Keine Ahnung" not in text


@pytest.mark.everyone
async def test_filter_by_result_in_all_campaigns(bench: Make):
    b = bench()
    everywhere = await told(b, "list_contacts", result="ABG", limit=1)
    there = await told(b, "list_contacts", result="ABG", campaign_id=CAMPAIGN_1000, limit=1)
    assert everywhere["total"] > there["total"] > 0


async def test_filter_by_attempts(bench: Make, subtests: pytest.Subtests):
    b = bench()
    counts = Counter(attempts(one) for one in b.store.contacts(CAMPAIGN_1000))
    for least, most in ((3, None), (None, 2), (2, 4), (0, 0), (None, 0)):
        with subtests.test(least=least, most=most):
            limits = {name: n for name, n in (("min_attempts", least), ("max_attempts", most)) if n is not None}
            answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=1, **limits)
            assert answer["total"] == sum(
                n for tried, n in counts.items() if (least or 0) <= tried <= (99 if most is None else most)
            )


WHEN: list[tuple[dict[str, str], bool]] = [
    ({"since": "2026-11-20T16:30", "until": "2026-11-20T16:30"}, True),
    ({"since": "2026-11-20", "until": "2026-11-20"}, True),
    ({"until": "2026-11-19"}, False),
    ({"since": "2026-11-21"}, False),
    ({"since": "2026-11-20T15:30Z"}, True),
    ({"since": "2026-11-20T16:31+01:00"}, False),
]


@pytest.mark.parametrize("dates", ["local", "offset", "utc"])
async def test_filter_by_next_attempt(bench: Make, subtests: pytest.Subtests, dates: Any):
    b = bench(Options(dates=dates))
    for when, count in WHEN:
        with subtests.test(str(when)):
            answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text="Mustermann", **when)
            assert (CONTACT10 in ids(answer)) is count


async def test_until_a_day_means_its_last_moment(bench: Make):
    b = bench()
    change(b, CONTACT10, dt_next_try=datetime(2026, 11, 22, 23, 59, 59, 900_000))
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text="Mustermann", until="2026-11-22")
    assert ids(answer) == [CONTACT10]


async def test_filter_by_text(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for text in ("muster", "CONTACT10", "max muster", "492214710858", "düsseldorf"):
        with subtests.test(text):
            answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text=text, limit=100)
            assert CONTACT10 in ids(answer)
            assert answer["total"] < 420


async def test_a_time_of_another_form_is_refused(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for name in ("since", "until"):
        with subtests.test(name):
            text = await refused(b, "list_contacts", campaign_id=CAMPAIGN_1000, **{name: "20.11.2026"})
            assert f"{name} must be a time of the form YYYY-MM-DD" in text


async def test_fields_come_exactly_and_in_the_asked_order(bench: Make):
    fields = ["City", "state", "ID", "name", "Name", "AccountIBAN", "city"]
    answer = await told(bench(), "list_contacts", campaign_id=CAMPAIGN_1000, text="Mustermann", fields=fields)
    assert answer["columns"] == ["City", "state", "ID", "name", "Name", "AccountIBAN"]
    assert answer["rows"] == [["Düsseldorf", "follow-up", CONTACT10, "Max Mustermann", "Mustermann", None]]


async def test_an_unknown_field_names_the_nearest(bench: Make, subtests: pytest.Subtests):
    b = bench()
    keys: dict[str, dict[str, Any]] = {
        "list_contacts": {},
        "get_contact": {"contact_id": CONTACT10},
        "find_contacts_by_user_data": {"user_data": "x"},
    }
    for tool, key in keys.items():
        for field, hint in (("Phone1", "Use PhoneNumber1"), ("qqqq", "dialler://reference/fields"), ("naem", "Use ")):
            with subtests.test(f"{tool} {field}"):
                text = await refused(b, tool, **key, fields=["Name", field])
                assert "fields: number 2 is not a field" in text
                assert hint in text
                assert field not in text


async def test_every_dialler_gives_the_same_answers(bench: Make, subtests: pytest.Subtests):
    usual = bench()
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("list_contacts", {"campaign_id": CAMPAIGN_TEST, "limit": 100}),
        ("list_contacts", {"campaign_id": NPS, "state": "appointment"}),
        ("get_contact", {"contact_id": CONTACT10}),
        ("find_contacts_by_user_data", {"user_data": "Kunde-0815"}),
        ("find_contacts_by_user_data", {"user_data": "nobody"}),
    )
    answers = [await told(usual, tool, **arguments) for tool, arguments in calls]
    for options in (
        Options(release="oldest"),
        Options(no_match="empty"),
        Options(dates="offset"),
        Options(dates="utc"),
    ):
        other = bench(options)
        for (tool, arguments), answer in zip(calls, answers, strict=True):
            with subtests.test(f"{tool} {options}"):
                assert await told(other, tool, **arguments) == answer


async def test_states_that_are_not_shown_are_said_and_not_guessed(bench: Make, subtests: pytest.Subtests):
    b = bench(Options(lists="bare"))
    every: tuple[dict[str, str], ...] = ({"state": "locked"}, {"state": "aborted"}, {"result": "KI"}, {})
    for state in every:
        with subtests.test(str(state)):
            answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, **state)
            assert "does not show locks nor current results" in answer["notes"][0]
            assert "aborted" not in answer["summary"].replace("match state aborted", "")
            assert ("unknown" in answer["summary"]) is not bool(state)


async def test_a_bare_contact_says_what_it_does_not_show(bench: Make):
    b = bench(Options(lists="bare"))
    answer = await told(b, "get_contact", contact_id=CLOSED_MUELLER)
    assert answer["record"]["state"] == "unknown"
    assert "whether it is locked; its current result" in answer["notes"][0]
    several = await told(b, "get_contacts", contact_ids=[CLOSED_MUELLER])
    assert several["contacts"][0]["state"] == "aborted"
    assert "does not show locks" in several["notes"][0]


LONG = '"😀\\äöü' * 500


@pytest.mark.everyone
@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1_000, LONG[:130]),
        (5_000, LONG[:130]),
        (150, LONG),
    ],
)
@pytest.mark.thorough
async def test_no_answer_is_larger_than_20_000_tokens(bench: Make, subtests: pytest.Subtests, count: int, text: str):
    b = bench()
    texts = dict.fromkeys(("name", "first_name", "company", "comment", "user_data", "city"), text)
    with b.store.change():
        for _ in range(count):
            b.store.add_contact(fresh(dialler_campaigns_id=RENEWAL, **texts))
    for fields in (None, ["ID", "Comment", "Name"], CONTACT_FIELDS):
        with subtests.test(str(fields)):
            arguments: dict[str, Any] = {"campaign_id": RENEWAL, "limit": 100} | ({"fields": fields} if fields else {})
            result = await ask(b, "list_contacts", arguments)
            answer = structure_of(result)
            assert answer["total"] == 90 + count
            assert size(answer) <= MAX_BYTES
            assert len(text_of(result).encode()) <= MAX_BYTES
            following = await told(b, "list_contacts", **arguments, cursor=answer["next_cursor"])
            assert ids(following)[0] == ids(answer)[-1] + 1


@pytest.mark.parametrize("text", [LONG, "a" * 9_000])
@pytest.mark.thorough
async def test_no_single_record_is_too_large(bench: Make, text: str):
    b = bench()
    kinds = {info.attribute: text for info in type(fresh()).fields() if info.type is str}
    other = {f"Other{number}{text[:300]}": text for number in range(50)}
    change(b, CONTACT10, **{**kinds, "user_data": "x", "other": other})
    for tool, arguments in (
        ("get_contact", {"contact_id": CONTACT10}),
        ("get_contacts", {"contact_ids": [CONTACT10], "user_data_list": [f"😀{n}" * 20 for n in range(100)]}),
        ("find_contacts_by_user_data", {"user_data": "x"}),
        (
            "update_contact",
            {"contact_id": CONTACT10, **dict.fromkeys(("Comment", "Tag", "Model", "Website"), "b" * 9_999)},
        ),
        ("delete_contact", {"contact_id": CONTACT10}),
    ):
        result = await ask(b, tool, arguments)
        assert size(structure_of(result)) <= MAX_BYTES, tool
        assert len(text_of(result).encode()) <= MAX_BYTES, tool


def known(b: Bench) -> Any:
    """A contact about whom as much is known as perf.md supposes."""
    return change(
        b,
        CONTACT10,
        user_data2="SAP-4711",
        email="max.mustermann@example.org",
        company="Mustermann GmbH",
        title="Dr.",
        account_iban="DE02120300000000202051",
        account_owner="Max Mustermann",
        manufacturer="Fantasia",
        model="Box 7590",
        comment="Bittet um Rückruf am Nachmittag.",
        follow_up_users_uid="agent3",
    )


@pytest.mark.everyone
async def test_one_contact_costs_at_most_380_tokens(bench: Make):
    b = bench()
    known(b)
    for contact_id in (CONTACT10, WITH_ORDERS, FRESH):
        result = await ask(b, "get_contact", {"contact_id": contact_id})
        assert tokens(text_of(result)) <= 380
        assert tokens(compact(structure_of(result))) <= 380


async def test_147_contacts_cost_at_most_1_000_tokens_and_6_500_over_all_pages(bench: Make):
    b = bench()
    for one in b.store.contacts(CAMPAIGN_1000)[147:]:
        b.store.delete_contact(one.id)
    result = await ask(b, "list_contacts", {"campaign_id": CAMPAIGN_1000})
    assert tokens(text_of(result)) <= 1_000
    assert tokens(compact(structure_of(result))) <= 1_000
    answers = await pages(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=100)
    assert sum(len(page["rows"]) for page in answers) == 147
    assert sum(tokens(compact(page)) for page in answers) <= 6_500


@pytest.mark.everyone
async def test_all_campaigns_or_one(bench: Make):
    b = bench()
    assert (await told(b, "list_contacts", limit=1))["total"] == 1502
    assert (await told(b, "list_contacts", campaign_id=HALF_PRICE, limit=1))["total"] == 180


async def test_all_that_is_known_is_decoded_and_masked(bench: Make):
    b = bench()
    known(b)
    record = (await told(b, "get_contact", contact_id=CONTACT10, language="de"))["record"]
    assert record["result"] == "Nicht erreicht / Anrufbeantworter"
    assert record["PhoneNumber1"].startswith("492214710858 (1 Versuch, zuletzt: keine Antwort")
    assert record["AccountIBAN"].startswith("…051~")
    assert record["why_not_dialled"] == ["der nächste Versuch folgt erst 2026-11-20 16:30+01:00"]
    assert not [name for name, value in record.items() if value in (None, "", 0, [])]
