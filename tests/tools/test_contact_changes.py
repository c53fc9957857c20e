import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import httpx2
import pytest
from mcp_types import CallToolResult

from dialler_mcp.sandbox import Options
from tests.conftest import Bench, structure_of, text_of
from tests.tools.asking import (
    CLOSED_MUELLER,
    CONTACT10,
    FRESH,
    LOCKED_MUELLER,
    NPS,
    Clock,
    Make,
    ask,
    change,
    contact,
    instead,
    records,
    refused,
    steady,
    told,
)

PATH = "/dialler/contacts/contact"
PASSED = 661  # seconds after which a phrase is good no more, and a wrong code is forgotten


class GuardedCase(NamedTuple):
    """A call that must be confirmed, what it sends then, and the contact that it is about."""

    tool: str
    arguments: dict[str, Any]
    sends: str
    contact_id: int


WHY = {"reason": "Kunde bittet selbst um Rückruf"}
GUARDED = [
    GuardedCase("delete_contact", {"contact_id": CONTACT10}, f"DELETE {PATH}/{CONTACT10}", CONTACT10),
    GuardedCase("delete_contact_by_user_data", {"user_data": "Contact10"}, f"DELETE {PATH}/{CONTACT10}", CONTACT10),
    GuardedCase(
        "reset_contact",
        {"contact_id": CLOSED_MUELLER, **WHY},
        f"PATCH {PATH}/{CLOSED_MUELLER}/reset",
        CLOSED_MUELLER,
    ),
    GuardedCase(
        "reset_contact_by_user_data",
        {"user_data": "Contact22", **WHY},
        f"PATCH {PATH}/{CLOSED_MUELLER}/reset",
        CLOSED_MUELLER,
    ),
    GuardedCase(
        "unlock_contact",
        {"contact_id": CLOSED_MUELLER, **WHY},
        f"PATCH {PATH}/{CLOSED_MUELLER}/unlock",
        CLOSED_MUELLER,
    ),
    GuardedCase(
        "unlock_contact_by_user_data",
        {"user_data": "Contact22", **WHY},
        f"PATCH {PATH}/{CLOSED_MUELLER}/unlock",
        CLOSED_MUELLER,
    ),
    GuardedCase(
        "import_contact",
        {"overwrite_duplicates": True, "Name": "Neu", "PhoneNumber1": "+4930231250", "UserData": "Contact10"}
        | {"DiallerCampaignsID": 538},
        "POST /dialler/contacts/import",
        CONTACT10,
    ),
    GuardedCase(
        "import_contact",
        {"overwrite_duplicates": False, "Name": "Neu", "PhoneNumber1": "+4930231250", "UserData": "Contact10"}
        | {"DiallerCampaignsID": 538},
        "POST /dialler/contacts/import",
        CONTACT10,
    ),
    GuardedCase("delete_campaign", {"campaign_id": 538}, "DELETE /dialler/campaigns/campaign/538", CONTACT10),
    GuardedCase(
        "delete_campaign_by_name", {"name": "service nps"}, f"DELETE /dialler/campaigns/campaign/{NPS}", 217504
    ),
]
NAMES = [f"{one.tool}{n}" for n, one in enumerate(GUARDED)]
guarded = pytest.mark.parametrize("case", GUARDED, ids=NAMES)
OF_EACH_KIND = (0, 3, 6, 9)  # a deletion, a reset, an import, a campaign
one_of_each_kind = pytest.mark.parametrize(
    "case",
    [
        pytest.param(one, id=NAMES[n], marks=() if n in OF_EACH_KIND else pytest.mark.thorough)
        for n, one in enumerate(GUARDED)
    ],
)
"""All of them, but in the fast run only one of each kind."""


def locked(b: Bench) -> Bench:
    """So that unlocking the closed contact means something."""
    change(b, CLOSED_MUELLER, b_locked=True)
    return b


async def preview(b: Bench, case: GuardedCase) -> str:
    answer = await told(b, case.tool, **case.arguments)
    assert answer["status"] == "confirmation_required"
    assert answer["consequences"]
    assert b.wire.changes == []
    return answer["confirm"]


async def nothing_changes(b: Bench, case: GuardedCase, phrase: str) -> str:
    text = await refused(b, case.tool, **case.arguments, confirm=phrase)
    assert b.wire.changes == []
    assert "othing was" in text
    assert "Repeat it without `confirm`" in text or "ask for a new preview" in text
    return text


async def nothing_is_sent_before_the_phrase(b: Bench, case: GuardedCase, era: str) -> None:
    first_answer = await ask(b, case.tool, case.arguments, era)
    phrase = structure_of(first_answer)["confirm"]
    assert "NOTHING WAS CHANGED YET" in text_of(first_answer)
    assert text_of(first_answer).count(phrase) == 1
    assert b.wire.changes == []
    answer = structure_of(await ask(b, case.tool, {**case.arguments, "confirm": phrase}, era))
    assert answer["status"] == "done"
    assert b.wire.changes == [case.sends]


