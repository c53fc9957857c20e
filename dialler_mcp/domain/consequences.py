"""What a change means for the people concerned, said before it is made."""

from collections.abc import Mapping

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Language

_DELETED = Words(
    "The contact and its history (entries: {calls}) are deleted for good; the dialler cannot bring them back.",
    "Der Kontakt und sein Verlauf (Einträge: {calls}) werden endgültig gelöscht; der Dialler kann nichts zurückholen.",
)
_UNKNOWN = Words("unknown", "unbekannt")
_STATE = Words(
    "Its state now: {state}{result}; attempts: {attempts}.", "Zustand: {state}{result}; Versuche: {attempts}."
)
_REOPENED = Words(
    "It is closed as {state}{result}. The dialler may call this person again at once.",
    "Er ist {state}{result}. Der Dialler darf diese Person sofort wieder anrufen.",
)
_COUNTERS = Words(
    "The count of attempts goes from {attempts} to 0.", "Die Zahl der Versuche geht von {attempts} auf 0."
)
_CALLBACK_LOST = Words("An agreed time is lost: {time}", "Ein vereinbarter Zeitpunkt geht verloren: {time}")
_STILL_LOCKED = Words("It stays locked.", "Er bleibt gesperrt.")
_HISTORY_STAYS = Words("Its history remains.", "Der Verlauf bleibt.")
_CAMPAIGN = Words(
    "The campaign, its contacts ({contacts}), their history and its result codes are deleted for good.",
    "Die Kampagne, ihre Kontakte ({contacts}), deren Verlauf und ihre Ergebniscodes werden endgültig gelöscht.",
)
_CAMPAIGN_STATES = Words("Among them: {states}.", "Darunter: {states}.")
_CAMPAIGN_CALLBACKS = Words(
    "Appointments and follow-ups that vanish: {count}.", "Termine und Wiedervorlagen, die verschwinden: {count}."
)
_OVERWRITTEN = Words(
    "The fields that differ are overwritten; the old values are lost.",
    "Die abweichenden Felder werden überschrieben; die alten Werte sind verloren.",
)
_TWICE = Words(
    "A contact with this UserData exists. A second one is created, and this person may be called twice.",
    "Ein Kontakt mit diesem UserData existiert. Ein zweiter entsteht; diese Person kann doppelt angerufen werden.",
)


def of_deletion(state: State, result: str | None, attempts: int, calls: int | None, language: Language) -> list[str]:
    """Deleting a contact; `calls` is None when its history cannot be read."""
    return [
        _DELETED.text(language).format(calls=_UNKNOWN.text(language) if calls is None else calls),
        _STATE.text(language).format(state=state.text(language), result=_quoted(result), attempts=attempts),
    ]


def of_reset(
    state: State, result: str | None, attempts: int, appointment: str | None, locked: bool, language: Language
) -> list[str]:
    """Resetting a contact, or unlocking one, whose result is final."""
    lines = [_REOPENED.text(language).format(state=state.text(language), result=_quoted(result))] if state.final else []
    lines.append(_COUNTERS.text(language).format(attempts=attempts))
    if appointment:
        lines.append(_CALLBACK_LOST.text(language).format(time=appointment))
    if locked:
        lines.append(_STILL_LOCKED.text(language))
    return [*lines, _HISTORY_STAYS.text(language)]


def of_unlock(state: State, result: str | None, language: Language) -> list[str]:
    """Unlocking a contact whose result is final."""
    return [_REOPENED.text(language).format(state=state.text(language), result=_quoted(result))]


def of_campaign_deletion(states: Mapping[State, int], callbacks: int, language: Language) -> list[str]:
    """Deleting a campaign with contacts in these states, `callbacks` of them with an agreed time."""
    lines = [_CAMPAIGN.text(language).format(contacts=sum(states.values()))]
    if states:
        counts = ", ".join(f"{count} {state.text(language)}" for state, count in states.items())
        lines.append(_CAMPAIGN_STATES.text(language).format(states=counts))
    if callbacks:
        lines.append(_CAMPAIGN_CALLBACKS.text(language).format(count=callbacks))
    return lines


def of_overwriting(language: Language) -> list[str]:
    """Importing over an existing contact."""
    return [_OVERWRITTEN.text(language)]


def of_second_copy(state: State, result: str | None, language: Language) -> list[str]:
    """Importing a contact whose UserData exists already."""
    lines = [_TWICE.text(language)]
    if state.final:
        lines.append(_REOPENED.text(language).format(state=state.text(language), result=_quoted(result)))
    return lines


def _quoted(result: str | None) -> str:
    return f" ('{result}')" if result else ""
