"""German is whole: no answer, prompt or page that is asked for in German has English words in it.

Names of tools, parameters, fields and columns of the data stay as they are, and so does what people wrote into records.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.export.figures_table import csv
from dialler_mcp.reporting.export.page import html
from dialler_mcp.reporting.export.view import view_of
from dialler_mcp.tools.family import ADVICE, worded
from tests.api.test_errors import all_errors
from tests.conftest import Bench, structure_of, text_of
from tests.examples import rest_thorough
from tests.prompts.asking import SUBJECTS
from tests.prompts.asking import ask as prompted
from tests.reporting.some_reports import a_document, a_report
from tests.tools.asking import (
    CAMPAIGN_1000,
    CAMPAIGN_TEST,
    CANCELLERS,
    CLOSED_MUELLER,
    CONTACT10,
    HALF_PRICE,
    WITH_ORDERS,
)

MakeBench = Callable[..., Bench]

ENGLISH = """
a about after again agreed all also among an and are as asked at attempt attempts because before best busy by call
called calls callback callbacks campaigns can cannot changed code codes complete connects contact contacts count counted
current date dates days done due duplicate each earliest empty entries entry every fewer first fit fits follow following
for found from given group groups has have here hidden history how in inbound incomplete into invalid is it its kind
known last late left list listed locked matches missing more most name newest next no none not nothing number numbers of
oldest on one only open or other others out overdue read reason records redials result results right row rows same
shown since some start state states status than that the their them there these they this those time times to today
unknown until was were what when where which who why will with within without yes you
"""
SAME = {"also", "an", "in", "was", "not", "will", "status", "name", "so", "a", "code", "start", "am"}
"""What is a word, or part of a name, in German too."""
WORDS = re.compile(rf"(?<![\w«/.=_-])({'|'.join(sorted(set(ENGLISH.split()) - SAME))})(?![\w=_:/-])")
KEPT = re.compile(
    r"dialler_\w+|dialler://\S+|\b\w*_\w+\b|«[^»]*»|check=\S+|state=\S+|„[^“]*“|`[^`]*`|cursor=\S+|https?://\S+"
    r"|^(?:Retrieve|Lock|Reset|Clone) [A-Za-z ]+:|Verwenden Sie einen von diesen: .*|'[^']*'"
)
"""What stays as it is: names of tools, parameters, fields, documented functions, results; what is quoted or fenced."""


def english(text: str) -> list[str]:
    """The lines of a German text that have English words in them."""
    lines = (KEPT.sub("", line) for line in text.splitlines())
    return [f"{', '.join(match)}: {line}" for line in lines if (match := WORDS.findall(line))]


def test_the_search_for_english_words_finds_them_and_leaves_names():
    assert english("41 agreed callbacks unter 1502 Kontakten")
    assert english("fällig\tlate\tName")
    assert not english(
        "Wahlwiederholungen: 55 (dialler_list_contacts, state=follow-up), in der Laufzeit, UserData, an Agent"
    )


ANSWERS: dict[str, list[dict[str, Any]]] = {
    "list_callbacks": [
        {"campaign_id": CAMPAIGN_1000, "limit": 3},
        {"campaign_id": CAMPAIGN_1000, "when": "overdue", "since": "2026-11-01", "until": "2026-12-31"},
        {"campaign_id": CAMPAIGN_1000, "agent": "nobody"},
    ],
    "campaign_report": [
        {"names": ["Campaign 1000"], "since": "2026-11-09", "by": "agent", "chart": "hours"},
        {"campaign_ids": [CAMPAIGN_1000, CANCELLERS], "by": "campaign", "chart": "comparison"},
    ],
    "check_data": [
        {"campaign_ids": [CAMPAIGN_1000, CANCELLERS]},
        {"campaign_ids": [CAMPAIGN_1000, CANCELLERS], "check": "same_person"},
        {"campaign_ids": [CAMPAIGN_1000, CANCELLERS], "check": "marked_invalid"},
    ],
    "export": [{"names": ["Campaign 1000"]}, {"names": ["Campaign 1000"], "file_type": "jtel"}],
    "find_contact": [
        {"text": "Frau Mueller"},
        {"text": "Nobodyknows"},
        {"text": "Contact1", "campaign_id": CAMPAIGN_1000},
    ],
    "contact_overview": [{"contact_id": CONTACT10}],
    "get_contact": [{"contact_id": CONTACT10}, {"contact_id": 215231}],
    "get_contacts": [{"contact_ids": [CONTACT10, 1], "user_data_list": ["Kunde-0000"]}],
    "get_contact_history": [{"contact_id": CONTACT10}],
    "get_contact_history_by_user_data": [{"user_data": "Kunde-4711"}],
    "get_campaign": [{"campaign_id": HALF_PRICE}],
    "get_result_codes": [{"campaign_id": CANCELLERS}],
    "list_acd_events": [{"limit": 3}],
    "get_acd_event": [{"event_id": 5001}],
    "list_acd_event_types": [{}],
    "list_acd_event_statuses": [{}],
}
"""What each tool with a parameter `language` is asked."""
USUAL: dict[str, list[dict[str, Any]]] = {
    "list_contacts": [
        {"campaign_id": CAMPAIGN_1000, "limit": 3},
        {"campaign_id": CAMPAIGN_1000, "state": "follow-up", "min_attempts": 1, "since": "2026-11-01", "text": "e"},
    ],
    "find_contacts_by_user_data": [{"user_data": "Contact10"}, {"user_data": "Kunde-4711"}, {"user_data": "none"}],
    "list_campaigns": [{}],
    "find_campaigns_by_name": [{"name": "campaign"}, {"name": "nirgends"}],
    "list_acd_groups": [{"limit": 2}],
    "find_acd_groups_by_name": [{"name": "rück"}, {"name": "nirgends"}],
    "query": [{"sql": "SELECT user_data FROM contacts LIMIT 3", "campaign_ids": [CAMPAIGN_1000]}],
}
"""The same of those that speak the language of the settings."""


PASTED = "Kd-Nr;Name;Telefon\nN1;Neumann;030 23125901\nN2;Ohne;\nContact10;Mustermann;030 23125001\n"
NEW = {"Name": "Neumann", "DiallerCampaignsID": CAMPAIGN_1000, "PhoneNumber1": "030 23125099"}
RENAMED = {"source": "Campaign 1000", "destination": "Kampagne 2000"}

CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("check_connection", {}),
    *(("lock_contact", {"contact_id": CONTACT10}),) * 2,
    ("unlock_contact", {"contact_id": CONTACT10}),
    ("unlock_contact_by_user_data", {"user_data": "Contact21"}),
    ("reset_contact", {"contact_id": CONTACT10}),
    ("reset_contact", {"contact_id": CLOSED_MUELLER, "reason": "Er will es"}),
    *(("update_contact", {"contact_id": WITH_ORDERS, "City": "Bonn"}),) * 2,
    ("update_contact", {"contact_id": WITH_ORDERS, "City": "", "Name": ""}),
    ("delete_contact", {"contact_id": CLOSED_MUELLER}),
    *(("import_contact", {**NEW, "UserData": "Neu-1"}),) * 2,
    ("import_contact", {**NEW, "UserData": "Contact10", "overwrite_duplicates": True}),
    ("clone_campaign", {**RENAMED, "dtFrom": "2026-12-01"}),
    ("delete_campaign", {"campaign_id": CAMPAIGN_TEST}),
    ("create_acd_event", {"AcdEventTypesID": 3, "Sender": "030 231250", "Subject": "Rückruf", "AcdGroupsID": 202}),
    ("list_changes", {}),
    ("list_changes", {"contact_id": CONTACT10, "since": "2026-11-01", "tool": "dialler_lock_contact"}),
    ("list_changes", {"contact_id": 7}),
    *(("get_change", {"change_id": number}) for number in range(1, 16)),
    *(("undo_change", {"change_id": number, "reason": "Versehen"}) for number in (3, 9, 10, 13)),
    ("list_jobs", {}),
    ("change_contacts", {"verb": "lock", "campaign_id": CAMPAIGN_1000, "state": "open"}),
    ("change_contacts", {"verb": "reset", "contact_ids": [CONTACT10, 215221], "reason": "Er will es"}),
    ("change_contacts", {"verb": "update", "contact_ids": [CONTACT10], "values": {"City": "Ulm", "Comment": ""}}),
    ("delete_contacts", {"contact_ids": [215221]}),
    ("list_jobs", {}),
    ("get_job", {"job_id": 1, "wait": True}),
    ("undo_change", {"job_id": 1}),
    ("forget_snapshot", {}),
    ("check_list", {"rows": PASTED, "campaign_id": CAMPAIGN_1000}),
    ("import_list", {"list_id": "list0001"}),
]
"""Changes and what shows them, one after the other; each is confirmed where it asks."""

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("lock_contact", {"contact_id": 1}),
    ("lock_contact_by_user_data", {"user_data": "Kunde-4711"}),
    ("lock_contact_by_user_data", {"user_data": "Contact1O"}),
    ("update_contact", {"contact_id": CONTACT10}),
    ("update_contact", {"City": "Bonn"}),
    ("unlock_contact", {"contact_id": CONTACT10, "confirm": "ja"}),
    ("delete_contact", {"contact_id": CONTACT10, "confirm": "ja #nmoyupvk"}),
    ("import_contact", {"Name": "Neumann", "DiallerCampaignsID": CAMPAIGN_1000}),
    ("clone_campaign", {"source": "Campagne", "destination": "Kampagne 2000"}),
    ("clone_campaign", {"source": "Campaign 1000", "destination": "Campaign 1000"}),
    ("delete_campaign_by_name", {"name": "campaign"}),
    ("create_acd_event", {"AcdEventTypesID": 3, "Sender": "030 231250", "Subject": "Rückruf"}),
    ("get_change", {"change_id": 99}),
    ("undo_change", {}),
    ("get_job", {"job_id": 99}),
    ("control_job", {"job_id": 99, "action": "cancel"}),
    ("change_contacts", {"verb": "lock"}),
    ("change_contacts", {"verb": "lock", "contact_ids": [1]}),
    ("change_contacts", {"verb": "update", "contact_ids": [CONTACT10]}),
    ("change_contacts", {"verb": "lock", "campaign_id": CAMPAIGN_1000, "result": "nirgends"}),
    ("check_list", {}),
    ("check_list", {"list_id": "nirgends"}),
    ("check_list", {"path": "leads.xlsx"}),
    ("check_list", {"rows": "Nr;Name;Telefon\n"}),
    ("check_list", {"rows": "A;B\n1;2\n"}),
    ("check_list", {"rows": PASTED, "mapping": {"Nirgends": "Name"}}),
    ("check_list", {"rows": PASTED, "decisions": {"nirgends": "ready"}}),
    ("import_list", {}),
    ("list_contacts", {"campaign_id": CAMPAIGN_1000, "cursor": "1-ab"}),
    ("list_contacts", {"campaign_id": CAMPAIGN_1000, "name": "Winback"}),
    ("contact_overview", {}),
    ("campaign_report", {"campaign_ids": [CAMPAIGN_1000], "since": "2026-11-20", "until": "2026-11-19"}),
    ("get_contacts", {}),
    ("find_contact", {"text": "…"}),
    ("export", {}),
    ("get_contact", {}),
    ("get_contact", {"contact_id": "zehn"}),
    ("get_contact", {"contact_id": True}),
    ("get_contact", {"contact_id": 0}),
    ("get_contact", {"contact_id": 10**12}),
    ("get_contact", {"contact_id": CONTACT10, "wrong": 1, "an order": 2}),
    ("list_contacts", {"campaign_id": CAMPAIGN_1000, "state": "delayed"}),
    ("list_contacts", {"campaign_id": CAMPAIGN_1000, "limit": 500}),
    ("list_contacts", {"campaign_id": CAMPAIGN_1000, "sperre": "ja"}),
    ("find_contact", {"text": "\u202e"}),
    ("lock_contact_by_user_data", {"user_data": "x" * 65}),
    ("get_contacts", {"contact_ids": list(range(1, 300))}),
    ("update_contact", {"contact_id": CONTACT10, "PhoneNumber1": "110"}),
    ("update_contact", {"contact_id": CONTACT10, "PhoneNumber1": "anrufen"}),
    ("update_contact", {"contact_id": CONTACT10, "Amount": ""}),
    ("update_contact", {"contact_id": CONTACT10, "Amount": "viel"}),
    ("update_contact", {"contact_id": CONTACT10, "Amount": "1e99"}),
    ("update_contact", {"contact_id": CONTACT10, "FollowUpDateTime": "morgen"}),
    ("change_contacts", {"verb": "update", "contact_ids": [CONTACT10], "values": {"PhoneNumber1": "anrufen"}}),
    ("change_contacts", {"verb": "update", "contact_ids": [CONTACT10], "values": {"Nirgends": "x"}}),
    ("create_acd_event", {"AcdEventTypesID": 3, "Sender": "anrufen", "Subject": "Rückruf", "AcdGroupsID": 202}),
    ("no_such_tool", {}),
]


async def changed(client: Client, tool: str, arguments: dict[str, Any]) -> list[CallToolResult]:
    """The answer of a change, and where it asks, the preview before it; a job is confirmed by its number."""
    first = await client.call_tool(f"dialler_{tool}", arguments)
    assert not first.is_error, text_of(first)
    preview = structure_of(first)
    if "confirm" not in preview:
        return [first]
    job = re.search(r"job_id (\d+)", preview["next_step"])
    rest = {name: arguments[name] for name in ("verb", "reason") if name in arguments}
    again = {**rest, "job_id": int(job[1])} if job else arguments
    return [first, await client.call_tool(f"dialler_{tool}", {**again, "confirm": preview["confirm"]})]


async def test_what_changes_answer_in_german_has_no_english_words(bench: MakeBench, monkeypatch: pytest.MonkeyPatch):
    def named(_: int) -> str:
        return "list0001"

    monkeypatch.setattr("dialler_mcp.service.people_lists.secrets.token_hex", named)
    b = bench(language="de", bulk_delete=True)
    async with b.connect() as client:
        for tool, arguments in CHANGES:
            for answer in await changed(client, tool, arguments):
                assert english(text_of(answer)) == [], tool
                assert not answer.is_error, text_of(answer)


async def test_what_is_refused_in_german_has_no_english_words_and_keeps_the_next_step(bench: MakeBench):
    async with bench(language="de").connect() as client:
        for tool, arguments in MISTAKES:
            result = await client.call_tool(f"dialler_{tool}", arguments)
            assert result.is_error, text_of(result)
            assert english(text_of(result)) == [], tool
            assert text_of(result).endswith("."), tool


async def test_a_wrong_argument_is_told_in_the_language_that_is_asked_for(bench: MakeBench):
    async with bench().connect() as client:
        for language, start in (
            ("de", "Es wurde nichts gesendet. Berichtigen Sie"),
            ("en", "Nothing was sent. Correct"),
        ):
            result = await client.call_tool("dialler_get_contact", {"contact_id": "zehn", "language": language})
            assert text_of(result).startswith(start)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("nirgends", {}, "Diese Vorlage gibt es nicht; die Liste der Vorlagen nennt alle."),
        ("campaign_report", {}, "Bei campaign_report fehlen Angaben: campaign."),
        ("campaign_report", {"campaign": "538", "x": "1"}, "Unbekannte Argumente: 1; campaign_report nimmt campaign, "),
        (
            "campaign_report",
            {"campaign": "538", "language": "fr"},
            "language muss de (Deutsch) oder en (Englisch) sein.",
        ),
        ("safe_reset", {"user_data": "x" * 300}, "user_data darf höchstens "),
        ("campaign_report", {"campaign": "\u202e"}, "das niemand sieht oder das für ein verlorenes Zeichen steht"),
    ],
)
async def test_what_is_wrong_with_the_arguments_of_a_prompt_is_german(
    bench: MakeBench, name: str, arguments: dict[str, str], told: str
):
    async with bench(language="de").connect() as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt(name, arguments)
    assert told in error.value.error.message
    assert english(error.value.error.message) == []


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_of_the_dialler_is_german_for_whoever_reads_german(kind: type[DiallerError]):
    error = kind("Reset a Dialler Contact by ID", status=418, reason="weg")
    assert english(error.text(Language.de)) == []
    assert error.summary.en != error.summary.de
    assert error.hint.en != error.hint.de


def test_every_advice_is_german_for_whoever_reads_german():
    for advice in ADVICE:
        assert english(worded(Problem(advice=advice, contact=7, campaign=5), Language.de)) == []


async def test_a_dry_run_in_german_has_no_english_words(bench: MakeBench):
    async with bench(language="de", dry_run=True).connect() as client:
        for tool, arguments in CHANGES[1:7]:
            for answer in await changed(client, tool, arguments):
                assert english(text_of(answer)) == [], tool


@pytest.mark.everyone
@pytest.mark.usefixtures("quick_questions")
@pytest.mark.thorough
async def test_an_answer_in_german_has_no_english_words(bench: MakeBench, tmp_path: Path):
    b = bench(read=[CAMPAIGN_1000, CANCELLERS], files=str(tmp_path))
    async with b.connect() as client:
        tools = (await client.list_tools()).tools
        with_language = {tool.name for tool in tools if "language" in tool.input_schema.get("properties", {})}
        for tool, questions in ANSWERS.items():
            for question in questions:
                result = await client.call_tool(f"dialler_{tool}", {**question, "language": "de"})
                assert not result.is_error, text_of(result)
                assert english(text_of(result)) == [], tool
                answer = structure_of(result)
                words = [answer.get("summary", ""), *(answer.get("columns") or ()), *(answer.get("notes") or ())]
                assert english("\n".join(words)) == [], tool
    names = {"dialler_describe_data"}  # which says little but the names of columns
    assert {f"dialler_{tool}" for tool in ANSWERS} == with_language - names


@pytest.mark.everyone
@pytest.mark.usefixtures("quick_questions")
async def test_the_language_of_the_settings_is_spoken_whole_by_tools_without_the_parameter(bench: MakeBench):
    b = bench(read=[CAMPAIGN_1000], language="de")
    async with b.connect() as client:
        for tool, questions in USUAL.items():
            for question in questions:
                result = await client.call_tool(f"dialler_{tool}", question)
                assert not result.is_error, text_of(result)
                assert english(text_of(result)) == [], tool


@pytest.mark.parametrize("name", rest_thorough(SUBJECTS, quick=2))
async def test_a_prompt_in_german_has_no_english_words(bench: MakeBench, name: str):
    assert english(await prompted(bench(read=[CAMPAIGN_1000]), name, **SUBJECTS[name], language="de")) == []


@pytest.mark.thorough
def test_a_german_file_has_no_english_words():
    german = a_document(language=Language.de)
    assert english(csv(german)) == []
    assert english(re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", "\n", html(german), flags=re.DOTALL)) == []


def test_the_live_view_of_a_german_report_has_no_english_words():
    view = view_of(a_report(), Language.de)
    values = [view["title"], *(figure["label"] for figure in view["figures"])]
    values += [chart["title"] for chart in view["charts"].values()]
    assert english("\n".join(values)) == []
