"""One figure for one question: every tool, prompt, page and file is asked the same, and must answer the same."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given

from dialler_mcp.api import Address, Dialler
from dialler_mcp.server import build_server
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from tests.conftest import BERLIN, NOON, URL, Bench, no_pause, text_of
from tests.examples import examples
from tests.one_figure import Answers, N, Question, everywhere, printed
from tests.reporting.random_dialler import NUMBERS, RandomDialler, diallers
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, NPS, RENEWAL, WINBACK, Make, ask

pytestmark = pytest.mark.usefixtures("quick_questions", "undrawn")

TESTS = "test_call IS DISTINCT FROM true"
AGREED = "state NOT IN ('done', 'aborted') AND (follow_up IS NOT NULL OR state = 'appointment')"
TIME = "coalesce(follow_up, next_try)"
NOW, TOMORROW = "TIMESTAMP '2026-11-20 14:00'", "TIMESTAMP '2026-11-21'"
REDIAL = "state = 'follow-up' AND follow_up IS NULL"
LISTS = "dialler_list_contacts"
CALLBACKS = "dialler_list_callbacks"
DELETION = "dialler_delete_campaign"
CODES = "result_code_summary"

QUESTIONS = (
    Question(
        "How many contacts are in the list?",
        "contacts",
        "SELECT count(*) FROM contacts",
        {
            LISTS: rf"^{N} contacts? in",
            CALLBACKS: rf"among {N} contact",
            "dialler_check_data": rf"^{N} contacts of",
            DELETION: rf"its contacts \({N}\)",
            CODES: rf"^Read: all {N} contacts",
            "callback_plan": rf"^Read: all {N} contacts",
            "list_cleanup": rf"^Read: all {N} contacts",
            "report prompt": rf"^Read: all {N} contacts",
            "charts": r"^in the list now: (\d+)",
        },
    ),
    Question(
        "How many contacts were ever tried?",
        "penetration",
        "SELECT count(*) FROM contacts SEMI JOIN (SELECT contact_id FROM calls WHERE attempt) USING (contact_id)",
        {},
    ),
    Question(
        "How many contacts were called?",
        "contacts_called",
        "SELECT count(DISTINCT contact_id) FROM calls WHERE attempt",
        {"charts": r"^contacts called: (\d+)"},
    ),
    Question(
        "How many attempts were made?",
        "attempts",
        "SELECT count(*) FROM calls WHERE attempt",
        {"charts": r"^attempts: (\d+)"},
    ),
    Question(
        "How many attempts were answered?",
        "connects",
        "SELECT count(*) FROM calls WHERE attempt AND connected",
        {"charts": r"^connects: (\d+)"},
    ),
    Question(
        "How many contacts were won?",
        "won",
        f"SELECT count(DISTINCT contact_id) FROM calls WHERE result_type = 'Done' AND {TESTS}",
        {},
    ),
    Question(
        "How many of them by our calls?",
        "won_by_calls",
        "SELECT count(DISTINCT contact_id) FROM calls WHERE result_type = 'Done' AND attempt",
        {"charts": r"^won by our calls: (\d+)"},
    ),
    Question(
        "How many attempts won?",
        "winning_attempts",
        "SELECT count(*) FROM calls WHERE result_type = 'Done' AND attempt",
        {"charts": r"^attempts that won: (\d+)"},
    ),
    Question(
        "How many contacts have a final result now?",
        None,
        "SELECT count(*) FROM contacts WHERE state IN ('done', 'aborted')",
        {
            "report": rf"first reason: .*?final result {N}",
            "report prompt": rf"first reason: .*?final result {N}",
            "charts": r"^final result: (\d+)",
            LISTS: rf"[:,] {N} (?:done|aborted)",
            CODES: rf"of these final: {N}",
        },
    ),
    Question(
        "How many are done now?",
        None,
        "SELECT count(*) FROM contacts WHERE state = 'done'",
        {LISTS: rf"[:,] {N} done", DELETION: rf"[:,] {N} done"},
    ),
    Question(
        "How many are new or open?",
        None,
        "SELECT count(*) FROM contacts WHERE state IN ('new', 'open')",
        {LISTS: rf"[:,] {N} (?:new|open)", DELETION: rf"[:,] {N} (?:new|open)"},
    ),
    Question(
        "How many have no result yet?",
        None,
        "SELECT count(*) FROM contacts WHERE result_code_id IS NULL",
        {CODES: rf"^Without a result yet: {N}"},
    ),
    Question(
        "How many are left to dial?",
        "left_to_dial",
        None,
        {"charts": r"^can be dialled now: (\d+)"},
    ),
    Question(
        "How many callbacks are agreed?",
        "callbacks",
        f"SELECT count(*) FROM contacts WHERE {AGREED}",
        {
            CALLBACKS: rf"^{N} agreed callback",
            "callback_plan": rf"^(?:## (?:Overdue|Rest of today|The 7 days after)|Later|No time set): {N}",
            DELETION: rf"Agreed callbacks that vanish: {N}",
            "report": rf"^Agreed callbacks: .* of {N}$",
        },
    ),
    Question(
        "How many of them are overdue?",
        "callbacks_overdue",
        f"SELECT count(*) FROM contacts WHERE {AGREED} AND {TIME} <= {NOW}",
        {
            CALLBACKS: rf"[:,] {N} overdue \(",
            "callback_plan": rf"^## Overdue: {N}",
            "report": rf"^Agreed callbacks: .*?overdue {N}",
        },
    ),
    Question(
        "How many are due later today?",
        "callbacks_today",
        f"SELECT count(*) FROM contacts WHERE {AGREED} AND {TIME} > {NOW} AND {TIME} < {TOMORROW}",
        {
            CALLBACKS: rf"[:,] {N} due today \(",
            "callback_plan": rf"^## Rest of today: {N}",
            "report": rf"^Agreed callbacks: .*?due today {N}",
        },
    ),
    Question(
        "How many after today?",
        "callbacks_coming",
        f"SELECT count(*) FROM contacts WHERE {AGREED} AND {TIME} >= {TOMORROW}",
        {
            CALLBACKS: rf"[:,] {N} due (?:in the next 7 days|later) \(",
            "callback_plan": rf"^(?:## The 7 days after|Later): {N}",
            "report": rf"^Agreed callbacks: .*?after today {N}",
        },
    ),
    Question(
        "How many agreed callbacks have no time?",
        "callbacks_untimed",
        f"SELECT count(*) FROM contacts WHERE {AGREED} AND {TIME} IS NULL",
        {CALLBACKS: rf"[:,] {N} no time set \(", "callback_plan": rf"^No time set: {N}"},
    ),
    Question(
        "How many automatic redials are there?",
        "redials",
        f"SELECT count(*) FROM contacts WHERE {REDIAL}",
        {CALLBACKS: rf"^Automatic redials[^:]*: {N}", "callback_plan": rf"^Automatic redials[^:]*: {N}"},
    ),
    Question(
        "How many of those are due now?",
        "redials_due",
        f"SELECT count(*) FROM contacts WHERE {REDIAL} AND next_try <= {NOW}",
        {
            CALLBACKS: rf"^Automatic redials[^:]*: \d+, {N} of them due now",
            "callback_plan": rf"^Automatic redials[^:]*: \d+, {N} of them due now",
        },
    ),
    Question(
        "How many contacts have a number that is marked as invalid?",
        "marked_invalid_share",
        None,
        {
            "dialler_check_data": rf"^marked_invalid: {N}/",
            "list_cleanup": rf"\(marked_invalid\)\nContacts: {N}/",
        },
    ),
)
TEXTS = (LISTS, CALLBACKS, DELETION, CODES, "dialler_check_data", "callback_plan", "list_cleanup")
BY_CONTACT = frozenset((LISTS, CALLBACKS, DELETION, CODES, "callback_plan"))
"""Those that read the list alone, in which some releases show no result."""


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take time; the data of the charts come with the live view."""
    monkeypatch.setattr("dialler_mcp.reporting.export.page.png", lambda *_, **__: b"picture")  # pyright: ignore


