"""Reopening a contact whose result is final: the person is asked for the reason in the same form as for the yes."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from mcp_types import ElicitResult

from dialler_mcp.protocol.asking import MAX_REASON
from dialler_mcp.protocol.cards import REASON_META
from dialler_mcp.protocol.pages import LANGUAGE_META
from tests.conftest import Bench, structure_of, text_of
from tests.protocol.test_asking import CANCEL, DECLINE, Person, client_of, token_of
from tests.tools.asking import CLOSED_MUELLER, CONTACT10, change, contact, told

Make = Callable[..., Bench]

RESET = "dialler_reset_contact"
CLOSED = {"contact_id": CLOSED_MUELLER}
WHY = "Kundin bittet selbst um Rückruf"


def answer(**content: Any) -> ElicitResult:
    return ElicitResult(action="accept", content=content)


class Form(Person):
    """Remembers what could be filled in, too."""

    def __init__(self, *answers: ElicitResult, meanwhile: Callable[[], object] | None = None) -> None:
        super().__init__(*answers, meanwhile=meanwhile)
        self.forms: list[dict[str, Any]] = []

    async def __call__(self, context: Any, params: Any) -> ElicitResult:
        self.forms.append(params.requested_schema)
        return await super().__call__(context, params)


async def kept(b: Bench) -> dict[str, Any]:
    return (await told(b, "get_change", change_id=1))["record"]


@pytest.mark.parametrize("policy", ["auto", "human"])
async def test_one_form_asks_for_the_yes_and_the_reason(bench: Make, era: str, policy: str):
    b, person = bench(confirmation=policy), Form(answer(confirm=True, reason=f" {WHY}\n\u202e"))
    async with client_of(b, era, person) as client:
        result = structure_of(await client.call_tool(RESET, CLOSED))
    assert result["status"] == "done"
    assert len(b.wire.changes) == 1
    (question,), (form,) = person.questions, person.forms
    assert "A final result is reopened only for a reason, which is kept in the journal." in question
    assert set(form["required"]) == set(form["properties"]) == {"confirm", "reason"}
    assert form["properties"]["reason"]["maxLength"] == 500
    record = await kept(b)
    assert record["confirmed_by"] == "elicitation"
    assert f":{WHY}:" in record["reason"]


async def test_a_reason_that_was_given_is_shown_and_not_asked_for_again(bench: Make, era: str):
    b, person = bench(), Form(answer(confirm=True))
    async with client_of(b, era, person) as client:
        structure_of(await client.call_tool(RESET, {**CLOSED, "reason": WHY}))
    assert f"- Reason, kept in the journal: {WHY}\n" in person.questions[0]
    assert set(person.forms[0]["properties"]) == {"confirm"}
    assert WHY in (await kept(b))["reason"]


async def test_a_deletion_asks_for_no_reason(bench: Make, era: str):
    b, person = bench(), Form(answer(confirm=True))
    async with client_of(b, era, person) as client:
        structure_of(await client.call_tool("dialler_delete_contact", CLOSED))
    assert set(person.forms[0]["properties"]) == {"confirm"}


async def test_without_yes_and_reason_nothing_happens(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench()
    for text, why in (
        (answer(confirm=True, reason=""), "gave no reason"),
        (answer(confirm=True, reason=" \n\u200b"), "gave no reason"),
        (answer(confirm=False, reason=WHY), "answered no"),
        (answer(confirm=False, reason=""), "answered no"),
        (answer(confirm=True), "no answer of a person"),
        (answer(confirm=True, reason="x" * 501), "no answer of a person"),
        (answer(confirm=True, reason=7), "no answer of a person"),
        (DECLINE, "declined"),
        (CANCEL, "closed without an answer"),
    ):
        with subtests.test(f"{text.action} {text.content}"):
            async with client_of(b, era, Form(text)) as client:
                result = await client.call_tool(RESET, CLOSED)
            assert result.is_error
            assert text_of(result).startswith("Nothing was changed")
            assert why in text_of(result)
            assert WHY not in text_of(result)
            assert b.wire.changes == []


async def test_a_yes_does_not_reopen_what_became_final_while_the_person_thought(bench: Make, era: str):
    b = bench()
    await told(b, "lock_contact", contact_id=CONTACT10)
    final = contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id
    person = Form(answer(confirm=True), meanwhile=lambda: change(b, CONTACT10, dialler_campaigns_result_codes_id=final))
    async with client_of(b, era, person) as client:
        result = await client.call_tool("dialler_undo_change", {"change_id": 1})
    assert result.is_error
    assert set(person.forms[0]["properties"]) == {"confirm"}
    assert contact(b, CONTACT10).b_locked


@pytest.mark.parametrize("policy", ["auto", "phrase"])
async def test_the_phrase_comes_with_the_request_for_a_reason(bench: Make, era: str, policy: str):
    b = bench(confirmation=policy)
    person = Form(answer(confirm=True, reason=WHY)) if policy == "phrase" else None
    async with client_of(b, era, person) as client:
        first = await client.call_tool(RESET, CLOSED)
        phrase = structure_of(first)["confirm"]
        assert token_of(first) is None
        result = structure_of(await client.call_tool(RESET, {**CLOSED, "reason": WHY, "confirm": phrase}))
    assert result["status"] == "done"
    assert (person.questions if person else []) == []
    assert (await kept(b))["confirmed_by"] == "phrase"


@pytest.mark.parametrize("policy", ["auto", "human"])
async def test_the_card_asks_for_the_reason(bench: Make, era: str, policy: str):
    b = bench(confirmation=policy)
    async with client_of(b, era, apps=True) as client:
        first = await client.call_tool(RESET, CLOSED)
        assert (first.meta or {})[REASON_META] is True
        token = token_of(first)
        assert token
        refusal = await client.call_tool("dialler_confirm_by_card", {"token": token})
        assert (refusal.meta or {})[REASON_META] is True
        assert b.wire.changes == []
        result = await client.call_tool("dialler_confirm_by_card", {"token": token_of(refusal), "reason": WHY})
    assert structure_of(result)["status"] == "done"
    record = await kept(b)
    assert record["confirmed_by"] == "card"
    assert WHY in record["reason"]


@pytest.mark.parametrize("policy", ["auto", "human"])
async def test_the_card_is_told_the_language_of_the_answer(bench: Make, policy: str):
    async with client_of(bench(confirmation=policy, language="de"), "auto", apps=True) as client:
        result = await client.call_tool(RESET, CLOSED)
    assert (result.meta or {})[LANGUAGE_META] == "de"


@pytest.mark.parametrize("policy", ["auto", "human"])
async def test_the_card_comes_with_the_reason(bench: Make, era: str, policy: str):
    b = bench(confirmation=policy)
    async with client_of(b, era, apps=True) as client:
        result = await client.call_tool(RESET, {**CLOSED, "reason": WHY})
        assert (result.meta or {})[REASON_META] is False
        token = token_of(result)
        assert token
        assert b.wire.changes == []
        structure_of(await client.call_tool("dialler_confirm_by_card", {"token": token}))
    record = await kept(b)
    assert record["confirmed_by"] == "card"
    assert WHY in record["reason"]


async def test_a_client_that_can_do_nothing_is_refused_under_human(bench: Make, era: str):
    b = bench(confirmation="human")
    async with client_of(b, era) as client:
        for arguments in (CLOSED, {**CLOSED, "reason": WHY}):
            result = await client.call_tool(RESET, arguments)
            assert "needs a person's confirmation" in text_of(result)
            assert WHY not in text_of(result)
    assert b.wire.changes == []


async def test_undoing_a_lock_asks_for_a_reason_only_where_the_contact_was_closed_since(bench: Make, era: str):
    b, person = bench(), Form(answer(confirm=True, reason=WHY))
    final = contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id
    async with client_of(b, era, person) as client:
        structure_of(await client.call_tool("dialler_lock_contact", CLOSED))
        structure_of(await client.call_tool("dialler_undo_change", {"change_id": 1}))
        structure_of(await client.call_tool("dialler_lock_contact", {"contact_id": CONTACT10}))
        change(b, CONTACT10, dialler_campaigns_result_codes_id=final)
        structure_of(await client.call_tool("dialler_undo_change", {"change_id": 3}))
    assert [set(form["properties"]) for form in person.forms] == [{"confirm"}, {"confirm", "reason"}]
    assert WHY in (await told(b, "get_change", change_id=4))["record"]["reason"]


def test_the_card_takes_a_reason_as_long_as_the_tools_do():
    assert f'maxlength="{MAX_REASON}"' in (files("dialler_mcp") / "apps" / "confirm.html").read_text("utf-8")
