"""The formulas of the measures as a reader of a file sees them: German ones beside the English of their declaration."""

from collections.abc import Mapping

from dialler_mcp.domain.codes import INVALID_NUMBER_CAUSES
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measure import Measure

GERMAN: Mapping[str, str] = {
    "attempts": "ausgehende Anrufe, die kein Test sind",
    "connects": "Versuche mit CONNRES 1",
    "contact_rate": "Verbindungen / Versuche",
    "right_party_contacts": "Verbindungen mit einem Ergebnis der Art Abschluss, Termin oder Abbruch,"
    " hinter dem keine falsche Person steht",
    "contacts_called": "Kontakte mit mindestens einem Versuch",
    "contacts_connected": "angerufene Kontakte mit mindestens einer Verbindung",
    "contacts_spoken_to": "angerufene Kontakte, bei denen die richtige Person mindestens einmal erreicht wurde",
    "won": "Kontakte mit einem Ergebnis der Art Abschluss",
    "won_by_calls": "angerufene Kontakte mit mindestens einem Versuch mit Abschluss",
    "winning_attempts": "Versuche mit einem Ergebnis der Art Abschluss",
    "conversion_per_contact": "Abschlüsse durch unsere Anrufe / angerufene Kontakte",
    "conversion_per_attempt": "Versuche mit Abschluss / Versuche",
    "attempts_per_contact": "Versuche / angerufene Kontakte",
    "attempts_to_success": "mittlere Nummer der Versuche mit Abschluss",
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
    "mailbox_share": "bLastResultMailbox / jemals versuchte Kontakte, soweit sichtbar",
    "marked_invalid_share": "Kontakte mit einer markierten Rufnummer / Kontakte",
    "callbacks": "nicht abgeschlossen, mit vereinbarter Zeit oder Termin",
    "callbacks_overdue": "vereinbarte Rückrufe, deren Zeit verstrichen ist",
    "callbacks_today": "vereinbarte Rückrufe, deren Zeit heute noch kommt",
    "callbacks_coming": "vereinbarte Rückrufe, deren Zeit nach heute liegt",
    "callbacks_untimed": "vereinbarte Rückrufe ohne Zeitpunkt",
    "redials": "Ergebnis der Art Wiedervorlage, nichts vereinbart",
    "redials_due": "Wahlwiederholungen, deren nächster Versuch fällig ist",
}


def formula_of(measure: Measure, language: Language) -> str:
    """How a measure is worked out, in a few words."""
    return GERMAN[measure.name] if language is Language.de else measure.formula
