"""Who calls: a person or program behind a host, in a role."""

from dataclasses import dataclass

from dialler_mcp.domain.roles import Role

MAX_CLIENT = 64
"""Characters of a program's name that are kept; it says itself what it is called."""


@dataclass(frozen=True)
class Caller:
    """Whoever invokes something.

    `subject` is who was signed in, empty where nobody signs in; `client` is the program as it calls itself.
    """

    client: str = ""
    subject: str = ""
    role: Role = Role.admin

    @property
    def key(self) -> str:
        """What limits, wrong codes and phrases are counted by and bound to."""
        return f"{self.subject} · {self.client}" if self.subject else self.client
