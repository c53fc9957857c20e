"""Hosts as people have them, with a scripted model behind them: what a model sees there, and what stops a deletion.

On request only (`REAL_HOSTS=1 scripts/clients`): they are proprietary, and 1 GB.
"""

import json
import os
from typing import Any

import pytest

from tests.e2e.machine import CONTACT10, DELETE, HERE, NODE_BIN, SERVER, Machine
from tests.e2e.scripted_model import Call, Json, ScriptedModel, listening

pytestmark = pytest.mark.skipif("REAL_HOSTS" not in os.environ, reason="REAL_HOSTS=1 drives the hosts as well")

RESET = "dialler_reset_contact_by_user_data"
PACKAGES = HERE / "hosts" / "node_modules"
QUIET = {"DISABLE_AUTOUPDATER": "1", "DISABLE_TELEMETRY": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
# What a person's own hook answers for them: Claude Code without a screen cancels every question else.
AGREES = {"hookSpecificOutput": {"hookEventName": "Elicitation", "action": "accept", "content": {"confirm": True}}}


def script(prefix: str = "", namespace: str | None = None) -> list[Call]:
    """Reset Contact10, then delete it."""
    return [
        Call(f"{prefix}{RESET}", {"user_data": "Contact10"}, namespace),
        Call(f"{prefix}{DELETE}", {"contact_id": CONTACT10}, namespace),
    ]


def mcp_json(machine: Machine) -> str:
    """The file of servers that Claude Code and Copilot read."""
    server: Json = {"type": "stdio", "command": str(SERVER), "args": [], "env": machine.server_settings, "tools": ["*"]}
    place = machine.home / "mcp.json"
    place.write_text(json.dumps({"mcpServers": {"dialler": server}}))
    return str(place)


def claude_code(machine: Machine, model: ScriptedModel, *options: str) -> None:
    (binary,) = (PACKAGES / "@anthropic-ai").glob("claude-code-*/claude")
    command = [binary, "-p", "go", "--mcp-config", mcp_json(machine), "--strict-mcp-config"]
    options = ("--allowedTools", "mcp__dialler", "--model", "claude-sonnet-4-5", *options)
    machine.run([*command, *options], {"ANTHROPIC_BASE_URL": model.address, "ANTHROPIC_API_KEY": "dummy", **QUIET})


def copilot(machine: Machine, model: ScriptedModel) -> None:
    provider = {"COPILOT_PROVIDER_BASE_URL": model.address, "COPILOT_PROVIDER_TYPE": "anthropic"}
    provider |= {"COPILOT_PROVIDER_API_KEY": "dummy", "COPILOT_MODEL": "claude-sonnet-4.5"}
    command = [NODE_BIN / "node", PACKAGES / ".bin" / "copilot", "-p", "go", "--allow-all-tools"]
    options = ("--disable-builtin-mcps", "--additional-mcp-config", f"@{mcp_json(machine)}")
    machine.run([*command, *options], provider)


def codex(machine: Machine, model: ScriptedModel, approval: str) -> None:
    """`approval` says who lets its tools through: nobody (`prompt`, as there is no screen) or the configuration."""
    (machine.home / ".codex").mkdir()
    (machine.home / ".codex" / "config.toml").write_text(
        f"""
        model = "gpt-5"
        model_provider = "scripted"
        model_providers.scripted = {{ name = "scripted", base_url = "{model.address}/v1", wire_api = "responses" }}
        [mcp_servers.dialler]
        command = "{SERVER}"
        env = {{ DIALLER_DATA_DIR = "{machine.data}" }}
        required = true
        default_tools_approval_mode = "{approval}"
        """
    )
    machine.run([NODE_BIN / "node", PACKAGES / ".bin" / "codex", "exec", "--skip-git-repo-check", "go"])


def given(conversation: Json) -> list[str]:
    """What the model was given for each of its calls."""
    blocks: list[Any] = [*conversation.get("input", [])]  # Responses API
    for message in conversation.get("messages", []):  # Messages API
        blocks += message["content"] if isinstance(message["content"], list) else []
    results = {"tool_result": "content", "function_call_output": "output"}
    return [said(block[results[block["type"]]]) for block in blocks if block.get("type") in results]


def said(content: Any) -> str:
    """A result as text: it may come in parts."""
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def structure_in(result: str) -> Json:
    """The one structure in a result that is nothing else but what the host adds."""
    return json.JSONDecoder().raw_decode(result[result.index("{") :])[0]


def test_claude_code_shows_the_structure_and_cancels_the_question(machine: Machine):
    with listening(script("mcp__dialler__")) as model:
        claude_code(machine, model)
    prompt = json.dumps(model.conversation["messages"])
    assert f"mcp__dialler__{DELETE}" in prompt  # names alone: it loads the rest when the model searches for them
    assert "Never confirm for them." in prompt  # the instructions, whole
    reset, deletion = given(model.conversation)
    assert reset.startswith('{"status":"done"')
    assert structure_in(reset)["what"] == "Contact 215220 (Contact10 · Mustermann · Campaign 1000) is reset."
    assert deletion.startswith("Nothing was changed: the question was closed without an answer.")
    assert machine.has_contact10()


def test_claude_code_deletes_when_the_person_agrees(machine: Machine):
    hook = machine.home / "agree"
    hook.write_text(f"#!/bin/sh\nprintf '%s' '{json.dumps(AGREES)}'\n")
    hook.chmod(0o755)
    hooks = {"Elicitation": [{"hooks": [{"type": "command", "command": str(hook)}]}]}
    with listening(script("mcp__dialler__")) as model:
        claude_code(machine, model, "--settings", json.dumps({"hooks": hooks}))
    _, deletion = given(model.conversation)
    assert structure_in(deletion)["status"] == "done"
    assert not machine.has_contact10()


def test_copilot_shows_text_and_structure_and_declines_the_question(machine: Machine):
    with listening(script("dialler-")) as model:
        copilot(machine, model)
    assert f"dialler-{DELETE}" in [tool["name"] for tool in model.conversation["tools"]]
    reset, deletion = given(model.conversation)
    assert reset.startswith("Contact 215220 (Contact10 · Mustermann · Campaign 1000) is reset.\nBefore:")
    assert structure_in(reset)["status"] == "done"
    assert (
        deletion
        == "MCP server 'dialler': Nothing was changed: the person declined. Do not ask again unless they want it."
    )
    assert machine.has_contact10()


@pytest.mark.parametrize(
    ("approval", "reset", "deletion"),
    [
        ("prompt", "MCP tool call requires approval", "MCP tool call requires approval"),
        ("approve", '{"status":"done","what":"Contact 215220', "Nothing was changed: the person declined."),
    ],
)
def test_codex_shows_the_structure_and_declines_the_question(
    machine: Machine, approval: str, reset: str, deletion: str
):
    with listening(script(namespace="mcp__dialler")) as model:
        codex(machine, model, approval)
    (ours,) = (tool for tool in model.conversation["tools"] if tool.get("name") == "mcp__dialler")
    assert "Never confirm for them." in ours["description"]
    assert DELETE in [tool["name"] for tool in ours["tools"]]
    results = given(model.conversation)
    for result, expected in zip(results, (reset, deletion), strict=True):
        assert result.split("Output:\n", 1)[1].startswith(expected)
    assert machine.has_contact10()
