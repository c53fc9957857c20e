"""A contact whose result is final is reopened only for a reason, which is kept."""

import json
from typing import Any

import pytest

from dialler_mcp.domain.contact_state import attempts
from dialler_mcp.sandbox import Options
from tests.conftest import Bench, structure_of, text_of
from tests.tools.asking import CLOSED_MUELLER, CONTACT10, HALF_PRICE, Make, ask, change, contact, refused, told

WHY = "Kundin bittet selbst um Rückruf"
VALUES = {"Name": "Neu", "PhoneNumber1": "+4930231250", "UserData": "Contact22"}
REOPENING: list[tuple[str, dict[str, Any]]] = [
    ("reset_contact", {"contact_id": CLOSED_MUELLER}),
    ("reset_contact_by_user_data", {"user_data": "Contact22"}),
    ("unlock_contact", {"contact_id": CLOSED_MUELLER}),
    ("unlock_contact_by_user_data", {"user_data": "Contact22"}),
    ("import_contact", {**VALUES, "overwrite_duplicates": False, "DiallerCampaignsID": 538}),
    ("import_contact", {**VALUES, "overwrite_duplicates": True, "DiallerCampaignsID": HALF_PRICE}),
    (
        "import_contact",
        {**VALUES, "overwrite_duplicates": True, "DiallerCampaignsID": 538, "FollowUpDateTime": "2026-11-23T09:00"},
    ),
]
reopening = pytest.mark.parametrize(
    ("tool", "arguments"), REOPENING, ids=[f"{t}{n}" for n, (t, _) in enumerate(REOPENING)]
)


def closed(b: Bench) -> Bench:
    """So that an unlock reopens, too."""
    change(b, CLOSED_MUELLER, b_locked=True)
    return b


async def kept(b: Bench) -> dict[str, Any]:
    """The last change as the journal shows it."""
    answer = await told(b, "list_changes", limit=1)
    return (await told(b, "get_change", change_id=answer["rows"][0][0]))["record"]


async def test_without_a_reason_there_is_a_preview_that_asks_for_both(bench: Make, subtests: pytest.Subtests):
    b = closed(bench())
    for tool, arguments in REOPENING:
        for reason in (None, "", "  ", "\u200b\n"):
            with subtests.test(f"{tool} {arguments}", reason=reason):
                values = arguments if reason is None else {**arguments, "reason": reason}
                result = await ask(b, tool, values)
                answer = structure_of(result)
                assert answer["status"] == "confirmation_required"
                assert (
                    answer["consequences"][-1]
                    == "A final result is reopened only for a reason, which is kept in the journal."
                )
                assert any("may call this person again at once" in line for line in answer["consequences"])
                assert "ask them for the reason" in answer["next_step"]
                assert "repeat it with `confirm` and `reason`" in text_of(result)
                again = await told(b, tool, **values, confirm=answer["confirm"])
                assert again["status"] == "confirmation_required"
                assert b.wire.changes == []


@reopening
async def test_phrase_and_reason_come_with_the_second_invocation(bench: Make, tool: str, arguments: dict[str, Any]):
    b = closed(bench())
    phrase = (await told(b, tool, **arguments))["confirm"]
    assert (await told(b, tool, **arguments, reason=WHY, confirm=phrase))["status"] in ("done", "unchanged")
    assert WHY in (await kept(b))["reason"]
    assert len(b.wire.changes) == 1


@reopening
async def test_with_a_reason_the_same_call_can_be_confirmed_and_keeps_it(
    bench: Make, tool: str, arguments: dict[str, Any]
):
    b = closed(bench(language="de"))
    values = {**arguments, "reason": f" {WHY}\n "}
    answer = await told(b, tool, **values)
    assert f"Grund, bleibt im Journal: {WHY}" in answer["consequences"]
    assert (await told(b, tool, **values, confirm=answer["confirm"]))["status"] in ("done", "unchanged")
    mark = b.profile.present.fence.mark
    record = await kept(b)
    assert record["reason"] == f"«{mark}:{WHY}:{mark}»"
    assert WHY not in record["arguments"]
    result = await told(b, "list_changes")
    assert f"«{mark}:{WHY}:{mark}»" in result["rows"][0]
    (line,) = [json.loads(line) async for line in b.profile.journal.export()]
    assert line["reason"] == WHY


