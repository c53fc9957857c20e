"""What a model sees of the tools: names, words, schemas, hints and what they cost."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from mcp_types import Tool

from dialler_mcp.server import all_tools
from tests.conftest import Bench, Golden
from tests.tokens import tokens

HERE = Path(__file__).parent
TOOLS = HERE / "golden" / "tools"
FUNCTIONS: list[dict[str, Any]] = json.loads((HERE / "data" / "functions.json").read_text(encoding="utf-8"))
LARGE = ("dialler_import_contact", "dialler_update_contact")
DESTROYS_FOR_GOOD = {
    "dialler_delete_contact",
    "dialler_delete_contact_by_user_data",
    "dialler_delete_campaign",
    "dialler_delete_campaign_by_name",
}
DESTROYS = DESTROYS_FOR_GOOD | {
    "dialler_import_contact",
    "dialler_update_contact",
    "dialler_reset_contact",
    "dialler_reset_contact_by_user_data",
    "dialler_undo_change",
    "dialler_change_contacts",
    "dialler_import_list",
}
JOURNAL = {"dialler_list_changes", "dialler_get_change", "dialler_undo_change"}
REPORTS = {
    "dialler_campaign_report",
    "dialler_check_data",
    "dialler_contact_overview",
    "dialler_describe_data",
    "dialler_find_contact",
    "dialler_forget_snapshot",
    "dialler_list_callbacks",
    "dialler_query",
}
JOBS = {
    "dialler_change_contacts",
    "dialler_check_list",
    "dialler_control_job",
    "dialler_export",
    "dialler_get_job",
    "dialler_import_list",
    "dialler_list_jobs",
}
LOCAL = {"dialler_check_list", "dialler_export", "dialler_forget_snapshot"}
"""Changes what lies on this machine, and nothing of the dialler."""
CONTROLS = {"dialler_control_job"}
"""Changes how a change that was confirmed goes on."""
BESIDE = JOURNAL | REPORTS | JOBS | {"dialler_check_connection"}
"""Tools that are no documented function of the dialler."""

Make = Callable[..., Bench]


async def listed(b: Bench, mode: str = "auto") -> dict[str, Tool]:
    async with b.connect(mode) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


def model_view(tool: Tool) -> str:
    view = {"name": tool.name, "description": tool.description, "input_schema": tool.input_schema}
    return json.dumps(view, ensure_ascii=False, separators=(",", ":"))


async def test_every_documented_function_is_a_tool_and_nothing_else_but_what_is_ours(bench: Make, era: str):
    tools = await listed(bench(), era)
    names = {f"dialler_{function['name']}" for function in FUNCTIONS}
    assert set(tools) == names | BESIDE


async def test_the_list_is_the_same_in_both_eras_and_in_the_same_order(bench: Make):
    b = bench()
    modern, legacy = await listed(b, "auto"), await listed(b, "legacy")
    assert list(modern) == list(legacy)
    for name, tool in modern.items():
        assert tool.model_dump() == legacy[name].model_dump()


async def test_names_are_unique():
    names = [tool.name for tool in all_tools()]
    assert len(names) == len(set(names))


async def test_hints_agree_with_what_a_function_does(bench: Make):
    reads = {f"dialler_{f['name']}" for f in FUNCTIONS if f["method"] == "GET" or f["name"] == "get_contacts"}
    for name, tool in (await listed(bench())).items():
        hints = tool.annotations
        assert hints is not None
        assert tool.title, name
        assert hints.title is None, "the title beside the hints is for clients before June 2025; one is enough"
        assert None not in (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint)
        assert hints.open_world_hint is False
        assert hints.read_only_hint is (name in reads or name in BESIDE - DESTROYS - LOCAL - CONTROLS), name
        assert hints.destructive_hint is (name in DESTROYS), name


async def test_schemas_are_plain_and_every_parameter_is_described(bench: Make):
    for name, tool in (await listed(bench())).items():
        schema = tool.input_schema
        assert "$ref" not in json.dumps(schema), name
        assert "$ref" not in json.dumps(tool.output_schema), name
        assert not {"anyOf", "oneOf", "allOf"} & set(schema), name
        assert schema["additionalProperties"] is False, name
        assert tool.output_schema is not None, name
        assert tool.description, name
        for parameter, about in schema.get("properties", {}).items():
            assert about.get("description"), f"{name}.{parameter}"
            assert "type" in about or "enum" in about, f"{name}.{parameter}"


async def test_twins_name_each_other(bench: Make):
    tools = await listed(bench())
    twins = [name for name in tools if f"{name}_by_user_data" in tools]
    assert len(twins) == 5
    for name in twins:
        other = f"{name}_by_user_data"
        assert other in (tools[name].description or "")
        assert name in (tools[other].description or "").replace(other, "")
        assert "ID" in (tools[name].description or "")
        assert "CRM key" in (tools[other].description or "")
    by_name = {
        "dialler_delete_campaign": "dialler_delete_campaign_by_name",
        "dialler_get_contact": "dialler_find_contacts_by_user_data",
        "dialler_get_campaign": "dialler_find_campaigns_by_name",
        "dialler_get_acd_group": "dialler_find_acd_groups_by_name",
        "dialler_get_contacts": "dialler_get_contact",
    }
    for name, other in by_name.items():
        assert other in (tools[name].description or ""), name


async def test_the_list_stays_within_its_budget(bench: Make, capsys: pytest.CaptureFixture[str]):
    tools = await listed(bench())
    cost = {name: tokens(model_view(tool)) for name, tool in tools.items()}
    small = [count for name, count in cost.items() if name not in LARGE and name not in REPORTS | JOBS]
    with capsys.disabled():
        print("\no200k tokens of each tool (name, description, input schema)")
        for name, count in sorted(cost.items(), key=lambda item: -item[1]):
            print(f"{count:6} {name}")
        print(f"{sum(cost.values()):6} in all; {sum(small) / len(small):.0f} on average without large ones and reports")
    assert sum(cost.values()) <= 9_000
    assert sum(count for name, count in cost.items() if name not in JOBS) <= 6_800
    assert sum(count for name, count in cost.items() if name not in JOURNAL | REPORTS | JOBS) <= 5_300
    assert sum(small) / len(small) <= 120
    every = [count for name, count in cost.items() if name not in LARGE and name not in JOBS]
    assert sum(every) / len(every) <= 125
    assert sum(cost[name] for name in REPORTS) / len(REPORTS) <= 150, "one of them asks what several others would"
    assert all(cost[name] <= 850 for name in LARGE)


async def test_the_list_is_short_on_the_wire(bench: Make, era: str):
    """A tool costs its bytes with schema of the answer, title and hints; import and update name 85 fields. Those of
    lists and jobs, which take filters and a mapping, count within the tokens of all.
    """
    tools = await listed(bench(), era)
    size = {name: len(tool.model_dump_json(by_alias=True, exclude_none=True).encode()) for name, tool in tools.items()}
    small = [count for name, count in size.items() if name not in LARGE and name not in JOBS]
    assert sum(small) / len(small) <= 900, size
    others = [count for name, count in size.items() if name not in JOBS]
    assert sum(others) / len(others) < 1_024, size


async def test_answers_are_outlined_and_no_schema_has_words_that_are_none(bench: Make):
    for name, tool in (await listed(bench())).items():
        assert tool.output_schema is not None
        assert set(tool.output_schema) == {"type", "properties", "required"}, name
        assert set(tool.output_schema["required"]) <= set(tool.output_schema["properties"])
        for about in tool.input_schema.get("properties", {}).values():
            assert set(about) <= {"type", "description", "enum", "default", "items", "minLength"}, name


def arrays(schema: Any) -> Iterator[dict[str, Any]]:
    """Every array in a schema, however deep."""
    if isinstance(schema, dict):
        parts = cast(dict[str, Any], schema)
        if parts.get("type") == "array":
            yield parts
        for part in parts.values():
            yield from arrays(part)


async def test_every_array_says_what_it_holds(bench: Make):
    """VS Code refuses a tool of which an array has no `items`."""
    for name, tool in (await listed(bench())).items():
        for schema in (tool.input_schema, tool.output_schema):
            assert all("items" in array for array in arrays(schema)), name


async def test_the_instructions_are_short(bench: Make, era: str):
    async with bench().connect(era) as client:
        assert client.instructions
        assert "SANDBOX" in client.instructions
        assert tokens(client.instructions) <= 220


async def test_each_tool_is_as_its_golden_file_shows(bench: Make, golden: Golden):
    """To accept a change, run with --golden; the diff shows what a model sees."""
    for name, tool in (await listed(bench())).items():
        view = tool.model_dump(by_alias=True, exclude_none=True)
        golden(TOOLS / f"{name}.json", json.dumps(view, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
