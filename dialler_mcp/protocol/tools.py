"""Tools for the SDK: strict arguments, answers in both forms, short schemas."""

import base64
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp_types import (
    CallToolResult,
    ImageContent,
    ResourceLink,
    TextContent,
    ToolAnnotations,
)
from pydantic import ConfigDict

from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.protocol.arguments import Arguments
from dialler_mcp.protocol.asking import Draft, agreement_of, drafting
from dialler_mcp.protocol.schemas import outline, slim_schema
from dialler_mcp.words import Language

C = TypeVar("C")
Handler = Callable[..., Awaitable["Answer | Draft"]]
H = TypeVar("H", bound=Handler)


class DiallerTool(Tool):
    """A tool with its family and the least role that has it."""

    family: str = ""
    role: Role = Role.admin
    german: str = ""
    """What it does, in German, for a bundle's page in a host."""
    writes_files: bool = False
    """Whether all that it changes is that there is a new file on this machine."""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return bool(self.annotations and self.annotations.read_only_hint)

    @property
    def keeps_dialler(self) -> bool:
        """Whether it leaves the dialler, and what we keep of it, as they are: allowed where nothing may be changed."""
        return self.reads or self.writes_files


@dataclass(frozen=True)
class _Declaration:
    handler: Handler
    title: str
    german: str
    role: Role
    hints: ToolAnnotations
    writes_files: bool = False


class ToolSet(Generic[C]):
    """Tools of one family. A tool is a function `dialler_*(invocation, ...)`; `open_invocation` makes its first
    argument.

    It returns an `Answer`, or the `Draft` of a change. `role` is the least role that has it; `wording` words a problem
    with its advice, in the language that `language_of` gives; `on_answer` sees each answer of a tool that reads.
    """

    def __init__(
        self,
        family: str,
        open_invocation: Callable[[Context[Any], str, Mapping[str, Any]], C],
        wording: Callable[[Problem, Language], str] = Problem.text,
        on_answer: Callable[[C, Answer], None] = lambda _, __: None,
        language_of: Callable[[Context[Any], Mapping[str, Any]], Language] = lambda _, __: Language.en,
    ) -> None:
        self.family = family
        self._open_invocation = open_invocation
        self._wording = wording
        self._on_answer = on_answer
        self._language_of = language_of
        self._declarations: list[_Declaration] = []

    def reads(self, *, title: str, german: str = "") -> Callable[[H], H]:
        """A tool that changes nothing; every role has it."""
        return self._declare(title, german, Role.readonly, read_only=True, destructive=False, idempotent=True)

    def changes(self, *, title: str, role: Role, german: str = "", idempotent: bool = True) -> Callable[[H], H]:
        """A tool whose changes can be changed back."""
        return self._declare(title, german, role, read_only=False, destructive=False, idempotent=idempotent)

    def destroys(self, *, title: str, role: Role, german: str = "", idempotent: bool = True) -> Callable[[H], H]:
        """A tool that can lose something."""
        return self._declare(title, german, role, read_only=False, destructive=True, idempotent=idempotent)

    def writes_files(self, *, title: str, role: Role, german: str = "") -> Callable[[H], H]:
        """A tool that writes new files on this machine, and changes nothing else. A host may ask before each."""
        return self._declare(
            title, german, role, read_only=False, destructive=False, idempotent=False, writes_files=True
        )

    def _declare(
        self,
        title: str,
        german: str,
        role: Role,
        *,
        read_only: bool,
        destructive: bool,
        idempotent: bool,
        writes_files: bool = False,
    ) -> Callable[[H], H]:
        hints = ToolAnnotations(
            read_only_hint=read_only,
            destructive_hint=destructive,
            idempotent_hint=idempotent,
            open_world_hint=False,
        )

        def remember(handler: H) -> H:
            self._declarations.append(_Declaration(handler, title, german, role, hints, writes_files))
            return handler

        return remember

    @cached_property
    def tools(self) -> tuple[DiallerTool, ...]:
        """The tools in the order of their declaration. They know no server, so several servers can use them."""
        return tuple(
            _strict_tool(self._adapted(declaration.handler), _answer_of(declaration.handler), declaration, self.family)
            for declaration in self._declarations
        )

    def _told(self, problem: Problem, context: Context[Any], arguments: Mapping[str, Any]) -> ToolError:
        """A problem as the SDK sends it."""
        return ToolError(self._wording(problem, self._language_of(context, arguments)))

    def _adapted(self, handler: Handler) -> Callable[..., Awaitable[CallToolResult]]:
        """The handler in the form that the SDK calls: it gets a `Context`, and returns its answer in both forms."""
        signature = inspect.signature(handler, eval_str=True)
        _, *own = signature.parameters.values()
        parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

        async def run(context: Context[Any], arguments: Mapping[str, Any]) -> Any:
            try:
                invocation = self._open_invocation(context, handler.__name__, arguments)
                result = await handler(invocation, **arguments)
                if isinstance(result, Answer):
                    self._on_answer(invocation, result)
                return result
            except Problem as problem:
                raise self._told(problem, context, arguments) from problem

        async def read(*, context: Context[Any], **arguments: Any) -> CallToolResult:
            return _result(await run(context, arguments))

        async def change(*, context: Context[Any], draft: Draft, person_answer: Any, **_: Any) -> CallToolResult:
            try:
                return _result(await draft.answer(agreement_of(person_answer)))
            except Problem as problem:
                raise self._told(problem, context, {}) from problem

        context_parameter = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=Context[Any])
        drafts = not issubclass(signature.return_annotation, Answer)
        call = change if drafts else read
        extras = [*(drafting(parameters, run, self._told) if drafts else []), context_parameter]
        call.__name__, call.__doc__, call.__module__ = handler.__name__, handler.__doc__, handler.__module__
        call.__dict__["__signature__"] = signature.replace(
            parameters=[*parameters, *extras], return_annotation=CallToolResult
        )
        call.__annotations__ = {parameter.name: parameter.annotation for parameter in (*parameters, *extras)}
        return call


