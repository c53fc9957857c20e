"""What we add to the SDK's server: errors that help, and permissions by caller.

Only the modules of this room use parts of the SDK that it does not promise to keep.
"""

import re
import sys
from collections.abc import Awaitable, Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.server.mcpserver.resources import ResourceTemplate
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolResult,
    GetPromptResult,
    InputRequiredResult,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from mcp_types import Prompt as MCPPrompt
from mcp_types import Resource as MCPResource
from mcp_types import ResourceTemplate as MCPResourceTemplate
from mcp_types import Tool as MCPTool
from pydantic import AnyUrl, ValidationError

from dialler_mcp.audit.notes import note_crash
from dialler_mcp.domain.callers import Caller
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.asking import NOT_UNDERSTOOD
from dialler_mcp.protocol.errors import NOT_SENT, argument_errors, causes
from dialler_mcp.protocol.updates import Look, Sight, Updates
from dialler_mcp.words import Language, Words

S = TypeVar("S")

_NO_TOOL = ""
"""The name of no tool: forbidden tools are looked up under it, so they fail like unknown ones."""

_NOT_THERE = Words(
    "There is no such tool; list the tools to see which there are.",
    "Dieses Werkzeug gibt es nicht; die Liste der Werkzeuge nennt alle.",
)
_DEFECT = Words(
    "{name} failed through a defect of dialler-mcp. Before repeating a change, read the record.",
    "{name} ist an einem Fehler von dialler-mcp gescheitert. Lesen Sie den Datensatz, bevor Sie eine Änderung"
    " wiederholen.",
)
_NO_PROMPT = Words(
    "There is no such prompt; list the prompts to see which there are.",
    "Diese Vorlage gibt es nicht; die Liste der Vorlagen nennt alle.",
)
_UNKNOWN = Words(
    "{count} unknown argument(s); {name} takes {names}.", "Unbekannte Argumente: {count}; {name} nimmt {names}."
)
_NONE = Words("none", "keine")
_MISSING = Words("Missing argument(s) of {name}: {names}.", "Bei {name} fehlen Angaben: {names}.")


def _permits_all(caller: Caller, name: str) -> bool:
    return True


