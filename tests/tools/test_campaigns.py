from datetime import datetime
from typing import Any

import httpx2
import pytest

from dialler_mcp.domain.contact_state import attempts
from dialler_mcp.domain.records import Campaign
from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import MAX_BYTES, size
from dialler_mcp.service.plans import campaigns
from tests.conftest import text_of
from tests.tools.asking import (
    CAMPAIGN_1000,
    CONTACT10,
    NPS,
    WINBACK,
    Make,
    ask,
    change,
    fresh,
    instead,
    never_answered,
    records,
    refused,
    told,
)

CAMPAIGNS = "/dialler/campaigns"


async def test_campaigns_say_whether_today_is_within_their_dates_and_not_whether_they_run(bench: Make):
    b = bench()
    answer = await told(b, "list_campaigns")
    within = {row[0]: row[2] for row in answer["rows"]}
    assert answer["columns"][:5] == ["ID", "Name", "within dates", "from", "until"]
    assert (within[538], within[542], within[560]) == (True, False, False)
    assert answer["notes"] == ["Whether a campaign runs is not visible in the API, only its dates are."]
    assert "\tno\t" in text_of(await ask(b, "list_campaigns"))

    over = await told(b, "get_campaign", campaign_id=WINBACK)
    assert (over["record"]["within dates"], over["notes"]) == (False, answer["notes"])
    assert "active" not in str([answer, over["record"].keys(), await told(b, "find_campaigns_by_name", name="e")])


async def test_campaigns_come_in_pages(bench: Make):
    b = bench()
    ids: list[int] = []
    cursor = None
    while True:
        answer = await told(b, "list_campaigns", limit=3, **({"cursor": cursor} if cursor else {}))
        ids += [row[0] for row in answer["rows"]]
        if (cursor := answer.get("next_cursor")) is None:
            break
    assert sorted(ids) == [538, 539, 542, 547, 551, 556, 560]


async def test_a_cursor_at_a_campaign_that_is_gone_says_so(bench: Make):
    b = bench()
    answer = await told(b, "list_campaigns", limit=3)
    b.store.delete_campaign(answer["rows"][-1][0])
    text = await refused(b, "list_campaigns", cursor=answer["next_cursor"])
    assert "is gone. Ask again without cursor" in text


async def test_cursors_of_other_lists_are_refused(bench: Make):
    b = bench()
    cursor = (await told(b, "list_acd_groups", limit=2))["next_cursor"]
    assert "another question" in await refused(b, "list_campaigns", cursor=cursor)


@pytest.mark.thorough
async def test_long_names_stay_within_an_answer(bench: Make):
    b = bench()
    rows = [{"ID": number, "Name": f"{number} x" + "ä" * 5_000, "UserData": "ü" * 900} for number in range(1, 301)]
    instead(b, "GET", CAMPAIGNS, lambda: records(rows))
    answer = await told(b, "list_campaigns", limit=100)
    assert size(answer) <= MAX_BYTES
    assert answer["next_cursor"].startswith(f"{answer['rows'][-1][0]}-")
    instead(b, "GET", f"{CAMPAIGNS}/campaign", lambda: records(rows))
    result = await told(b, "find_campaigns_by_name", name="x")
    assert size(result) <= MAX_BYTES
    assert any("Only the first" in note for note in result["notes"])


async def test_a_campaign_has_names_for_its_ids(bench: Make):
    record = (await told(bench(), "get_campaign", campaign_id=CAMPAIGN_1000, language="de"))["record"]
    assert record["LanguagesID"] == "Deutsch (2)"
    assert record["IncomingCallResultCodesID"].startswith("Verkauf (")
    assert "UserData" not in record
    assert "ClientsID" not in record


async def test_a_campaign_without_its_codes_shows_their_ids(bench: Make):
    b = bench()
    instead(b, "GET", f"{CAMPAIGNS}/campaign/538/resultCodes", lambda: httpx2.Response(500, json={"error": "no"}))
    assert isinstance((await told(b, "get_campaign", campaign_id=538))["record"]["IncomingCallResultCodesID"], int)


@pytest.mark.parametrize("no_match", ["404", "empty"])
async def test_campaigns_are_found_by_a_part_of_their_name(bench: Make, subtests: pytest.Subtests, no_match: Any):
    b = bench(Options(no_match=no_match))
    for name, text in (
        ("campaign 1000", "2 campaigns contain this text, 1 of them with exactly this name"),
        ("winback", "1 campaign contains this text, 0 of them"),
        ("50% & co.", "1 campaign contains this text, 1 of them"),
        ("%", "1 campaign contains this text"),
        ("nichts", "0 campaigns contain this text"),
    ):
        with subtests.test(name):
            answer = await told(b, "find_campaigns_by_name", name=name)
            assert answer["summary"].startswith(text)
            assert answer["total"] == int(text[0])
            assert ("lists all" in str(answer["notes"])) is (name == "nichts")


