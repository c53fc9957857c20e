"""Selected contacts as a list of people: to be checked for another campaign, or changed."""

import os
from array import array
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from dialler_mcp.domain.codes import CONTACT
from dialler_mcp.domain.phones import flaw_of
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.problem import Problem
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.people_lists import HOURS, PeopleList, remove
from dialler_mcp.service.selected_contacts import SelectedContacts
from dialler_mcp.state.places import own_directory
from dialler_mcp.words import Words

_KEPT = Words(
    "{contacts} kept for {hours} hours as list_id {list_id}: check it for the campaign that they shall come into, or "
    "change them by it.",
    "{contacts} für {hours} Stunden als list_id {list_id} gemerkt: Prüfen Sie sie für die Kampagne, in die sie sollen, "
    "oder ändern Sie sie damit.",
)
_NOBODY = Words(
    "There is nobody to make a list of. Select others.",
    "Für eine Liste ist niemand da. Wählen Sie andere aus.",
)
_NAME = Words("contacts{which}", "Kontakte{which}")


async def kept(invocation: Invocation, selected: SelectedContacts) -> PeopleList:
    """These contacts as a list of the caller's.

    Raises:
        Problem: there are none.
    """
    lists = invocation.profile.lists
    copy, ids = own_directory(lists.directory) / f"{uuid4().hex}.jsonl", array("q")
    try:
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            async for view, _ in selected.contacts:
                ids.append(view.contact.id)
                file.write(msgspec.json.encode(_values(view.contact)) + b"\n")
    except BaseException:
        remove(copy)
        raise
    if not ids:
        remove(copy)
        raise Problem(_NOBODY)
    name = _NAME.filled(which=selected.which).text(invocation.language)
    return await lists.open_contacts(invocation.caller.key, name, copy, ids, selected.remarks)


def told(invocation: Invocation, people: PeopleList) -> list[str]:
    """Which list was made, and what to know of its selection."""
    language = invocation.language
    contacts = CONTACT.counted(len(people.contact_ids or ()), language)
    return [_KEPT.filled(contacts=contacts, hours=HOURS, list_id=people.id).text(language), *people.about]


def _values(contact: Contact) -> dict[str, Any]:
    """What an import would write of a contact."""
    from dialler_mcp.lists.columns.aliases import FIELDS

    values = {wire: getattr(contact, info.attribute) for wire, info in FIELDS.items() if wire != "DiallerCampaignsID"}
    return {wire: _plain(wire, value) for wire, value in values.items() if value not in (None, "", msgspec.UNSET)}


def _plain(wire: str, value: Any) -> Any:
    """A value as JSON can hold it. A number says that it begins with its country, whatever country the person lives in:
    without a sign it would be one of there, or open.
    """
    if wire in NUMBER_FIELDS and flaw_of(value) is None:
        return f"+{value}"
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