class DiallerServer(MCPServer[S]):
    """MCPServer whose errors name the argument and the next step, and never a value.

    `permits(caller, name)` says whether this caller may use a tool, a prompt or a resource (by its URI or template).
    What is not permitted is not listed, and asking for it is answered as if it did not exist. `caller_of` says who sent
    a request; `wording` words a problem with its advice, in the language that `language_of` gives.
    """

    def __init__(
        self,
        name: str,
        *,
        permits: Callable[[Caller, str], bool] = _permits_all,
        caller_of: Callable[[ServerRequestContext[Any, Any]], Caller] = lambda _: Caller(),
        wording: Callable[[Problem, Language], str] = Problem.text,
        language_of: Callable[[Context[Any], Mapping[str, Any]], Language] = lambda _, __: Language.en,
        middleware: Sequence[Any] = (),
        **options: Any,
    ) -> None:
        self._state: S | None = None
        self._permits = permits
        self._caller_of = caller_of
        self._wording = wording
        self._language_of = language_of
        self._caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
        self._looks: dict[str, Callable[[Mapping[str, Any]], Awaitable[Sight]]] = {}
        bus = InMemorySubscriptionBus()
        self.updates = Updates(bus, self._look_of)
        with _rich_hidden():
            super().__init__(
                name, middleware=[self._with_caller, self.updates, *middleware], subscriptions=bus, **options
            )
        handlers = self._lowlevel_server
        handlers.add_request_handler("resources/subscribe", SubscribeRequestParams, self.updates.subscribe)
        handlers.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self.updates.unsubscribe)

    async def _with_caller(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Middleware that remembers who sent a request while it is answered."""
        token = self._caller.set(self._caller_of(ctx))
        try:
            return await call_next(ctx)
        finally:
            self._caller.reset(token)

    @property
    def caller(self) -> Caller:
        """Who sent the present request; the SDK does not tell most handlers."""
        return self._caller.get() or Caller()

    def permitted(self, name: str) -> bool:
        """Whether the present caller may use this tool, prompt or resource."""
        return self._permits(self.caller, name)

    @property
    def state(self) -> S:
        """The lifespan's value, for handlers that the SDK calls without a context: completion, resources."""
        assert self._state is not None, "the server is not running"
        return self._state

    @state.setter
    def state(self, state: S) -> None:
        self._state = state

    def end_listening(self) -> None:
        """End the streams on which clients wait for changes of the lists, so that a stop need not wait for them."""
        entry = self._lowlevel_server.get_request_handler("subscriptions/listen")
        if entry is not None and isinstance(entry.handler, ListenHandler):
            entry.handler.close()

    def add_template(self, template: ResourceTemplate) -> None:
        """Add a finished template of resources."""
        self._resource_manager._templates[template.uri_template] = template  # pyright: ignore[reportPrivateUsage]

    def tell_changes(self, template: str, look: Callable[[Mapping[str, Any]], Awaitable[Sight]]) -> None:
        """Tell clients who want to know when a resource of this template changes; `look` gets what its URI fills in."""
        self._looks[template] = look

    def _look_of(self, uri: str) -> Look | None:
        """How the present caller may look at a resource."""
        if self._permits_uri(uri):
            for template in self._resource_manager.list_templates():
                look, values = self._looks.get(template.uri_template), template.parsed_template.match(uri)
                if look is not None and values is not None:
                    return partial(look, values)
        return None

    def _tool_input_schema(self, name: str) -> dict[str, Any] | None:
        return super()._tool_input_schema(name) if self.permitted(name) else None

    async def list_tools(self) -> list[MCPTool]:
        tools = await super().list_tools()
        names = [tool.name for tool in tools if not self.permitted(tool.name)]
        if not names:
            return tools
        return [
            tool.model_copy(update={"description": without_sentences(tool.description or "", names)})
            for tool in tools
            if tool.name not in names
        ]

    async def list_prompts(self) -> list[MCPPrompt]:
        return [prompt for prompt in await super().list_prompts() if self.permitted(prompt.name)]

    async def list_resources(self) -> list[MCPResource]:
        return [resource for resource in await super().list_resources() if self.permitted(resource.uri)]

    async def list_resource_templates(self) -> list[MCPResourceTemplate]:
        templates = await super().list_resource_templates()
        return [template for template in templates if self.permitted(template.uri_template)]

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[S, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        if not self._permits_uri(str(uri)):
            raise ResourceNotFoundError(f"Unknown resource: {uri}")  # in the SDK's own words
        return await super().read_resource(uri, context)

    def _permits_uri(self, uri: str) -> bool:
        """Whether the URI itself is permitted, and every template that it matches."""
        templates = (t for t in self._resource_manager.list_templates() if t.parsed_template.match(uri) is not None)
        return self.permitted(uri) and all(self.permitted(template.uri_template) for template in templates)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[S, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name if self.permitted(name) else _NO_TOOL, arguments, context)
        except UnexpectedToolError as error:
            note_crash()
            raise UnexpectedToolError(self._said(_DEFECT.filled(name=name), context, arguments)) from error.__cause__
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(self._said(NOT_SENT.then(argument_errors(cause)), context, arguments)) from None
            if isinstance(cause, ToolError):
                text = str(cause)
                is_ours = not text.startswith("Resolver ")
                raise ToolError(text if is_ours else self._said(NOT_UNDERSTOOD, context, arguments)) from None
            raise ToolError(self._said(_NOT_THERE, context, arguments)) from None

    def _said(self, words: Words, context: Context[S, Any] | None, arguments: Mapping[str, Any]) -> str:
        """Words in the language that is answered in."""
        return words.text(self._language_of(context, arguments) if context else Language.en)

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[S, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """As in the SDK, but every mistake of the caller is error -32602 with a sentence, in both protocol eras."""
        prompt, values = self._prompt_manager.get_prompt(name) if self.permitted(name) else None, arguments or {}
        if prompt is None:
            raise MCPError(INVALID_PARAMS, self._said(_NO_PROMPT, context, values))
        parameters = {argument.name: argument for argument in prompt.arguments or ()}
        if unknown := [argument for argument in values if argument not in parameters]:
            words = _UNKNOWN.filled(count=len(unknown), name=name, names=", ".join(parameters) or _NONE)
            raise MCPError(INVALID_PARAMS, self._said(words, context, values))
        if missing := [n for n, a in parameters.items() if a.required and not str(values.get(n, "")).strip()]:
            words = _MISSING.filled(name=name, names=", ".join(missing))
            raise MCPError(INVALID_PARAMS, self._said(words, context, values))
        try:
            return await super().get_prompt(name, arguments, context)
        except ValueError as error:
            for cause in causes(error):
                if isinstance(cause, Problem):
                    code = INVALID_PARAMS if cause.callers_fault else INTERNAL_ERROR
                    language = self._language_of(context, values) if context else Language.en
                    raise MCPError(code, self._wording(cause, language)) from None
            raise


def without_sentences(text: str, names: Collection[str]) -> str:
    """The text without the sentences that mention one of these names."""
    mention = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    lines = (
        " ".join(sentence for sentence in re.split(r"(?<=[.;])\s+", line) if not mention.search(sentence))
        for line in text.splitlines()
    )
    return re.sub(r";(?=$|\n)", ".", "\n".join(lines).strip())


@contextmanager
def _rich_hidden() -> Generator[None]:
    """Hide rich from the SDK, which would set up coloured logging with it: 40 ms of every start, and we log already."""
    modules = {name: module for name, module in sys.modules.items() if name == "rich" or name.startswith("rich.")}
    for name in modules:
        del sys.modules[name]
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType] - the documented way to make an import fail
    try:
        yield
    finally:
        del sys.modules["rich"]
        sys.modules.update(modules)