def _result(answer: Answer) -> CallToolResult:
    """An answer as the SDK sends it."""
    pictures = [
        ImageContent(type="image", data=base64.b64encode(picture).decode(), mime_type="image/png")
        for picture in answer.pictures()
    ]
    links = [
        ResourceLink(type="resource_link", uri=link.uri, name=link.name, mime_type=link.mime_type, size=link.size)
        for link in answer.links()
    ]
    return CallToolResult(
        content=[TextContent(type="text", text=answer.text()), *pictures, *links],
        structured_content=answer.structure(),
        _meta=answer.meta(),
    )


def _answer_of(handler: Handler) -> type[Answer]:
    """The type of the tool's answer; a draft names it in `answers`."""
    annotation = inspect.signature(handler, eval_str=True).return_annotation
    return annotation if issubclass(annotation, Answer) else annotation.answers


def _strict_tool(
    handler: Callable[..., Any], answer: type[Answer], declaration: _Declaration, family: str
) -> DiallerTool:
    """A tool that refuses unknown arguments, with short schemas."""
    tool = DiallerTool.from_function(
        handler,
        title=declaration.title,
        description=" ".join((handler.__doc__ or "").split()),  # in one line: our line breaks mean nothing to a reader
        annotations=declaration.hints,
        structured_output=False,  # its schema is set below: many tools share one, and making it costs the start
    )
    assert isinstance(tool, DiallerTool)
    tool.family, tool.role, tool.german = family, declaration.role, declaration.german
    tool.writes_files = declaration.writes_files
    loose = tool.fn_metadata.arg_model
    strict = type(
        loose.__name__, (loose,), {"model_config": ConfigDict(extra="forbid"), "__module__": loose.__module__}
    )
    tool.parameters = slim_schema(strict.model_json_schema(by_alias=True))
    tool.fn_metadata = Arguments(
        arg_model=strict,
        output_model=answer,
        output_schema=_schema_of(answer),
        texts=frozenset(name for name, part in tool.parameters["properties"].items() if part.get("type") == "string"),
    )
    return tool


@cache
def _schema_of(answer: type[Answer]) -> dict[str, Any]:
    return outline(slim_schema(answer.model_json_schema(mode="serialization")))
