"""`mcpdo` keeps a connection open and answers questions: what a person decides about a deletion, in both eras."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.machine import CONTACT10, DELETE, SERVER, Machine


class Connection:
    """A connection of mcpdo, held by a daemon of its own."""

    def __init__(self, machine: Machine, era: str) -> None:
        self._machine, self._era = machine, era
        exports = machine.run([*machine.tool_of_node("mcpdo"), "private"]).stdout
        pairs = (line.removeprefix("export ").partition("=") for line in exports.splitlines() if "=" in line)
        self._daemon = {name: value.strip("'\";") for name, _, value in pairs}

    def open(self, *options: str) -> None:
        server: dict[str, Any] = {
            "command": str(SERVER),
            "args": [],
            "env": self._machine.server_settings,
            "protocolEra": self._era,
        }
        config = self._machine.home / "servers.json"
        config.write_text(json.dumps({"mcpServers": {"dialler": server}}))
        self.do("connect", "dialler", "--config", str(config), *options)

    def do(self, *command: str) -> Any:
        process = self._machine.run(
            [*self._machine.tool_of_node("mcpdo"), "--format", "json", *command],
            {"MCP_INSPECTOR_SECRET_STORE": "memory", **self._daemon},
            status=None,  # a tool that refuses is an error for mcpdo; what it says counts
        )
        return json.loads(process.stdout) if process.stdout.strip() else {}

    def call(self, tool: str, **arguments: Any) -> Any:
        return self.do("@dialler", "tools/call", tool, json.dumps(arguments))

    def close(self) -> None:
        self.do("daemon", "stop")


@pytest.fixture(params=["legacy", "modern"])
def connection(request: pytest.FixtureRequest, machine: Machine) -> Iterator[Connection]:
    connection = Connection(machine, request.param)
    yield connection
    connection.close()


def ask_to_delete(connection: Connection) -> str:
    """Call for the deletion of Contact10; the ID of the question that comes."""
    question = connection.call(DELETE, contact_id=CONTACT10)["elicitationPending"]
    assert question["message"].startswith("Delete Contact10 · Mustermann · Campaign 1000?\n- The contact and its")
    assert question["requestedSchema"]["properties"]["confirm"]["type"] == "boolean"
    return question["elicitationId"]


def test_a_person_who_accepts_deletes(connection: Connection, machine: Machine):
    connection.open()
    question = ask_to_delete(connection)
    assert machine.has_contact10()
    outcome = connection.do("@dialler", "elicitation/respond", question, "confirm:=true")
    assert '"done"' in json.dumps(outcome)
    assert not machine.has_contact10()


OTHER_ANSWERS = {
    "--decline": "the person declined",
    "--cancel": "closed without an answer",
    "confirm:=false": "the person answered no",
}


def test_any_other_answer_leaves_the_contact(connection: Connection, machine: Machine):
    connection.open()
    for answer, words in OTHER_ANSWERS.items():
        refusal = connection.do("@dialler", "elicitation/respond", ask_to_delete(connection), answer)
        assert words in json.dumps(refusal)
        assert machine.has_contact10()


def test_a_client_without_questions_deletes_with_the_phrase(connection: Connection, machine: Machine):
    connection.open("--elicit", "off")
    preview = connection.call(DELETE, contact_id=CONTACT10)["structuredContent"]
    phrase = preview["confirm"]
    assert phrase.startswith("delete Contact10 · Mustermann · Campaign 1000 #")
    refusal = connection.call(DELETE, contact_id=CONTACT10, confirm=f"{phrase[:-8]}aaaaaaaa")
    assert "not valid" in json.dumps(refusal)
    assert machine.has_contact10()
    outcome = connection.call(DELETE, contact_id=CONTACT10, confirm=phrase)["structuredContent"]
    assert outcome["status"] == "done"
    assert not machine.has_contact10()
