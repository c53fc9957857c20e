"""Tools as the SDK calls them: strict arguments, answers built once, schemas that cost no more than they must."""

import base64
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp_types import (
    CallToolResult,
    ImageContent,
    TextContent,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict

from dialler_mcp.problem import Problem
from dialler_mcp.protocol.asking import (
    Asking,
    NothingToAsk,
    agreed_question,
    question_parameter,
)
from dialler_mcp.protocol.schemas import outline, slim_schema

C = TypeVar("C", bound=Asking)
Handler = Callable[..., Awaitable["Answer"]]
H = TypeVar("H", bound=Handler)


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
            except Problem as error:
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
                with suppress(NothingToAsk, AnswerNow, Problem):
                    await handler(call.rehearsing(), **arguments)

        return rehearse


def _answer_of(handler: Handler) -> type[Answer]:
    return inspect.signature(handler, eval_str=True).return_annotation


def _strict_tool(handler: Callable[..., Any], answer: type[Answer], title: str, hints: ToolAnnotations) -> Tool:
    """A tool that refuses unknown arguments and whose schemas cost the model no more than they must."""
    tool = Tool.from_function(
        handler,
        title=title,
        description=" ".join((handler.__doc__ or "").split()),  # in one line: our line breaks mean nothing to a reader
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