async def test_a_reason_that_nobody_needs_is_kept_all_the_same(bench: Make):
    b = bench()
    assert (await told(b, "reset_contact", contact_id=CONTACT10, reason=WHY))["status"] == "done"
    assert WHY in (await kept(b))["reason"]


async def test_a_contact_that_became_final_after_the_preview_needs_a_reason(bench: Make):
    b = bench()
    code = contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id
    change(b, CONTACT10, dialler_campaigns_result_codes_id=code)
    answer = await told(b, "reset_contact", contact_id=CONTACT10, confirm="reset Contact10 #aaaaaaaa")
    assert "ask them for the reason" in answer["next_step"]
    assert b.wire.changes == []


async def test_a_result_that_may_be_final_needs_a_reason(bench: Make):
    b = bench(Options(lists="bare"))
    assert attempts(contact(b, CONTACT10))
    answer = await told(b, "reset_contact", contact_id=CONTACT10)
    assert "ask them for the reason" in answer["next_step"]
    assert "does not show its result" in answer["consequences"][0]


async def test_an_import_over_an_open_contact_needs_none(bench: Make):
    b = bench()
    values = {**VALUES, "UserData": "Contact10", "DiallerCampaignsID": HALF_PRICE, "FollowUpDateTime": "2026-11-23"}
    for overwrite in (True, False):
        assert (await told(b, "import_contact", overwrite_duplicates=overwrite, **values))["confirm"], overwrite


async def test_to_correct_the_data_of_a_closed_contact_needs_none(bench: Make):
    """Neither an update nor an overwriting import in the same campaign touches the result."""
    b = bench()
    before = contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id
    assert (await told(b, "update_contact", contact_id=CLOSED_MUELLER, City="Ulm"))["status"] == "done"
    values = {**VALUES, "overwrite_duplicates": True, "DiallerCampaignsID": 538}
    answer = await told(b, "import_contact", **values)
    await told(b, "import_contact", **values, confirm=answer["confirm"])
    assert contact(b, CLOSED_MUELLER).dialler_campaigns_result_codes_id == before


async def test_of_several_with_one_key_any_closed_one_counts(bench: Make):
    b = bench()
    change(b, CLOSED_MUELLER, user_data="Contact10")
    answer = await told(
        b, "import_contact", **{**VALUES, "UserData": "Contact10"}, overwrite_duplicates=False, DiallerCampaignsID=538
    )
    assert "It is closed as aborted ('No interest')" in answer["consequences"][1]
    assert "ask them for the reason" in answer["next_step"]


async def test_a_reason_is_masked_and_made_harmless_wherever_it_is_shown(bench: Make):
    b = closed(bench(privacy="masked"))
    foreign = "Tel. 0151 23456789, <b>jetzt</b> \u202eanrufen"
    arguments = {"contact_id": CLOSED_MUELLER, "reason": foreign}
    answer = await told(b, "unlock_contact", **arguments)
    result = await told(b, "unlock_contact", **arguments, confirm=answer["confirm"])
    text = str([answer, result, await kept(b), await told(b, "list_changes")])
    assert "23456789" not in text
    assert "<b>" not in text
    assert "\u202e" not in text
    assert "‹b›jetzt‹/b› anrufen" in text
    entry = await b.profile.journal.get(1)
    assert entry is not None
    assert entry.reason == "Tel. 0151 23456789, ‹b›jetzt‹/b› anrufen"


@pytest.mark.parametrize("tool", ["reset_contact", "undo_change"])
async def test_a_reason_is_short(bench: Make, tool: str, caplog: pytest.LogCaptureFixture):
    b = closed(bench())
    key = {"contact_id": CLOSED_MUELLER} if tool == "reset_contact" else {"change_id": 1}
    text = await refused(b, tool, **key, reason="Grund " * 84)
    assert "reason: must be at most 500 characters long" in text
    assert "Grund Grund" not in text + caplog.text


async def test_a_blank_around_the_key_makes_nobody_another_person(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for key in (" Contact22", "Contact22 ", "\u00a0Contact22\u00a0"):
        with subtests.test(repr(key)):
            values = {**VALUES, "UserData": key, "overwrite_duplicates": False, "DiallerCampaignsID": 538}
            assert (await told(b, "import_contact", **values))["status"] == "confirmation_required"
            assert b.wire.changes == []
