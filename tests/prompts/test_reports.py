"""The prompts that draw on the report and on the check of lists: they say what the tools say, and never too late."""

import asyncio
import re
from collections.abc import AsyncGenerator
from itertools import product
from typing import Any

import pytest

from dialler_mcp.prompts import reports
from dialler_mcp.reporting.errors import CannotKeep
from dialler_mcp.reporting.snapshot.snapshots import MIN_SECONDS
from dialler_mcp.sandbox import Options
from dialler_mcp.service.headings import GERMAN
from tests.conftest import Bench, structure_of, text_of
from tests.prompts.asking import MakeBench, ask, crowd, lists, refusal
from tests.shared_snapshots import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, CANCELLERS, fresh, keep_only, told
from tests.tools.asking import ask as ask_tool

HOST_SECONDS = 30  # after which some hosts give a prompt up
DIALLERS = {
    "of today": Options(),
    "without batch": Options(release="no-batch"),
    "without history": Options(release="oldest"),
    "that shows little": Options(lists="bare"),
}


def spoiled(b: Bench) -> None:
    """Fill a campaign, the only one then, with contacts in which something is wrong, for most of the checks."""
    keep_only(b, CAMPAIGN_TEST)
    for number in range(60):
        values: dict[str, Any] = {"phone_number1": f"4969{number // 3:07d}", "name": f"Nach{number // 2}", "city": "X"}
        b.store.add_contact(fresh(dialler_campaigns_id=CAMPAIGN_TEST, user_data=f"S{number // 4}", **values))
    for number in range(55):
        b.store.add_contact(fresh(dialler_campaigns_id=CAMPAIGN_TEST, phone_number1="0123", user_data=f"W{number}"))
    invalid = {"b_phone_number1_invalid": True, "phone_number1": "493023125009"}
    for values in (
        invalid,
        {"phone_number1": None},
        {"name": None},
        {"phone_number2": "493023125000"},
        {"user_data": None},
    ):
        b.store.add_contact(fresh(**{"dialler_campaigns_id": CAMPAIGN_TEST, "user_data": "N1", **values}))


def notes_of(prompt: str) -> list[str]:
    lines = re.split("Notes:|Hinweise:", prompt)[-1].strip().splitlines()
    ours = ("DIALLER_PRIVACY", "-data»")  # that values are masked, and the mark after what comes from records
    return [line.removeprefix("- ") for line in lines if line and not any(words in line for words in ours)]


def column(answer: dict[str, Any], english: str) -> list[Any]:
    """The cells of a column in either language, also where they are named once because they are alike, or all empty."""
    name = english if {english} & {*answer["columns"], *answer.get("same", {})} else GERMAN[english]
    if name in answer["columns"]:
        place = answer["columns"].index(name)
        return [row[place] for row in answer["rows"]]
    return [answer.get("same", {}).get(name)] * len(answer["rows"])


def crossed(*values: list[str], fast: set[tuple[str, ...]]) -> list[Any]:
    """All cases; the fast run takes few of them."""
    return [
        pytest.param(*case, marks=[] if case in fast else [pytest.mark.thorough], id="-".join(case))
        for case in product(*values)
    ]


@pytest.mark.parametrize(
    ("dialler", "language"),
    crossed(
        [*DIALLERS],
        ["de", "en"],
        fast={("of today", "en"), ("that shows little", "de")},
    ),
)
@pytest.mark.thorough
async def test_the_report_is_that_of_the_tool(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch, dialler: str, language: str
) -> None:
    report_on_what_is_there(monkeypatch)
    b = bench(DIALLERS[dialler])
    keep_only(b, CAMPAIGN_1000)
    arguments = {"campaign_ids": [CAMPAIGN_1000], "language": language}
    result = await ask_tool(b, "campaign_report", arguments)
    prompt = await ask(b, "campaign_report", campaign=str(CAMPAIGN_1000), language=language)
    *notes, sandbox = structure_of(result)["notes"]
    figures = text_of(result).splitlines()[: -len([*notes, sandbox])]
    assert len(figures) >= 3
    assert "\n\n" + "\n".join(figures) + "\n" in prompt
    assert notes_of(prompt) == notes


