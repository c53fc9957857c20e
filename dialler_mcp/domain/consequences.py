"""What a change would mean for the people concerned, in sentences that are shown before it is made."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Any, Self

import msgspec

from dialler_mcp.domain.contact_state import State, attempts, phone_slots, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact, HistoryEntry, ResultCode
from dialler_mcp.domain.standing.callbacks import callback_of
from dialler_mcp.domain.times import local
from dialler_mcp.words import Words

COMING_DAYS = 7

_DELETED = Words(
    "The contact and its history (entries: {calls}) are deleted for good; the dialler cannot bring them back.",
    "Der Kontakt und sein Verlauf (Einträge: {calls}) werden endgültig gelöscht; der Dialler kann nichts zurückholen.",
)
_BROUGHT_BACK = Words(
    "Undo could only import the contact anew: with another ID, without history, counters and result.",
    "Zurücknehmen heißt hier nur: neu importieren, mit anderer ID, ohne Verlauf, Zähler und Ergebnis.",
)
_NO_UNDO = Words("This cannot be undone.", "Das lässt sich nicht zurücknehmen.")
_REASON_TO_UNLOCK = Words(
    "Its result is final, or may be: unlocking it will need a reason, unless this lock is undone.",
    "Das Ergebnis ist endgültig oder kann es sein: Zum Entsperren braucht es einen Grund, außer diese Sperre wird "
    "zurückgenommen.",
)
_UNKNOWN = Words("unknown", "unbekannt")
_STATE = Words(
    "Its state now: {state}{result}; attempts: {attempts}.", "Zustand: {state}{result}; Versuche: {attempts}."
)
_REOPENED = Words(
    "It is closed as {state}{result}{since}. The dialler may call this person again at once.",
    "Der Kontakt ist {state}{result}{since}. Der Dialler darf diese Person sofort wieder anrufen.",
)
_NOT_SHOWN = Words(
    "This release does not show its result. If it is final, the dialler may call this person again at once.",
    "Dieses Release zeigt sein Ergebnis nicht. Ist es endgültig, darf der Dialler diese Person sofort wieder anrufen.",
)
_CALLABLE = Words("The dialler may call this person again.", "Der Dialler darf diese Person wieder anrufen.")
_COUNTERS = Words(
    "The count of attempts goes from {attempts} to 0.", "Die Zahl der Versuche geht von {attempts} auf 0."
)
_CALLBACK_LOST = Words("An agreed time is lost: {time}", "Ein vereinbarter Zeitpunkt geht verloren: {time}")
_STILL_LOCKED = Words("It stays locked.", "Der Kontakt bleibt gesperrt.")
_SINCE = Words(", since {day}", ", seit {day}")
_HISTORY_STAYS = Words("Its history remains{entries}.", "Der Verlauf bleibt{entries}.")
_ENTRIES = Words(" (entries: {count})", " (Einträge: {count})")
_CAMPAIGN = Words(
    "The campaign, its contacts ({contacts}), their history and its result codes are deleted for good.",
    "Die Kampagne, ihre Kontakte ({contacts}), deren Verlauf und ihre Ergebniscodes werden endgültig gelöscht.",
)
_CAMPAIGN_STATES = Words("Among them: {states}.", "Darunter: {states}.")
_CAMPAIGN_CALLBACKS = Words(
    "Agreed callbacks that vanish: {count}.", "Vereinbarte Rückrufe, die verschwinden: {count}."
)
_CAMPAIGN_APPOINTMENTS = Words(
    "Among them appointments from {first} to {last}: {count}.", "Darunter Termine vom {first} bis {last}: {count}."
)
_CAMPAIGN_CALLS = Words(
    "History that vanishes: at least {count} calls, by the counters since each contact's last reset.",
    "Verlauf, der verschwindet: mindestens {count} Anrufe, nach den Zählern seit dem letzten Zurücksetzen.",
)
_CAMPAIGN_UNCOUNTED = Words(
    "It has too many contacts to be counted in time: more than {contacts}. Their states, callbacks, appointments and "
    "calls are unknown.",
    "Sie hat zu viele Kontakte, um sie rechtzeitig zu zählen: mehr als {contacts}. Zustände, Rückrufe, Termine und "
    "Anrufe sind nicht bekannt.",
)
_CAMPAIGN_MAY_RUN = Words(
    "Today is within its dates, so it may be running. Each call that is made now voids this confirmation: stop the "
    "campaign first.",
    "Heute liegt in ihrer Laufzeit; sie kann also laufen. Jeder Anruf macht diese Bestätigung ungültig: Halten Sie die "
    "Kampagne vorher an.",
)
_REASON_NEEDED = Words(
    "A final result is reopened only for a reason, which is kept in the journal.",
    "Ein endgültiges Ergebnis wird nur mit einem Grund wieder geöffnet; er bleibt im Journal.",
)
_REASON_GIVEN = Words("Reason, kept in the journal: {reason}", "Grund, bleibt im Journal: {reason}")
_OVERWRITTEN = Words(
    "The fields that differ are overwritten; the old values are lost.",
    "Die abweichenden Felder werden überschrieben; die alten Werte sind verloren.",
)
_EMPTIED = Words(
    "These fields are emptied, and their values are lost: {fields}. To keep a field, leave it out of the update.",
    "Diese Felder werden geleert; ihre Werte gehen verloren: {fields}. Was bleiben soll, gehört nicht in die Änderung.",
)
_UNREACHABLE = Words(
    "No phone number is left: the dialler cannot call this person.",
    "Keine Rufnummer bleibt: Der Dialler kann diese Person nicht anrufen.",
)
_SAME_PERSON = Words(
    "This person was closed or locked under another key (same phone number, or a key that differs only in spelling).",
    "Diese Person wurde unter einem anderen Schlüssel abgeschlossen oder gesperrt (gleiche Rufnummer, oder ein nur "
    "anders geschriebener Schlüssel).",
)
_SECOND = Words(
    "A second contact is created, which the dialler may call.",
    "Ein zweiter Kontakt entsteht, den der Dialler anrufen darf.",
)
_CALLED_HERE = Words("The dialler may call them by this contact.", "Über diesen Kontakt darf der Dialler sie anrufen.")
_SHARED_KEY = Words(
    "Other contacts have this UserData already: this person may be called twice.",
    "Andere Kontakte haben dieses UserData schon; diese Person kann doppelt angerufen werden.",
)
_RESULT_GONE = Words(
    "Its result was final and is gone: the dialler may call this person again. Lock the contact if it must not.",
    "Sein Ergebnis war endgültig und ist weg: Der Dialler darf diese Person wieder anrufen. Sperren Sie den Kontakt, "
    "wenn er das nicht soll.",
)
_TWICE = Words(
    "A contact with this UserData exists. A second one is created, and this person may be called twice.",
    "Ein Kontakt mit diesem UserData existiert. Ein zweiter entsteht; diese Person kann doppelt angerufen werden.",
)


_NOT_CALLED = Words(
    "The dialler does not call this person until the contact is unlocked.",
    "Der Dialler ruft diese Person nicht an, bis der Kontakt entsperrt wird.",
)
_WRITTEN_BACK = Words(
    "The present values are replaced by those from before the change.",
    "Die jetzigen Werte werden durch die vor der Änderung ersetzt.",
)
_NOT_WRITTEN_BACK = Words("Cannot be written back: {fields}.", "Lässt sich nicht zurückschreiben: {fields}.")
_LOCK_NOT_SHOWN = Words(
    "This release does not show the lock, so it is unknown whether it has changed since.",
    "Dieses Release zeigt die Sperre nicht; ob sie seither geändert wurde, ist nicht bekannt.",
)
_IMPORTED_AGAIN = Words(
    "The contact is imported again, with a new ID. What does not come back: the ID {contact_id}, the counters "
    "(attempts: {attempts}), the history (entries: {calls}){result}.",
    "Der Kontakt wird neu importiert, mit neuer ID. Nicht zurück kommen: die ID {contact_id}, die Zähler "
    "(Versuche: {attempts}), der Verlauf (Einträge: {calls}){result}.",
)
_ITS_RESULT = Words(", its result '{result}'", ", sein Ergebnis '{result}'")
_COUNTS_AS_NEW = Words(
    "It counts as new: the dialler may call this person at once.",
    "Der Kontakt gilt als neu: Der Dialler darf diese Person sofort anrufen.",
)
_WAS_FINAL = Words(
    "Its result was final. Lock it afterwards if the person must not be called.",
    "Sein Ergebnis war endgültig. Sperren Sie ihn danach, wenn die Person nicht angerufen werden darf.",
)
_LOCKED_AGAIN = Words(
    "It was locked, and is locked again a moment after the import.",
    "Der Kontakt war gesperrt und wird wieder gesperrt, einen Moment nach dem Import.",
)


@dataclass(frozen=True)
class HistorySummary:
    """A contact's history in short: the number of its entries and the day of the latest result."""

    entries: int
    result_day: date | None

    @classmethod
    def of(cls, history: Collection[HistoryEntry], zone: tzinfo) -> Self:
        results = (entry for entry in history if entry.dialler_campaigns_result_codes_id is not None)
        times = (entry.dt_created_dialler_contacts_history for entry in results)
        return cls(len(history), max((local(time, zone).date() for time in times if time), default=None))


