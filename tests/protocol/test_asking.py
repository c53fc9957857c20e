"""The ladder: what a client can do, in which era, under which policy, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp_types import CallToolResult, ElicitResult, ErrorData, Implementation

from dialler_mcp.protocol.cards import CARD_URI, CONFIRM_TOOL, TOKEN_META, card_token
from dialler_mcp.settings import Confirmation as Policy
from tests.conftest import Bench, QuickClient, structure_of, text_of

Make = Callable[..., Bench]

CONTACT10 = 215220
DELETE = "dialler_delete_contact"
APPS = [advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})]
YES = ElicitResult(action="accept", content={"confirm": True})
NO = ElicitResult(action="accept", content={"confirm": False})
DECLINE = ElicitResult(action="decline")
CANCEL = ElicitResult(action="cancel")
GARBAGE = ElicitResult(action="accept", content={"confirm": "perhaps", "more": 1})
EMPTY = ElicitResult(action="accept")


class Person:
    """Answers questions as told, and remembers them; `meanwhile` happens while they think."""

    def __init__(self, *answers: ElicitResult, meanwhile: Callable[[], object] | None = None) -> None:
        self.questions: list[str] = []
        self._answers, self._meanwhile = list(answers), meanwhile

    async def __call__(self, context: Any, params: Any) -> ElicitResult:
        self.questions.append(params.message)
        if self._meanwhile and len(self.questions) == 1:
            self._meanwhile()
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def client_of(b: Bench, era: str, person: Person | None = None, *, apps: bool = False) -> Client:
    return QuickClient(
        b.server,
        mode=era,
        elicitation_callback=person,
        extensions=APPS if apps else None,  # pyright: ignore[reportArgumentType]
    )


def exists(b: Bench, contact_id: int = CONTACT10) -> bool:
    return b.store.contact(contact_id) is not None


def token_of(result: CallToolResult) -> str | None:
    return (result.meta or {}).get(TOKEN_META)


@pytest.mark.parametrize("policy", ["auto", "human"])
async def test_a_person_who_says_yes_is_asked_once_and_obeyed(bench: Make, era: str, policy: str):
    b, person = bench(confirmation=policy), Person(YES)
    async with client_of(b, era, person) as client:
        change = structure_of(await client.call_tool(DELETE, {"contact_id": CONTACT10}))
    assert change["status"] == "done"
    assert not exists(b)
    assert b.wire.changes == [f"DELETE /dialler/contacts/contact/{CONTACT10}"]
    (question,) = person.questions
    assert question.startswith("Delete Contact10 · Mustermann · Campaign 1000?\n- The contact and its history")


async def test_any_other_answer_changes_nothing_and_says_why(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench()
    for answer, text in (
        (NO, "answered no"),
        (DECLINE, "declined"),
        (CANCEL, "closed without an answer"),
        (GARBAGE, "no answer of a person"),
        (EMPTY, "no answer of a person"),
    ):
        with subtests.test(f"{answer.action} {answer.content}"):
            async with client_of(b, era, Person(answer)) as client:
                result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
            assert result.is_error
            assert text_of(result).startswith("Nothing was changed")
            assert text in text_of(result)
            assert (answer in (GARBAGE, EMPTY)) or "DIALLER_CONFIRMATION=phrase" in text_of(result)
            assert exists(b)
            assert b.wire.changes == []


@dataclass
class Failing:
    """A client that declares elicitation, and cannot ask."""

    code: int

    async def __call__(self, context: Any, params: Any) -> ErrorData:
        return ErrorData(code=self.code, message="Elicitation failed")


@pytest.mark.parametrize("code", [-32601, -32603, -32600, -32602])
async def test_a_client_that_declares_to_ask_and_cannot_gets_the_phrase(bench: Make, code: int):
    b = bench()
    async with QuickClient(b.server, mode="legacy", elicitation_callback=Failing(code)) as client:
        preview = structure_of(await client.call_tool(DELETE, {"contact_id": CONTACT10}))
        assert preview["status"] == "confirmation_required"
        assert exists(b)
        phrase = {"contact_id": CONTACT10, "confirm": preview["confirm"]}
        assert structure_of(await client.call_tool(DELETE, phrase))["status"] == "done"
    assert not exists(b)


async def test_a_client_that_cannot_ask_after_all_is_refused_under_human(bench: Make):
    b = bench(confirmation="human")
    async with QuickClient(b.server, mode="legacy", elicitation_callback=Failing(-32601)) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert text_of(result).startswith("Nothing was changed: this needs a person's confirmation")
    assert exists(b)


async def test_an_error_that_may_be_a_refusal_gives_no_phrase(bench: Make):
    b = bench()
    async with QuickClient(b.server, mode="legacy", elicitation_callback=Failing(-1)) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert result.is_error
    assert text_of(result).startswith("Nothing was changed: the client failed to ask the person.")
    assert "#" not in text_of(result)
    assert exists(b)


async def test_a_record_that_changes_while_the_person_thinks_is_not_touched(bench: Make, era: str):
    b = bench()

    def dial() -> None:
        contact = b.store.contact(CONTACT10)
        assert contact is not None
        contact.n_tries_phone_number1 = (contact.n_tries_phone_number1 or 0) + 1
        b.store.save_contact(contact)

    person = Person(YES, NO, meanwhile=dial)
    async with client_of(b, era, person) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert result.is_error
    assert exists(b)
    assert b.wire.changes == []


@pytest.mark.everyone
async def test_nobody_is_asked_where_nothing_can_be_lost(bench: Make, era: str):
    b, person = bench(), Person(YES)
    async with client_of(b, era, person) as client:
        structure_of(await client.call_tool("dialler_reset_contact_by_user_data", {"user_data": "Contact10"}))
        structure_of(await client.call_tool("dialler_lock_contact", {"contact_id": CONTACT10}))
        answer = await client.call_tool("dialler_reset_contact_by_user_data", {"user_data": "Kunde-4711"})
        missing = await client.call_tool(DELETE, {"contact_id": 1})
    assert person.questions == []
    assert "share this UserData" in text_of(answer)
    assert "no such object" in text_of(missing)


async def test_a_rehearsal_sends_no_change(bench: Make, era: str):
    b = bench()
    async with client_of(b, era, Person(NO)) as client:
        for tool, arguments in [
            (DELETE, {"contact_id": CONTACT10}),
            ("dialler_delete_campaign", {"campaign_id": 539}),
            ("dialler_delete_campaign_by_name", {"name": "Campaign 1000 Test"}),
            ("dialler_delete_contact_by_user_data", {"user_data": "Contact10"}),
            (
                "dialler_import_contact",
                {
                    "overwrite_duplicates": True,
                    "Name": "Neu",
                    "DiallerCampaignsID": 538,
                    "PhoneNumber1": "493023125001",
                    "UserData": "Contact10",
                },
            ),
        ]:
            assert (await client.call_tool(tool, arguments)).is_error
    assert b.wire.changes == []


async def test_an_overwrite_is_asked_with_what_changes_and_alike_in_every_process(bench: Make, era: str):
    arguments = {
        "overwrite_duplicates": True,
        "Name": "Neu",
        "DiallerCampaignsID": 538,
        "PhoneNumber1": "493023125001",
        "UserData": "Contact10",
        "Comment": "ruf 030 23125002 an",
    }
    questions: list[str] = []
    for _ in range(2):
        person = Person(NO)
        async with client_of(bench(privacy="masked"), era, person) as client:
            assert (await client.call_tool("dialler_import_contact", arguments)).is_error
        questions += person.questions
    first, second = questions
    assert first == second
    assert "\n- Name: Mustermann → Neu\n- PhoneNumber1: +49 " in first
    assert "\n- Comment: – → ruf 03…002 an\n" in first


async def test_the_policy_phrase_asks_nobody(bench: Make, era: str):
    b, person = bench(confirmation="phrase"), Person(YES)
    async with client_of(b, era, person, apps=True) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert person.questions == []
    assert structure_of(result)["confirm"]
    assert token_of(result) is None


async def test_the_policy_human_refuses_a_client_that_can_neither_ask_nor_show(bench: Make, era: str):
    b = bench(confirmation="human")
    async with client_of(b, era) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        other_refusal = await client.call_tool(
            DELETE, {"contact_id": CONTACT10, "confirm": "delete Contact10 #aaaaaaaa"}
        )
    for refusal in (result, other_refusal):
        assert refusal.is_error
        assert "needs a person's confirmation" in text_of(refusal)
    assert exists(b)


async def test_the_card_works_once_and_keeps_its_token_from_the_model(bench: Make, era: str):
    b = bench(confirmation="human")
    async with client_of(b, era, apps=True) as client:
        answer = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        token = token_of(answer)
        assert token
        assert exists(b)
        assert "confirm" not in structure_of(answer)
        assert token not in answer.model_dump_json(exclude={"meta"})
        assert "wait for them" in text_of(answer)
        forgery = await client.call_tool(CONFIRM_TOOL, {"token": token[:-6] + "AAAAAA"})
        assert forgery.is_error
        assert exists(b)
        result = structure_of(await client.call_tool(CONFIRM_TOOL, {"token": token}))
        again = await client.call_tool(CONFIRM_TOOL, {"token": token})
    assert result["status"] == "done"
    assert not exists(b)
    assert again.is_error
    assert b.wire.changes == [f"DELETE /dialler/contacts/contact/{CONTACT10}"]


async def test_the_phrase_of_a_model_does_not_pass_for_a_person(bench: Make, era: str):
    """Under `human` even a right phrase counts only from the button."""
    b = bench(confirmation="human")
    async with client_of(b, era, apps=True) as client:
        token = token_of(await client.call_tool(DELETE, {"contact_id": CONTACT10}))
        assert token
        import base64
        import json

        _, arguments, phrase = json.loads(base64.urlsafe_b64decode(token))
        result = await client.call_tool(DELETE, {**arguments, "confirm": phrase})
    assert "with the button of the card" in text_of(result)
    assert exists(b)


async def test_a_model_cannot_press_the_button_with_its_own_phrase(bench: Make, era: str):
    b = bench()
    async with client_of(b, era, apps=True) as client:
        answer = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        forgery = card_token(DELETE, {"contact_id": CONTACT10}, structure_of(answer)["confirm"])
        result = await client.call_tool(CONFIRM_TOOL, {"token": forgery})
        assert "not valid" in text_of(result)
        assert exists(b)
        assert structure_of(await client.call_tool(CONFIRM_TOOL, {"token": token_of(answer)}))["status"] == "done"


@pytest.mark.parametrize(("before", "after"), [("auto", "human"), ("human", "auto"), ("phrase", "auto")])
async def test_what_was_previewed_under_one_policy_confirms_nothing_under_another(
    bench: Make, era: str, before: str, after: str
):
    b = bench(confirmation=before)
    async with client_of(b, era, apps=True) as client:
        answer = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        b.profile.policy = Policy(after)
        if token := token_of(answer):
            result = await client.call_tool(CONFIRM_TOOL, {"token": token})
        else:
            phrase = structure_of(answer)["confirm"]
            result = await client.call_tool(DELETE, {"contact_id": CONTACT10, "confirm": phrase})
    assert "not valid" in text_of(result)
    assert exists(b)


async def test_a_question_is_another_one_for_another_caller_and_under_another_policy(bench: Make, era: str):
    b, person = bench(), Person(NO)
    for name, policy in (("one", "auto"), ("two", "auto"), ("one", "human"), ("one", "auto")):
        b.profile.policy = Policy(policy)
        text = Implementation(name=name, version="1")
        async with QuickClient(b.server, mode=era, elicitation_callback=person, client_info=text) as client:
            await client.call_tool(DELETE, {"contact_id": CONTACT10})
    first, second, third, fourth = (question.rpartition("(Ref. ")[2] for question in person.questions)
    assert len({first, second, third}) == 3
    assert fourth == first


async def test_a_client_with_cards_may_use_the_phrase_as_well_under_auto(bench: Make, era: str):
    b = bench()
    async with client_of(b, era, apps=True) as client:
        answer = await client.call_tool(DELETE, {"contact_id": CONTACT10})
        assert token_of(answer)
        phrase = structure_of(answer)["confirm"]
        structure_of(await client.call_tool(DELETE, {"contact_id": CONTACT10, "confirm": phrase}))
    assert not exists(b)


async def test_a_token_that_is_none_is_refused(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench()
    async with client_of(b, era, apps=True) as client:
        for token in ("", "x", "W10=", "ÄÖ", "eyJhIjogMX0=", "WyJkaWFsbGVyX2NvbmZpcm1fYnlfY2FyZCIsIHt9LCAieCJd"):
            with subtests.test(token):
                result = await client.call_tool(CONFIRM_TOOL, {"token": token})
                assert result.is_error
                assert "none of ours" in text_of(result)
                assert b.wire.requests == []


async def test_the_button_is_hidden_from_clients_without_cards(bench: Make, era: str):
    b = bench()
    async with client_of(b, era) as plain, client_of(b, era, apps=True) as with_cards:
        names = [tool.name for tool in (await plain.list_tools()).tools]
        unknown = await plain.call_tool("dialler_nothing", {})
        answer = await plain.call_tool(CONFIRM_TOOL, {"token": "x"})
        tools = {tool.name: tool for tool in (await with_cards.list_tools()).tools}
    assert CONFIRM_TOOL not in names
    assert text_of(answer) == text_of(unknown)
    assert (tools[CONFIRM_TOOL].meta or {})["ui"]["visibility"] == ["app"]
    assert (tools[DELETE].meta or {})["ui"]["resourceUri"] == CARD_URI


async def test_the_card_is_one_page_that_needs_no_network(bench: Make, era: str):
    async with client_of(bench(), era, apps=True) as client:
        (page,) = (await client.read_resource(CARD_URI)).contents
    html = str(getattr(page, "text", ""))
    assert page.mime_type == APP_MIME_TYPE
    assert "http" not in html.replace("http-equiv", "")
    assert "innerHTML" not in html
    assert "eval(" not in html