@pytest.mark.parametrize(
    ("dialler", "language", "privacy"),
    crossed(
        ["of today", "without history"],
        ["de", "en"],
        ["bank", "masked"],
        fast={("without history", "de", "masked")},
    ),
)
@pytest.mark.thorough
async def test_the_check_is_that_of_the_tool(bench: MakeBench, dialler: str, language: str, privacy: str) -> None:
    b = bench(DIALLERS[dialler], privacy=privacy)
    spoiled(b)
    arguments = {"campaign_ids": [CAMPAIGN_TEST], "language": language}
    tool = await told(b, "check_data", **arguments)
    prompt = await ask(b, "list_cleanup", campaign=str(CAMPAIGN_TEST), language=language)
    assert f"\n{tool['summary']}\n" in prompt
    match = re.findall(r"^## (.+) \((\w+)\)\n\w+: (\d+/\d+)(?:; \w+: (\d+))?; \w+: (\d+)", prompt, re.MULTILINE)
    rows = zip(*(column(tool, name) for name in ("found", "check", "contacts", "groups")), strict=True)
    details = {check: await told(b, "check_data", **arguments, check=check) for check in column(tool, "check")}
    assert len(details) >= 6
    assert match == [
        (words, check, contacts, str(groups or ""), str(details[check]["total"]))
        for words, check, contacts, groups in rows
    ]
    values = [note for note in tool["notes"] if "check=" not in note and "sandbox" not in note]
    assert notes_of(prompt) == [note for note in values if "Übungs-Dialler" not in note]
    check_contacts(prompt, details, privacy)


def check_contacts(prompt: str, details: dict[str, dict[str, Any]], privacy: str) -> None:
    """The contacts of a finding are those of the tool."""
    parts = dict(re.findall(r"^## [^\n]+ \((\w+)\)\n(.*?)\n\n", prompt, re.MULTILINE | re.DOTALL))
    for check in ("same_number", "same_user_data", "same_person"):
        _, *rows = (line.split("\t") for line in parts[check].splitlines() if "\t" in line)
        ids = [re.findall(r"(\d{6}) ", row[-1]) for row in rows]
        assert ids, check
        members = [[who.partition(" ")[0] for who in some if who[0] != "+"] for some in column(details[check], "who")]
        assert ids == [some[: reports.MAX_IN_GROUP] for some in members][: len(ids)], check
    singles = {"malformed_number", "no_number", "marked_invalid"} - (
        {"malformed_number"} if privacy == "masked" else set()
    )
    for check in singles:
        ids = [int(number) for number in re.findall(r"^(\d{6})\t", parts[check], re.MULTILINE)]
        assert ids, check
        assert ids[: len(details[check]["rows"])] == column(details[check], "contact_id")[: len(ids)], check