async def test_the_exact_name_comes_first(bench: Make):
    b = bench()
    b.store.add_campaign(Campaign(name="A Service NPS"))
    answer = await told(b, "find_campaigns_by_name", name="service nps")
    assert answer["rows"][0][0] == NPS


async def test_result_codes_tell_what_each_does(bench: Make):
    answer = await told(bench(), "get_result_codes", campaign_id=CAMPAIGN_1000, language="de")
    rows = {row[2]: row for row in answer["rows"]}
    assert answer["summary"] == "7 Ergebniscodes von Campaign 1000 (538)"
    assert rows["KI"][1:5] == ["Kein Interesse", "KI", "Abbruch", "Misserfolg, kein weiterer Anruf"]
    assert rows["NE"][5] == 240
    assert rows["TER"][6] is True


async def test_codes_of_an_unknown_type_keep_the_words_of_the_dialler(bench: Make):
    b = bench()
    row = {"ID": 1, "Content": "Neu", "DiallerResultCodesTypesContent": "Sonstiges"}
    instead(b, "GET", f"{CAMPAIGNS}/campaign/538/resultCodes", lambda: records([row]))
    assert (await told(b, "get_result_codes", campaign_id=538))["rows"] == [[1, "Neu", "Sonstiges"]]


async def test_no_codes_and_no_campaign_are_told_apart(bench: Make):
    b = bench()
    assert "There is no such object" in await refused(b, "get_result_codes", campaign_id=999)
    campaign = b.store.add_campaign(Campaign(name="Leer"))
    assert (await told(b, "get_result_codes", campaign_id=campaign.id))[
        "summary"
    ] == f"0 result codes of Leer ({campaign.id})"


async def test_a_clone_has_no_contacts_and_its_own_codes(bench: Make):
    b = bench()
    answer = await told(
        b,
        "clone_campaign",
        source="campaign 1000",
        destination="Winter",
        user_data="W-1",
        dtFrom="2026-12-01",
        dtTo="2026-12-31",
    )
    after = answer["after"]
    assert (after["Name"], after["UserData"]) == ("Winter", "W-1")
    assert (after["dtFrom"], after["dtTo"]) == ("2026-12-01 00:00+01:00", "2026-12-31 23:59+01:00")
    assert after["IncomingCallResultCodesID"].startswith("Sale (")
    assert b.store.contacts(after["ID"]) == []
    assert b.wire.changes == ["POST /dialler/campaigns/clone"]
    assert len(answer["notes"]) == 1


@pytest.mark.parametrize("got", [None, "2026-10-06T00:00:00"])
async def test_dates_that_the_release_ignored_are_told(bench: Make, got: str | None):
    b = bench()
    instead(b, "POST", f"{CAMPAIGNS}/clone", lambda: records([{"ID": 600, "Name": "Neu", "dtFrom": got}]))
    answer = await told(b, "clone_campaign", source="Service NPS", destination="Neu", dtFrom="2026-12-01")
    assert answer["notes"][-1] == "This release ignored dtFrom; set the dates in the portal."


async def test_a_name_that_exists_is_named_with_its_id(bench: Make):
    b = bench()
    text = await refused(b, "clone_campaign", source="Service NPS", destination="winback herbst/2020 ")
    assert f"this name is taken by Winback Herbst/2020 (ID {WINBACK}). Give another name." in text
    assert b.wire.changes == []


@pytest.mark.parametrize("digits", ["5", "50", "00", "999"])
async def test_digits_alone_are_no_part_of_a_name(bench: Make, digits: str):
    assert "No campaign has this name" in await refused(bench(), "list_callbacks", name=digits)


async def test_digits_alone_are_an_id_or_a_whole_name(bench: Make):
    b = bench()
    assert "Winback" in (await told(b, "list_callbacks", name=str(WINBACK)))["summary"]
    b.store.add_campaign(Campaign(name=str(WINBACK)))
    assert "Winback" not in (await told(b, "list_callbacks", name=str(WINBACK)))["summary"]


async def test_a_wrong_date_sends_nothing(bench: Make):
    b = bench()
    assert "dtTo must be a time" in await refused(
        b, "clone_campaign", source="Service NPS", destination="N", dtTo="morgen"
    )
    assert b.wire.requests == []


