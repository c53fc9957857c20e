"""Roles, single tools and read-only mode, seen by a public client in both eras."""

from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.domain.callers import Caller
from dialler_mcp.problem import Problem
from dialler_mcp.prompts import NEEDS as PROMPTS
from dialler_mcp.protocol.cards import CARD_URI, CONFIRM_TOOL
from dialler_mcp.protocol.server import without_sentences
from dialler_mcp.reference.resources import NEEDS as RESOURCES
from dialler_mcp.server import all_tools, build_server
from dialler_mcp.settings import Settings
from tests.conftest import Bench
from tests.prompts.asking import SUBJECTS
from tests.prompts.asking import ask as ask_prompt
from tests.shared_snapshots import report_on_what_is_there
from tests.tokens import tokens
from tests.tools.asking import CAMPAIGN_1000, CONTACT10, Make, told

READS = {tool.name for tool in all_tools() if tool.reads}
"""Whatever changes nothing is there for everybody; what changes something stands below."""
JOBS = {"dialler_list_jobs", "dialler_get_job"}
AGENT = {
    "dialler_lock_contact",
    "dialler_lock_contact_by_user_data",
    "dialler_reset_contact",
    "dialler_reset_contact_by_user_data",
    "dialler_unlock_contact",
    "dialler_unlock_contact_by_user_data",
    "dialler_update_contact",
    "dialler_change_contacts",
    "dialler_control_job",
}
SUPERVISOR = {
    "dialler_check_list",
    "dialler_export",
    "dialler_import_contact",
    "dialler_import_list",
    "dialler_clone_campaign",
    "dialler_create_acd_event",
    "dialler_forget_snapshot",
    "dialler_undo_change",
}
ADMIN = {
    "dialler_delete_contact",
    "dialler_delete_contact_by_user_data",
    "dialler_delete_campaign",
    "dialler_delete_campaign_by_name",
}
EXPECTED = {
    "readonly": READS,
    "agent": READS | AGENT,
    "supervisor": READS | AGENT | SUPERVISOR,
    "admin": READS | AGENT | SUPERVISOR | ADMIN,
}
EVERY = EXPECTED["admin"]
ROLES = sorted(EXPECTED)
SETTINGS: dict[str, tuple[dict[str, Any], set[str]]] = {
    **{role: ({"role": role}, EXPECTED[role]) for role in ROLES},
    "read_only": ({"read_only": True}, READS | {"dialler_export"}),
    "agent without changes": ({"role": "agent", "without": "contact_changes,jobs"}, READS - JOBS),
}


async def listed(b: Bench, era: str) -> set[str]:
    async with b.connect(era) as client:
        return {tool.name for tool in (await client.list_tools()).tools}


@pytest.mark.parametrize("name", SETTINGS)
async def test_exactly_the_tools_of_the_role_are_listed(bench: Make, era: str, name: str):
    settings, expected = SETTINGS[name]
    assert await listed(bench(**settings), era) == expected


@pytest.mark.parametrize("arguments", [{}, {"contact_id": "x", "confirm": "y", "nonsense": 1}], ids=["none", "wrong"])
@pytest.mark.parametrize("role", ROLES)
async def test_a_hidden_tool_answers_as_one_that_does_not_exist(
    bench: Make, era: str, role: str, arguments: dict[str, Any]
):
    b = bench(role=role)
    async with b.connect(era) as client:
        unknown = (await client.call_tool("dialler_nothing_of_ours", arguments)).model_dump_json()
        for name in sorted(EVERY - EXPECTED[role]):
            assert (await client.call_tool(name, arguments)).model_dump_json() == unknown, name
            assert b.server._tool_input_schema(name) is None  # pyright: ignore[reportPrivateUsage]
    assert b.wire.requests == []


