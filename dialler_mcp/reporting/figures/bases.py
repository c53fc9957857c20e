"""What n and N of a figure count, in a few words: they stand beside each figure, since a reader opens no other page.

The whole definitions are those of `measures.py`. N is named by what it is in SQL, so that equal numbers of different
things are never taken for one.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dialler_mcp.reporting.figures.measure import Measure, View
from dialler_mcp.reporting.figures.measures import ATTEMPTS, CALLED, MEASURES
from dialler_mcp.words import NOTHING, Noun, Words


class Base(NamedTuple):
    """What N counts: the view, its SQL, and whether that is of people (see `Sql`)."""

    view: View
    of: str
    people: bool


def base_of(measure: Measure) -> Base:
    return Base(measure.view, measure.sql.of, measure.sql.people)


def counted_of(measure: Measure) -> Noun | None:
    """What the N of a measure counts, as it stands after "of": `of 1 connect`, `von 2 Verbindungen`. None where it
    is the whole itself that others are parts of.
    """
    return None if measure.name in _WHOLE else _BASES[base_of(measure)]


def counted_by(measure: Measure) -> Words:
    """What its n counts; empty where the name of the measure says it."""
    return _COUNTED.get(measure.name, NOTHING)


def _plural(en: str, de: tuple[str, str]) -> Noun:
    """A noun whose English plural has an s at its end."""
    return Noun(Words(en, de[0]), Words(f"{en}s", de[1]))


_CONTACT = ("Kontakt", "Kontakten")
_WHOLE = ("attempts", "contacts")
_WITH_ENTRY = Noun(
    Words("contact with an entry", "Kontakt mit Eintrag"), Words("contacts with an entry", "Kontakten mit Eintrag")
)
_CALLED = Noun(Words("contact called", "angerufenen Kontakt"), Words("contacts called", "angerufenen Kontakten"))
_TRIED = Noun(Words("contact tried", "versuchten"), Words("contacts tried", "versuchten"))
_WINNING = Noun(
    Words("attempt that won", "Versuch mit Abschluss"), Words("attempts that won", "Versuchen mit Abschluss")
)

_BASES: Mapping[Base, Noun] = {
    Base(View.calls, ATTEMPTS, people=False): _plural("attempt", ("Versuch", "Versuchen")),
    Base(View.calls, CALLED, people=True): _CALLED,
    Base(View.contacts, "count(*)", people=False): _plural("contact", _CONTACT),
} | {
    base_of(MEASURES[name]): noun
    for name, noun in {
        "won": _WITH_ENTRY,
        "talk_median": _plural("connect", ("Verbindung", "Verbindungen")),
        "abandoned_share": _plural("answered call", ("angenommenen Anruf", "angenommenen Anrufen")),
        "attempts_to_success": _WINNING,
        "mailbox_share": _TRIED,
        "callbacks_overdue": _plural("agreed callback", ("vereinbarten Rückruf", "vereinbarten Rückrufen")),
        "redials_due": _plural("automatic redial", ("Wahlwiederholung", "Wahlwiederholungen")),
    }.items()
}

_COUNTED: Mapping[str, Words] = {
    "attempts": Words("outbound, no tests", "ausgehend, ohne Tests"),
    "contact_rate": Words("connects: answered, also by machines", "Verbindungen, auch Maschinen"),
    "abandoned_share": Words("hung up before an agent", ""),
    "right_party_contacts": Words(
        "result Done, Appointment or Abort, wrong person aside", "Abschluss, Termin oder Abbruch, ohne falsche Person"
    ),
    "conversion_per_contact": Words("won by our calls", "Abschlüsse durch unsere Anrufe"),
    "won": Words("result Done, also without an attempt", "auch ohne Versuch"),
    "wrap_up_median": Words("to the result", "bis zum Ergebnis"),
    "penetration": Words("ever tried", "je versucht"),
    "marked_invalid_share": Words("marked by the dialler", "laut Dialler"),
    "mailbox_share": Words("at the last attempt", "zuletzt"),
}
