"""The official TypeScript SDK, both of its lines, as a client that can ask its person."""

import pytest

from tests.e2e.machine import CONTACT10, DELETE, Machine

CLIENTS = [
    pytest.param("sdk_v1.mjs", [], "2025-11-25", id="v1"),
    pytest.param("sdk_v2.mjs", ["legacy"], "2025-11-25", id="v2-legacy"),
    pytest.param("sdk_v2.mjs", ["auto"], "2026-07-28", id="v2-auto"),
]
INVALID_PARAMS = -32602


@pytest.mark.parametrize(("program", "mode", "version"), CLIENTS)
def test_a_day_with_the_dialler(machine: Machine, program: str, mode: list[str], version: str):
    day = machine.node(program, "accept", *mode)
    assert day["version"] == version
    assert DELETE in day["tools"]
    assert day["found"]["structuredContent"]["rows"][0][0] == CONTACT10
    assert day["refused"]["isError"]
    assert day["progress"] == list(range(1_000, day["listed"]["structuredContent"]["total"] + 1, 1_000))
    assert "Mustermann" in day["prompt"]["messages"][0]["content"]["text"]
    assert day["completion"][0] == "Campaign 1000"
    assert "UserData: Contact10" in day["resource"]["contents"][0]["text"]
    assert day["unknownPrompt"] == INVALID_PARAMS
    (question,) = day["questions"]
    assert question["text"].startswith("Delete Contact10 · Mustermann · Campaign 1000?")
    # Nothing else: Codex 0.169.0 cancels a form with a title or a description of its own, and nobody is asked.
    assert set(question["form"]) == {"type", "properties", "required"}
    assert day["deletion"]["structuredContent"]["status"] == "done"
    assert day["after"]["structuredContent"]["total"] == 0
    assert not machine.has_contact10()


@pytest.mark.parametrize(("program", "mode", "version"), CLIENTS)
@pytest.mark.parametrize("answer", ["decline", "cancel"])
def test_a_person_who_does_not_agree(machine: Machine, program: str, mode: list[str], version: str, answer: str):
    day = machine.node(program, answer, *mode)
    assert day["deletion"]["isError"]
    assert day["deletion"]["content"][0]["text"].startswith("Nothing was changed")
    assert day["after"]["structuredContent"]["total"] == 1
    assert machine.has_contact10()