def of_deletion(state: State, result: str | None, attempts: int, calls: int | None, language: Language) -> list[str]:
    """Deleting a contact; `calls` is None when its history cannot be read."""
    return [
        _DELETED.text(language).format(calls=_UNKNOWN.text(language) if calls is None else calls),
        _BROUGHT_BACK.text(language),
        _STATE.text(language).format(state=state.text(language), result=_quoted(result), attempts=attempts),
    ]


def of_reopening(state: State, result: str | None, language: Language, past: HistorySummary | None = None) -> list[str]:
    """Making a contact diallable again; empty for a contact that is not closed."""
    if state is State.unknown:
        return [_NOT_SHOWN.text(language)]
    if not state.final:
        return []
    since = _SINCE.text(language).format(day=past.result_day) if past and past.result_day else ""
    return [_REOPENED.text(language).format(state=state.text(language), result=_quoted(result), since=since)]


def of_reset(
    state: State,
    result: str | None,
    attempts: int,
    appointment: str | None,
    locked: bool,
    language: Language,
    past: HistorySummary | None = None,
) -> list[str]:
    """Resetting the counters of a contact; `past` is None when its history was not read."""
    lines = of_reopening(state, result, language, past)
    lines.append(_COUNTERS.text(language).format(attempts=attempts))
    if appointment:
        lines.append(_CALLBACK_LOST.text(language).format(time=appointment))
    if locked:
        lines.append(_STILL_LOCKED.text(language))
    entries = _ENTRIES.text(language).format(count=past.entries) if past else ""
    return [*lines, f"{_HISTORY_STAYS.text(language).format(entries=entries)} {_NO_UNDO.text(language)}"]


