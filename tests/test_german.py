"""German is whole: no answer, prompt or page that is asked for in German has English words in it.

Names of tools, parameters, fields and columns of the data stay as they are, and so does what people wrote into records.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.figures_table import csv
from dialler_mcp.reporting.export.page import html
from dialler_mcp.reporting.export.view import view_of
from tests.conftest import Bench, structure_of, text_of
from tests.examples import rest_thorough
from tests.prompts.asking import SUBJECTS
from tests.prompts.asking import ask as prompted
from tests.reporting.some_reports import a_document, a_report
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, CONTACT10, HALF_PRICE

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
SAME = {"an", "in", "was", "not", "will", "status", "name", "so", "a", "code", "start", "am"}
"""What is a word, or part of a name, in German too."""
WORDS = re.compile(rf"(?<![\w«/.=_-])({'|'.join(sorted(set(ENGLISH.split()) - SAME))})(?![\w=_:/-])")
KEPT = re.compile(
    r"dialler_\w+|dialler://\S+|\b\w*_\w+\b|«[^»]*»|check=\S+|state=\S+|„[^“]*“|`[^`]*`|cursor=\S+|https?://\S+"
)
"""What stays as it is: names of tools, parameters, fields; what is quoted or fenced."""


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
                said = structure_of(result)
                words = [said.get("summary", ""), *(said.get("columns") or ()), *(said.get("notes") or ())]
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
    said = [view["title"], *(figure["label"] for figure in view["figures"])]
    said += [chart["title"] for chart in view["charts"].values()]
    assert english("\n".join(said)) == []