@guarded
async def test_nothing_is_sent_before_the_phrase_comes_back(bench: Make, case: GuardedCase):
    await nothing_is_sent_before_the_phrase(locked(bench()), case, "auto")


@one_of_each_kind
async def test_nothing_is_sent_before_the_phrase_comes_back_from_an_older_client(bench: Make, case: GuardedCase):
    await nothing_is_sent_before_the_phrase(locked(bench()), case, "legacy")


@one_of_each_kind
async def test_a_phrase_works_once(bench: Make, case: GuardedCase):
    b = locked(bench())
    phrase = await preview(b, case)
    await told(b, case.tool, **case.arguments, confirm=phrase)
    await ask(b, case.tool, {**case.arguments, "confirm": phrase})
    assert b.wire.changes == [case.sends]


@one_of_each_kind
async def test_of_two_confirmed_calls_at_once_one_goes_through(bench: Make, case: GuardedCase):
    b = locked(bench())
    phrase = await preview(b, case)
    async with b.connect() as client:
        calls = [client.call_tool(f"dialler_{case.tool}", {**case.arguments, "confirm": phrase}) for _ in range(2)]
        results: list[CallToolResult] = await asyncio.gather(*calls)
    assert sorted(bool(result.is_error) for result in results) == [False, True]
    assert b.wire.changes == [case.sends]


async def test_a_phrase_expires(bench: Make, subtests: pytest.Subtests):
    clock = Clock()
    b = steady(locked(bench()), clock)
    for name, case in zip(NAMES, GUARDED, strict=True):
        with subtests.test(name):
            phrase = await preview(b, case)
            clock.seconds += PASSED
            assert "ten minutes" in await nothing_changes(b, case, phrase)


def reworded(phrase: str) -> str:
    return phrase.replace("Contact10", "Contact11").replace("Contact22", "Contact23").replace("campaign", "kampagne")


SPOILT: list[tuple[Callable[[str], str], str]] = [
    (lambda phrase: phrase[:-8] + "aaaaaaaa", "the code is wrong"),
    (reworded, "names something else"),
    (lambda phrase: phrase.partition("#")[0], "must be the whole phrase"),
    (lambda phrase: "yes", "must be the whole phrase"),
    (lambda phrase: " ", "must be the whole phrase"),
]


async def test_another_phrase_changes_nothing(bench: Make, subtests: pytest.Subtests):
    clock = Clock()
    b = steady(locked(bench()), clock)
    for name, case in zip(NAMES, GUARDED, strict=True):
        phrase = await preview(b, case)
        for spoil, why in SPOILT:
            other = spoil(phrase)
            with subtests.test(f"{name}: {other}"):
                assert why in await nothing_changes(b, case, other)
        clock.seconds += PASSED  # so that no case is refused for the wrong codes of those before


@one_of_each_kind
async def test_case_and_spacing_of_the_phrase_may_differ(bench: Make, case: GuardedCase):
    b = locked(bench())
    phrase = (await preview(b, case)).upper().replace(" ", "  ")
    await told(b, case.tool, **case.arguments, confirm=phrase)
    assert b.wire.changes == [case.sends]


@pytest.mark.thorough
async def test_too_many_wrong_codes_stop_even_the_right_one(bench: Make, subtests: pytest.Subtests):
    clock = Clock()
    b = steady(locked(bench()), clock)
    for name, case in zip(NAMES, GUARDED, strict=True):
        with subtests.test(name):
            phrase = await preview(b, case)
            for _ in range(5):
                assert "Too many" not in await nothing_changes(b, case, phrase[:-8] + "aaaaaaaa")
            assert "Too many wrong phrases" in await nothing_changes(b, case, phrase)
        clock.seconds += PASSED


@pytest.mark.parametrize(
    "changes",
    [{"comment": "ruft selbst an"}, {"dialler_campaigns_result_codes_id": None}, {"n_tries_phone_number1": 7}],
    ids=["comment", "result", "attempts"],
)
async def test_a_change_of_the_record_in_between_voids_the_phrase(
    bench: Make, subtests: pytest.Subtests, changes: dict[str, Any]
):
    clock = Clock()
    b = steady(locked(bench()), clock)
    for name, case in zip(NAMES[:8], GUARDED[:8], strict=True):
        before = contact(b, case.contact_id)
        with subtests.test(name):
            phrase = await preview(b, case)
            change(b, case.contact_id, **changes)
            assert "has changed since the preview" in await nothing_changes(b, case, phrase)
        b.store.save_contact(before)
        clock.seconds += PASSED


