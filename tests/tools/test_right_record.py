"""The record that was shown is changed, or none: others change it meanwhile, or another one answers."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
import msgspec
import pytest

from dialler_mcp.changes.journal import EntryFilter
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from tests.conftest import Bench
from tests.tools.asking import (
    CAMPAIGN_1000,
    CAMPAIGN_TEST,
    CLOSED_MUELLER,
    CONTACT10,
    LOCKED_MUELLER,
    Make,
    change,
    contact,
    fresh,
    instead,
    never_answered,
    records,
    refused,
    told,
)

BATCH, IMPORT = "POST /dialler/contacts", "POST /dialler/contacts/import"
BY_KEY, LIST = "GET /dialler/contacts/contact", "GET /dialler/contacts"
NEW: dict[str, Any] = {"Name": "Neu", "PhoneNumber1": "+49 30 231250", "DiallerCampaignsID": CAMPAIGN_1000}
WHY = "Kunde bittet selbst um Rückruf"


def meanwhile(b: Bench, request: str, act: Callable[[], object], times: int = 1) -> None:
    """Do something behind the server's back when the last of so many of these requests arrives."""
    rest = [times]

    def respond(request: httpx2.Request) -> None:
        if f"{request.method} {request.url.path.removeprefix('/rest/v1.0/1')}" == request:
            rest[0] -= 1
            if rest[0] == 0:
                act()

    b.wire.instead = respond


async def code_of(b: Bench, flag: str) -> ResultCode:
    codes = await b.profile.dialler.get_result_codes(CAMPAIGN_1000)
    return next(code for code in codes if getattr(code, flag))


async def journal(b: Bench) -> list[tuple[str, str, str | None, int | None]]:
    """Verb, status, result and contact of each entry, newest first."""
    entries, _ = await b.profile.journal.page(EntryFilter(), None, 5)
    return [(entry.verb, entry.status, entry.result, entry.contact_id) for entry in entries]


async def test_a_refusal_recorded_right_before_an_unasked_reset_ends_it_and_is_shown(bench: Make):
    b = bench()
    abort_code = await code_of(b, "b_aborted")
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, dialler_campaigns_result_codes_id=abort_code.id))
    text = await refused(b, "reset_contact", contact_id=CONTACT10)
    assert "the record has changed since it was read" in text
    assert f"result: {abort_code.content}" in text
    assert b.wire.changes == []
    assert await journal(b) == []


async def test_a_comment_between_yes_and_deletion_ends_it_and_is_shown(bench: Make):
    b = bench()
    phrase = (await told(b, "delete_contact", contact_id=CONTACT10))["confirm"]
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, comment="Termin heute"))
    text = await refused(b, "delete_contact", contact_id=CONTACT10, confirm=phrase)
    assert "Comment: " in text
    assert "Termin heute" in text
    assert contact(b, CONTACT10)
    assert b.wire.changes == []


async def test_what_changed_is_shown_masked(bench: Make):
    b = bench()
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, account_iban="DE02120300000000202051"))
    text = await refused(b, "reset_contact", contact_id=CONTACT10)
    assert "AccountIBAN: – → …051" in text
    assert "DE0212" not in text


async def test_an_unlock_of_a_contact_that_was_closed_meanwhile_is_not_sent(bench: Make):
    b = bench()
    change(b, CONTACT10, b_locked=True)
    final_code = await code_of(b, "b_done")
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, dialler_campaigns_result_codes_id=final_code.id))
    assert "the record has changed" in await refused(b, "unlock_contact", contact_id=CONTACT10)
    assert b.wire.changes == []


async def test_an_update_minds_the_fields_that_it_writes_and_no_others(bench: Make):
    b = bench()
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, city="Kiel"))
    assert "City: Düsseldorf → Kiel" in await refused(b, "update_contact", contact_id=CONTACT10, City="Bonn")
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, company="Muster AG"))
    assert (await told(b, "update_contact", contact_id=CONTACT10, City="Bonn"))["status"] == "done"


async def test_a_lock_needs_no_second_look(bench: Make):
    """It keeps a person from being called, whatever changed."""
    b = bench()
    meanwhile(b, BATCH, lambda: change(b, CONTACT10, city="Kiel"))
    assert (await told(b, "lock_contact", contact_id=CONTACT10))["status"] == "done"


