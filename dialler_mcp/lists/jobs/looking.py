"""Looks whether a request took effect whose outcome is unknown: the API has no keys by which it could be repeated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from dialler_mcp.changes.comparing import OLDER
from dialler_mcp.changes.effects import not_taken
from dialler_mcp.changes.plan import Step
from dialler_mcp.domain import phones
from dialler_mcp.domain.contact_state import attempts, numbers_in, phone_slots, result_code_id
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.domain.times import is_none, passed
from dialler_mcp.words import Words

GONE = Words("the contact is gone", "den Kontakt gibt es nicht mehr")
_SEVERAL = Words(
    "several contacts may be the one that was created (ID {ids})",
    "mehrere Kontakte können der sein, der angelegt wurde (ID {ids})",
)


@dataclass(frozen=True)
class Effect:
    """What looking has shown: the effect is there (`contact`, None where it is a deletion), or not, or nobody can tell
    (`why`).
    """

    there: bool | None
    contact: Contact | None = None
    why: Words | None = None


def looked(step: Step, now: Contact | None, zone: tzinfo) -> Effect:
    """Whether the change of an existing contact is there; `now` is the contact as it is, None when it is gone."""
    if step.verb == "delete":
        return Effect(there=now is None)
    if now is None:
        return Effect(there=None, why=GONE)
    return Effect(there=_shows(step, now, zone), contact=now)


def _shows(step: Step, now: Contact, zone: tzinfo) -> bool:
    """Whether the contact shows the change. Where it does not, the change may be sent once more: it means the same."""
    if step.verb in ("lock", "unlock"):
        return now.b_locked is not msgspec.UNSET and bool(now.b_locked) is (step.verb == "lock")
    if step.verb == "reset":
        return attempts(now) == 0 and result_code_id(now) is None
    return not not_taken(step.request.arguments.get("values", {}), now, zone)


class Arrivals:
    """The contacts that came into a campaign since a job began, to find what an import has created."""

    def __init__(self, contacts: Iterable[Contact], since: datetime, zone: tzinfo) -> None:
        self._by_key: dict[str, list[Contact]] = {}
        self._by_number: dict[str, list[Contact]] = {}
        for contact in contacts:
            if is_new(contact, since, zone):
                self._add(contact)

    def _add(self, contact: Contact) -> None:
        if contact.user_data:
            self._by_key.setdefault(folded_key(contact.user_data), []).append(contact)
        for number in {phones.normal(slot.number) for slot in phone_slots(contact)}:
            self._by_number.setdefault(number, []).append(contact)

    def of(self, values: Mapping[str, Any]) -> Sequence[Contact]:
        """The contacts that an import of these values may have created: by its key, else by a number and the name."""
        if key := values.get("UserData"):
            return self._by_key.get(folded_key(str(key)), [])
        return self.of_name(values)

    def of_name(self, values: Mapping[str, Any]) -> Sequence[Contact]:
        """The contacts with the name and a number of these values."""
        numbers = (phones.normal(number) for number in numbers_in(values))
        same = [contact for number in numbers for contact in self._by_number.get(number, [])]
        return list({contact.id: contact for contact in same if _has_name(contact, values)}.values())


def _has_name(contact: Contact, values: Mapping[str, Any]) -> bool:
    """Whether a contact has the name of these values. A household shares its surname and number, so that two first
    names are two people.
    """
    first_names = {folded_key(str(one)) for one in (contact.first_name, values.get("FirstName")) if one}
    return len(first_names) < 2 and folded_key(contact.name or "") == folded_key(str(values.get("Name") or ""))


def is_new(contact: Contact, since: datetime, zone: tzinfo) -> bool:
    """Whether a contact may have been created after `since`, by its time, if it has one. That it was called says
    nothing: a campaign that runs calls whoever comes in at once.
    """
    import_time = contact.dt_imported
    return import_time is None or is_none(import_time) or not passed(import_time, since - OLDER, zone)


def imported(arrivals: Sequence[Contact]) -> Effect:
    """Whether an import is there."""
    if len(arrivals) > 1:
        ids = ", ".join(str(contact.id) for contact in arrivals[:5])
        return Effect(there=None, why=_SEVERAL.filled(ids=ids))
    return Effect(there=True, contact=arrivals[0]) if arrivals else Effect(there=False)