async def test_a_new_call_in_between_voids_a_deletion(bench: Make):
    b = bench()
    phrase = await preview(b, GUARDED[0])
    rows = b.store.history([CONTACT10])
    instead(
        b, "GET", f"{PATH}/{CONTACT10}/history", lambda: records([{"DiallerContactsHistoryID": 1}] * (len(rows) + 1))
    )
    await nothing_changes(b, GUARDED[0], phrase)


@pytest.mark.everyone
@pytest.mark.parametrize("case", GUARDED[8:], ids=[one.tool for one in GUARDED[8:]])
async def test_a_contact_more_in_the_campaign_voids_the_phrase(bench: Make, case: GuardedCase):
    b = bench()
    phrase = await preview(b, case)
    b.store.delete_contact(case.contact_id)
    await nothing_changes(b, case, phrase)


async def test_the_phrase_of_one_tool_does_not_open_its_twin(bench: Make):
    b = bench()
    phrase = await preview(b, GUARDED[0])
    await nothing_changes(b, GUARDED[1], phrase)
    await nothing_changes(b, GUARDED[2], phrase)


async def test_a_failed_deletion_used_the_phrase_up(bench: Make):
    b = bench()
    phrase = await preview(b, GUARDED[0])
    instead(b, "DELETE", f"{PATH}/{CONTACT10}", lambda: httpx2.Response(500, json={"error": "no"}))
    await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    b.wire.instead = None
    assert "used already" in await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)


async def test_a_deletion_says_what_is_lost(bench: Make):
    answer = await told(bench(language="de"), "delete_contact", contact_id=CONTACT10)
    assert answer["before"]["name"] == "Max Mustermann"
    assert "sein Verlauf (Einträge: 3)" in answer["consequences"][0]
    assert "neu importieren" in answer["consequences"][1]
    assert "Wiedervorlage" in answer["consequences"][2]


async def test_a_deletion_whose_history_cannot_be_read_says_so(bench: Make):
    b = bench()
    instead(b, "GET", f"{PATH}/{CONTACT10}/history", lambda: httpx2.Response(500, json={"error": "no"}))
    assert (
        "its history (entries: unknown)" in (await told(b, "delete_contact", contact_id=CONTACT10))["consequences"][0]
    )


async def test_a_deleted_contact_is_gone_with_its_history(bench: Make):
    b = bench()
    await told(b, "delete_contact", contact_id=CONTACT10, confirm=await preview(b, GUARDED[0]))
    assert b.store.contact(CONTACT10) is None
    assert b.store.history([CONTACT10]) == []


@pytest.mark.everyone
async def test_without_a_final_result_at_stake_nobody_is_asked(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for tool, contact_id in (
        ("reset_contact", CONTACT10),
        ("reset_contact", FRESH),
        ("reset_contact", LOCKED_MUELLER),
        ("unlock_contact", LOCKED_MUELLER),
        ("unlock_contact", CONTACT10),
        ("unlock_contact", CLOSED_MUELLER),
    ):
        with subtests.test(f"{tool} {contact_id}"):
            b.wire.requests.clear()
            assert (await told(b, tool, contact_id=contact_id))["status"] in ("done", "unchanged")
            assert len(b.wire.changes) == 1


async def test_a_needless_phrase_is_checked_all_the_same(bench: Make):
    b = bench()
    assert "othing was changed" in await refused(b, "reset_contact", contact_id=CONTACT10, confirm="yes")
    assert "othing was changed" in await refused(b, "unlock_contact", contact_id=LOCKED_MUELLER, confirm="yes")
    assert b.wire.changes == []


@pytest.mark.parametrize("tool", ["reset_contact", "unlock_contact"])
async def test_a_result_that_is_not_shown_is_taken_for_final(bench: Make, tool: str):
    b = bench(Options(lists="bare"))
    assert "ask them for the reason" in (await told(b, tool, contact_id=CLOSED_MUELLER))["next_step"]
    answer = await told(b, tool, contact_id=CLOSED_MUELLER, **WHY)
    assert answer["status"] == "confirmation_required"
    assert "does not show its result" in answer["consequences"][0]
    await told(b, tool, contact_id=CLOSED_MUELLER, **WHY, confirm=answer["confirm"])
    assert len(b.wire.changes) == 1


async def test_a_reset_says_which_callback_is_lost_and_that_the_lock_stays(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, follow_up_date_time=datetime(2026, 11, 23, 9), b_locked=True)
    text = " ".join((await told(b, "reset_contact", contact_id=CLOSED_MUELLER))["consequences"])
    assert "An agreed time is lost: 2026-11-23 09:00+01:00" in text
    assert "It stays locked" in text
