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
    BadEnvironment,
    ConnectionRefused,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NoConnection,
    NotDialler,
    NotTrusted,
    ProxyFailed,
    ProxyRefused,
    ServerFault,
    TooMany,
    TooSlow,
    Unauthorized,
    UnknownHost,
    Unreachable,
    UnreadableAnswer,
)
from dialler_mcp.domain.codes import Words
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.tools import DiallerTool
from dialler_mcp.server import all_tools
from dialler_mcp.settings import Settings, titles_in_a_form

PROXY_STATUSES = (502, 503, 504)
ALONE = "dialler_check_connection"
"""The only tool that is offered when the settings do not say which tools are allowed."""

_SAY_WHO = frozenset({"role", "tools", "without", "read_only"})
_SAY_WHERE = frozenset({"base_url", "token", "token_file"})


class Exit(IntEnum):
    """How `dialler-mcp check` ends. 1 is a defect of ours."""

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


_GERMAN: tuple[tuple[type[DiallerError], str, str], ...] = (
    (
        UnknownHost,
        "Der Dialler ist nicht erreichbar: Sein Name ist nicht bekannt (DNS).",
        "Den Host in DIALLER_BASE_URL prüfen; vielleicht fehlt ein VPN oder ein Proxy (HTTPS_PROXY).",
    ),
    (
        ConnectionRefused,
        "Der Dialler ist nicht erreichbar: Die Verbindung wurde abgewiesen.",
        "Host und Port in DIALLER_BASE_URL prüfen, ob der Dialler läuft, und die Firewall dazwischen.",
    ),
    (
        NoConnection,
        "Der Dialler ist nicht erreichbar: Niemand hat rechtzeitig geantwortet.",
        "Host und Port in DIALLER_BASE_URL prüfen, das VPN und die Firewall dazwischen.",
    ),
    (
        NotTrusted,
        "Die Verbindung ist nicht sicher: Dem Zertifikat wird nicht vertraut, oder dort spricht niemand TLS.",
        "Für eine eigene Zertifizierungsstelle DIALLER_CA_FILE auf ihre PEM-Datei setzen. Ein abgelaufenes Zertifikat, "
        "oder eines für einen anderen Namen, muss am Dialler erneuert werden; die Prüfung lässt sich nicht abschalten.",
    ),
    (
        ProxyFailed,
        "Der Dialler ist nicht erreichbar: Ein Proxy dazwischen hat die Verbindung abgewiesen.",
        "HTTPS_PROXY und HTTP_PROXY prüfen und was er verlangt, oder den Host des Diallers in NO_PROXY nennen.",
    ),
    (
        ProxyRefused,
        "Ein Proxy dazwischen hat die Anfrage abgewiesen (407).",
        "HTTPS_PROXY und HTTP_PROXY prüfen und was er verlangt, oder den Host des Diallers in NO_PROXY nennen.",
    ),
    (
        Unreachable,
        "Der Dialler ist nicht erreichbar.",
        "DIALLER_BASE_URL, das Netz und das Zertifikat (DIALLER_CA_FILE) prüfen, dann noch einmal versuchen.",
    ),
    (
        TooSlow,
        "Der Dialler hat nicht rechtzeitig geantwortet.",
        "Noch einmal versuchen; sonst DIALLER_TIMEOUT erhöhen.",
    ),
    (
        Unauthorized,
        "Der Dialler hat das Token nicht angenommen (401).",
        "Token, ClientsID in der Adresse oder beides zusammen ist falsch, oder das Token wurde ersetzt. "
        "Im jtel-Portal ein Token anlegen und DIALLER_TOKEN setzen.",
    ),
    (
        Forbidden,
        "Das ist nicht erlaubt (403).",
        "Das Token hat dieses Recht nicht, oder ein Gateway vor dem Dialler verbietet es. Fragen Sie, wer das "
        "jtel-Portal verwaltet.",
    ),
    (
        TooMany,
        "Der Dialler, oder ein Gateway vor ihm, will weniger Anfragen (429).",
        "Eine Minute warten, dann noch einmal versuchen.",
    ),
    (
        FunctionMissing,
        "Unter dieser Adresse gibt es die REST-API des Diallers nicht.",
        "DIALLER_BASE_URL prüfen: https://host/rest/v1.0/{ClientsID}.",
    ),
    (
        NotDialler,
        "Etwas anderes als der Dialler hat geantwortet (404).",
        "DIALLER_BASE_URL muss https://host/rest/v1.0/{ClientsID} sein; diese Adresse und den Proxy dazwischen prüfen.",
    ),
    (
        UnreadableAnswer,
        "Die Antwort stammt nicht vom Dialler, wahrscheinlich von einem Proxy oder einer Anmeldeseite dazwischen.",
        "DIALLER_BASE_URL und den Proxy dazwischen prüfen.",
    ),
    (
        ServerFault,
        "Der Dialler meldet einen inneren Fehler.",
        "Später noch einmal versuchen; sonst den jtel-Support fragen.",
    ),
    (
        BadEnvironment,
        "Der Weg zum Dialler ist nicht verwendbar.",
        "HTTPS_PROXY, HTTP_PROXY oder ALL_PROXY muss eine Adresse mit http:// sein (kein SOCKS; NO_PROXY nennt Hosts "
        "ohne Proxy), und SSL_CERT_FILE, wenn gesetzt, eine Datei mit Zertifikaten.",
    ),
    (
        BadAddress,
        "Die Adresse des Diallers ist nicht verwendbar.",
        "DIALLER_BASE_URL, DIALLER_TOKEN und DIALLER_CA_FILE prüfen.",
    ),
    (DiallerError, "Der Dialler kann nicht verwendet werden.", "docs/check.md nennt die Ursachen."),
)


def finding_of(error: DiallerError) -> Finding:
    """What an error of the first request to a dialler says about the way there."""
    step, code = _place(error)
    _, what, todo = next(row for row in _GERMAN if isinstance(error, row[0]))
    hint = error.hint
    if isinstance(error, FunctionMissing):  # the first request asks for what every release has
        hint = "There is no dialler's REST API at this address: check DIALLER_BASE_URL, https://host/rest/v1.0/{ClientsID}."
    return Finding(step, code, Words(error.summary, what), Words(hint, todo))


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
            return access_of(settings, tools).allowed
        except Problem:
            pass
    return {ALONE}


def _without_mistakes() -> Settings | None:
    """The settings, what is wrong in them by its default; None when that would touch who may do what.

    They say nothing of where the dialler is: nobody may connect to anything with them.
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
