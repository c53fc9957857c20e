"""Whether and how a change is undone: decided from the journal's images and the record as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from dialler_mcp.changes.comparing import differing
from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.plan import Step, Verb
from dialler_mcp.domain.contact_state import numbers_in
from dialler_mcp.domain.fields import FieldInfo, Write
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.times import local
from dialler_mcp.problem import Problem
from dialler_mcp.words import NOTHING, Words

LOCK = next(info for info in Contact.fields() if info.attribute == "b_locked")
_CANNOT: dict[tuple[str, Verb], tuple[Words, str]] = {
    ("contact", "reset"): (
        Words(
            "The dialler has no function to set counters back.",
            "Der Dialler hat keine Funktion, die Zähler wiederherstellt.",
        ),
        "lock_instead",
    ),
    ("campaign", "delete"): (
        Words(
            "The dialler cannot bring a campaign back. Its settings, result codes and contacts are kept in {archive} "
            "beside the journal.",
            "Der Dialler kann eine Kampagne nicht zurückholen. Ihre Einstellungen, Ergebniscodes und Kontakte liegen "
            "in {archive} neben dem Journal.",
        ),
        "clone_and_import",
    ),
    ("campaign", "clone"): (NOTHING, "delete_clone"),
    ("event", "create"): (
        Words(
            "The dialler has no function to delete an AcdEvent; close it in the portal.",
            "Der Dialler hat keine Funktion, die ein AcdEvent löscht; schließen Sie es im Portal.",
        ),
        "",
    ),
}
"""Why a change cannot be undone, and the hint key of what can be done instead."""
_CANNOT_BE = Words("This change cannot be undone.", "Diese Änderung lässt sich nicht zurücknehmen.")
_NO_FILE = Words("no file", "keiner Datei")
_CREATED = Words("This import created the contact.", "Dieser Import hat den Kontakt angelegt.")
_NOT_BEFORE = Words(
    "The journal does not hold the record as it was before, so nothing can be written back.",
    "Im Journal steht nicht, wie der Datensatz vorher war; zurückzuschreiben ist nichts.",
)
_GONE = Words("The contact is not there any more.", "Den Kontakt gibt es nicht mehr.")
_NOT_AFTER = Words(
    "The journal does not hold the record as it was after the change, so it cannot be compared.",
    "Im Journal steht nicht, wie der Datensatz nach der Änderung war; er lässt sich nicht vergleichen.",
)
_SAME = Words(
    "The contact was in this state before; the change changed nothing.",
    "Der Kontakt war schon vorher in diesem Zustand; die Änderung hat nichts geändert.",
)
_NOTHING_WRITTEN = Words(
    "The change changed nothing that can be written.", "Die Änderung hat nichts geändert, was sich schreiben lässt."
)
_NOT_UPDATABLE = Words(
    "What it changed cannot be updated: {fields}. Correct it in the portal.",
    "Was geändert wurde, lässt sich nicht schreiben: {fields}. Berichtigen Sie es im Portal.",
)
_THERE_AGAIN = Words(
    "The contact is there again, so there is nothing to bring back.",
    "Den Kontakt gibt es wieder; zurückzuholen ist nichts.",
)
_NOT_IMPORTABLE = Words(
    "It cannot be imported again: the dialler asks for a Name and at least one phone number.",
    "Er lässt sich nicht neu importieren: Der Dialler verlangt einen Namen und mindestens eine Rufnummer.",
)
_MOVED_ON = Words(
    "Nothing was sent: the record has changed since, in {fields}. Read it, and decide what it should hold now.",
    "Es wurde nichts gesendet: Der Datensatz hat sich seither geändert, in {fields}. Lesen Sie ihn, und entscheiden "
    "Sie, was darin stehen soll.",
)


class CannotUndo(Problem):
    """The change cannot be undone. The text says why and what can be done instead."""


@dataclass(frozen=True)
class Undo:
    """How a change is undone: `verb` with `values`, by wire name; then an `update` and a lock, where these are needed.

    `lost_fields` are those whose old values cannot be written back. `hidden`: the release does not show the lock, so it
    is unknown whether it was changed since.
    """

    verb: Verb
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    update: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lock: bool = False
    lost_fields: tuple[str, ...] = ()
    hidden: bool = False


def can_be_undone(step: Step) -> bool:
    """Whether a change like this one can be taken back by itself, as long as nobody changes the record after it."""
    return (step.kind, step.verb) not in _CANNOT and not creates(step)


def reason_against(kind: str, verb: str) -> Words | None:
    """Why no change of this kind can be undone; None where one can."""
    return next((reason for (of_kind, by), (reason, _) in _CANNOT.items() if (of_kind, by) == (kind, verb)), None)


def creates(step: Step) -> bool:
    """Whether a change makes a contact or a campaign, so that deleting that takes it back."""
    return step.verb == "clone" or (step.verb == "import" and step.record is None)


def plan(entry: Entry, live: Contact | None, zone: tzinfo) -> Undo:
    """How to undo a finished change of a contact. `live` is the contact as it is now, None when it is gone.

    Raises:
        CannotUndo: this change cannot be undone, or the record has changed since.
    """
    if cannot := _CANNOT.get((entry.kind, entry.verb)):
        reason, advice = cannot
        archive = f"journal/{entry.archive}" if entry.archive else _NO_FILE
        sentence = _CANNOT_BE.then(reason.filled(archive=archive))
        raise CannotUndo(sentence, advice=advice, contact=entry.contact_id, campaign=entry.campaign_id)
    before, after = entry.contact_before(), entry.contact_after()
    if entry.verb == "import" and (before is None or (after is not None and before.id != after.id)):
        raise CannotUndo(_CREATED, advice="delete_created", contact=entry.contact_id)
    if before is None:
        raise CannotUndo(_NOT_BEFORE)
    if entry.verb == "delete":
        return _brought_back(before, live, zone)
    if live is None:
        raise CannotUndo(_GONE)
    if entry.verb in ("lock", "unlock"):
        return _lock_back(entry, before, live)
    if after is None:
        raise CannotUndo(_NOT_AFTER)
    return _written_back(before, after, live, zone)


def restores(entry: Entry, live: Contact, zone: tzinfo) -> bool:
    """Whether undoing this lock makes the contact exactly what it was, so that nothing is opened that was closed."""
    before = entry.contact_before()
    if before is None or msgspec.UNSET in (before.b_locked, live.dialler_campaigns_result_codes_id):
        return False
    return entry.verb == "lock" and differing(before, live, zone) == [LOCK]


def _lock_back(entry: Entry, before: Contact, live: Contact) -> Undo:
    is_lock = entry.verb == "lock"
    if before.b_locked is not msgspec.UNSET and bool(before.b_locked) is is_lock:
        raise CannotUndo(_SAME)
    is_hidden = live.b_locked is msgspec.UNSET
    if not is_hidden and bool(live.b_locked) is not is_lock:
        raise CannotUndo(_moved_on([LOCK.wire]))
    return Undo("unlock" if is_lock else "lock", hidden=is_hidden)


def _written_back(before: Contact, after: Contact, live: Contact, zone: tzinfo) -> Undo:
    differences = [info for info in differing(before, after, zone) if info.about.write]
    if not differences:
        raise CannotUndo(_NOTHING_WRITTEN)
    moved_on = {info.wire for info in differing(after, live, zone)}
    if since := [info.wire for info in differences if info.wire in moved_on]:
        raise CannotUndo(_moved_on(since))
    back = [info for info in differences if Write.UPDATE in info.about.write]
    not_updatable = tuple(info.wire for info in differences if Write.UPDATE not in info.about.write)
    if not back:
        raise CannotUndo(_NOT_UPDATABLE.filled(fields=", ".join(not_updatable)))
    return Undo("update", {info.wire: _sent(info, before, zone) for info in back}, lost_fields=not_updatable)


def _brought_back(before: Contact, live: Contact | None, zone: tzinfo) -> Undo:
    if live is not None:
        raise CannotUndo(_THERE_AGAIN)
    infos = [info for info in before.fields() if getattr(before, info.attribute) not in _EMPTY]
    old_values = [(info, _sent(info, before, zone)) for info in infos]
    values = {info.wire: value for info, value in old_values if Write.IMPORT in info.about.write}
    if not values.get("Name") or not numbers_in(values):
        raise CannotUndo(_NOT_IMPORTABLE)
    later = {info.wire: value for info, value in old_values if info.about.write is Write.UPDATE}
    return Undo("import", values, update=later, lock=before.b_locked is True)


def _sent(info: FieldInfo, record: Contact, zone: tzinfo) -> Any:
    """A field's old value as the dialler takes it: nothing is "" in a text, null in a number, a time is local."""
    value = getattr(record, info.attribute)
    if isinstance(value, datetime):
        return local(value, zone).replace(tzinfo=None)
    return value if value is not None or info.type in (int, float) else ""


def _moved_on(fields: list[str]) -> Words:
    return _MOVED_ON.filled(fields=", ".join(fields[:10]))


_EMPTY = (None, "", msgspec.UNSET)
