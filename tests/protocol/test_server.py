from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import pytest
from mcp import Client
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import Prompt, PromptArgument
from mcp.shared.exceptions import MCPError
from mcp_types import TextContent
from pydantic import Field

from dialler_mcp.api.errors import NotFound, Unreachable
from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.protocol.logs import DiscreetFormatter
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.tools import ToolSet
from tests.conftest import text_of


class Reply(Answer):
    what: str
    more: str | None = None


class Invocation:
    """What a tool works with."""

    def __str__(self) -> str:
        return "the call"


def open_invocation(context: Context[Any], tool: str, arguments: Mapping[str, Any]) -> Invocation:
    return Invocation()


tools = ToolSet("test", open_invocation)


@tools.reads(title="Say")
async def dialler_say(
    call: Invocation,
    number: Annotated[int, Field(description="a number", ge=1)],
    word: Annotated[str | None, Field(description="a word", max_length=5)] = None,
    kind: Literal["a", "b"] = "a",
) -> Reply:
    """Say something.

    In two lines.
    """
    if word == "probl":
        raise Problem("This went wrong. Do that next.")
    if word == "gone":
        raise NotFound("Find it", status=404)
    if word == "crash":
        raise KeyError("Geheimnis")
    return Reply(what=f"{call}: {number} {kind}")


@tools.destroys(title="Destroy", role=Role.admin, idempotent=False)
async def dialler_destroy(call: Invocation) -> Reply:
    """Destroy."""
    return Reply(what="gone")


def server() -> DiallerServer[Any]:
    return DiallerServer("test", tools=list(tools.tools))


async def test_a_tool_gets_its_call_and_answers_in_both_forms(era: Any):
    async with Client(server(), mode=era) as client:
        result = await client.call_tool("dialler_say", {"number": 3, "kind": "b"})
    assert result.structured_content == {"what": "the call: 3 b"}
    assert text_of(result) == '{"what":"the call: 3 b"}'


async def test_schema_hints_and_words_are_those_of_the_function(era: Any):
    async with Client(server(), mode=era) as client:
        say, destroy = (await client.list_tools()).tools
    assert say.description == "Say something. In two lines."
    assert say.input_schema == {
        "type": "object",
        "properties": {
            "number": {"type": "integer", "description": "a number", "minimum": 1},
            "word": {"type": "string", "description": "a word"},
            "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
        },
        "required": ["number"],
        "additionalProperties": False,
    }
    assert say.output_schema is not None
    assert set(say.output_schema["properties"]) == {"what", "more"}
    assert destroy.annotations is not None
    assert destroy.annotations.destructive_hint
    assert destroy.annotations.idempotent_hint is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"number": 1, "word": "probl"}, "This went wrong. Do that next."),
        ({"number": 1, "word": "gone"}, "Find it: There is no such object (404)."),
        ({}, "number: field required"),
        ({"number": 0}, "number: input should be greater than or equal to 1"),
        ({"number": "x"}, "number: input should be a valid integer"),
        ({"number": 1, "word": "Geheimnis"}, "word: string should have at most 5 characters"),
        ({"number": 1, "wrd": "Geheimnis"}, "the argument wrd is not known"),
    ],
)
async def test_every_failure_is_a_sentence_without_values(era: Any, arguments: dict[str, Any], words: str):
    async with Client(server(), mode=era) as client:
        result = await client.call_tool("dialler_say", arguments)
    assert words in text_of(result)
    assert "Geheimnis" not in text_of(result)
    assert "Error executing" not in text_of(result)


async def test_a_crash_tells_the_model_nothing_but_that_it_is_one(era: Any, caplog: pytest.LogCaptureFixture):
    async with Client(server(), mode=era) as client:
        result = await client.call_tool("dialler_say", {"number": 1, "word": "crash"})
    assert result.is_error
    assert "defect of dialler-mcp" in text_of(result)
    assert "Geheimnis" not in text_of(result)
    log_text = "".join(DiscreetFormatter("%(message)s").format(record) for record in caplog.records)
    assert "KeyError at dialler_say" in log_text
    assert "Geheimnis" not in log_text


async def test_an_unknown_tool_is_said_to_be_one(era: Any):
    async with Client(server(), mode=era) as client:
        result = await client.call_tool("dialler_nothing", {})
    assert result.is_error
    assert text_of(result) == "There is no such tool; list the tools to see which there are."


async def test_a_crash_outside_a_request_is_told_apart_from_a_refusal():
    with pytest.raises(ToolError, match="no such tool"):
        await server().call_tool("nothing", {})


def with_prompt(fail: Callable[[], None]) -> DiallerServer[Any]:
    async def render(word: str, number: str = "1") -> str:
        fail()
        return f"{word} {number}"

    prompt_server = server()
    arguments = [
        PromptArgument(name="word", description="a word", required=True),
        PromptArgument(name="number", description="a number"),
    ]
    for name, fn, known in (("tell", render, arguments), ("plain", plain, None)):
        prompt_server.add_prompt(
            Prompt(name=name, title=name, description=name, arguments=known, fn=fn, context_kwarg=None)
        )
    return prompt_server


async def plain() -> str:
    return "plain"


def nothing() -> None:
    return None


async def test_a_prompt_renders(era: Any):
    async with Client(with_prompt(nothing), mode=era) as client:
        text = await client.get_prompt("tell", {"word": "hello"})
        plain = await client.get_prompt("plain")
    assert [message.content for message in text.messages] == [TextContent(type="text", text="hello 1")]
    assert [message.content for message in plain.messages] == [TextContent(type="text", text="plain")]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("nothing", {}, "There is no such prompt"),
        ("tell", {}, "Missing argument(s) of tell: word"),
        ("tell", {"word": " "}, "Missing argument(s) of tell: word"),
        ("tell", {"word": "a", "Geheimnis": "b"}, "1 unknown argument(s); tell takes word, number"),
        ("plain", {"word": "a"}, "plain takes none"),
    ],
)
async def test_a_wrong_prompt_call_is_invalid_params(era: Any, name: str, arguments: dict[str, str], words: str):
    async with Client(with_prompt(nothing), mode=era) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt(name, arguments)
    assert error.value.error.code == -32602
    assert words in error.value.error.message


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Problem("There is no such campaign. List them."), -32602, "There is no such campaign. List them."),
        (Unreachable("Find it"), -32603, "Find it: The dialler cannot be reached."),
    ],
)
async def test_a_prompt_without_its_data_says_why(era: Any, error: Exception, code: int, words: str):
    def fail() -> None:
        raise error

    async with Client(with_prompt(fail), mode=era) as client:
        with pytest.raises(MCPError) as failure:
            await client.get_prompt("tell", {"word": "a"})
    assert failure.value.error.code == code
    assert failure.value.error.message.startswith(words)


async def test_a_crash_in_a_prompt_keeps_its_text_to_itself():
    def fail() -> None:
        raise KeyError("Geheimnis")

    async with Client(with_prompt(fail)) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt("tell", {"word": "a"})
    assert "Geheimnis" not in error.value.error.message
