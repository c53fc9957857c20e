"""What a change of many contacts would mean, counted while they are read, in sentences that are shown before it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

from msgspec import UNSET

from dialler_mcp.domain.codes import CONTACT, OF_CONTACTS
from dialler_mcp.domain.contact_state import State, attempts
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import agreed_time
from dialler_mcp.domain.times import shown
from dialler_mcp.words import Words

EXAMPLES = 3
ManyVerb = Literal["lock", "unlock", "reset", "update", "delete"]

_TITLES: dict[ManyVerb, Words] = {
    "lock": Words("lock {contacts}{which}", "{contacts} sperren{which}"),
    "unlock": Words("unlock {contacts}{which}", "{contacts} entsperren{which}"),
    "reset": Words("reset {contacts}{which}", "{contacts} zurücksetzen{which}"),
    "update": Words("update {fields} of {of_contacts}{which}", "{fields} von {of_contacts} ändern{which}"),
    "delete": Words("delete {contacts}{which} for good", "{contacts} endgültig löschen{which}"),
}
_AMONG = Words("Among them: {states}.", "Darunter: {states}.")
_SUCH_AS = Words("For example: {labels}.", "Zum Beispiel: {labels}.")
_FINAL = Words(
    "{count} are (or may be) closed: the dialler may call these people again at once.",
    "Abgeschlossen (oder vielleicht abgeschlossen): {count}. Der Dialler darf diese Personen sofort wieder anrufen.",
)
_COUNTERS = Words(
    "The counts of attempts ({attempts} in all) go to 0.", "Die Versuchszähler ({attempts} insgesamt) gehen auf 0."
)
_AGREED = Words(
    "Agreed times that are lost: {count}, from {first} to {last}.",
    "Vereinbarte Zeitpunkte, die verloren gehen: {count}, vom {first} bis {last}.",
)
_NOT_CALLED = Words(
    "The dialler calls none of them until they are unlocked.",
    "Der Dialler ruft niemanden davon an, bis entsperrt wird.",
)
_GONE = Words(
    "They and their histories are deleted for good; undo could only import them anew, without history and result.",
    "Die Kontakte und ihre Verläufe werden endgültig gelöscht. Zurücknehmen hieße nur: neu importieren, ohne Verlauf "
    "und Ergebnis.",
)
_UNDO = Words("The whole job can be taken back.", "Der ganze Auftrag lässt sich zurücknehmen.")
_NO_UNDO = Words(
    "Counters, results and times cannot be brought back.",
    "Zähler, Ergebnisse und Zeitpunkte lassen sich nicht zurückholen.",
)
_MOVED = Words(
    "Exactly these contacts: who has changed by the time it is their turn is left out, and named.",
    "Genau diese Kontakte: Wer sich bis dahin verändert hat, wird ausgelassen und genannt.",
)


@dataclass
class ManyLosses:
    """Counts what a change of many contacts would lose. `zone` is the dialler's."""

    verb: ManyVerb
    zone: tzinfo
    states: Counter[State] = field(default_factory=Counter[State])
    final: int = 0
    attempts: int = 0
    callback_times: list[str] = field(default_factory=list[str])
    examples: list[str] = field(default_factory=list[str])

    def add(self, contact: Contact, state: State, label: str) -> None:
        """Count a contact, which is called `label`."""
        if len(self.examples) < EXAMPLES:
            self.examples.append(label)
        self.states[state] += 1
        self.attempts += attempts(contact)
        is_locked = contact.b_locked is UNSET or bool(contact.b_locked)
        self.final += state.may_be_final and (self.verb == "reset" or (self.verb == "unlock" and is_locked))
        if self.verb == "reset" and (time := agreed_time(contact, state)) is not None:
            self.callback_times.append(shown(time, self.zone))

    @property
    def reopens(self) -> bool:
        """Whether some become diallable again whose result is, or may be, final."""
        return self.final > 0

    def title(self, which: str, language: Language, fields: str = "") -> str:
        """The whole change in one line: `reset 43 contacts in Energie (543): at least 6 attempts`."""
        contacts, of_contacts = (noun.of(self.states.total()) for noun in (CONTACT, OF_CONTACTS))
        values = {"contacts": contacts, "of_contacts": of_contacts, "which": which, "fields": fields}
        return _TITLES[self.verb].filled(**values).text(language)

    def consequences(self, language: Language) -> list[str]:
        """What it means, the worst first."""
        sentences = list[Words | str]()
        if self.final:
            sentences.append(_FINAL.text(language).format(count=self.final))
        if self.callback_times:
            first, last = min(self.callback_times), max(self.callback_times)
            sentences.append(_AGREED.text(language).format(count=len(self.callback_times), first=first, last=last))
        if self.verb == "delete":
            sentences.append(_GONE)
        if self.verb == "reset":
            sentences.append(_COUNTERS.text(language).format(attempts=self.attempts))
        if self.verb == "lock":
            sentences.append(_NOT_CALLED)
        states = ", ".join(f"{self.states[state]} {state.text(language)}" for state in State if self.states[state])
        sentences.append(_AMONG.text(language).format(states=states))
        if self.states.total() > 1:
            sentences.append(_SUCH_AS.text(language).format(labels="; ".join(self.examples)))
        sentences.append(_MOVED)
        if self.verb != "delete":
            sentences.append(_NO_UNDO if self.verb == "reset" else _UNDO)
        return [one if isinstance(one, str) else one.text(language) for one in sentences]
