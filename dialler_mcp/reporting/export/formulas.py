"""The formulas and definitions of the measures for a reader: German ones beside the English of their declaration."""

from collections.abc import Mapping

from dialler_mcp.domain.codes import INVALID_NUMBER_CAUSES
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measure import Measure

GERMAN: Mapping[str, str] = {
    "attempts": "ausgehende Anrufe, die kein Test sind",
    "connects": "Versuche, die angenommen wurden (CONNRES 1)",
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
    "no_answer_share": "Versuche, bei denen niemand abnahm (CONNRES 2) / Versuche",
    "busy_share": "Versuche, bei denen besetzt war (CONNRES 3) / Versuche",
    "abandoned_share": "vor einem Agenten aufgelegt (CONNRES 6) / (diese + Verbindungen)",
    "invalid_number_share": f"Versuche mit Auslösegrund {', '.join(map(str, INVALID_NUMBER_CAUSES))} / Versuche",
    "talk_median": "Median von Ende - Annahme",
    "talk_p90": "90. Perzentil von Ende - Annahme",
    "wrap_up_median": "Median von Erfassung - Ende",
    "wrap_up_p90": "90. Perzentil von Erfassung - Ende",
    "contacts": "Kontakte in der Liste",
    "penetration": "jemals versuchte Kontakte / Kontakte",
    "left_to_dial": "Kontakte, deren Wahl nichts entgegensteht",
    "mailbox_share": "markierte (bLastResultMailbox) / jemals versuchte Kontakte, soweit sichtbar",
    "marked_invalid_share": "Kontakte mit einer markierten Rufnummer / Kontakte",
    "callbacks": "nicht abgeschlossen, mit vereinbarter Zeit oder Termin",
    "callbacks_overdue": "vereinbarte Rückrufe, deren Zeit verstrichen ist",
    "callbacks_today": "vereinbarte Rückrufe, deren Zeit heute noch kommt",
    "callbacks_coming": "vereinbarte Rückrufe, deren Zeit nach heute liegt",
    "callbacks_untimed": "vereinbarte Rückrufe ohne Zeitpunkt",
    "redials": "Ergebnis der Art Wiedervorlage, nichts vereinbart",
    "redials_due": "Wahlwiederholungen, deren nächster Versuch fällig ist",
}