@pytest.mark.parametrize("role", ROLES)
async def test_the_hints_agree_with_the_role(bench: Make, role: str):
    async with bench(role=role).connect() as client:
        hints = {tool.name: tool.annotations for tool in (await client.list_tools()).tools}
    changing = {name for name, hint in hints.items() if hint and not hint.read_only_hint}
    assert changing == EXPECTED[role] - READS
    if role != "admin":
        assert not changing & ADMIN


@pytest.mark.parametrize(
    "settings",
    [
        *({"role": role} for role in ROLES),
        {"tools": "contacts"},
        {"tools": "acd"},
    ],
)
@pytest.mark.thorough
async def test_nothing_that_a_client_reads_names_what_is_not_there(
    bench: Make, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
):
    report_on_what_is_there(monkeypatch)
    b = bench(read=[CAMPAIGN_1000], **settings)
    async with b.connect() as client:
        tools = (await client.list_tools()).tools
        prompts = (await client.list_prompts()).prompts
        values = [client.instructions or "", *(tool.description or "" for tool in tools)]
    assert all(tool.description for tool in tools)
    missing = EVERY - {tool.name for tool in tools}
    for prompt in prompts if missing else ():
        for language in ("de", "en"):
            values.append(await ask_prompt(b, prompt.name, "auto", **SUBJECTS[prompt.name], language=language))
    for name in missing:
        for text in values:
            assert without_sentences(text, [name]) == without_sentences(text, ["dialler_nothing"]), name


CAMPAIGN_PROMPTS = {"result_code_summary", "campaign_report", "callback_plan", "list_cleanup"}


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"role": "readonly"}, {"safe_reset", "import_list"}),
        ({"role": "agent"}, {"import_list"}),
        ({"without": "dialler_reset_contact"}, {"safe_reset"}),
        ({"without": "campaigns"}, {*CAMPAIGN_PROMPTS, "import_list"}),
        ({"without": "dialler_campaign_report,dialler_check_data"}, {"campaign_report", "list_cleanup"}),
        ({"tools": "acd"}, set(PROMPTS)),
    ],
)
async def test_prompts_follow(bench: Make, era: str, settings: dict[str, Any], missing: set[str]):
    b = bench(**settings)
    async with b.connect(era) as client:
        assert {prompt.name for prompt in (await client.list_prompts()).prompts} == set(PROMPTS) - missing
        with pytest.raises(MCPError) as unknown:
            await client.get_prompt("nothing", {"x": "y"})
        for name in missing:
            with pytest.raises(MCPError) as error:
                await client.get_prompt(name, {"x": "y"})
            assert error.value.error == unknown.value.error
    assert b.wire.requests == []


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"role": "readonly"}, set[str]()),
        ({"without": "dialler_get_contact"}, {"dialler://contacts/{contact_id}"}),
        ({"without": "dialler_list_campaigns"}, {"dialler://campaigns"}),
        ({"tools": "acd"}, set(RESOURCES)),
    ],
)
async def test_resources_follow(bench: Make, era: str, settings: dict[str, Any], missing: set[str]):
    b = bench(**settings)
    async with b.connect(era) as client:
        uris = {resource.uri for resource in (await client.list_resources()).resources}
        by_id = {template.uri_template for template in (await client.list_resource_templates()).resource_templates}
        there = uris | by_id
        assert there & set(RESOURCES) == set(RESOURCES) - missing
        assert {uri for uri in there if "reference" in uri} >= {"dialler://reference/fields"}
        for template in missing:
            for number in ("1", "x"):
                uri = template.replace("{campaign_id}", number).replace("{contact_id}", number)
                with pytest.raises(MCPError) as error:
                    await client.read_resource(uri)
                with pytest.raises(MCPError) as unknown:
                    await client.read_resource(f"{uri}/nothing/of/ours")
                text = unknown.value.error.model_dump_json().replace("/nothing/of/ours", "")
                assert error.value.error.model_dump_json() == text
    assert b.wire.requests == []