@pytest.mark.parametrize(("tool", "count"), [("reset_contact", 0), ("unlock_contact", 0), ("lock_contact", 1)])
async def test_a_contact_that_cannot_be_read_again_is_locked_at_most(bench: Make, tool: str, count: int):
    b = bench()
    reads = [0]

    def respond(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/dialler/contacts"):
            return httpx2.Response(500, json={"status": 500, "error": "busy"})
        if request.method == "GET" and request.url.path.endswith(f"/{CONTACT10}"):
            reads[0] += 1
            return None if reads[0] != 2 else httpx2.Response(500, json={"status": 500, "error": "busy"})
        return None

    b.wire.instead = respond
    if count:
        assert (await told(b, tool, contact_id=CONTACT10))["status"] == "done"
    else:
        assert "could not be read again right before" in await refused(b, tool, contact_id=CONTACT10)
    assert len(b.wire.changes) == count


async def test_a_result_code_that_became_final_is_read_afresh(bench: Make):
    b = bench()
    code = b.store.result_codes(CAMPAIGN_1000)[0]
    change(b, CONTACT10, dialler_campaigns_result_codes_id=code.id)
    await b.profile.directory.result_codes(CAMPAIGN_1000, b.profile.language(None))  # which are remembered

    def final(request: httpx2.Request) -> httpx2.Response | None:
        if "resultcodes" in request.url.path.casefold():
            return records([{"ID": code.id, "Content": "Kein Interesse", "bAborted": True}])
        return None

    b.wire.instead = final
    answer = await told(b, "reset_contact", contact_id=CONTACT10)
    assert answer["status"] == "confirmation_required"
    assert "Kein Interesse" in answer["consequences"][0]


RESET: dict[str, Any] = {"verb": "reset"}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("change_contacts", {**RESET, "contact_ids": [CONTACT10]}, "1 are (or may be) closed"),
        ("change_contacts", {**RESET, "campaign_id": CAMPAIGN_1000, "text": "Xylophon"}, "1 are (or may be) closed"),
        ("check_list", {"rows": "Nachname;Telefon\nAnders;030 23125909\n", "campaign_id": CAMPAIGN_1000}, "1 left out"),
    ],
)
async def test_a_job_and_a_list_read_afresh_what_results_mean(
    bench: Make, tool: str, arguments: dict[str, Any], words: str
):
    b = bench()
    code = await code_of(b, "b_delay")
    change(b, CONTACT10, dialler_campaigns_result_codes_id=code.id, name="Xylophon", phone_number1="493023125909")
    await b.profile.directory.result_codes(CAMPAIGN_1000, b.profile.language(None))  # which are remembered
    final = records([{"ID": code.id, "Content": "Kein Interesse", "bAborted": True}])
    instead(b, "GET", f"/dialler/campaigns/campaign/{CAMPAIGN_1000}/resultCodes", lambda: final)
    assert words in str(await told(b, tool, **arguments))


async def test_a_job_leaves_out_whose_result_became_final_after_its_preview(bench: Make):
    b = bench()
    code = await code_of(b, "b_delay")
    change(b, CONTACT10, dialler_campaigns_result_codes_id=code.id, dt_next_try=None)
    preview = await told(b, "change_contacts", verb="reset", contact_ids=[CONTACT10])
    job = int(re.findall(r"job_id (\d+)", preview["next_step"])[0])
    final = records([{"ID": code.id, "Content": "Kein Interesse", "bAborted": True}])
    instead(b, "GET", f"/dialler/campaigns/campaign/{CAMPAIGN_1000}/resultCodes", lambda: final)
    await told(b, "change_contacts", verb="reset", job_id=job, confirm=preview["confirm"])
    (row,) = (await told(b, "get_job", job_id=job, wait=True))["record"]["rows"]
    assert "left, closed for good by now" in row
    assert b.wire.changes == []


@pytest.mark.parametrize("tool", ["delete", "lock"])
async def test_a_second_record_that_gets_the_key_meanwhile_is_not_taken_for_the_first(bench: Make, tool: str):
    b = bench()
    arguments: dict[str, Any] = {"user_data": "Contact10"}
    if tool == "delete":
        arguments["confirm"] = (await told(b, "delete_contact_by_user_data", **arguments))["confirm"]
    meanwhile(b, BATCH, lambda: b.store.add_contact(fresh(id=1, user_data="Contact10", name="Zwilling")))
    await told(b, f"{tool}_contact_by_user_data", **arguments)
    assert [one.rpartition("contact/")[2].split("/")[0] for one in b.wire.changes] == [str(CONTACT10)]
    twin = next(one for one in b.store.contacts() if one.name == "Zwilling")
    assert (b.store.contact(CONTACT10) is None) == (tool == "delete")
    assert not twin.b_locked
    assert (await journal(b))[0][3] == CONTACT10


