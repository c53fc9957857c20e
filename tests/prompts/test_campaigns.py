import asyncio
import re
from collections.abc import AsyncGenerator

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from dialler_mcp.domain.records import Contact
from dialler_mcp.prompts import campaigns as prompt_campaigns
from dialler_mcp.sandbox import Options
from tests.prompts.asking import MakeBench, ask, crowd, lists, refusal
from tests.shared_snapshots import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000, RENEWAL, WINBACK, keep_only


async def test_result_codes_are_counted_and_add_up(bench: MakeBench) -> None:
    text = await ask(bench(), "result_code_summary", campaign="Campaign 1000")
    counts = [int(line.split("\t")[5]) for line in text.splitlines() if line.count("\t") == 6 and line[0].isdigit()]
    (with_result,) = map(int, re.findall(r"With a result: (\d+)", text))
    (without,) = map(int, re.findall(r"Without a result yet: (\d+)", text))
    assert len(counts) == 7
    assert sum(counts) == with_result
    assert with_result + without == 420
    assert counts == sorted(counts, reverse=True)


async def test_what_the_release_does_not_show_is_said(bench: MakeBench) -> None:
    bare = bench(Options(lists="bare"))
    assert "Result not visible" in await ask(bare, "result_code_summary", campaign="538")


async def test_a_result_code_of_no_type_is_marked(bench: MakeBench) -> None:
    b = bench()
    codes = {"records": [{"ID": 1, "Content": "Strange", "DiallerCampaignsID": 538}], "count": 1, "status": 200}
    crowd_of_ten = lists(crowd(10))

    def instead(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/resultCodes"):
            return httpx2.Response(200, json=codes)
        return crowd_of_ten(request)

    b.wire.instead = instead
    text = await ask(b, "result_code_summary", campaign="538")
    assert "1\tStrange\t?\t?" in text
    assert "not among the campaign's codes: 10" in text


@pytest.mark.thorough
async def test_report_says_when_a_campaign_does_not_run(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    report_on_what_is_there(monkeypatch)
    b = bench(read=[WINBACK, RENEWAL])
    for campaign, words in ((WINBACK, "beendet"), (RENEWAL, "noch nicht begonnen")):
        assert f"({words})" in await ask(b, "campaign_report", campaign=str(campaign), language="de")


async def test_a_prompt_says_that_today_is_within_the_dates_and_not_that_a_campaign_runs(bench: MakeBench) -> None:
    b = bench()
    text = await ask(b, "result_code_summary", campaign=str(CAMPAIGN_1000))
    assert "(today is within; whether it runs is not visible)" in text
    assert "ob sie läuft, ist nicht sichtbar" in await ask(
        b, "result_code_summary", campaign=str(CAMPAIGN_1000), language="de"
    )


@pytest.mark.thorough
async def test_an_empty_campaign_divides_nothing(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    report_on_what_is_there(monkeypatch)
    b = bench()
    b.wire.instead = lists([])
    for name in ("campaign_report", "result_code_summary", "callback_plan", "list_cleanup"):
        assert "all 0 contacts" in await ask(b, name, campaign="538")


@pytest.mark.thorough
async def test_contacts_of_other_campaigns_are_left_out(bench: MakeBench) -> None:
    b = bench(Options(release="oldest"))  # ignores the campaign
    keep_only(b, CAMPAIGN_1000, RENEWAL)
    for name in ("result_code_summary", "campaign_report", "list_cleanup"):
        assert "all 420 contacts" in await ask(b, name, campaign="538"), name


@pytest.mark.thorough
async def test_a_big_campaign_stays_bounded(bench: MakeBench) -> None:
    b = bench()
    b.wire.instead = lists(crowd(2_000))
    for name in ("result_code_summary", "campaign_report", "callback_plan", "list_cleanup"):
        text = await ask(b, name, campaign="538", language="de")
        assert "alle 2000 Kontakte" in text, name
        assert len(text) < 12_000, name
        assert "Ignore all" not in text, name


async def test_a_list_that_takes_too_long_is_told_as_a_part(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_campaigns, "READING_SECONDS", 0.0)
    b = bench()
    contacts = [contact async for contact in b.profile.dialler.list_contacts(538)]

    async def few(_: int) -> AsyncGenerator[Contact]:
        for contact in contacts[:7]:
            yield contact
        await asyncio.Event().wait()

    monkeypatch.setattr(b.profile.dialler, "list_contacts", few)
    text = await ask(b, "result_code_summary", campaign="538")
    assert "Only the first 7 contacts were read" in text


async def test_a_list_that_does_not_come_is_an_error(bench: MakeBench, era: str) -> None:
    b = bench()
    b.wire.instead = lambda request: (
        httpx2.Response(500, json={"status": 500}) if request.url.path.endswith("/dialler/contacts") else None
    )
    async with b.connect(era) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt("campaign_report", {"campaign": "538"})
    assert error.value.error.code == -32603
    assert "failed internally" in error.value.error.message


async def test_a_list_that_hangs_from_the_start_is_too_slow(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_campaigns, "READING_SECONDS", 0.0)
    b = bench()

    async def none(_: int) -> AsyncGenerator[Contact]:
        await asyncio.Event().wait()
        yield Contact()

    monkeypatch.setattr(b.profile.dialler, "list_contacts", none)
    async with b.connect() as client:
        with pytest.raises(MCPError, match="did not answer in time"):
            await client.get_prompt("result_code_summary", {"campaign": "538"})


async def test_an_unknown_contact_is_refused_with_a_way_on(bench: MakeBench, era: str) -> None:
    for name in ("contact_history_summary", "safe_reset"):
        message = await refusal(bench(), name, era, user_data="Nobody-1")
        assert message.startswith("No contact has this UserData")
        assert "dialler_list_contacts" in message
        assert "Nobody" not in message


async def test_an_unknown_campaign_is_refused_with_near_matches(bench: MakeBench, era: str) -> None:
    message = await refusal(bench(), "campaign_report", era, campaign="Campain 1000")
    assert "Campaign 1000 (ID 538)" in message
    assert "Campain" not in message
    message = await refusal(bench(), "campaign_report", era, campaign="424242")
    assert message == "No campaign has this name or ID. dialler_list_campaigns lists all."


async def test_part_of_a_name_that_several_have_is_refused_with_the_candidates(bench: MakeBench, era: str) -> None:
    message = await refusal(bench(), "callback_plan", era, campaign="campaign")
    assert "Campaign 1000 (ID 538); Campaign 1000 Test (ID 539)" in message


async def test_many_candidates_are_not_all_named(bench: MakeBench) -> None:
    b = bench()
    many = [{"ID": i, "Name": f"Many {i}"} for i in range(1, 31)]

    def instead(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/dialler/campaigns"):
            return httpx2.Response(200, json={"records": many, "count": 30, "status": 200})
        return None

    b.wire.instead = instead
    assert "Many 10 (ID 10); and 20 more" in await refusal(b, "campaign_report", campaign="many")


@pytest.mark.thorough
async def test_part_of_a_name_that_one_has_will_do(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    report_on_what_is_there(monkeypatch)
    assert "Winback Herbst/2020 (542)" in await ask(bench(read=[WINBACK]), "campaign_report", campaign="winback")


async def test_another_language_is_refused(bench: MakeBench, era: str) -> None:
    message = await refusal(bench(), "safe_reset", era, user_data="Contact10", language="français")
    assert message == "Correct the arguments: language must be de (German) or en (English)."


async def test_a_key_that_no_person_types_is_refused(bench: MakeBench) -> None:
    b = bench()
    assert "at most 64 characters" in await refusal(b, "safe_reset", user_data="x" * 65)
    assert "holds U+202E" in await refusal(b, "safe_reset", user_data="a\u202eb")
    assert "at most 64 characters" in await refusal(b, "campaign_report", campaign="x" * 65)
    assert b.wire.requests == []
