"""The running server: who calls, and on which dialler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context

from dialler_mcp.domain.callers import MAX_CLIENT, Caller
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.service.profile import Profile
from dialler_mcp.words import Language


@dataclass(frozen=True)
class Process:
    """What lives as long as the server does. Over stdio there is one person, in one role, and one profile."""

    profile: Profile
    role: Role = Role.admin
    person: str = ""
    permits: Callable[[Caller, str], bool] = lambda _, __: True
    """Whether a caller may use the tool of this function."""

    def profile_of(self, caller: Caller) -> Profile:
        """The dialler that this caller works on."""
        return self.profile


def caller_of(context: "Context[Process] | ServerRequestContext[Process]", role: Role, person: str = "") -> Caller:
    """Whoever sent this request: the program as it calls itself, for the person and in the role that are known here."""
    client = context.session.client_params
    name = client.client_info.name[: 2 * MAX_CLIENT] if client else ""  # cleaning takes time, and may shorten it
    return Caller(client=clean(name)[:MAX_CLIENT].strip(), subject=person, role=role)


def spoken(context: Context[Any], arguments: Mapping[str, Any]) -> Language:
    """The language that is answered in: the one that was asked for, else the usual one."""
    process: Process = context.request_context.lifespan_context
    profile = process.profile_of(caller_of(context, process.role, process.person))
    code = str(arguments.get("language") or "").strip().casefold()
    return profile.language(Language(code) if code in tuple(Language) else None)
