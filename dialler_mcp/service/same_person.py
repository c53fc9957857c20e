"""Whether the person of an import or update is closed or locked under another key: by number, or by a folded key."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain import phones
from dialler_mcp.domain.contact_state import numbers_in, phone_slots, state_of
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import read_in_time
from dialler_mcp.service.present import ContactView
from dialler_mcp.words import Words

SECONDS = 8.0  # for reading the lists of all campaigns: an import must not wait longer
MAX_MATCHES = 1_000
UNCHECKED = Words(
    "Whether this person was closed or locked under another key is unknown: the dialler's contacts could not all be "
    "read in time ({read} were). Search for the number.",
    "Ob diese Person unter einem anderen Schlüssel abgeschlossen oder gesperrt wurde, ist nicht bekannt: Nicht alle "
    "Kontakte des Diallers ließen sich rechtzeitig lesen (gelesen: {read}). Suchen Sie nach der Rufnummer.",
)


@dataclass(frozen=True)
class SamePerson:
    """The contacts of the same person that are closed or locked, and what could not be checked."""

    views: tuple[ContactView, ...] = ()
    remarks: tuple[Words, ...] = ()


async def same_key(invocation: Invocation, user_data: str | None) -> list[ContactView]:
    """The contacts that share this UserData; the dialler's duplicate check looks at nothing else.

    Raises:
        Problem: it is masked, and too many were looked up.
    """
    if not user_data:
        return []
    await invocation.admit_lookups(user_data)
    contacts = await invocation.dialler.find_contacts_by_user_data(user_data)
    return await invocation.profile.views(sorted(contacts, key=lambda contact: contact.id), fresh=True)


async def admit_guesses(invocation: Invocation, values: Mapping[str, Any]) -> None:
    """Count the numbers among these values as look-ups, where a preview tells whether somebody refused has them. It
    costs nothing, while a change that is sent without one costs the value that was there.

    Raises:
        Problem: numbers are masked, and it would be one too many.
    """
    if numbers := numbers_in(values):
        await invocation.admit_lookup(len(numbers))


async def same_person(
    invocation: Invocation, values: Mapping[str, Any], others: Collection[ContactView] = ()
) -> SamePerson:
    """The contacts, of all campaigns, that are closed or locked and seem to be the person of an import; those in
    `others` are left out. A contact whose result is not shown counts as closed.

    Raises:
        Problem: numbers are masked, and too many were looked up.
    """
    numbers = numbers_in(values)
    key = folded_key(values.get("UserData") or "")
    known_ids = {view.contact.id for view in others}
    matches = list[Contact]()

    def look(contact: Contact) -> None:
        if contact.id in known_ids or len(matches) >= MAX_MATCHES or _is_open(contact):
            return
        same_key = bool(key and contact.user_data) and folded_key(contact.user_data or "") == key
        if same_key or any(not numbers.isdisjoint(phones.meant(slot.number)) for slot in phone_slots(contact)):
            matches.append(contact)

    try:
        reading = await read_in_time(invocation, None, look, SECONDS)
    except DiallerError:
        return SamePerson(remarks=(UNCHECKED.filled(read=0),))
    if numbers and (matches or invocation.profile.dry_run):  # else the guess costs a contact, which is counted
        await invocation.admit_lookup()
    views = [view for view in await invocation.profile.views(matches, fresh=True) if _is_closed(view)]
    return SamePerson(tuple(views), () if reading.complete else (UNCHECKED.filled(read=reading.read_count),))


async def newly_same(
    invocation: Invocation, view: ContactView, values: Mapping[str, Any], others: Collection[ContactView] = ()
) -> SamePerson:
    """The same for a contact that is there, and gets these values: as far as it has not had them. Nobody is looked for
    where the contact itself is closed or locked.
    """
    contact = view.contact
    numbers = frozenset[str]().union(*(phones.meant(slot.number) for slot in phone_slots(contact)))
    new = {name: values[name] for name in NUMBER_FIELDS if values.get(name) and values[name] not in numbers}
    if (key := values.get("UserData")) and key != contact.user_data:
        new["UserData"] = key
    if not new or contact.b_locked or state_of(contact, view.code).final:
        return SamePerson()
    return await same_person(invocation, new, [view, *others])


def _is_open(contact: Contact) -> bool:
    """Whether a contact is surely neither closed nor locked, whatever its campaign: it has no result."""
    return not contact.b_locked and not state_of(contact, None).may_be_final


def _is_closed(view: ContactView) -> bool:
    return bool(view.contact.b_locked) or state_of(view.contact, view.code).may_be_final