async def test_contacts_imported_while_an_empty_campaign_is_archived_are_not_deleted(bench: Make):
    b = bench()
    campaign = b.store.add_campaign(Campaign(name="Sommer"))
    phrase = (await told(b, "delete_campaign", campaign_id=campaign.id))["confirm"]
    count = len(b.wire.requests)

    def fill() -> None:
        for _ in range(5):
            b.store.add_contact(fresh(dialler_campaigns_id=campaign.id))

    for request in (1, 2, 3):  # the lists of question, archive and last count
        meanwhile(b, LIST, fill, request)
        text = await refused(b, "delete_campaign", campaign_id=campaign.id, confirm=phrase)
        assert "Nothing was changed" in text
        assert len(b.store.contacts(campaign.id)) == 5
        for one in b.store.contacts(campaign.id):
            b.store.delete_contact(one.id)
    assert len(b.wire.requests) > count
    assert b.wire.changes == []
    assert list(b.profile.journal.archives.glob("*")) == []


async def test_a_campaign_that_is_renamed_meanwhile_is_not_deleted(bench: Make):
    b = bench()
    campaign = b.store.add_campaign(Campaign(name="Sommer"))
    phrase = (await told(b, "delete_campaign_by_name", name="Sommer"))["confirm"]

    def rename() -> None:
        b.store.save_campaign(msgspec.structs.replace(campaign, name="Sommer 2027 (live)"))

    meanwhile(b, f"GET /dialler/campaigns/{campaign.id}", rename)
    text = await refused(b, "delete_campaign_by_name", name="Sommer", confirm=phrase)
    assert "Name: Sommer → Sommer 2027 (live)" in text
    assert b.store.campaign(campaign.id)


async def test_overwriting_nobody_creates_and_never_overwrites(bench: Make):
    b = bench()
    answer = await told(b, "import_contact", **NEW, UserData="K-neu", overwrite_duplicates=True)
    assert "is created" in answer["what"]
    (import_request,) = [request for request in b.wire.requests if request.url.path.endswith("/import")]
    assert import_request.url.params["overwriteDuplicates"] == "false"


async def test_to_overwrite_is_not_the_usual_way(bench: Make):
    b = bench()
    answer = await told(b, "import_contact", **NEW, UserData="Contact10")
    assert "A second one is created" in answer["consequences"][0]


async def test_a_key_that_a_colleague_imports_before_the_request_ends_it(bench: Make):
    b = bench()
    meanwhile(b, BY_KEY, lambda: b.store.add_contact(fresh(user_data="K-neu")), times=2)
    text = await refused(b, "import_contact", **NEW, UserData="K-neu", overwrite_duplicates=True)
    assert "other contacts have this UserData since it was read" in text
    assert b.wire.changes == []


async def test_a_twin_that_a_colleague_imports_at_the_same_time_is_told_and_kept_in_the_journal(bench: Make):
    b = bench()
    twins = list[Contact]()
    meanwhile(b, IMPORT, lambda: twins.append(b.store.add_contact(fresh(user_data="K-neu"))))
    answer = await told(b, "import_contact", **NEW, UserData="K-neu")
    twin = f"Another contact got the same UserData at the same time (ID {twins[0].id})"
    assert any(twin in note for note in answer["notes"])
    ((_, status, result, _),) = await journal(b)
    assert (status, (result or "").startswith(twin)) == ("done", True)


async def test_an_import_answered_with_an_older_contact_is_unknown(bench: Make):
    b = bench()
    older = {"ID": CONTACT10, "UserData": "K-neu", "DiallerCampaignsID": CAMPAIGN_1000, "nTriesPhoneNumber1": 3}
    instead(b, "POST", "/dialler/contacts/import", lambda: records([older]))
    text = await refused(b, "import_contact", **NEW, UserData="K-neu")
    assert f"contact {CONTACT10} was there before: it was overwritten, or nothing was written" in text
    ((_, status, result, contact_id),) = await journal(b)
    assert (status, contact_id) == ("unknown", None)
    assert "was there before" in (result or "")


async def test_an_import_answered_with_another_key_or_campaign_is_unknown(bench: Make):
    for other in ({"UserData": "Other"}, {"DiallerCampaignsID": CAMPAIGN_TEST}):
        b = bench()
        answer = {"ID": 300_001, "UserData": "K-neu", "DiallerCampaignsID": CAMPAIGN_1000, **other}
        instead(b, "POST", "/dialler/contacts/import", lambda answer=answer: records([answer]))
        assert "another contact (ID 300001)" in await refused(b, "import_contact", **NEW, UserData="K-neu")
        assert [status for _, status, *_ in await journal(b)] == ["unknown"]


