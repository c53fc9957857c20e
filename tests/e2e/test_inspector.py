"""The official Inspector's command line, in both protocol eras."""

import json
from typing import Any

import pytest

from tests.e2e.machine import CONTACT10, DELETE, SERVER, Machine


class Inspector:
    def __init__(self, machine: Machine, era: str) -> None:
        self._machine, self._era = machine, era

    def run(self, method: str, *options: str, status: int = 0) -> tuple[Any, str]:
        """The answer, and what the Inspector had to say about it."""
        settings = [part for name, value in self._machine.server_settings.items() for part in ("-e", f"{name}={value}")]
        command = [*self._machine.tool_of_node("mcp-inspector"), "--cli", SERVER, *settings]
        options = ("--protocol-era", self._era, "--format", "json", "-q", "--method", method, *options)
        process = self._machine.run([*command, *options], status=status)
        return json.loads(process.stdout)["result"], process.stderr

    def call(self, tool: str, status: int = 0, **arguments: Any) -> dict[str, Any]:
        options = ("--tool-name", tool, "--tool-args-json", json.dumps(arguments))
        return self.run("tools/call", *options, status=status)[0]


@pytest.fixture(params=["legacy", "modern"])
def inspector(request: pytest.FixtureRequest, machine: Machine) -> Inspector:
    return Inspector(machine, request.param)


def test_every_schema_is_portable(inspector: Inspector):
    answer, remarks = inspector.run("tools/list", "--strict")
    names = [tool["name"] for tool in answer["tools"]]
    assert {"dialler_reset_contact_by_user_data", DELETE, "dialler_undo_change"} <= set(names)
    assert [line for line in remarks.splitlines() if line.startswith("Error")] == []
    paths = {line.split("Path: ")[1] for line in remarks.splitlines() if "Path: " in line}
    # Doubts about `outputSchema` are allowed: it is kept short, and no host translates it for its model.
    assert [path for path in paths if not path.startswith("outputSchema.")] == []


def test_a_tool_answers_in_text_and_structure(inspector: Inspector):
    answer = inspector.call("dialler_find_contacts_by_user_data", user_data="Contact10")
    assert answer["structuredContent"]["rows"][0][:2] == [CONTACT10, "Contact10"]
    assert "Mustermann" in answer["content"][0]["text"]
    missing = inspector.call("dialler_get_contact", status=5, contact_id=1)
    assert missing["isError"]
    assert "no such object" in missing["content"][0]["text"]


def test_a_deletion_without_questions_is_only_a_preview(inspector: Inspector, machine: Machine):
    preview = inspector.call(DELETE, contact_id=CONTACT10)["structuredContent"]
    assert preview["status"] == "confirmation_required"
    assert machine.has_contact10()


def test_prompts_can_be_listed_and_expanded(inspector: Inspector):
    answer, _ = inspector.run("prompts/list")
    assert "contact_history_summary" in [prompt["name"] for prompt in answer["prompts"]]
    options = ("--prompt-name", "contact_history_summary", "--prompt-args", "user_data=Contact10", "language=de")
    prompt, _ = inspector.run("prompts/get", *options)
    assert "Mustermann" in prompt["messages"][0]["content"]["text"]


def test_resources_and_templates_can_be_listed_and_read(inspector: Inspector):
    uris = {resource["uri"] for resource in inspector.run("resources/list")[0]["resources"]}
    templates = {t["uriTemplate"] for t in inspector.run("resources/templates/list")[0]["resourceTemplates"]}
    assert {"dialler://campaigns", "dialler://reference/connres", "ui://dialler-mcp/confirm.html"} <= uris
    assert "dialler://contacts/{contact_id}" in templates
    read, _ = inspector.run("resources/read", "--uri", f"dialler://contacts/{CONTACT10}")
    assert "UserData: Contact10" in read["contents"][0]["text"]
