"""The confirmation card in a real browser, inside the official AppBridge: sandboxed, without network, by keyboard."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.machine import CONTACT10, DELETE, Machine

PRESS, PRESS_TWICE, LEAVE = ["Tab", "Enter"], ["Tab", "Enter", "Enter"], ["Tab", "Tab", "Space"]
CLOSED_MUELLER = 215232  # whose result is final
READABLE = 4.5  # contrast of text, WCAG 2.2, level AA


class Card:
    """Shows the card of a deletion of Contact10 and works it."""

    def __init__(self, machine: Machine, app_host: Path, name: str) -> None:
        self._machine, self._page, self._name = machine, app_host, name

    def work(
        self,
        keys: list[str],
        locale: str = "en-GB",
        theme: str = "light",
        call: tuple[str, int] = (DELETE, CONTACT10),
        **settings: str,
    ) -> dict[str, Any]:
        tool, contact_id = call
        wishes: dict[str, Any] = {"locale": locale, "theme": theme, "keys": keys}
        wishes |= {"tool": tool, "input": {"contact_id": contact_id}}
        if folder := os.environ.get("CARD_PICTURES"):
            wishes["picture"] = str(Path(folder) / f"{self._name}.png")
        outcome = self._machine.node("card.mjs", str(self._page), json.dumps(wishes), **settings)
        assert outcome["mimeType"] == "text/html;profile=mcp-app"
        assert outcome["errors"] == []
        assert outcome["requests"] == []
        return outcome


@pytest.fixture
def card(machine: Machine, app_host: Path, request: pytest.FixtureRequest) -> Card:
    return Card(machine, app_host, request.node.name)


@pytest.mark.parametrize(
    ("theme", "locale", "language", "sentence"),
    [
        (
            "light",
            "en-GB",
            "en",
            ['- button "Confirm"', '- button "Leave as it is"', "are deleted for good", "- term: state"],
        ),
        (
            "dark",
            "de-DE",
            "de",
            ['- button "Bestätigen"', '- button "So lassen"', "werden endgültig gelöscht", "- term: Zustand"],
        ),
    ],
)
def test_the_card_says_what_is_lost(card: Card, theme: str, locale: str, language: str, sentence: list[str]):
    outcome = card.work([], locale, theme, DIALLER_LANGUAGE=language)
    assert outcome["language"] == language
    # What a screen reader is given: a named page, its heading, the record, a list, the buttons, where news will stand.
    assert "Contact10" in line_of("main", outcome["before"])
    for words in [*sentence, 'heading "', "- definition: Max Mustermann", "- list:", "- status"]:
        assert words in outcome["before"]
    assert "Contact10 · Mustermann · Campaign 1000" in line_of("heading", outcome["before"])
    page, button = outcome["colours"]
    assert (lightness(page[1]) > lightness(page[0])) == (theme == "light")
    assert contrast(*page) >= READABLE
    assert contrast(*button) >= READABLE
    assert outcome["calls"] == []


def test_the_card_speaks_the_language_of_the_answer_whatever_the_hosts(card: Card):
    outcome = card.work([], "en-GB", DIALLER_LANGUAGE="de")
    assert outcome["language"] == "de"
    for words in ('- button "Bestätigen"', "werden endgültig gelöscht", "- term: Zustand"):
        assert words in outcome["before"]


@pytest.mark.parametrize("keys", [PRESS, PRESS_TWICE])
def test_pressing_deletes_once(card: Card, machine: Machine, keys: list[str]):
    outcome = card.work(keys)
    assert outcome["focused"][0] == ["confirm", "solid", False]  # a ring shows where the keyboard is
    assert outcome["calls"] == ["dialler_confirm_by_card"]
    assert "are deleted" in line_of("status", outcome["after"])
    assert "are deleted" in outcome["told"][0][0]["text"]  # so the model learns of it, too
    assert "button" not in outcome["after"]
    assert not machine.has_contact10()


def test_leaving_it_changes_nothing(card: Card, machine: Machine):
    outcome = card.work(LEAVE, DIALLER_CONFIRMATION="human")
    preview = outcome["preview"]
    assert "confirm" not in preview["structuredContent"]  # the model holds no phrase
    assert preview["_meta"]["dialler-mcp/confirm"] not in json.dumps({**preview, "_meta": {}})
    assert outcome["focused"][1] == ["dismiss", "solid", False]
    assert outcome["calls"] == []
    assert line_of("status", outcome["after"]) == "- status: Nothing was changed."
    assert outcome["told"] == [[{"type": "text", "text": "Nothing was changed."}]]
    assert machine.has_contact10()


def test_a_reason_is_written_before_the_button_can_be_pressed(card: Card):
    outcome = card.work(["Tab", "Space", "o", "k", "Tab", "Enter"], call=("dialler_reset_contact", CLOSED_MUELLER))
    assert '- textbox "Reason, kept in the journal"' in outcome["before"]
    assert '- button "Confirm" [disabled]' in outcome["before"]
    fields = [field for field, *_ in outcome["focused"]]
    assert fields[:5] == ["reason", "reason", "reason", "reason", "confirm"]
    assert [closed for *_, closed in outcome["focused"]][:4] == [True, True, False, False]  # a blank is no reason
    assert outcome["calls"] == ["dialler_confirm_by_card"]
    assert "is reset" in line_of("status", outcome["after"])
    assert "textbox" not in outcome["after"]


def line_of(role: str, snapshot: str) -> str:
    """The line of an accessibility snapshot that has this role; it is in quotes where the name holds a colon."""
    return next(line.strip() for line in snapshot.splitlines() if line.strip().lstrip("- '").startswith(role))


def lightness(colour: list[int]) -> float:
    """Relative luminance of red, green, blue (0 to 255), after WCAG."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: list[int], ground: list[int]) -> float:
    """Contrast of text on its ground, 1 to 21, after WCAG."""
    light, dark = sorted((lightness(text), lightness(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
