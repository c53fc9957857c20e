"""Who may use which tool: a role, narrowed by single tools and families."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

MAX_PROPOSED = 3


class Role(StrEnum):
    """What somebody does for a living; each may do what the one before may, and more."""

    readonly = "readonly"
    agent = "agent"
    supervisor = "supervisor"
    admin = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do all that the other may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class ToolFacts:
    """A tool as far as a policy looks at it; `role` is the least one that has it, `reads`: it changes nothing of the
    dialler.
    """

    name: str
    family: str
    role: Role
    reads: bool


_NONE_LEFT = Words(
    "DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT and DIALLER_READ_ONLY leave no tool.",
    "DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT und DIALLER_READ_ONLY lassen kein Werkzeug übrig.",
)
_NOT_OF_ROLE = Words(
    "{setting}: number {number} is not allowed to {role}; DIALLER_ROLE={least} has it.",
    "{setting}: Nummer {number} ist der Rolle {role} nicht erlaubt; DIALLER_ROLE={least} hat es.",
)
_UNKNOWN = Words(
    "{setting}: number {number} is no tool and no family.",
    "{setting}: Nummer {number} ist kein Werkzeug und keine Familie.",
)
_MEANT = Words("Did you mean {names}?", "Meinten Sie {names}?")
_FAMILIES = Words("The families are {names}.", "Die Familien sind {names}.")


class WrongPolicy(Problem):
    """The settings name what there is not, or leave nothing. The text says which setting and what to do."""


@dataclass(frozen=True)
class Policy:
    """A role, of its tools only some (`only`, empty: all), and not others (`without`, which wins).

    `only` and `without` are names of tools and families, with commas. `read_only` takes away whatever changes.
    """

    role: Role = Role.admin
    only: str = ""
    without: str = ""
    read_only: bool = False

    def allowed(self, tools: Collection[ToolFacts]) -> frozenset[str]:
        """The names of the tools that may be used.

        Raises:
            WrongPolicy: a name is none of a tool or family, or of a tool that the role does not have; or none is left.
        """
        of_role = {tool.name for tool in tools if _has(self.role, tool)}
        only = _resolved("DIALLER_TOOLS", self.only, tools, self.role)
        without = _resolved("DIALLER_WITHOUT", self.without, tools)
        rest = ((of_role & only) if self.only.strip(" ,") else of_role) - without
        if self.read_only:
            rest &= {tool.name for tool in tools if tool.reads}
        if not rest:
            raise WrongPolicy(_NONE_LEFT)
        return frozenset(rest)


def _has(role: Role, tool: ToolFacts) -> bool:
    return role.includes(tool.role)


def _resolved(setting: str, text: str, tools: Collection[ToolFacts], role: Role = Role.admin) -> set[str]:
    """The names of the tools that a list of names and families means; the values themselves are never repeated."""
    by_name = {tool.name: tool for tool in tools}
    families = {tool.family for tool in tools}
    names: set[str] = set()
    for number, part in enumerate(text.split(","), 1):
        name = part.strip().casefold()
        if name in families:
            names |= {tool.name for tool in tools if tool.family == name}
        elif tool := by_name.get(name):
            if not _has(role, tool):
                least = next(other for other in Role if _has(other, tool))
                raise WrongPolicy(_NOT_OF_ROLE.filled(setting=setting, number=number, role=role, least=least))
            names.add(name)
        elif name:
            unknown = _UNKNOWN.filled(setting=setting, number=number)
            raise WrongPolicy(unknown.then(_nearest(name, by_name, families)))
    return names


def _nearest(name: str, tools: Collection[str], families: Collection[str]) -> Words:
    if near := difflib.get_close_matches(name, [*tools, *families], MAX_PROPOSED, 0.6):
        return _MEANT.filled(names=", ".join(near))
    return _FAMILIES.filled(names=", ".join(sorted(families)))
