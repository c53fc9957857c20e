"""The formulas of the measures as a reader of a file sees them: German ones beside the English of their declaration."""

from collections.abc import Mapping

from dialler_mcp.domain.codes import INVALID_NUMBER_CAUSES
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measures import Measure

GERMAN: Mapping[str, str] = {
    "attempts": "ausgehende Anrufe, die kein Test sind",
    "connects": "Versuche mit CONNRES 1",
    "contact_rate": "Verbindungen / Versuche",
    "right_party_contacts": "Verbindungen mit einem Ergebnis der Art Abschluss, Termin oder Abbruch,"
    " hinter dem keine falsche Person steht",
    "contacts_called": "Kontakte mit mindestens einem Versuch",
    "contacts_connected": "angerufene Kontakte mit mindestens einer Verbindung",
    "contacts_spoken_to": "angerufene Kontakte, bei denen die richtige Person mindestens einmal erreicht wurde",
    "successes": "Kontakte mit einem Ergebnis der Art Abschluss",
    "conversion_per_contact": "angerufene Kontakte mit Abschluss / angerufene Kontakte",
    "conversion_per_attempt": "Versuche mit Abschluss / Versuche",
    "attempts_per_contact": "Versuche / angerufene Kontakte",
    "attempts_to_success": "mittlere Nummer des Versuchs, der den Abschluss brachte",
    "no_answer_share": "Versuche mit CONNRES 2 / Versuche",
    "busy_share": "Versuche mit CONNRES 3 / Versuche",
    "abandoned_share": "CONNRES 6 / (CONNRES 6 + Verbindungen)",
    "invalid_number_share": f"Versuche mit Auslösegrund {', '.join(map(str, INVALID_NUMBER_CAUSES))} / Versuche",
    "talk_median": "Median von Ende - Annahme",
    "talk_p90": "90. Perzentil von Ende - Annahme",
    "wrap_up_median": "Median von Erfassung - Ende",
    "wrap_up_p90": "90. Perzentil von Erfassung - Ende",
    "contacts": "Kontakte in der Liste",
    "penetration": "jemals versuchte Kontakte / Kontakte",
    "left_to_dial": "Kontakte, deren Wahl nichts entgegensteht",
    "mailbox_share": "bLastResultMailbox / jemals versuchte Kontakte",
    "marked_invalid_share": "Kontakte mit einer markierten Rufnummer / Kontakte",
    "callbacks_overdue": "vereinbarte Zeit verstrichen, nicht abgeschlossen",
    "callbacks_today": "vereinbarte Zeit heute noch, nicht abgeschlossen",
    "callbacks_coming": "vereinbarte Zeit nach heute, nicht abgeschlossen",
}


def formula_of(measure: Measure, language: Language) -> str:
    """How a measure is worked out, in a few words."""
    return GERMAN[measure.name] if language is Language.de else measure.formula
