"""What we add to the SDK: strict arguments, errors that help, answers built once.

This module and `stdio.py` are the only ones that lean on parts of the SDK which it does not promise to keep.
"""

import base64
import copy
import inspect
import json
import logging
import re
import sys
import traceback
from collections.abc import Awaitable, Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from mcp.server import MCPServer
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp.server.subscriptions import ListenHandler
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolResult,
    GetPromptResult,
    ImageContent,
    InputRequiredResult,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Prompt as MCPPrompt
from mcp_types import Resource as MCPResource
from mcp_types import ResourceTemplate as MCPResourceTemplate
from mcp_types import Tool as MCPTool
from pydantic import AnyUrl, BaseModel, ConfigDict, ValidationError

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.asking import NOT_UNDERSTOOD, Asking, NothingToAsk, Refused, agreed_question, question_parameter
from dialler_mcp.safety.notes import note_crash
from dialler_mcp.schemas import outline, slim_schema

C = TypeVar("C", bound=Asking)
S = TypeVar("S")
Handler = Callable[..., Awaitable["Answer"]]
H = TypeVar("H", bound=Handler)

_NO_TOOL = ""
"""The name of no tool: what is not permitted goes the way of what does not exist."""


class Problem(Exception):
    """A failure that was seen coming: a sentence that says what is wrong and what to do next, without any value."""


class Answer(BaseModel):
    """What a tool returns: `text()` for hosts that show the text, the fields for those that show the structure.

    Each form is complete by itself.
    """

    model_config = ConfigDict(extra="forbid")

    def text(self) -> str:
        return json.dumps(self.structure(), ensure_ascii=False, separators=(",", ":"))

    def structure(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)

    def meta(self) -> dict[str, Any] | None:
        """What is for the client alone and never for the model."""
        return None

    def pictures(self) -> Sequence[bytes]:
        """PNG images that go with it."""
        return ()


