from collections.abc import Mapping
from typing import Any

from mcp import Client
from mcp.server.mcpserver import Context

from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.tools import ToolSet
from tests.conftest import text_of


class Sum(Answer):
    total: int


def open_invocation(context: Context[Any], tool: str, arguments: Mapping[str, Any]) -> str:
    return tool


tools = ToolSet("sums", open_invocation, wording=lambda problem, language: f"{problem.text(language)} (worded)")


@tools.reads(title="Add")
async def dialler_add(invocation: str, one: int, other: int = 0) -> Sum:
    """Add two numbers."""
    if one < 0:
        raise Problem("Give a positive number.")
    return Sum(total=one + other)


@tools.destroys(title="Clear", role=Role.supervisor, idempotent=False)
async def dialler_clear(invocation: str) -> Sum:
    """Set the sum back to 0."""
    return Sum(total=0)


def test_a_declaration_gives_family_role_and_all_four_hints():
    add, clear = tools.tools
    assert [(tool.family, tool.role, tool.reads) for tool in (add, clear)] == [
        ("sums", Role.readonly, True),
        ("sums", Role.supervisor, False),
    ]
    hints = clear.annotations
    assert hints is not None
    assert hints.destructive_hint
    assert [hints.read_only_hint, hints.idempotent_hint, hints.open_world_hint] == [False] * 3


def test_the_schema_has_the_parameters_and_neither_the_invocation_nor_a_title():
    schema = tools.tools[0].parameters
    assert list(schema["properties"]) == ["one", "other"]
    assert "title" not in schema
    assert schema["additionalProperties"] is False


async def test_a_problem_is_told_as_the_entrance_words_it():
    async with Client(DiallerServer[Any]("test", tools=list(tools.tools))) as client:
        result = await client.call_tool("dialler_add", {"one": -1})
        assert result.is_error
        assert text_of(result) == "Give a positive number. (worded)"
        assert (await client.call_tool("dialler_add", {"one": 2, "other": 3})).structured_content == {"total": 5}
