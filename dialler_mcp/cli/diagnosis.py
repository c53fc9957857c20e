"""What is wrong between us and a dialler, how it was seen, and what to do; and the server that only says so.

Imported by `dialler-mcp check`, and where a server cannot start as it should; never by a start that works.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import version
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from dialler_mcp.access import access_of
from dialler_mcp.api.errors import (
    BadAddress,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NotTrusted,
    ProxyRefused,
    TooSlow,
    Unauthorized,
    Unreachable,
)
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.tools import DiallerTool
from dialler_mcp.server import all_tools
from dialler_mcp.settings import Settings, titles_in_a_form
from dialler_mcp.words import Words

PROXY_STATUSES = (502, 503, 504)
ALONE = "dialler_check_connection"
"""The only tool that is offered when the settings do not say which tools are allowed."""

_SAY_WHO = frozenset({"role", "tools", "without", "read_only"})
_SAY_WHERE = frozenset({"base_url", "token", "token_file"})


class Exit(IntEnum):
    """The exit codes of `dialler-mcp check`. 1 is a defect of ours."""

    FINE = 0
    SETTINGS = 2
    TOKEN = 3
    UNREACHABLE = 4
    CERTIFICATE = 5
    NO_DIALLER = 6
    OLD = 7
    NOT_KEPT = 8


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: at which step of a check it was seen, in which words, and what to do."""

    step: str
    code: Exit
    what: Words
    todo: Words


_NO_API = Words(
    "There is no dialler's REST API at this address: check DIALLER_BASE_URL, https://host/rest/v1.0/{ClientsID}.",
    "Unter dieser Adresse gibt es die REST-API des Diallers nicht: Prüfen Sie DIALLER_BASE_URL, "
    "https://host/rest/v1.0/{ClientsID}.",
)


def finding_of(error: DiallerError) -> Finding:
    """What an error of the first request to a dialler says about the way there."""
    step, code = _place(error)
    missing = isinstance(error, FunctionMissing)  # the first request asks for what every release has
    return Finding(step, code, error.summary, _NO_API if missing else error.hint)


def _place(error: DiallerError) -> tuple[str, Exit]:
    if type(error) is DiallerError:  # the sandbox's own file
        return "connection", Exit.NOT_KEPT
    if isinstance(error, BadAddress):
        return "address", Exit.SETTINGS
    if isinstance(error, Unauthorized | Forbidden):
        return "token", Exit.TOKEN
    if isinstance(error, NotTrusted):
        return "certificate", Exit.CERTIFICATE
    if isinstance(error, Unreachable | TooSlow | ProxyRefused) or error.status in PROXY_STATUSES:
        return "connection", Exit.UNREACHABLE
    return "answer", Exit.NO_DIALLER


# The server of wrong settings


def explaining_server(problem: Problem) -> DiallerServer[Any]:
    """A server that shows the tools, answers each with what is wrong, and sends nothing to anybody."""
    sentence = (
        f"dialler-mcp cannot work yet. {problem} Nothing was sent to any dialler, and nothing was changed. "
        "Tell the person: correct the settings of this server, in the form of its extension or as `env` in the "
        "configuration of the host, and restart it; `dialler-mcp check` in a terminal says whether they are right."
    )
    sentence = f"{sentence} {titles_in_a_form(str(problem))}".rstrip()

    async def explain(context: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if context.method == "tools/call":
            return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)
        return await call_next(context)

    tools = list(all_tools())
    tools_shown = _certainly_allowed(tools)
    return DiallerServer(
        "dialler-mcp",
        title="jtel dialler",
        version=version("dialler-mcp"),
        instructions=sentence,
        permits=lambda _, name: name in tools_shown,
        tools=tools,
        middleware=[explain],
        log_level="WARNING",
    )


def _certainly_allowed(tools: Collection[DiallerTool]) -> Collection[str]:
    """The tools that the settings allow, as far as that can be read in spite of what is wrong; else only one."""
    settings = _without_mistakes()
    if settings is not None:
        try:
            return access_of(settings, tools).permissions
        except Problem:
            pass
    return {ALONE}


def _without_mistakes() -> Settings | None:
    """The settings, with the default in place of what is wrong; None when that would touch who may do what. They do not
    say where the dialler is: nobody may connect to anything with them.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"]}
    if wrong & _SAY_WHO:
        return None
    by_default = {name: Settings.model_fields[name].default for name in wrong | _SAY_WHERE}
    try:
        return Settings(**by_default)
    except ValidationError:  # a wrong value that the first mistake hid
        return None
