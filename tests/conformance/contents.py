"""Fixtures that the suite asks for: tools, prompts and resources with fixed contents, and progress."""

import asyncio
import json
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import AudioContent, ContentBlock, EmbeddedResource, ImageContent, TextContent, TextResourceContents
from pydantic import Field

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="  # one pixel
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="  # no sound at all
PAUSE = 0.05  # seconds between notifications, as the suite asks

WIDE_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
"""A schema with the words of JSON Schema 2020-12 that servers lose easily."""


def text(words: str) -> TextContent:
    return TextContent(type="text", text=words)


def image() -> ImageContent:
    return ImageContent(type="image", data=PNG, mime_type="image/png")


def embedded(uri: str, content: str, mime_type: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=mime_type, text=content))


def test_simple_text() -> TextContent:
    """Answers with a text."""
    return text("This is a simple text response for testing.")


def test_image_content() -> ImageContent:
    """Answers with a picture."""
    return image()


def test_audio_content() -> AudioContent:
    """Answers with a sound."""
    return AudioContent(type="audio", data=WAV, mime_type="audio/wav")


def test_embedded_resource() -> EmbeddedResource:
    """Answers with a resource."""
    return embedded("test://embedded-resource", "This is an embedded resource content.")


def test_multiple_content_types() -> list[ContentBlock]:
    """Answers with a text, a picture and a resource."""
    data = json.dumps({"test": "data", "value": 123})
    resource = embedded("test://mixed-content-resource", data, "application/json")
    return [text("Multiple content types test:"), image(), resource]


def test_error_handling() -> TextContent:
    """Always fails."""
    raise ToolError("This tool intentionally returns an error for testing")


async def test_tool_with_logging(ctx: Context[Any]) -> TextContent:
    """Logs three lines."""
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(line)  # pyright: ignore[reportDeprecated]
        await asyncio.sleep(PAUSE)
    return text("logged")


async def test_logging_tool(ctx: Context[Any]) -> TextContent:
    """Logs one line."""
    await ctx.info("one line")  # pyright: ignore[reportDeprecated]
    return text("logged")


async def test_tool_with_progress(ctx: Context[Any]) -> TextContent:
    """Tells its progress three times."""
    for progress in (0, 50, 100):
        await ctx.report_progress(progress, 100)
        await asyncio.sleep(PAUSE)
    return text("done")


async def test_reconnection(ctx: Context[Any]) -> TextContent:
    """Cuts the stream of its own call; the client comes back for the answer."""
    await ctx.close_sse_stream()
    await asyncio.sleep(2 * PAUSE)
    return text("reconnected")


async def test_trigger_tool_change(ctx: Context[Any]) -> TextContent:
    """Tells listeners that the list of tools changed."""
    await ctx.notify_tools_changed()
    return text("told")


async def test_trigger_prompt_change(ctx: Context[Any]) -> TextContent:
    """Tells listeners that the list of prompts changed."""
    await ctx.notify_prompts_changed()
    return text("told")


def test_mirrored_argument(region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})]) -> TextContent:
    """Takes an argument that must stand in a header too."""
    return text(region)


def json_schema_2020_12_tool() -> TextContent:
    """Has a schema of JSON Schema 2020-12."""
    return text("nothing")


TOOLS = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_error_handling,
    test_tool_with_logging,
    test_logging_tool,
    test_tool_with_progress,
    test_reconnection,
    test_trigger_tool_change,
    test_trigger_prompt_change,
    test_mirrored_argument,
    json_schema_2020_12_tool,
)


def add_prompts(server: MCPServer[Any]) -> None:
    @server.prompt()
    def test_simple_prompt() -> str:  # pyright: ignore[reportUnusedFunction]
        """Has no arguments."""
        return "This is a simple prompt for testing."

    @server.prompt()
    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:  # pyright: ignore[reportUnusedFunction]
        """Has two arguments."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.prompt()
    def test_prompt_with_embedded_resource(  # pyright: ignore[reportUnusedFunction]
        resourceUri: str,
    ) -> list[ContentBlock]:
        """Holds a resource."""
        resource = embedded(resourceUri, "Embedded resource content for testing.")
        return [resource, text("Please process the embedded resource above.")]

    @server.prompt()
    def test_prompt_with_image() -> list[ContentBlock]:  # pyright: ignore[reportUnusedFunction]
        """Holds a picture."""
        return [image(), text("Please analyze the image above.")]


def add_resources(server: MCPServer[Any]) -> None:
    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:  # pyright: ignore[reportUnusedFunction]
        """A text."""
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:  # pyright: ignore[reportUnusedFunction]
        """A picture."""
        import base64

        return base64.b64decode(PNG)

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:  # pyright: ignore[reportUnusedFunction]
        """One to subscribe to."""
        return "Watched resource content"

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def from_template(id: str) -> str:  # noqa: A002  # pyright: ignore[reportUnusedFunction]
        """One for each ID."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})