@pytest.mark.thorough
async def test_every_contact_is_left_to_dial_or_has_its_reason(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_on_what_is_there(monkeypatch)
    text = await ask(bench(read=[CAMPAIGN_1000]), "campaign_report", campaign="Campaign 1000")
    (reasons,) = re.findall(r"^Not to dial now, first reason: (.+)$", text, re.MULTILINE)
    (count,) = re.findall(r"left to dial (\d+)", text)
    assert int(count) + sum(map(int, re.findall(r" (\d+)(?:;|$)", reasons))) == 420
    assert "all 420 contacts" in text


async def test_cleanup_names_the_contacts_with_their_state(bench: MakeBench) -> None:
    text = await ask(bench(read=[CANCELLERS]), "list_cleanup", campaign="Kündiger")
    assert re.search(r"Kunde-4711\t2\t217000 [^\t]+\(done\); 217001 [^\t]+\(open\)", text)


@pytest.mark.thorough
async def test_cleanup_names_few_of_a_large_group(bench: MakeBench) -> None:
    b = bench()
    b.wire.instead = lists([contact | {"UserData": "same"} for contact in crowd(30)])
    assert "; +25" in await ask(b, "list_cleanup", campaign="538")


@pytest.mark.thorough
async def test_a_list_in_order_has_no_findings(bench: MakeBench) -> None:
    b = bench()
    b.wire.instead = lists([{"ID": 1, "DiallerCampaignsID": 538, "Name": "A", "UserData": "K1"}])
    assert "## no number at all (no_number)" in await ask(b, "list_cleanup", campaign="538")
    b = bench()
    person = {"ID": 1, "DiallerCampaignsID": 538, "Name": "A", "UserData": "K1", "PhoneNumber1": "493023125001"}
    b.wire.instead = lists([person])
    assert "## " not in await ask(b, "list_cleanup", campaign="538")


@pytest.mark.thorough
async def test_locks_that_the_release_does_not_show_are_said(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    report_on_what_is_there(monkeypatch)
    text = "Sperren sind nicht sichtbar"
    bare, today = bench(Options(lists="bare")), bench(read=[CAMPAIGN_1000])
    assert text in await ask(bare, "campaign_report", campaign=str(CAMPAIGN_TEST), language="de")
    assert text not in await ask(today, "campaign_report", campaign="538", language="de")


async def test_a_release_without_history_is_said(bench: MakeBench) -> None:
    b = bench(Options(release="oldest", error_body="empty"))
    keep_only(b, CAMPAIGN_TEST)
    text = await ask(b, "campaign_report", campaign=str(CAMPAIGN_TEST))
    assert "ATTENTION: Not everything is known" in text
    assert "this release shows no history" in notes_of(text)


def hang(monkeypatch: pytest.MonkeyPatch, b: Bench) -> None:
    """The list of contacts does not come any more, and there is no time to wait for it."""

    async def none(*_: Any) -> AsyncGenerator[Any]:
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr(b.profile.dialler, "blocks", none)
    monkeypatch.setattr(reports, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(reports, "LIST_SECONDS", 0.0)


@pytest.mark.parametrize("name", ["campaign_report", "list_cleanup"])
async def test_a_list_that_does_not_come_in_time_is_told(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    b = bench()
    hang(monkeypatch, b)
    message = await refusal(b, name, campaign="538")
    assert message.startswith("Nothing could be read yet: ")
    assert "the list is still being read" in message
    await b.profile.aclose()


@pytest.mark.thorough
async def test_an_older_list_stands_for_one_that_does_not_come(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = bench()
    before = await ask(b, "campaign_report", campaign=str(CAMPAIGN_TEST))
    hang(monkeypatch, b)
    text = await ask(b, "campaign_report", campaign=str(CAMPAIGN_TEST))
    assert "ATTENTION: Not everything is known" in text
    assert "Campaign 1000 Test: the list is still being read; ask again" in notes_of(text)
    (figures,) = re.findall(r"^Calls: .+$", before, re.MULTILINE)
    assert figures in text
    await b.profile.aclose()


async def test_what_there_is_no_time_to_check_is_said(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CHECK_SECONDS", 0.0)
    text = await ask(bench(read=[CAMPAIGN_1000]), "list_cleanup", campaign="538", language="de")
    assert "ACHTUNG: Es ist nicht alles neu gelesen oder geprüft" in text
    assert "Nicht geprüft, da die Zeit um war: gleiche Nummer in mehreren Kontakten; " in text
    assert "Ohne Befund" not in text


@pytest.mark.parametrize("name", ["campaign_report", "list_cleanup"])
async def test_reading_ends_before_the_host_gives_up(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    b = bench()
    budgets = list[float]()

    async def noted(_: list[int], **limits: Any) -> Any:
        budgets.append(limits["budget_seconds"])
        raise CannotKeep("the disk is full")

    monkeypatch.setattr(b.profile.snapshots, "refresh", noted)
    assert "the disk is full" in await refusal(b, name, campaign="538")
    (budget,) = budgets
    assert budget + MIN_SECONDS <= HOST_SECONDS