def agree(answers: list[Answers]) -> None:
    """No two places give two figures to one question."""
    differing = [place for place, figures in enumerate(answers) if len(set(figures.values())) > 1]
    assert not differing, printed([QUESTIONS[place] for place in differing], [answers[place] for place in differing])


def test_there_are_twenty_questions():
    assert len({question.asks for question in QUESTIONS}) >= 20


@pytest.mark.thorough
async def test_every_place_gives_the_same_figure(bench: Make):
    b = bench(read=[CAMPAIGN_1000])
    answers = await everywhere(b, CAMPAIGN_1000, QUESTIONS, TEXTS)
    agree(answers)
    for question, figures in zip(QUESTIONS, answers, strict=True):
        places = {"live view", "report view", ".html", ".xlsx", ".csv"} if question.measure else set[str]()
        assert places <= set(figures), f"{question.asks} is not answered everywhere"
        assert question.asks.endswith("no time?") or question.asks.endswith("due now?") or any(figures.values())


@pytest.mark.everyone
@pytest.mark.thorough
@pytest.mark.parametrize("campaign_id", [CAMPAIGN_TEST, NPS, RENEWAL, WINBACK, 547, 551])
async def test_every_place_gives_the_same_figure_of_other_campaigns(bench: Make, campaign_id: int):
    agree(await everywhere(bench(read=[campaign_id]), campaign_id, QUESTIONS, TEXTS))


