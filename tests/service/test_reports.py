"""What goes with the words of a report: a picture with its table, and figures by agent where anybody may see them."""

import sys

import pytest

from tests.conftest import structure_of, text_of
from tests.tools.asking import (
    CAMPAIGN_1000,
    WINBACK,
    Make,
    ask,
    refused,
    told,
)

pytestmark = pytest.mark.everyone

REPORT = "campaign_report"


@pytest.mark.thorough
async def test_a_picture_goes_with_the_words_or_the_reason_why_none_does(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    result = await ask(b, REPORT, {"campaign_ids": [WINBACK], "chart": "results"})
    (picture,) = [block for block in result.content if block.type == "image"]
    assert picture.mime_type == "image/png"
    assert picture.data.startswith("iVBORw0KGgo")
    picture_answer = structure_of(result)
    assert picture_answer["calls"]
    assert picture_answer["drawn"]["columns"][0] == "result"
    assert picture_answer["drawn"]["rows"][0][0] in text_of(result)
    text = "A picture is attached: Results. The last table holds what it draws."
    assert picture_answer["notes"].pop() == text
    assert text in text_of(result)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    for language, why in (
        ("en", "Without the chart: Pictures need the package"),
        ("de", "Ohne das Diagramm: Bilder brauchen das Paket"),
    ):
        result = await ask(b, REPORT, {"campaign_ids": [WINBACK], "chart": "results", "language": language})
        text = structure_of(result)
        reason = text["notes"].pop()
        assert reason.startswith(why)
        assert reason in text_of(result)
        assert {block.type for block in result.content} == {"text"}
        if language == "en":
            assert text == picture_answer


@pytest.mark.thorough
async def test_figures_by_agent_can_be_switched_off_for_everybody(bench: Make):
    b = bench(agent_figures=False, read=[CAMPAIGN_1000])
    why = await refused(b, REPORT, campaign_ids=[CAMPAIGN_1000], by="agent")
    assert "Figures by agent are switched off here (DIALLER_AGENT_FIGURES)" in why
    assert "breakdown" not in await told(b, REPORT, campaign_ids=[CAMPAIGN_1000])
    answer = await told(bench(read=[CAMPAIGN_1000]), REPORT, campaign_ids=[CAMPAIGN_1000], by="agent")
    assert answer["breakdown"]["columns"][-2:] == ["appointments", "talk time, total"]
    assert "3 (UID berger)" in [row[0] for row in answer["breakdown"]["rows"]]
    assert any(note.startswith("UIDs of agents are inferred from the follow-ups") for note in answer["notes"])