def of_lock(state: State, language: Language) -> list[str]:
    """Locking a contact: what lifting the lock will need."""
    return [_REASON_TO_UNLOCK.text(language)] if state.may_be_final else []


def of_unlock(state: State, result: str | None, language: Language, past: HistorySummary | None = None) -> list[str]:
    """Unlocking a contact."""
    return of_reopening(state, result, language, past) or [_CALLABLE.text(language)]


@dataclass
class CampaignLoss:
    """What is lost with a campaign, counted contact by contact.

    `callbacks` are the contacts with an agreed callback, `appointments` those of them that are promised for `today` or
    the days after it (or may be, where the release does not show the result), `calls` all attempts.
    """

    today: date
    zone: tzinfo
    states: Counter[State] = field(default_factory=Counter[State])
    callbacks: int = 0
    appointments: int = 0
    calls: int = 0

    @property
    def last_day(self) -> date:
        return self.today + timedelta(days=COMING_DAYS)

    def add(self, contact: Contact, code: ResultCode | None) -> None:
        """Count a contact whose current result is `code`."""
        state = state_of(contact, code)
        callback = callback_of(contact, state)
        self.states[state] += 1
        self.calls += attempts(contact)
        if callback:
            self.callbacks += 1
            day = local(callback.due, self.zone).date() if callback.due else None
            is_promise = state in (State.appointment, State.unknown)
            self.appointments += is_promise and day is not None and self.today <= day <= self.last_day

    def counts(self) -> list[Any]:
        """All counts, for a comparison with a later count."""
        return [sorted(self.states.items()), self.callbacks, self.appointments, self.calls]


def of_campaign_deletion(loss: CampaignLoss, language: Language, *, complete: bool, within_dates: bool) -> list[str]:
    """Deleting a campaign; `complete` is False when there was not enough time to count all contacts."""
    if not complete:
        contacts = rounded_down(loss.states.total())
        remark = _CAMPAIGN_UNCOUNTED.text(language).format(contacts=contacts)
        return [_CAMPAIGN.text(language).format(contacts=f"> {contacts}"), _NO_UNDO.text(language), remark]
    sentences: list[tuple[Words, dict[str, Any]]] = [(_CAMPAIGN, {"contacts": loss.states.total()}), (_NO_UNDO, {})]
    if loss.states:
        by_state = [(state, loss.states[state]) for state in State if loss.states[state]]
        sentences.append(
            (_CAMPAIGN_STATES, {"states": ", ".join(f"{count} {s.text(language)}" for s, count in by_state)})
        )
    if loss.callbacks:
        sentences.append((_CAMPAIGN_CALLBACKS, {"count": loss.callbacks}))
    if loss.appointments:
        sentences.append(
            (_CAMPAIGN_APPOINTMENTS, {"first": loss.today, "last": loss.last_day, "count": loss.appointments})
        )
    if loss.calls:
        sentences.append((_CAMPAIGN_CALLS, {"count": loss.calls}))
    if within_dates and loss.states:
        sentences.append((_CAMPAIGN_MAY_RUN, {}))
    return [words.text(language).format(**values) for words, values in sentences]


