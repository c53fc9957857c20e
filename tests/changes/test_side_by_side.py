"""Several servers on one state, one after the other and at once, as a client sees them."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp_types import CallToolResult, InputRequiredResult, InputResponses

from dialler_mcp.protocol.cards import CONFIRM_TOOL
from dialler_mcp.sandbox import Store
from dialler_mcp.server import build_server
from dialler_mcp.state.store import FILE
from tests.changes.twin import CONTACT, settings
from tests.conftest import Bench, structure_of, text_of
from tests.places import Place
from tests.protocol.test_asking import YES, Person, client_of, token_of
from tests.tools.asking import CONTACT10, Make, ask, instead, refused, told

DELETE = "dialler_delete_contact"


@pytest.fixture
def twins(bench: Make, place: Place) -> Make:
    """Makes servers on one state, each with a sandbox of its own that holds the same."""

    def make(**settings: Any) -> Bench:
        return bench(state_url=place.url, data_dir=place.directory, **settings)

    return make


async def phrase_of(b: Bench) -> str:
    return (await told(b, "delete_contact", contact_id=CONTACT10))["confirm"]


async def test_a_phrase_given_before_a_restart_confirms_after_it_once(twins: Make):
    before, after, later = twins(), twins(), twins()
    phrase = await phrase_of(before)
    before.profile.state.close()
    assert (await told(after, "delete_contact", contact_id=CONTACT10, confirm=phrase))["status"] == "done"
    after.profile.state.close()
    assert "used already" in await refused(later, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    assert later.wire.changes == []


async def test_of_two_servers_at_once_one_obeys_a_phrase(twins: Make):
    both = [twins(), twins()]
    phrase = await phrase_of(both[0])
    calls = (ask(b, "delete_contact", {"contact_id": CONTACT10, "confirm": phrase}) for b in both)
    results = await asyncio.gather(*calls)
    assert sum(not result.is_error for result in results) == 1
    assert sum(len(b.wire.changes) for b in both) == 1


async def test_a_card_is_pressed_once_on_whichever_server(twins: Make, era: str):
    both = [twins(confirmation="human"), twins(confirmation="human")]
    async with client_of(both[0], era, apps=True) as client:
        token = token_of(await client.call_tool(DELETE, {"contact_id": CONTACT10}))
    results: list[CallToolResult] = []
    for b in both:
        async with client_of(b, era, apps=True) as client:
            results.append(await client.call_tool(CONFIRM_TOOL, {"token": token}))
    assert structure_of(results[0])["status"] == "done"
    assert "used already" in text_of(results[1])
    assert both[1].wire.changes == []


async def asked(client: Client) -> InputRequiredResult:
    question = await client.session.call_tool(DELETE, {"contact_id": CONTACT10}, allow_input_required=True)
    assert isinstance(question, InputRequiredResult)
    return question


async def answered(client: Client, question: InputRequiredResult) -> CallToolResult | InputRequiredResult:
    """A modern client holds the sealed question itself, and may send its answer again."""
    yes: InputResponses = dict.fromkeys(question.input_requests or {}, YES)
    return await client.session.call_tool(
        DELETE,
        {"contact_id": CONTACT10},
        input_responses=yes,
        request_state=question.request_state,
        allow_input_required=True,
    )


async def test_an_answer_of_a_person_that_is_sent_again_is_asked_for_again(twins: Make):
    b = twins()
    instead(b, "DELETE", f"/dialler/contacts/contact/{CONTACT10}", lambda: httpx2.Response(200, json={"status": 200}))
    async with client_of(b, "auto", Person(YES)) as client:
        first = await asked(client)
        result = await answered(client, first)
        assert isinstance(result, CallToolResult)
        assert "what was deleted is still there" in text_of(result)
        second = await answered(client, first)
        assert isinstance(second, InputRequiredResult), "the contact is still there, and so the answer would fit"
        assert len(b.wire.changes) == 1
        assert second.input_requests != first.input_requests
        assert isinstance(await answered(client, second), CallToolResult)
    assert len(b.wire.changes) == 2


async def test_an_answer_of_a_person_that_is_sent_twice_at_once_counts_once(twins: Make):
    b = twins()
    async with client_of(b, "auto", Person(YES)) as client:
        question = await asked(client)
        results = await asyncio.gather(*(answered(client, question) for _ in range(2)))
    assert sum(isinstance(result, CallToolResult) and not result.is_error for result in results) == 1
    assert len(b.wire.changes) == 1


async def test_the_limits_hold_over_a_restart_and_for_all_servers(twins: Make):
    for _ in range(2):
        b = twins(changes_per_day=2)
        await told(b, "lock_contact", contact_id=CONTACT10)
        b.profile.state.close()
    b = twins(changes_per_day=2)
    assert "The limit of 2 changes within 24 hours" in await refused(b, "lock_contact", contact_id=CONTACT10)
    assert b.wire.changes == []


async def test_a_phrase_that_a_limit_stops_is_still_good(twins: Make):
    b = twins(destructive_per_hour=0)
    phrase = await phrase_of(b)
    assert "The limit of 0" in await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    pair = twins()
    assert (await told(pair, "delete_contact", contact_id=CONTACT10, confirm=phrase))["status"] == "done"


@pytest.mark.thorough  # that of two servers above is quicker
async def test_of_two_processes_at_once_one_obeys_a_phrase(place: Place, sandbox_file: Path, tmp_path: Path):
    homes = [tmp_path / name for name in ("one", "two")]
    for home in homes:
        home.mkdir()
        shutil.copy(sandbox_file, home)
    async with Client(build_server(settings(homes[0], place.url))) as client:
        phrase = structure_of(await client.call_tool(DELETE, {"contact_id": CONTACT}))["confirm"]
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.changes.twin", str(home), place.url, phrase, stdout=pipe
        )
        for home in homes
    ]
    values = sorted([(await process.communicate())[0].decode().strip() for process in processes])
    assert "used already" in values[0]
    assert values[1] == "done"
    stores = [Store.open(home / "sandbox.sqlite3") for home in homes]
    assert sum(store.contact(CONTACT) is not None for store in stores) == 1
    for store in stores:
        store.close()


async def test_a_start_and_reads_do_not_touch_the_state(bench: Make, tmp_path: Path):
    b = bench(state_url=None, data_dir=tmp_path / "below")
    async with b.connect() as client:
        await client.list_tools()
        structure_of(await client.call_tool("dialler_get_contact", {"contact_id": CONTACT10}))
    assert not (tmp_path / "below" / FILE).exists()
    await told(b, "delete_contact", contact_id=CONTACT10)
    assert (tmp_path / "below" / FILE).exists()


@pytest.mark.parametrize("asks", [True, False], ids=["elicitation", "phrase"])
async def test_where_the_state_cannot_be_used_nothing_is_confirmed(bench: Make, era: str, tmp_path: Path, asks: bool):
    (tmp_path / FILE).write_text("no database at all " * 99, encoding="utf-8")
    b = bench(state_url=None, data_dir=tmp_path)
    person = Person(YES)
    async with client_of(b, era, person if asks else None) as client:
        for arguments in ({}, {"confirm": "delete Contact10 · Mustermann · Campaign 1000 #aaaaaaaa"}):
            result = await client.call_tool(DELETE, {"contact_id": CONTACT10, **arguments})
            assert result.is_error
            assert "The journal cannot be used: The file is damaged" in text_of(result)
            assert "The change was not sent." in text_of(result)
    assert person.questions == []
    assert b.wire.changes == []


async def test_a_state_that_breaks_after_the_preview_stops_the_change(bench: Make, tmp_path: Path):
    b = bench(state_url=None, data_dir=tmp_path)
    phrase = await phrase_of(b)
    b.profile.state.close()
    (tmp_path / FILE).write_text("no database at all " * 99, encoding="utf-8")
    text = await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    assert "The journal cannot be used" in text
    assert b.wire.changes == []
