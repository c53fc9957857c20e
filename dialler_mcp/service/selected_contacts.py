"""The contacts that a change of many is about, however they were selected."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from dialler_mcp.domain.contact_state import State
from dialler_mcp.service.present import ContactView


@dataclass(frozen=True)
class SelectedContacts:
    """The contacts that are meant, each with its state, and how they are called in one line. `remarks` say what to know
    of the selection; they are whole once all contacts were read.
    """

    contacts: AsyncIterator[tuple[ContactView, State]]
    which: str
    remarks: list[str] = field(default_factory=list[str])
