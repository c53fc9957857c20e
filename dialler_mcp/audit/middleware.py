"""Records every invocation of a tool, prompt or resource in the audit log. Changes need a log that can be written."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol, cast

import anyio
from anyio import to_thread
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from dialler_mcp.audit.notes import taking_notes
from dialler_mcp.domain.callers import Caller
from dialler_mcp.problem import reason_of
from dialler_mcp.state.locks import PATIENCE

if TYPE_CHECKING:  # loaded at the first invocation, so that the start stays quick
    from dialler_mcp.audit.pseudonyms import Pseudonyms
    from dialler_mcp.audit.sink import Sink

logger = logging.getLogger(__name__)

_KINDS = {"tools/call": "tool", "prompts/get": "prompt", "resources/read": "resource"}
_PROMPT_SCHEMA = {"properties": {"language": {"enum": ["de", "en"]}}}
_MAX_CALLER = 64

REFUSED = (
    "Nothing was changed: the audit log cannot be written, and nothing may be changed without it. Reading goes on. "
    "The administrator sees to the disk and the directory (DIALLER_AUDIT_DIR), or sets DIALLER_AUDIT=0."
)


class KnownTool(Protocol):
    """The parts of a tool that the audit needs: its JSON schema and its hints."""

    @property
    def parameters(self) -> dict[str, Any]: ...
    @property
    def annotations(self) -> Any: ...


@dataclass(frozen=True)
class _Invocation:
    """An invocation as it came in. Nothing is checked yet: all of it may be foreign text."""

    kind: str
    name: str
    arguments: object
    caller: str
    protocol: str
    tool: KnownTool | None

    @property
    def changes(self) -> bool:
        return self.tool is not None and not (self.tool.annotations and self.tool.annotations.read_only_hint)

    def entry(self, pseudonyms: "Pseudonyms", prompts: frozenset[str]) -> dict[str, Any]:
        """The first half of its line."""
        schema = self.tool.parameters if self.tool else _PROMPT_SCHEMA if self.kind == "prompt" else {}
        name = self.name
        if self.kind == "resource":
            name = pseudonyms.address(name)
        elif self.tool is None and name not in prompts:
            name = pseudonyms.of(name)
        return {
            "kind": self.kind,
            "caller": self.caller,
            "protocol": self.protocol,
            "tool": name,
            "arguments": pseudonyms.arguments(self.arguments, schema),
        }


class Auditing:
    """The middleware. `open_sink` is called at the first invocation.

    `tools` and `prompts` are the server's, by name; any other name is written as a pseudonym.
    """

    def __init__(
        self,
        open_sink: Callable[[], "Sink"],
        tools: Mapping[str, KnownTool],
        prompts: frozenset[str] = frozenset(),
        caller_of: Callable[[ServerRequestContext[Any, Any]], Caller] = lambda _: Caller(),
    ) -> None:
        self._open_sink = open_sink
        self._tools = tools
        self._prompts = prompts
        self._caller_of = caller_of
        self._misses = 0

    @cached_property
    def _sink(self) -> "Sink":
        return self._open_sink()

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method not in _KINDS:
            return await call_next(ctx)
        invocation = self._invocation(ctx)
        if invocation.changes and not await self._can_write():
            return CallToolResult(content=[TextContent(type="text", text=REFUSED)], is_error=True)
        outcome, start = "crashed", perf_counter()
        with taking_notes() as notes:
            try:
                result = await call_next(ctx)
                outcome = "crashed" if notes.crashed else outcome_of(result)
                return result
            except (MCPError, ValidationError):  # the SDK turns both into a protocol error
                outcome = "protocol_error"
                raise
            except anyio.get_cancelled_exc_class():
                outcome = "cancelled"
                raise
            finally:
                effect = {"changed": notes.sent} if invocation.changes else {}
                duration = {"ms": round((perf_counter() - start) * 1000, 1)}
                await self._record(invocation, {"outcome": outcome, **effect, **duration}, sent=notes.sent)

    def _invocation(self, ctx: ServerRequestContext[Any, Any]) -> _Invocation:
        params = ctx.params or {}
        kind = _KINDS[ctx.method]
        argument: object = params.get("uri" if kind == "resource" else "name")
        name = argument if isinstance(argument, str) else ""  # which the SDK refuses; it leaves its line all the same
        tool = self._tools.get(name) if kind == "tool" else None
        caller = self._caller_of(ctx).key[:_MAX_CALLER]
        return _Invocation(kind, name, params.get("arguments"), caller, ctx.protocol_version, tool)

    async def _can_write(self) -> bool:
        try:
            await to_thread.run_sync(self._sink.prepare)
        except OSError as error:
            self._warn(error)
            return False
        return True

    async def _record(self, invocation: _Invocation, ending: Mapping[str, Any], *, sent: bool) -> None:
        """Write the line, whatever happened to the invocation, even when it was cancelled."""
        with anyio.CancelScope(shield=True):
            try:
                if invocation.changes or not self._written_at_once(invocation, ending):
                    await to_thread.run_sync(partial(self._write, invocation, ending))
            except OSError as error:
                if sent:
                    logger.error("a change was sent, but its audit line could not be written: %s", type(error).__name__)
                self._warn(error)
                self._misses += 1

    def _written_at_once(self, invocation: _Invocation, ending: Mapping[str, Any]) -> bool:
        """Try to write the line of a read without a thread, which is quicker: the line need not reach the disk.

        Not while others are writing; nor for the first line, for which modules must be loaded and the key be made.
        """
        if "_sink" not in self.__dict__:
            return False
        with suppress(TimeoutError):
            self._write(invocation, ending, patience=0)
            return True
        return False

    def _write(self, invocation: _Invocation, ending: Mapping[str, Any], patience: float = PATIENCE) -> None:
        misses = self._misses
        gap = {"missed": misses} if misses else {}
        entry = {**invocation.entry(self._sink.pseudonyms, self._prompts), **ending, **gap}
        self._sink.append(entry, durable=invocation.changes, patience=patience)
        self._misses -= misses

    def _warn(self, error: OSError) -> None:
        """Warn once, not for each invocation: the next line that can be written says how many were missed."""
        if not self._misses:
            why = reason_of(error)
            logger.warning("the audit log cannot be written (%s); changes are refused, reads go on", why)


def outcome_of(result: HandlerResult) -> str:
    """How an invocation ended, from what goes over the wire."""
    if not isinstance(result, dict):
        return "ok"
    if result.get("resultType") == "input_required":
        return "asked"
    if result.get("isError"):
        return "tool_error"
    structure: Any = result.get("structuredContent")
    if isinstance(structure, dict):
        status: Any = cast(dict[str, Any], structure).get("status")
        return "confirmation_required" if status == "confirmation_required" else "ok"
    return "ok"
