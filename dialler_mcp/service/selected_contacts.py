"""The contacts that a change of many is about, however they were selected."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from dialler_mcp.domain.contact_state import State, state_of
from dialler_mcp.lists.jobs.current import current_contacts, in_parts
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.words import Words

_NAMED, _LONGEST = 10, 20
"""How many values are named, and how long each may be."""
_GONE = Words("Left out, since they are gone by now: {values}.", "Weggelassen, weil gelöscht: {values}.")
_EMPTY = Words("empty", "leer")


@dataclass(frozen=True)
class SelectedContacts:
    """The contacts that are meant, each with its state, and how they are called in one line. `remarks` say what to know
    of the selection; they are whole once all contacts were read.
    """

    contacts: AsyncIterator[tuple[ContactView, State]]
    which: str
    remarks: list[str] = field(default_factory=list[str])


async def as_they_are_now(
    invocation: Invocation, ids: Sequence[int], remarks: list[str]
) -> AsyncIterator[tuple[ContactView, State]]:
    """The contacts with these IDs, in this order; a remark says who is gone."""
    missing = list[int]()
    for part in in_parts(ids):
        contacts = {contact.id: contact for contact, _ in await current_contacts(invocation.dialler, part)}
        missing += [one for one in part if one not in contacts]
        for view in await invocation.profile.views([contacts[one] for one in part if one in contacts], fresh=True):
            yield view, state_of(view.contact, view.code)
    if missing:
        remarks.append(said(invocation, _GONE, missing))


def said(invocation: Invocation, words: Words, values: Sequence[object]) -> str:
    """A sentence that names some of these values, as they may be shown."""
    language, present = invocation.profile.language(None), invocation.present.nameless
    texts = list(dict.fromkeys("" if value is None else str(value) for value in values))
    examples = ", ".join(present.text(text)[:_LONGEST] or _EMPTY.text(language) for text in texts[:_NAMED])
    more = f" (+{len(texts) - _NAMED})" if len(texts) > _NAMED else ""
    return words.filled(count=len(values), values=f"{examples}{more}").text(language)