class AnswerNow(Exception):
    """Ends a tool early with an answer, e.g. with the preview of something that must be confirmed first."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered early")
        self.answer = answer


class ToolSet(Generic[C]):
    """The tools of one family. A tool is a function `dialler_*(call, ...) -> Answer`; `open_call` makes `call`."""

    def __init__(self, open_call: Callable[[Context[Any], str, Mapping[str, Any]], C]) -> None:
        self._open_call = open_call
        self._declared: list[tuple[Handler, str, ToolAnnotations]] = []

    def reads(self, *, title: str) -> Callable[[H], H]:
        """A tool that changes nothing."""
        return self._declare(title, read_only=True, destructive=False, idempotent=True)

    def changes(self, *, title: str, idempotent: bool = True) -> Callable[[H], H]:
        """A tool that changes something which can be changed back."""
        return self._declare(title, read_only=False, destructive=False, idempotent=idempotent)

    def destroys(self, *, title: str, idempotent: bool = True) -> Callable[[H], H]:
        """A tool that can lose something."""
        return self._declare(title, read_only=False, destructive=True, idempotent=idempotent)

    def _declare(self, title: str, *, read_only: bool, destructive: bool, idempotent: bool) -> Callable[[H], H]:
        hints = ToolAnnotations(
            read_only_hint=read_only,
            destructive_hint=destructive,
            idempotent_hint=idempotent,
            open_world_hint=False,
        )

        def remember(handler: H) -> H:
            self._declared.append((handler, title, hints))
            return handler

        return remember

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """The tools in the order of their declaration, ready for any server: they hold nothing of one."""
        return tuple(
            _strict_tool(self._adapted(handler, asks=not hints.read_only_hint), _answer_of(handler), title, hints)
            for handler, title, hints in self._declared
        )

    def _adapted(self, handler: Handler, *, asks: bool) -> Callable[..., Awaitable[CallToolResult]]:
        """The handler as the SDK calls it: it gets a Context, and returns its result in both forms."""
        signature = inspect.signature(handler, eval_str=True)
        _, *declared = signature.parameters.values()
        parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in declared]

        async def call(*, context: Context[Any], person_answer: Any = None, **arguments: Any) -> CallToolResult:
            try:
                opened = self._open_call(context, handler.__name__, arguments)
                if asks and (question := agreed_question(person_answer)):
                    opened = opened.agreed_to(question)
                answer = await handler(opened, **arguments)
            except AnswerNow as early:
                answer = early.answer
            except (DiallerError, Problem, Refused) as error:
                raise ToolError(str(error)) from error
            pictures = [
                ImageContent(type="image", data=base64.b64encode(picture).decode(), mime_type="image/png")
                for picture in answer.pictures()
            ]
            return CallToolResult(
                content=[TextContent(type="text", text=answer.text()), *pictures],
                structured_content=answer.structure(),
                _meta=answer.meta(),
            )

        call.__name__, call.__doc__, call.__module__ = handler.__name__, handler.__doc__, handler.__module__
        context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=Context[Any])
        added = [question_parameter(parameters, self._rehearsal(handler)), context] if asks else [context]
        call.__dict__["__signature__"] = signature.replace(
            parameters=[*parameters, *added], return_annotation=CallToolResult
        )
        call.__annotations__ = {parameter.name: parameter.annotation for parameter in (*parameters, *added)}
        return call

    def _rehearsal(self, handler: Handler) -> Callable[[Context[Any], Mapping[str, Any]], Awaitable[None]]:
        """Runs the handler up to its question; what it answers or fails with is left to the real run."""

        async def rehearse(context: Context[Any], arguments: Mapping[str, Any]) -> None:
            call = self._open_call(context, handler.__name__, arguments)
            if call.may_ask():
                with suppress(NothingToAsk, AnswerNow, DiallerError, Problem):
                    await handler(call.rehearsing(), **arguments)

        return rehearse


def _answer_of(handler: Handler) -> type[Answer]:
    return inspect.signature(handler, eval_str=True).return_annotation


def _strict_tool(handler: Callable[..., Any], answer: type[Answer], title: str, hints: ToolAnnotations) -> Tool:
    """A tool that refuses unknown arguments and whose schemas cost the model no more than they must."""
    tool = Tool.from_function(
        handler,
        title=title,
        description=inspect.cleandoc(handler.__doc__ or ""),
        annotations=hints,
        structured_output=False,  # its schema is set below: many tools share one, and making it costs the start
    )
    loose = tool.fn_metadata.arg_model
    strict = type(
        loose.__name__, (loose,), {"model_config": ConfigDict(extra="forbid"), "__module__": loose.__module__}
    )
    tool.fn_metadata.arg_model = strict
    tool.parameters = slim_schema(strict.model_json_schema(by_alias=True))
    tool.fn_metadata.output_model = answer
    tool.fn_metadata.output_schema = _schema_of(answer)
    return tool


@cache
def _schema_of(answer: type[Answer]) -> dict[str, Any]:
    return outline(slim_schema(answer.model_json_schema(mode="serialization")))


class DiallerServer(MCPServer[S]):
    """MCPServer whose errors name the argument and the next step, and never a value.

    `permits(name)` says whether a tool, a prompt or a resource (its URI or template) is there for whoever calls. What
    is not permitted is not listed, and answered as what does not exist.
    """

    def __init__(self, name: str, *, permits: Callable[[str], bool] = lambda _: True, **options: Any) -> None:
        self._state: S | None = None
        self.permits = permits
        with _rich_hidden():
            super().__init__(name, **options)

    @property
    def state(self) -> S:
        """What the lifespan made, for handlers that the SDK calls without a context: completion, resources."""
        assert self._state is not None, "the server is not running"
        return self._state

    @state.setter
    def state(self, state: S) -> None:
        self._state = state

    def end_listening(self) -> None:
        """End what clients listen on for changes of the lists, so that a stop need not wait for them to leave."""
        entry = self._lowlevel_server.get_request_handler("subscriptions/listen")
        if entry is not None and isinstance(entry.handler, ListenHandler):
            entry.handler.close()

    def _tool_input_schema(self, name: str) -> dict[str, Any] | None:
        return super()._tool_input_schema(name) if self.permits(name) else None

    async def list_tools(self) -> list[MCPTool]:
        tools = await super().list_tools()
        hidden = [tool.name for tool in tools if not self.permits(tool.name)]
        if not hidden:
            return tools
        return [
            tool.model_copy(update={"description": without_sentences(tool.description or "", hidden)})
            for tool in tools
            if tool.name not in hidden
        ]

    async def list_prompts(self) -> list[MCPPrompt]:
        return [prompt for prompt in await super().list_prompts() if self.permits(prompt.name)]

    async def list_resources(self) -> list[MCPResource]:
        return [resource for resource in await super().list_resources() if self.permits(resource.uri)]

    async def list_resource_templates(self) -> list[MCPResourceTemplate]:
        templates = await super().list_resource_templates()
        return [template for template in templates if self.permits(template.uri_template)]

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[S, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        if not self._permits_uri(str(uri)):
            raise ResourceNotFoundError(f"Unknown resource: {uri}")  # in the SDK's own words
        return await super().read_resource(uri, context)

    def _permits_uri(self, uri: str) -> bool:
        """Whether the URI is permitted as it stands, and so is each template that it fits."""
        templates = (t for t in self._resource_manager.list_templates() if t.parsed_template.match(uri) is not None)
        return self.permits(uri) and all(self.permits(template.uri_template) for template in templates)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[S, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name if self.permits(name) else _NO_TOOL, arguments, context)
        except UnexpectedToolError as error:
            message = f"{name} failed through a defect of dialler-mcp. Before repeating a change, read the record."
            note_crash()
            raise UnexpectedToolError(message) from error.__cause__
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(f"Nothing was sent. {argument_errors(cause)}") from None
            if isinstance(cause, ToolError):
                said = str(cause)
                raise ToolError(NOT_UNDERSTOOD if said.startswith("Resolver ") else said) from None
            raise ToolError("There is no such tool; list the tools to see which there are.") from None

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[S, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """As the SDK, but every failure of the caller is -32602 with a sentence, in both protocol eras."""
        prompt = self._prompt_manager.get_prompt(name) if self.permits(name) else None
        if prompt is None:
            raise MCPError(INVALID_PARAMS, "There is no such prompt; list the prompts to see which there are.")
        known = {argument.name: argument for argument in prompt.arguments or ()}
        given = arguments or {}
        if unknown := [argument for argument in given if argument not in known]:
            raise MCPError(
                INVALID_PARAMS, f"{len(unknown)} unknown argument(s); {name} takes {', '.join(known) or 'none'}."
            )
        if missing := [n for n, a in known.items() if a.required and not str(given.get(n, "")).strip()]:
            raise MCPError(INVALID_PARAMS, f"Missing argument(s) of {name}: {', '.join(missing)}.")
        try:
            return await super().get_prompt(name, arguments, context)
        except ValueError as error:
            for cause in causes(error):
                if isinstance(cause, Problem):
                    raise MCPError(INVALID_PARAMS, str(cause)) from None
                if isinstance(cause, DiallerError):
                    raise MCPError(INTERNAL_ERROR, str(cause)) from None
            raise


def without_sentences(text: str, names: Collection[str]) -> str:
    """The text without the sentences in which one of these names stands."""
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    lines = (
        " ".join(sentence for sentence in re.split(r"(?<=[.;])\s+", line) if not named.search(sentence))
        for line in text.splitlines()
    )
    return re.sub(r";(?=$|\n)", ".", "\n".join(lines).strip())


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it was raised from, down to the first one."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def argument_errors(error: ValidationError) -> str:
    """What is wrong with which argument, in one line, without the rejected values."""
    lines: dict[str, None] = {}
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        if item["type"] == "extra_forbidden":
            lines["an argument is not known; check the spelling against the tool's schema"] = None
            continue
        where = ".".join(str(part) for part in item["loc"] if not isinstance(part, int))
        lines[f"{where or 'the arguments'}: {_plain(item['msg'])}"] = None
    return "Correct the arguments: " + "; ".join(lines) + "."


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


@contextmanager
def _rich_hidden() -> Generator[None]:
    """The SDK sets up coloured logging when it finds rich, which costs every start 40 ms. Ours is set up already."""
    held = {name: module for name, module in sys.modules.items() if name == "rich" or name.startswith("rich.")}
    for name in held:
        del sys.modules[name]
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType] - the documented way to make an import fail
    try:
        yield
    finally:
        del sys.modules["rich"]
        sys.modules.update(held)


# What the SDK logs of calls and can be shown: names of our tools, methods of the protocol.
_OF_US = re.compile(r"dialler_[a-z_]+|[a-z]+(?:/[a-z_]+)+")


class DiscreetFormatter(logging.Formatter):
    """Log lines without values: of an exception only the type of its first cause and where that happened.

    The SDK logs why a call failed, in our words, which may name people, and the addresses that were asked for.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left the full text here
        if record.name.startswith("mcp.") and isinstance(record.args, tuple):
            of_calls = record.name.startswith("mcp.server.mcpserver")
            record = copy.copy(record)
            record.args = tuple(_discreet(value, of_calls) for value in record.args or ())
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        *_, first = causes(ei[1])
        frames = traceback.extract_tb(first.__traceback__)
        places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        return f"{type(first).__name__} at {places}"


def _discreet(value: object, of_calls: bool) -> object:
    """A value of a log line of the SDK, unless it may hold something of a caller or a record."""
    if isinstance(value, str):
        return value if not of_calls or _OF_US.fullmatch(value) else "…"
    return value if isinstance(value, int | float) or value is None else type(value).__name__
