from typing import Any

from pydantic import BaseModel, Field

from dialler_mcp.protocol.schemas import outline, slim_schema
from tests.tools.asking import Make


class Inner(BaseModel):
    """Inner words."""

    size: int


class Outer(BaseModel):
    inner: Inner
    maybe: Inner | None = None
    either: int | str = 1
    names: dict[str, Any] = {}
    title: str = "a field that is called title"


def test_a_slim_schema_has_no_references_titles_or_nulls():
    schema = slim_schema(Outer.model_json_schema())
    assert "$defs" not in schema
    inner = {"type": "object", "description": "Inner words.", "properties": {"size": {"type": "integer"}}}
    assert schema["properties"]["inner"] == {**inner, "required": ["size"]}
    assert schema["properties"]["maybe"] == {**inner, "required": ["size"]}
    assert schema["properties"]["either"] == {"anyOf": [{"type": "integer"}, {"type": "string"}], "default": 1}
    assert schema["properties"]["names"] == {"type": "object", "default": {}}
    assert schema["properties"]["title"] == {"type": "string", "default": "a field that is called title"}


def test_limits_are_left_to_the_description():
    class Limited(BaseModel):
        key: str = Field(description="at most 64", min_length=1, max_length=64)

    assert slim_schema(Limited.model_json_schema())["properties"] == {
        "key": {"type": "string", "description": "at most 64", "minLength": 1}
    }


def test_an_outline_holds_what_is_always_there_and_texts():
    class Listed(BaseModel):
        columns: list[str]
        rows: list[list[Any]]
        total: int
        next_cursor: str | None = None
        before: dict[str, Any] | None = None

    assert outline(slim_schema(Listed.model_json_schema())) == {
        "type": "object",
        "properties": {
            "columns": {"type": "array", "items": {}},
            "rows": {"type": "array", "items": {}},
            "total": {"type": "integer"},
            "next_cursor": {"type": "string"},
        },
        "required": ["columns", "rows", "total"],
    }


async def test_the_answers_of_a_tool_have_one_schema_whatever_the_settings(bench: Make):
    """So the tests of the tools may list them once."""
    several: tuple[dict[str, Any], ...] = (
        {},
        {"language": "de", "privacy": "masked", "dry_run": True, "confirmation": "human"},
        {"role": "agent"},
    )
    by_name: dict[str, Any] = {}
    for settings in several:
        for era in ("auto", "legacy"):
            async with bench(**settings).connect(era) as client:
                for tool in (await client.list_tools()).tools:
                    assert by_name.setdefault(tool.name, tool.output_schema) == tool.output_schema, (
                        tool.name,
                        settings,
                    )
