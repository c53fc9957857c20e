"""The card that takes a file in a real browser, inside the official AppBridge: sandboxed, without network, by keyboard
and by dropping.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.machine import Machine
from tests.e2e.test_card import READABLE, contrast, lightness

TOOL = "dialler_receive_list"
ROWS = 9_000
LIST = "Kd-Nr;Vorname;Nachname;Telefon;Bemerkung\n" + "".join(
    f"N{number};Paula;Neumann{number};030 2312{number % 10_000:04};möchte ein Angebot\n" for number in range(ROWS)
)
FEW = "Nachname;Telefon\nNeumann;030 23125901\nWeiß;110\n"
OPEN, CARD = ["press", "Tab"], ["look"]


class Drop:
    """Shows the card and works it, step by step."""

    def __init__(self, ask: Callable[[Any], Any]) -> None:
        self._ask = ask

    def work(self, *steps: list[Any], picture: str = "", **wishes: Any) -> dict[str, Any]:
        folder = os.environ.get("CARD_PICTURES")
        if folder and picture:
            steps = (*steps, ["picture", str(Path(folder) / f"{picture}.png")])
        outcome = self._ask({**wishes, "steps": steps})
        assert outcome["mimeType"] == "text/html;profile=mcp-app"
        assert outcome["errors"] == []  # with the strict policy of hosts: nothing was evaluated, nothing was loaded
        assert outcome["requests"] == []
        assert {call["tool"] for call in outcome["calls"]} <= {TOOL}
        for look in outcome["seen"]:
            least, there = look["size"]
            assert least <= there  # nothing to scroll sideways
            assert look["markup"] == 0
            assert all(contrast(*pair) >= READABLE for pair in look["pairs"])
            light = {lightness(ground) for _, ground in look["pairs"]}
            assert max(light) > 0.5 or wishes.get("theme") == "dark"
        return outcome


@pytest.fixture(scope="module")
def drop(reader: Machine, app_host: Path) -> Iterator[Drop]:
    """One server and one browser for all cards."""
    with reader.conversation("drop.mjs", str(app_host)) as ask:
        yield Drop(ask)


@pytest.fixture(scope="module")
def german(reader: Machine, app_host: Path) -> Iterator[Drop]:
    """The same with a server that answers in German."""
    with reader.conversation("drop.mjs", str(app_host), DIALLER_LANGUAGE="de") as ask:
        yield Drop(ask)


def test_a_file_is_chosen_by_keyboard_and_its_rows_pass_by_the_model(drop: Drop, tmp_path: Path):
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    size = (tmp_path / "leads.csv").stat().st_size
    steps = [CARD, OPEN, CARD, ["choose", str(tmp_path / "leads.csv")], ["wait", "list_id"], ["wait", "goes on"], CARD]
    outcome = drop.work(*steps, most=100_000, picture="drop-done")
    before, ready, after = outcome["seen"]
    for words in ('heading "Hand in a list"', '- button "Choose a file…"', "do not attach the file there", "- status"):
        assert words in before["tree"]
    assert (before["focused"], ready["focused"], after["focused"]) == ("", "choose", "what")
    lengths = [call["length"] for call in outcome["calls"]]
    assert lengths[:3] == [262_144, 131_072, 65_536]  # halved until the host hands it on
    assert {call["size"] for call in outcome["calls"]} == {size}
    assert [call["offset"] for call in outcome["calls"]][2:5] == [0, 49_152, 98_304]
    assert "leads.csv: 9,000 rows." in after["status"]
    assert "Do not attach the file to the conversation." in after["status"]
    assert "Columns: Kd-Nr · Vorname · Nachname" in after["tree"]
    ((text,),) = outcome["said"]
    assert "9,000 rows" in text["text"]
    assert "leads" not in text["text"]
    assert outcome["told"] == []
    list_id = text["text"].split("list_id is ")[1].split(".")[0]
    check_answer = drop.work(CARD, input={"list_id": list_id, "name": "Campaign 1000"}, picture="drop-checked")
    assert check_answer["seen"][0]["tree"].count("- row ") > 1  # what the check has found; there is nothing to choose
    assert "button" not in check_answer["seen"][0]["tree"]


@pytest.mark.parametrize("words", [True, False])
def test_a_file_is_dropped_in_german_in_a_narrow_dark_english_host_that_takes_no_message(german: Drop, words: bool):
    wishes: dict[str, Any] = {"locale": "en-GB", "theme": "dark", "width": 320, "message": False, "told": words}
    foreign = ["drop", ["<b>Kunden</b> .csv", FEW]]
    steps = [CARD, foreign, ["wait", "Hängen Sie"], CARD]
    outcome = german.work(*steps, picture=f"drop-dark-{words}", **wishes)
    before, after = outcome["seen"]
    assert outcome["language"] == "de"
    assert "Ziehen Sie die Datei hierher" in before["tree"]
    assert max(lightness(ground) for _, ground in before["pairs"][:1]) < 0.5
    assert "2 Zeilen" in after["status"]
    assert ("Der Assistent weiß es jetzt" in after["status"]) is words
    assert ("Sagen Sie dem Assistenten" in after["status"]) is not words
    assert ["eine Liste mit 2 Zeilen" in one["text"] for (one,) in outcome["told"]] == [True] * words


def test_what_goes_wrong_is_said_and_another_file_can_be_chosen(drop: Drop):
    two = ["drop", ["a.csv", FEW], ["b.csv", FEW]]
    pdf = ["drop", ["leads.csv", "%PDF-1.7 and so on"]]
    good = ["drop", ["leads.csv", FEW]]
    steps = [two, ["wait", "One file at a time"], pdf, ["wait", "is a PDF"], CARD]
    outcome = drop.work(*steps, picture="drop-failed", locale="en-GB")
    assert [call["length"] > 0 for call in outcome["calls"]] == [True, True]  # a refusal that is said twice is meant
    assert "The file was not handed in: The file is a PDF" in outcome["seen"][0]["status"]
    assert outcome["seen"][0]["focused"] == "choose"
    again = drop.work(pdf, ["wait", "is a PDF"], good, ["wait", "goes on"], CARD)
    assert "leads.csv: 2 rows" in again["seen"][0]["status"]


def test_it_can_be_cancelled_and_what_was_sent_is_forgotten(drop: Drop):
    steps = [["drop", ["leads.csv", LIST]], ["asked", 2], CARD, ["press", "Enter"], ["asked", 3], CARD]
    outcome = drop.work(*steps, held=1, picture="drop-cancelled")
    sending, after = outcome["seen"]
    assert '- progressbar "Sent"' in sending["tree"]
    assert sending["status"] == "Sending leads.csv…"
    assert "- status: 25 %" in sending["tree"]
    assert sending["focused"] == "cancel"
    assert outcome["calls"][-1]["cancel"] is True
    assert after["status"] == "Cancelled. Nothing of the file was kept."
    assert after["focused"] == "choose"
    assert outcome["said"] == outcome["told"] == []