@pytest.mark.thorough
async def test_a_campaign_of_test_calls_was_not_tried(bench: Make):
    b = bench(read=[CAMPAIGN_TEST])
    answers = await everywhere(b, CAMPAIGN_TEST, QUESTIONS, TEXTS)
    agree(answers)
    assert [set(figures.values()) for figures in answers[1:4]] == [{0}, {0}, {0}]
    text = text_of(await ask(b, "campaign_report", {"campaign_ids": [CAMPAIGN_TEST]}))
    assert "54 of them test calls, which no measure counts" in text


@given(dialler=diallers())
@examples(2, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture, many=8)
@pytest.mark.thorough
def test_every_place_gives_the_same_figure_of_any_dialler(dialler: RandomDialler):
    asyncio.run(_agree_over(dialler))


TRIED = QUESTIONS[1]


async def _agree_over(dialler: RandomDialler) -> None:
    """As above. The counters of these contacts do not know what is in the history, so that `TRIED` has two answers."""
    with tempfile.TemporaryDirectory() as place:
        usual: dict[str, Any] = {"audit": False, "state_url": "sqlite://", "data_dir": Path(place)}
        settings = Settings(**usual)
        async with Dialler(
            Address(URL, "token"), transport=httpx2.MockTransport(dialler.answer), pause=no_pause
        ) as client:
            profile = profile_of(settings, client, now=lambda: NOON.replace(tzinfo=BERLIN))
            b = Bench(build_server(settings, profile=profile), None, None, profile, settings)  # pyright: ignore[reportArgumentType]
            # Else who shows no sign of a call is not asked for.
            await ask(b, "campaign_report", {"campaign_ids": list(NUMBERS), "full": True})
            hidden = "DiallerCampaignsResultCodesID" in dialler.unlisted
            texts = [place for place in TEXTS if not (hidden and place in BY_CONTACT)]
            questions = [question._replace(sql=None) if question is TRIED else question for question in QUESTIONS]
            for number in NUMBERS:
                agree(await everywhere(b, number, questions, texts))
            await profile.aclose()
