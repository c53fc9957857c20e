"""The caller: a person or program behind a host, in a role."""

from dataclasses import dataclass

from dialler_mcp.domain.roles import Role

MAX_CLIENT = 64
"""Characters of a program's name that are kept; it says itself what it is called."""


@dataclass(frozen=True)
class Caller:
    """The sender of an invocation.

    `subject` is the person who is signed in, empty without a sign-in; `client` is the program's own name for itself.
    """

    client: str = ""
    subject: str = ""
    role: Role = Role.admin

    @property
    def key(self) -> str:
        """The key by which limits and wrong codes are counted, and to which phrases are bound."""
        return f"{self.subject} · {self.client}" if self.subject else self.client

    @property
    def owner(self) -> str:
        """Whose a thing is that is kept for later: the person's, whichever program they use; else the program's."""
        return self.subject or self.client
