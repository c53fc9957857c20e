"""What happens next with a contact, in words."""

from datetime import UTC, datetime, tzinfo

import msgspec

from dialler_mcp.domain.callbacks import Kind, callback_of
from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.contact_state import State, phone_slots, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown

LONGEST_AGENT = 40  # characters; a UID has at most 32

_FINAL = Words("nothing more: final result {result}", "nichts mehr: endgültiges Ergebnis {result}")
_OVER = Words("nothing: its campaign ended {time}", "nichts: die Kampagne endete {time}")
_LOCKED = Words("nothing until it is unlocked; then: {then}", "nichts, bis er entsperrt wird; dann: {then}")
_NO_NUMBER = Words("nothing until it has a valid phone number", "nichts ohne gültige Rufnummer")
_NOT_KNOWN = Words(
    "not known: this release does not show the result", "nicht bekannt: dieses Release zeigt das Ergebnis nicht"
)
_BEGINS = Words("dialled when its campaign begins {time}", "wird gewählt, wenn die Kampagne beginnt {time}")
_ATTEMPT = Words("next attempt due {time}", "nächster Versuch fällig {time}")
_NOW = Words("dialled next when a line is free", "wird gewählt, sobald eine Leitung frei ist")
_AHEAD = {
    Kind.appointment: Words("appointment{agent} on {time}", "Termin{agent} am {time}"),
    Kind.follow_up: Words("follow-up{agent} on {time}", "Wiedervorlage{agent} am {time}"),
}
_OVERDUE = {
    Kind.appointment: Words(
        "appointment{agent} overdue since {time}; {then}", "Termin{agent} überfällig seit {time}; {then}"
    ),
    Kind.follow_up: Words(
        "follow-up{agent} overdue since {time}; {then}", "Wiedervorlage{agent} überfällig seit {time}; {then}"
    ),
}
_AGENT = Words(" with agent {agent}", " bei Agent {agent}")


def next_step(
    contact: Contact,
    code: ResultCode | None,
    campaign: Campaign | None,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language,
) -> str:
    """What the dialler does next with a contact whose current result is `code`, as far as the API shows it."""

    def said(words: Words, **values: str) -> str:
        return words.text(language).format(**values)

    state = state_of(contact, code)
    slots = list(phone_slots(contact))
    if state.final:
        return said(_FINAL, result=clean((code.content if code else None) or "") or state.text(language))
    if campaign and campaign.dt_to and local(campaign.dt_to, zone) < now:
        return said(_OVER, time=shown(campaign.dt_to, zone))
    if all(slot.invalid for slot in slots):
        return said(_NO_NUMBER)
    begins = campaign and campaign.dt_from
    if begins and local(begins, zone) > now:
        then = said(_BEGINS, time=shown(begins, zone))
    else:
        then = _planned(contact, state, now, zone, language)
    locked = contact.b_locked is not msgspec.UNSET and contact.b_locked
    return said(_LOCKED, then=then) if locked else then


def _planned(contact: Contact, state: State, now: datetime, zone: tzinfo, language: Language) -> str:
    """What is agreed or due, of a contact that nothing keeps from being dialled."""
    moment = now.astimezone(UTC)  # times of one zone are compared by the clock on the wall, which DST turns back
    due = contact.dt_next_try
    if due and local(due, zone) > moment:
        following = _ATTEMPT.text(language).format(time=shown(due, zone))
    else:
        following = _NOW.text(language)
    callback = callback_of(contact, state)
    if callback and callback.due:
        agent = _AGENT.text(language).format(agent=clean(callback.agent)[:LONGEST_AGENT]) if callback.agent else ""
        words = _AHEAD if local(callback.due, zone) > moment else _OVERDUE
        time = shown(callback.due, zone)
        return words[callback.kind].text(language).format(agent=agent, time=time, then=following)
    return _NOT_KNOWN.text(language) if state is State.unknown else following