def rounded_down(count: int) -> int:
    """The count with only its first digit kept, so that two counts that stopped at about the same place agree."""
    step = 10 ** (len(str(count)) - 1)
    return count // step * step


def of_reason(reason: str | None, language: Language) -> str:
    """Reopening a final result; `reason` is None as long as the person has given none."""
    return (_REASON_GIVEN if reason else _REASON_NEEDED).text(language).format(reason=reason)


def of_overwriting(language: Language) -> list[str]:
    """Importing over an existing contact."""
    return [_OVERWRITTEN.text(language)]


def of_second_copy(state: State, result: str | None, language: Language) -> list[str]:
    """Importing a contact whose UserData exists already."""
    return [_TWICE.text(language), *of_reopening(state, result, language)]


def of_same_person(language: Language, *, second: bool) -> list[str]:
    """Importing somebody who is closed or locked under another key: as a `second` contact, or over an existing one."""
    return [f"{_SAME_PERSON.text(language)} {(_SECOND if second else _CALLED_HERE).text(language)}"]


def of_shared_key(language: Language) -> list[str]:
    """Giving a contact the key of others."""
    return [_SHARED_KEY.text(language)]


def of_lost_result(language: Language) -> list[str]:
    """An overwritten contact whose final result the dialler did not keep."""
    return [_RESULT_GONE.text(language)]


def emptied(contact: Contact, values: Mapping[str, Any]) -> list[str]:
    """The fields, by wire name, that hold something and that an update of these values would empty."""
    fields = [info for info in Contact.fields() if _empty(values.get(info.wire, info))]
    return [info.wire for info in fields if not _empty(getattr(contact, info.attribute))]


def loses(contact: Contact, values: Mapping[str, Any]) -> bool:
    """Whether an update loses so much that a person must agree: several fields, the name, the key, the last number."""
    fields = emptied(contact, values)
    return len(fields) > 1 or any(name in ("Name", "UserData") for name in fields) or _loses_numbers(contact, values)


def of_emptying(contact: Contact, values: Mapping[str, Any], language: Language) -> list[str]:
    """Emptying fields of a contact by an update."""
    sentence = _EMPTIED.text(language).format(fields=", ".join(emptied(contact, values)))
    return [sentence, *([_UNREACHABLE.text(language)] if _loses_numbers(contact, values) else [])]


def _loses_numbers(contact: Contact, values: Mapping[str, Any]) -> bool:
    """Whether the contact has a number now, and none after an update of these values."""
    numbers = {f"PhoneNumber{one.slot}": one.number for one in phone_slots(contact)}
    rest = numbers | {name: value for name, value in values.items() if name in NUMBER_FIELDS}
    return bool(numbers) and all(map(_empty, rest.values()))


def _empty(value: object) -> bool:
    return value in (None, msgspec.UNSET) or (isinstance(value, str) and not value.strip())


def of_undone_unlock(language: Language) -> list[str]:
    """Locking a contact again."""
    return [_NOT_CALLED.text(language)]


def of_undone_update(names: Sequence[str], language: Language) -> list[str]:
    """Writing old values back; the fields with these names cannot be written."""
    cannot = _NOT_WRITTEN_BACK.text(language).format(fields=", ".join(names))
    return [_WRITTEN_BACK.text(language), *([cannot] if names else [])]


def of_undone_deletion(
    before: Contact, state: State, result: str | None, calls: int, language: Language, *, locked: bool
) -> list[str]:
    """Importing a deleted contact again; `locked` says that it is locked afterwards."""
    its_result = _ITS_RESULT.text(language).format(result=result) if result else ""
    values = {"contact_id": before.id, "attempts": attempts(before), "calls": calls, "result": its_result}
    sentences = [_IMPORTED_AGAIN.text(language).format(**values), _COUNTS_AS_NEW.text(language)]
    sentences += [_WAS_FINAL.text(language)] if state.final else []
    return [*sentences, *([_LOCKED_AGAIN.text(language)] if locked else [])]


def of_hidden_lock(language: Language) -> list[str]:
    """Undoing a lock where the release does not show it."""
    return [_LOCK_NOT_SHOWN.text(language)]


def _quoted(result: str | None) -> str:
    return f" ('{result}')" if result else ""