async def test_completion_follows(bench: Make, era: str):
    refs = (
        (ResourceTemplateReference(type="ref/resource", uri="dialler://contacts/{contact_id}"), "contact_id"),
        (PromptReference(type="ref/prompt", name="safe_reset"), "user_data"),
        (PromptReference(type="ref/prompt", name="nothing"), "user_data"),
        (PromptReference(type="ref/prompt", name="contact_history_summary"), "user_data"),
    )
    b = bench(role="readonly", without="dialler_get_contact,dialler_list_contacts")
    async with b.connect(era) as client:
        for ref, name in refs:
            completion = (await client.complete(ref, {"name": name, "value": ""})).completion
            assert completion.values == []
    assert b.wire.requests == []


async def test_every_prompt_and_every_resource_is_decided_about(bench: Make):
    server = bench().server
    uris = {template.uri_template for template in await server.list_resource_templates()}
    uris |= {resource.uri for resource in await server.list_resources()}
    assert {uri for uri in uris if not uri.startswith(("dialler://reference/", "ui://"))} == set(RESOURCES)
    assert {prompt.name for prompt in await server.list_prompts()} == set(PROMPTS)
    for needs in (*PROMPTS.values(), *RESOURCES.values()):
        assert needs <= EVERY


@pytest.mark.parametrize(("role", "there"), [("readonly", False), ("agent", True), ("admin", True)])
async def test_the_card_is_there_where_something_may_ask(bench: Make, role: str, there: bool):
    server = bench(role=role).server
    assert (CONFIRM_TOOL in {tool.name for tool in await server.list_tools()}) is there
    assert (CARD_URI in {resource.uri for resource in await server.list_resources()}) is there


@pytest.mark.parametrize(
    ("settings", "has", "lacks"),
    [
        ({"role": "readonly"}, "Nothing can be changed here", "confirm"),
        ({"role": "readonly"}, "Only in the jtel portal: moving contacts", "reason"),
        ({"role": "agent"}, "Reopening a final result needs the person's reason", "DRY RUN"),
        ({"role": "agent"}, "confirm", "DRY RUN"),
        ({"dry_run": True}, "DRY RUN", "Nothing can be changed"),
        ({"read_only": True, "dry_run": True}, "Nothing can be changed", "DRY RUN"),
        ({"tools": "campaigns"}, "CRM key", "by_user_data"),
    ],
)
async def test_the_instructions_tell_what_is_there(bench: Make, settings: dict[str, Any], has: str, lacks: str):
    async with bench(**settings).connect() as client:
        text = client.instructions or ""
    assert has in text
    assert lacks not in text
    assert tokens(text) <= 220


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tools": "contact"}, "Did you mean contacts"),
        ({"without": "dialler_reset"}, "Did you mean dialler_reset_contact"),
        ({"role": "agent", "tools": "dialler_delete_contact"}, "DIALLER_ROLE=admin has it"),
    ],
)
def test_wrong_names_are_an_error_at_the_start(settings: dict[str, Any], words: str):
    with pytest.raises(Problem, match=words):
        build_server(Settings(**settings))


async def test_the_connection_check_tells_the_policy(bench: Make):
    record = (await told(bench(role="agent", read_only=True, dry_run=True), "check_connection"))["record"]
    assert (record["role"], record["read only"], record["dry run"]) == ("agent", "yes", "yes")


LOCK = Plan(
    tool="dialler_lock_contact",
    steps=(Step(verb="lock", kind="contact", label="x", request=Request("lock_contact", {"contact_id": CONTACT10})),),
)


async def test_read_only_refuses_even_what_a_tool_should_not_have_sent(bench: Make):
    b = bench(read_only=True)
    with pytest.raises(Problem, match="nothing may be changed here"):
        await b.profile.runner.run(LOCK, Caller(), Approval())
    assert b.wire.requests == []


async def test_a_readonly_role_refuses_it_too(bench: Make):
    b = bench(role="readonly")
    with pytest.raises(Problem, match="DIALLER_ROLE"):
        await b.profile.runner.run(LOCK, Caller(), Approval())
    assert b.wire.requests == []