async def test_a_second_contact_in_place_of_an_overwritten_one_is_told_as_one(bench: Make):
    b = bench()
    values = {**NEW, "UserData": "Contact10", "overwrite_duplicates": True}
    phrase = (await told(b, "import_contact", **values))["confirm"]
    record = {"ID": 300_001, "UserData": "Contact10", "DiallerCampaignsID": CAMPAIGN_1000, "Name": "Neu"}
    instead(b, "POST", "/dialler/contacts/import", lambda: records([record]))
    answer = await told(b, "import_contact", **values, confirm=phrase)
    assert "Contact 300001" in answer["what"]
    assert "is created" in answer["what"]
    assert any("beside ID 215220" in note and "not overwritten" in note for note in answer["notes"])
    assert [(status, contact_id) for _, status, _, contact_id in await journal(b)] == [("done", 300_001)]


async def test_a_clone_answered_with_another_campaign_is_unknown(bench: Make):
    b = bench()
    instead(b, "POST", "/dialler/campaigns/clone", lambda: records([{"ID": CAMPAIGN_1000, "Name": "Campaign 1000"}]))
    text = await refused(b, "clone_campaign", source="Campaign 1000", destination="Neu 2027")
    assert "another campaign (ID 538)" in text
    assert [status for _, status, *_ in await journal(b)] == ["unknown"]


@pytest.mark.parametrize("slot", [1, 6])
async def test_a_refused_person_is_noticed_by_number_in_any_slot(bench: Make, slot: int):
    b = bench()
    change(b, CLOSED_MUELLER, **{f"phone_number{slot}": "0049 030 231250"})
    answer = await told(b, "import_contact", **NEW, UserData="K-neu")
    assert answer["status"] == "confirmation_required"
    assert "closed or locked under another key" in answer["consequences"][0]
    assert f"ID {CLOSED_MUELLER}" in answer["consequences"][1]
    assert "reason" in answer["next_step"]
    assert b.wire.changes == []
    again = await told(b, "import_contact", **NEW, UserData="K-neu", reason=WHY)
    result = await told(b, "import_contact", **NEW, UserData="K-neu", reason=WHY, confirm=again["confirm"])
    assert "is created" in result["what"]


@pytest.mark.parametrize("key", ["contact22", " CONTACT22 ", "Cóntact22"])
async def test_a_refused_person_is_noticed_by_a_key_in_another_spelling(bench: Make, key: str):
    b = bench()
    change(b, CLOSED_MUELLER, user_data="Contact22 " if key == "contact22" else "Contact22")
    answer = await told(b, "import_contact", **NEW, UserData=key)
    assert answer["status"] == "confirmation_required"
    assert b.wire.changes == []


async def test_a_locked_person_is_noticed_and_an_open_one_with_the_same_number_is_no_matter(bench: Make):
    b = bench()
    change(b, LOCKED_MUELLER, phone_number3="4930231250")
    assert (await told(b, "import_contact", **NEW))["status"] == "confirmation_required"
    change(b, LOCKED_MUELLER, phone_number3=None)
    change(b, CONTACT10, phone_number3="4930231250")
    assert (await told(b, "import_contact", **NEW))["status"] == "done"


async def test_an_import_says_where_it_could_not_look_for_the_person(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", never_answered)
    answer = await told(b, "import_contact", **NEW)
    assert answer["status"] == "done"
    assert any("closed or locked under another key is unknown" in note for note in answer["notes"])


@pytest.mark.parametrize("agreed", ["appointment", "callback"])
async def test_a_reset_that_drops_an_agreed_time_asks_and_names_it(bench: Make, agreed: str):
    b = bench()
    if agreed == "appointment":
        change(
            b,
            CONTACT10,
            dialler_campaigns_result_codes_id=(await code_of(b, "b_appointment")).id,
            dt_next_try=datetime(2026, 11, 23, 9),
        )
    else:
        change(b, CONTACT10, follow_up_date_time=datetime(2026, 11, 23, 9))
    answer = await told(b, "reset_contact", contact_id=CONTACT10)
    assert answer["status"] == "confirmation_required"
    assert "An agreed time is lost: 2026-11-23 09:00+01:00" in answer["consequences"]
    assert b.wire.changes == []
    result = await told(b, "reset_contact", contact_id=CONTACT10, confirm=answer["confirm"])
    assert result["status"] == "done"