async def test_a_deletion_counts_what_is_lost(bench: Make):
    b = bench(language="de")
    answer = await told(b, "delete_campaign", campaign_id=CAMPAIGN_1000)
    assert "ihre Kontakte (420)" in answer["consequences"][0]
    assert "216 abgebrochen" in answer["consequences"][2]
    calls = sum(attempts(contact) for contact in b.store.contacts(CAMPAIGN_1000))
    assert answer["consequences"][3] == "Vereinbarte Rückrufe, die verschwinden: 18."
    assert answer["consequences"][4].startswith("Darunter Termine vom 2026-11-20 bis 2026-11-27: ")
    assert f"mindestens {calls} Anrufe" in answer["consequences"][5]
    assert "Halten Sie die Kampagne vorher an" in answer["consequences"][6]


MEANWHILE: list[dict[str, Any]] = [
    {"n_tries_phone_number1": 1},
    {"dialler_campaigns_result_codes_id": None},
    {"follow_up_date_time": datetime(2026, 11, 23, 9)},
]


@pytest.mark.parametrize("values", MEANWHILE, ids=["called", "result", "callback"])
async def test_a_campaign_that_went_on_voids_the_phrase(bench: Make, values: dict[str, Any]):
    b = bench()
    campaign = b.store.add_campaign(Campaign(name="Klein"))
    code = b.store.result_codes(CAMPAIGN_1000)[0].id
    contact = b.store.add_contact(fresh(dialler_campaigns_id=campaign.id, dialler_campaigns_result_codes_id=code))
    phrase = (await told(b, "delete_campaign", campaign_id=campaign.id))["confirm"]
    change(b, contact.id, **values)
    assert "changed since the preview" in await refused(b, "delete_campaign", campaign_id=campaign.id, confirm=phrase)
    assert b.wire.changes == []


async def test_a_list_that_is_too_long_to_be_counted_is_called_so(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(campaigns, "COUNTING_SECONDS", -1.0)  # over before it begins
    b = bench()
    answer = await told(b, "delete_campaign", campaign_id=CAMPAIGN_1000)
    assert "too many contacts to be counted in time: more than 0" in answer["consequences"][2]
    assert "with all its contacts #" in answer["confirm"]
    result = await told(b, "delete_campaign", campaign_id=CAMPAIGN_1000, confirm=answer["confirm"])
    assert result["status"] == "done"


async def test_a_dialler_that_is_too_slow_is_not_counted_to_the_end(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", never_answered)
    answer = await told(b, "delete_campaign", campaign_id=CAMPAIGN_1000)
    assert "too many contacts to be counted in time" in answer["consequences"][2]


async def test_an_empty_campaign_is_deleted_with_0_contacts_and_one_with_1(bench: Make):
    b = bench()
    campaign = b.store.add_campaign(Campaign(name="Klein#1"))
    assert "Klein1 (561) with 0 contacts #" in (await told(b, "delete_campaign", campaign_id=campaign.id))["confirm"]
    b.store.add_contact(fresh(dialler_campaigns_id=campaign.id))
    answer = await told(b, "delete_campaign", campaign_id=campaign.id)
    assert "with 1 contact #" in answer["confirm"]
    result = await told(b, "delete_campaign", campaign_id=campaign.id, confirm=answer["confirm"])
    assert result["what"].startswith("Campaign Klein#1 (561) with its contacts")
    assert b.store.campaign(campaign.id) is None


@pytest.mark.everyone
async def test_an_old_release_counts_only_the_contacts_of_the_campaign(bench: Make):
    answer = await told(bench(Options(release="oldest")), "delete_campaign", campaign_id=NPS)
    assert "with 240 contacts #" in answer["confirm"]


@pytest.mark.everyone
async def test_a_deleted_campaign_is_forgotten(bench: Make):
    b = bench()
    assert "Service NPS" in str(await told(b, "find_contacts_by_user_data", user_data="Kunde-0815"))
    phrase = (await told(b, "delete_campaign_by_name", name="Service NPS"))["confirm"]
    await told(b, "delete_campaign_by_name", name="Service NPS", confirm=phrase)
    assert "Service NPS" not in str(await told(b, "find_contacts_by_user_data", user_data="Kunde-0815"))
    assert b.store.contact(CONTACT10) is not None


async def test_a_campaign_is_shown_by_id_or_name(bench: Make):
    b = bench()
    by_id = await told(b, "get_campaign", campaign_id=NPS)
    assert await told(b, "get_campaign", name="service nps") == by_id
    assert await told(b, "get_campaign", name=str(NPS)) == by_id
    assert "give campaign_id or name" in await refused(b, "get_campaign")
    assert "Several campaigns could be meant" in await refused(b, "get_campaign", name="campaign")
