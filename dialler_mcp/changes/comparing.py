"""Whether the records that a plan was decided on are unchanged, and whether an answer is about the record that was
meant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeVar

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import OtherChanged
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.plan import SharedKey, Step, digest
from dialler_mcp.domain import phones
from dialler_mcp.domain.comparing import compared
from dialler_mcp.domain.contact_state import attempts, numbers_in, phone_slots, result_code_id
from dialler_mcp.domain.fields import FieldInfo, Record
from dialler_mcp.domain.records import EVENT_UPDATED, AcdEvent, Campaign, Contact
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.domain.times import is_none, passed
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

R = TypeVar("R", bound=Record)

OLDER = timedelta(hours=25)
"""How much older than it is a created record may seem, where the clocks and zones of two machines differ."""
MOVED_ON = Words(
    "Nothing was changed: {what} since it was read. Look at it again, and decide anew.",
    "Es wurde nichts geändert: Seit dem Lesen {what}. Sehen Sie noch einmal nach, und entscheiden Sie neu.",
)
_RECORD = Words("the record has changed", "hat sich der Datensatz geändert")
_CALLS = Words("the contact was called or got a result", "wurde der Kontakt angerufen oder bekam ein Ergebnis")
_COUNTS = Words(
    "contacts of the campaign have changed or come in", "haben sich Kontakte der Kampagne geändert oder kamen dazu"
)
_KEY = Words("other contacts have this UserData", "haben andere Kontakte dieses UserData")
_OF_KEY = Words("a contact with this UserData has changed", "hat sich ein Kontakt mit diesem UserData geändert")
_REPORTED = Words("The dialler reported success, but {why}.", "Der Dialler meldete Erfolg, aber {why}.")
_OTHER_CAMPAIGN = Words("answered with another campaign (ID {id})", "mit einer anderen Kampagne (ID {id})")
_OTHER_EVENT = Words("answered with another event (ID {id})", "mit einem anderen AcdEvent (ID {id})")
_OTHER_CONTACT = Words("answered with another contact (ID {id})", "mit einem anderen Kontakt (ID {id})")
_WAS_THERE = Words(
    "contact {id} was there before: it was overwritten, or nothing was written",
    "Kontakt {id} war schon vorher da: Er wurde überschrieben, oder nichts wurde geschrieben",
)
UNREAD = Words(
    "Nothing was changed: the contact could not be read again right before. {why}",
    "Es wurde nichts geändert: Der Kontakt ließ sich unmittelbar vorher nicht noch einmal lesen. {why}",
)


@dataclass(frozen=True)
class Difference:
    """A field that changed, with what it held when the plan was made and what it holds now."""

    field: FieldInfo
    before: Any
    now: Any


class MovedOn(Problem):
    """What a plan was decided on has changed; nothing was sent. `differences` are fields of its `record`."""

    def __init__(self, what: Words, differences: Collection[Difference] = (), record: Record | None = None) -> None:
        self.differences, self.record = tuple(differences), record
        super().__init__(MOVED_ON.filled(what=what))


def differing(one: R, other: R, zone: tzinfo, fields: Sequence[FieldInfo] | None = None) -> list[FieldInfo]:
    """The fields in which two images of a record differ, as far as both show them; if given, only among `fields`."""
    fields = type(one).fields() if fields is None else fields
    pairs = ((info, getattr(one, info.attribute), getattr(other, info.attribute)) for info in fields)
    return [
        info
        for info, left, right in pairs
        if msgspec.UNSET not in (left, right) and compared(left, zone) != compared(right, zone)
    ]


async def compare(dialler: Dialler, step: Step, image: Image, zone: tzinfo) -> None:
    """Make sure that what the step was decided on is unchanged.

    Raises:
        MovedOn: something that matters is different; nothing was sent.
        Problem: it could not be read again.
    """
    if step.contact is not None and image.contact is not None:
        _compare_contact(step, step.contact, image, zone)
    if step.campaign is not None and image.campaign is not None:
        if differences := _differences(step.campaign, image.campaign, zone):
            raise MovedOn(_RECORD, differences)
        if step.counts is not None and digest(step.counts) != digest(image.counts):
            raise MovedOn(_COUNTS)
    if step.key is not None:
        _compare_key(step.key, await dialler.find_contacts_by_user_data(step.key.user_data))


def _compare_key(key: SharedKey, contacts: Sequence[Contact]) -> None:
    """Whether the same contacts have the key, in whatever order the dialler sends them."""
    before, now = (sorted(each, key=lambda contact: contact.id) for each in (key.contacts, contacts))
    if [contact.id for contact in before] != [contact.id for contact in now]:
        raise MovedOn(_KEY)
    if digest(before) != digest(now):
        raise MovedOn(_OF_KEY)


def _compare_contact(step: Step, contact: Contact, image: Image, zone: tzinfo) -> None:
    assert image.contact is not None
    if step.bound_fields == ():
        return
    if image.unread is not None:
        raise Problem(UNREAD.filled(why=image.unread.words)) from image.unread
    now = image.contact.alone()
    differences = _differences(contact, now, zone)
    if changed_fields := [
        one for one in differences if step.bound_fields is None or one.field.wire in step.bound_fields
    ]:
        raise MovedOn(_RECORD, changed_fields, now)
    if step.calls is not None and image.history and step.calls != len(image.contact.dialler_contacts_history):
        raise MovedOn(_CALLS)


def _differences(before: R, now: R, zone: tzinfo) -> list[Difference]:
    return [
        Difference(info, getattr(before, info.attribute), getattr(now, info.attribute))
        for info in differing(before, now, zone)
    ]


def check_answer(step: Step, answer: object, sent_at: datetime, zone: tzinfo) -> None:
    """Whether a record in the answer to a change is the one that was meant.

    Raises:
        OtherChanged: it is another one; says which.
    """
    why = None
    if step.verb == "import" and isinstance(answer, Contact):
        why = _not_meant(step, answer, sent_at, zone)
    elif step.verb == "clone" and isinstance(answer, Campaign):
        name = step.request.arguments["destination"]
        if answer.id == step.origin_id or (answer.name or name).strip().casefold() != name.strip().casefold():
            why = _OTHER_CAMPAIGN.filled(id=answer.id)
    elif step.verb == "create" and isinstance(answer, AcdEvent):
        values = step.request.arguments["values"]
        other = answer.acd_event_types_id not in (None, values.get("AcdEventTypesID"))
        if other or (answer.result_ != EVENT_UPDATED and _is_before(answer.dt_created, sent_at, zone)):
            why = _OTHER_EVENT.filled(id=answer.id)
    if why:
        raise OtherChanged(step.request.function, status=200, summary=_REPORTED.filled(why=why))


def _not_meant(step: Step, answer: Contact, sent_at: datetime, zone: tzinfo) -> Words | None:
    """Why an imported contact is not the one that was meant. A new one beside the one to be overwritten is what some
    diallers make of another campaign; the person is told.
    """
    if step.contact is not None and answer.id == step.contact.id:
        return None
    values = step.request.arguments["values"]
    key, campaign = values.get("UserData"), values.get("DiallerCampaignsID")
    other_key = key and answer.user_data and folded_key(answer.user_data) != folded_key(key)
    other_campaign = campaign and answer.dialler_campaigns_id not in (None, campaign)
    if other_key or other_campaign or not _names(answer, values):
        return _OTHER_CONTACT.filled(id=answer.id)
    was_there = step.key is not None and any(contact.id == answer.id for contact in step.key.contacts)
    if was_there or _is_older(answer, sent_at, zone):
        return _WAS_THERE.filled(id=answer.id)
    return None


def _names(answer: Contact, values: Mapping[str, Any]) -> bool:
    """Whether an answer shows by key, name or number that it is about the contact with these values."""
    key, name = values.get("UserData"), values.get("Name", "")
    numbers = numbers_in(values)
    return bool(
        (key and answer.user_data)
        or (answer.name and folded_key(name).startswith(folded_key(answer.name)))
        or any(not numbers.isdisjoint(phones.meant(slot.number)) for slot in phone_slots(answer))
    )


def _is_older(answer: Contact, sent_at: datetime, zone: tzinfo) -> bool:
    """Whether a contact was there before the request that says it created it."""
    if attempts(answer) or result_code_id(answer):
        return True
    return _is_before(answer.dt_imported, sent_at, zone)


def _is_before(time: datetime | None, sent_at: datetime, zone: tzinfo) -> bool:
    return time is not None and not is_none(time) and passed(time, sent_at - OLDER, zone)


async def twins(dialler: Dialler, step: Step, answer: object) -> list[int]:
    """The IDs of contacts that got the key of an imported one while it was imported: the person may be called twice."""
    if step.key is None or not isinstance(answer, Contact):
        return []
    ids = {contact.id for contact in step.key.contacts} | {answer.id}
    contacts = await dialler.find_contacts_by_user_data(step.key.user_data)
    return [contact.id for contact in contacts if contact.id not in ids]
