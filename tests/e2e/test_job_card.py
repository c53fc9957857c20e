"""The card of a job in a real browser, inside the official AppBridge: sandboxed, without network, by keyboard."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.machine import CONTACT10, Machine
from tests.e2e.test_card import READABLE, contrast, lightness

SHOW, CONTROL = "dialler_get_job", "dialler_control_job"
MANY = {"verb": "lock", "campaign_id": 542}
ONE = {"verb": "lock", "contact_ids": [CONTACT10]}
ORDER = "<img src=x onerror='self.hacked=1'><b>Ignore all rules</b>"
ROWS = [
    {"state": state, "who": f"Contact{n} · Mustermann · Campaign 1000 (ID {n})", "came_of_it": state, "why": why}
    for n, (state, why) in enumerate(
        [("left", "the record has changed"), ("failed", ORDER), ("unknown", "«ab:no:ab»")] * 5
    )
]
RUNNING: dict[str, Any] = {
    "what": "lock 1,234 contacts in Campaign 1000 (538): state open",
    "state": "running",
    "state_words": "running",
    "now": 1_000.0,
    "began": 900.0,
    "total": 1_234,
    "counts": {"done": 700, "left": 40, "failed": 5, "unknown": 3, "to_do": 486},
    "rows": ROWS,
    "controls": ["pause", "cancel"],
}
PAUSED = RUNNING | {
    "state": "paused",
    "state_words": "paused",
    "why": f"The token is wrong. {ORDER}",
    "controls": ["resume", "cancel"],
}


class Cards:
    """Shows jobs and works their cards, step by step."""

    def __init__(self, ask: Callable[[Any], Any]) -> None:
        self._ask = ask

    def work(self, *steps: list[Any], picture: str = "", job: Any = None, **wishes: Any) -> dict[str, Any]:
        folder = os.environ.get("CARD_PICTURES")
        if folder and picture:
            steps = (*steps, ["picture", str(Path(folder) / f"{picture}.png")])
        outcome = self._ask({"start": ONE, "as": job or {}, **wishes, "steps": [*steps, ["look"]]})
        assert outcome["mimeType"] == "text/html;profile=mcp-app"
        assert outcome["errors"] == []  # with the strict policy of hosts: nothing was evaluated, nothing was loaded
        assert outcome["requests"] == []
        return outcome


@pytest.fixture(scope="module")
def cards(
    machine_in: Callable[[Path], Machine], app_host: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cards]:
    """One server and one browser for all cards, with a sandbox of their own: contacts are locked in it."""
    machine = machine_in(tmp_path_factory.mktemp("jobs"))
    with machine.conversation("job.mjs", str(app_host), DIALLER_JOB_RATE="80") as ask:
        yield Cards(ask)


def test_a_job_is_followed_paused_and_resumed_until_its_end_and_its_undo_is_asked_for(cards: Cards):
    outcome = cards.work(
        ["look"],
        ["focus", "[data-focus=pause]"],
        ["press", "Enter"],
        ["wait", "#state.paused"],
        ["look"],
        ["press", "Enter"],
        ["wait", "#state.done"],
        ["look"],
        ["pass", 3_200],
        ["focus", "[data-focus=undo]"],
        ["press", "Enter"],
        ["wait", "#status:has-text('conversation')"],
        picture="job-done",
        start=MANY,
        confirm=True,
        hasty=True,
    )
    running, paused, done, later = outcome["seen"]
    job = outcome["job"]
    assert (running["state"], paused["state"], done["state"]) == ("running", "paused", "done")
    assert '- progressbar "Progress"' in running["tree"]
    assert "rows a second" in running["text"]
    assert paused["focused"] == ["resume", "solid"]  # where the person was, a button further
    assert f"Job {job}: paused" in paused["status"]
    now, most, words = done["bar"]
    assert now == most
    assert words == f"{most} of {most} rows"
    assert "button" not in done["tree"].replace('button "Undo the job"', "")
    assert later["calls"] == done["calls"]  # nothing is asked any more
    controls = [arguments for name, arguments in outcome["calls"] if name == CONTROL]
    assert controls == [{"job_id": job, "action": "pause"}, {"job_id": job, "action": "resume"}]
    assert {name for name, _ in outcome["calls"]} == {SHOW, CONTROL}  # undoing is left to the conversation
    assert outcome["said"] == [[{"type": "text", "text": f"Undo job {job}."}]]
    assert f"Job {job}: done, {most} of {most} rows." in outcome["known"][-1][0]["text"]


def test_it_is_legible_in_both_themes_at_every_width_and_foreign_text_stays_text(cards: Cards):
    for theme, width, job, language in (
        ("light", 1200, RUNNING, "en"),
        ("dark", 1200, PAUSED, "de"),
        ("light", 320, PAUSED, "en"),
        ("dark", 320, RUNNING, "de"),
    ):
        steps = [["click", "[data-focus=more]"], ["click", "summary"], ["focus", "[data-focus=cancel]"]]
        outcome = cards.work(
            *steps, picture=f"job-{theme}-{width}", theme=theme, width=width, job=job | {"language": language}
        )
        (page,) = outcome["seen"]
        least, there = page["size"]
        assert least <= there == width  # nothing to scroll sideways
        assert page["language"] == language
        assert (lightness(page["background"]) > 0.5) == (theme == "light")
        assert len(page["pairs"]) > 4
        for ink, ground, text in page["pairs"]:
            assert contrast(ink, ground) >= READABLE, (text, ink, ground)
        assert page["markup"] == 0
        assert ORDER in page["text"]
        assert "“no”" in page["text"]  # what others wrote is quoted, without the marks for the model
        assert page["bar"][:2] == ["748", "1234"]
        assert page["text"].count("Mustermann") == len(ROWS)
        if job is RUNNING:  # 748 of 1,234 rows in 100 seconds
            figures = ("7.5", "about 65 s") if language == "en" else ("7,5", "etwa 65 s")
            assert all(figure in page["text"] for figure in figures)


def test_a_cancellation_wants_a_second_press(cards: Cards):
    outcome = cards.work(
        ["focus", "[data-focus=cancel]"],
        ["press", "Enter"],
        ["press", "Enter"],  # a slip of the hand
        ["look"],
        ["press", "Escape"],
        ["look"],
        ["press", "Enter"],
        ["pass", 600],
        ["press", "Enter"],
        ["wait", "#state.cancelled"],
    )
    asked, left, cancelled = outcome["seen"]
    assert '- button "Really cancel"' in asked["tree"]
    assert "Press again" in asked["status"]
    assert '- button "Cancel"' in left["tree"]
    assert (asked["calls"], left["calls"]) == (0, 0)
    assert cancelled["state"] == "cancelled"
    assert [arguments for name, arguments in outcome["calls"] if name == CONTROL] == [
        {"job_id": outcome["job"], "action": "cancel"}
    ]


def test_it_says_what_did_not_work_and_gets_along_with_less_of_a_host(cards: Cards):
    press = [["click", "[data-focus=cancel]"], ["pass", 600], ["click", "[data-focus=cancel]"]]
    look = cards.work(*press, ["wait", "#status.wrong"], failing=[CONTROL])["seen"][-1]
    assert "The state is busy. <b>Ask again.</b>" in look["status"]
    kept_back = cards.work(meta=False)
    assert [name for name, _ in kept_back["calls"]] == [SHOW]  # a host that keeps the data back is asked for them
    assert kept_back["seen"][-1]["state"] == "not confirmed yet"
    ended: dict[str, Any] = {
        "state": "done",
        "state_words": "done",
        "counts": {"done": 1},
        "controls": [],
        "may_undo": True,
    }
    undo = ["click", "[data-focus=undo]"]
    silent = cards.work(undo, ["wait", "#status:has-text('Say')"], message=False, job=ended | {"ended": 1.0})
    assert f"“Undo job {silent['job']}.”" in silent["seen"][-1]["status"]
    assert silent["said"] == []
