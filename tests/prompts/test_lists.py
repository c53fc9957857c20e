import re

import pytest

from dialler_mcp.prompts import lists as prompt_lists
from tests.prompts.asking import MakeBench, ask, crowd, lists


async def test_callbacks_are_sorted_by_time_with_agent_and_number(bench: MakeBench) -> None:
    text = await ask(bench(), "callback_plan", campaign="538")
    overdue = text[text.index("## Overdue") : text.index("## Rest of today")]
    assert "2026-11-18 15:00\t215251\tContact41\t" in overdue
    assert "\tberger\t" in overdue
    today = text[text.index("## Rest of today") : text.index("## The 7 days")]
    times = re.findall(r"^(2026-\S+ \S+)\t", today, re.MULTILINE)
    assert times == sorted(times)
    assert all("2026-11-20 14:00" < time < "2026-11-21" for time in times)
    assert re.search(r"Contact21\t.*\tyes", today)  # locked


async def test_cleanup_finds_what_is_wrong(bench: MakeBench) -> None:
    text = await ask(bench(), "list_cleanup", campaign="Kündiger")
    assert "Groups with the same UserData: 1" in text
    assert re.search(r"Kunde-4711\t2\t217000 [^\t]+\(done\); 217001 ", text)


async def test_cleanup_says_among_how_many_it_compared(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_lists, "MOST_COMPARED", 3)
    made = bench()
    made.wire.instead = lists(crowd(30))
    text = await ask(made, "list_cleanup", campaign="538", language="de")
    assert "nur unter den ersten 3 Kontakten" in text
    assert "Gruppen mit gleichem UserData: 1\n" in text


async def test_cleanup_names_few_of_a_large_group(bench: MakeBench) -> None:
    made = bench()
    made.wire.instead = lists([contact | {"UserData": "same"} for contact in crowd(30)])
    assert "; +25" in await ask(made, "list_cleanup", campaign="538")
