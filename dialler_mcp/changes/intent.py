"""What a change is, before it is sent."""

from dataclasses import dataclass
from typing import Literal

from dialler_mcp.domain.records import Campaign, Contact

Verb = Literal["lock", "unlock", "reset", "delete", "update", "import", "clone", "create"]


@dataclass(frozen=True)
class Intent:
    """A change that is about to be sent: what is done to which record, in words a person knows it by.

    `record` is the record as it was read a moment ago; None where a new one is made. `undoes` is the change in the
    journal that this one takes back.
    """

    verb: Verb
    label: str
    record: Contact | Campaign | None = None
    undoes: int | None = None