DEFINITIONS: Mapping[str, str] = {
    "attempts": "Anrufe, die der Dialler begann, um jemanden zu erreichen, ob angenommen oder nicht."
    " Von: allen Einträgen des Verlaufs.",
    "connects": "Versuche, die angenommen wurden und bei einem Agenten ankamen. Auch ein Anrufbeantworter, der annimmt,"
    " zählt. Von: Versuchen.",
    "contact_rate": "Anteil der Versuche, die angenommen wurden; in der Branche auch Connect Rate.",
    "right_party_contacts": "Verbindungen, in denen die gemeinte Person selbst gesprochen wurde (RPC). Der Dialler hält"
    " es nicht fest, deshalb folgt es aus dem Ergebnis: Wiedervorlage gilt als nicht erreicht, ebenso die Ergebnisse"
    " aus DIALLER_WRONG_PARTY und die, die der Dialler selbst setzt. Von: Verbindungen.",
    "contacts_called": "Verschiedene Kontakte, die im Zeitraum versucht wurden."
    " Von: Kontakten mit einem Eintrag darin.",
    "contacts_connected": "Verschiedene Kontakte, von denen ein Versuch angenommen wurde und bei einem Agenten ankam."
    " Von: angerufenen Kontakten.",
    "contacts_spoken_to": "Verschiedene Kontakte, die selbst gesprochen wurden. Von: angerufenen Kontakten.",
    "won": "Kontakte, für die im Zeitraum ein Abschluss erfasst wurde, auf welchem Weg auch immer: durch einen Versuch,"
    " durch einen eingehenden Anruf oder ohne Anruf. Von: Kontakten mit einem Eintrag darin.",
    "won_by_calls": "Diejenigen davon, deren Abschluss ein Versuch des Zeitraums brachte. Von: angerufenen Kontakten.",
    "winning_attempts": "Versuche, die mit einem Abschluss endeten. Ein zurückgesetzter Kontakt kann zweimal gewonnen"
    " werden. Von: Versuchen.",
    "conversion_per_contact": "Anteil der angerufenen Kontakte, bei denen einer dieser Versuche mit einem Abschluss"
    " endete.",
    "conversion_per_attempt": "Anteil der Versuche, die mit einem Abschluss endeten.",
    "attempts_per_contact": "Wie oft ein angerufener Kontakt im Zeitraum durchschnittlich versucht wurde.",
    "attempts_to_success": "Beim wievielten Versuch eines Kontakts, gezählt vom Beginn seines Verlaufs, der Abschluss"
    " kam. Von: Versuchen mit Abschluss.",
    "no_answer_share": "Anteil der Versuche, bei denen niemand abnahm.",
    "busy_share": "Anteil der Versuche, bei denen besetzt war.",
    "abandoned_share": "Anteil der angenommenen Anrufe, bei denen die Person auflegte, bevor ein Agent verbunden war:"
    " die Abbruchrate, an der vorauswählende Dialler gemessen werden.",
    "invalid_number_share": "Anteil der Versuche, die das Netz beendete, weil es die Nummer nicht (mehr) gibt;"
    " Auslösegrund nach Q.850.",
    "talk_median": "Die Hälfte der angenommenen Versuche dauerte höchstens so lange, von der Annahme bis zum Ende."
    " Von: Verbindungen.",
    "talk_p90": "Neun von zehn angenommenen Versuchen dauerten höchstens so lange. Von: Verbindungen.",
    "wrap_up_median": "Die Hälfte der Ergebnisse wurde höchstens so lange nach dem Ende des Anrufs erfasst."
    " Von: Verbindungen.",
    "wrap_up_p90": "Neun von zehn Ergebnissen wurden höchstens so lange nach dem Ende des Anrufs erfasst."
    " Von: Verbindungen.",
    "contacts": "Die Kontakte der Kampagnen, gleich in welchem Zustand.",
    "penetration": "Anteil der Liste, bei dem es jemals mindestens einen Versuch gab. Testanrufe sind keine.",
    "left_to_dial": "Kontakte, die jetzt wählbar sind, soweit die API das zeigt; warum der Rest nicht wählbar"
    " ist, steht unter „Was noch zu wählen ist“.",
    "mailbox_share": "Anteil der jemals versuchten Kontakte, deren letzten Versuch der Dialler als Anrufbeantworter"
    " markierte (`bLastResultMailbox`). Die Markierung betrifft nur den letzten Versuch und hat deshalb keinen"
    " Zeitraum; wie oft ein Ergebnis erfasst wurde, das Anrufbeantworter bedeutet, steht bei den Ergebnissen."
    " Nicht bekannt, wo die Markierung nicht zu sehen ist.",
    "marked_invalid_share": "Anteil der Kontakte, bei denen der Dialler mindestens eine ihrer Nummern als ungültig"
    " markierte.",
    "callbacks": "Kontakte, die nicht abgeschlossen sind und eine vereinbarte Zeit haben (FollowUpDateTime) oder ein"
    " Ergebnis der Art Termin, dessen Zeit dann der nächste Versuch ist. Von: Kontakten.",
    "callbacks_overdue": "Von: vereinbarten Rückrufen.",
    "callbacks_today": "Von: vereinbarten Rückrufen.",
    "callbacks_coming": "Von: vereinbarten Rückrufen.",
    "callbacks_untimed": "Von: vereinbarten Rückrufen.",
    "redials": "Kontakte, die der Dialler nach einem Abstand wieder anruft, ohne dass eine Zeit vereinbart ist. Sie"
    " sind keine Rückrufe. Von: Kontakten.",
    "redials_due": "Wahlwiederholungen, deren Abstand um ist. Von: Wahlwiederholungen.",
}


def formula_of(measure: Measure, language: Language) -> str:
    """How a measure is worked out, in a few words."""
    return GERMAN[measure.name] if language is Language.de else measure.formula


def definition_of(measure: Measure, language: Language) -> str:
    """What a measure means, in a sentence or a few."""
    return DEFINITIONS[measure.name] if language is Language.de else " ".join(measure.definition.split())
