"""Whether a record shows what a dialler has reported as made: its words and its record may differ."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import msgspec

from dialler_mcp.api.decoding import read_record
from dialler_mcp.changes.comparing import differing
from dialler_mcp.changes.plan import Verb
from dialler_mcp.domain.contact_state import attempts
from dialler_mcp.domain.fields import FieldInfo
from dialler_mcp.domain.records import Contact
from dialler_mcp.words import Words

STILL_THERE = Words(
    "The dialler reported success, but what was deleted is still there.",
    "Der Dialler meldete Erfolg, aber was gelöscht sein soll, ist noch da.",
)
DENIED = Words(
    "The dialler reported success, but the contact does not show it.",
    "Der Dialler meldete Erfolg, aber am Kontakt ist es nicht zu sehen.",
)
OTHER_VALUES = Words(
    "The dialler holds another value than was sent in: {fields}.",
    "Der Dialler hat einen anderen Wert, als gesendet wurde, in: {fields}.",
)


def denies(verb: Verb, before: Contact, after: Contact, zone: tzinfo) -> bool:
    """Whether a contact, read after a change was reported, shows that the change was not made.

    A contact that was reset may have been called since, so only one that is in all fields as before tells it. A deleted
    contact that can be read at all is still there.
    """
    if verb == "reset":
        return attempts(before) > 0 and not differing(before, after, zone)
    if verb in ("lock", "unlock"):
        return after.b_locked is not msgspec.UNSET and bool(after.b_locked) is not (verb == "lock")
    return verb == "delete"


def not_taken(values: Mapping[str, Any], contact: Contact, zone: tzinfo) -> list[FieldInfo]:
    """The fields in which a contact holds something else than these values, which are by wire name."""
    meant = read_record(dict(values), Contact)
    return differing(meant, contact, zone, [info for info in Contact.fields() if info.wire in values.keys() - {"ID"}])
