"""What the columns of tables and the fields of records are called in answers.

The dialler's own fields (`UserData`, `PhoneNumber1`) keep their names, by which people know them from the portal.
"""

from collections.abc import Mapping

from dialler_mcp.domain.fields import Language
from dialler_mcp.words import Words

GERMAN: Mapping[str, str] = {
    # contacts
    "name": "Name",
    "contact": "Kontakt",
    "contact_id": "Kontakt-ID",
    "campaign": "Kampagne",
    "state": "Zustand",
    "result": "Ergebnis",
    "attempts": "Versuche mit Tests",
    "next_try": "nächster Versuch",
    "follow_up": "vereinbarte Zeit",
    "locked": "gesperrt",
    "number": "Rufnummer",
    "next_step": "nächster Schritt",
    "why_not_dialled": "warum nicht gewählt",
    "calls": "Anrufe",
    "last_calls": "letzte Anrufe",
    "match": "Treffer",
    "matched": "Fundstelle",
    # histories and callbacks
    "start": "Beginn",
    "outcome": "Ausgang",
    "talk_s": "Gespräch (s)",
    "agent": "Agent",
    "agent (UID)": "Agent (UID)",
    "agent (user ID)": "Agent (Benutzer-ID)",
    "direction": "Richtung",
    "due": "fällig",
    "late": "Abstand",
    "kind": "Art",
    # campaigns, result codes, AcdEvents
    "within dates": "in der Laufzeit",
    "from": "von",
    "until": "bis",
    "export_key": "Exportschlüssel",
    "type": "Art",
    "meaning": "Bedeutung",
    "minutes": "Minuten",
    "agent_bound": "an Agent gebunden",
    "status": "Status",
    "group": "Gruppe",
    "sender": "Absender",
    "subject": "Betreff",
    "created": "erstellt",
    # checks of contact data
    "check": "Prüfung",
    "found": "Befund",
    "contacts": "Kontakte",
    "groups": "Gruppen",
    "across_campaigns": "über Kampagnen hinweg",
    "examples": "Beispiele",
    "shared": "gemeinsam",
    "who": "wer",
    "which": "welche",
    "where": "wo",
    "why": "warum",
    "value": "Wert",
    # changes and jobs
    "job": "Auftrag",
    "row": "Zeile",
    "what": "was",
    "rows": "Zeilen",
    "to_do": "noch offen",
    "done": "ausgeführt",
    "left": "ausgelassen",
    "failed": "gescheitert",
    "unknown": "Ausgang unbekannt",
    "caller": "wer es wollte",
    "began": "begonnen",
    "ended": "beendet",
    "confirmed_by": "Bestätigung",
    "reason": "Grund",
    "undoes_job": "nimmt Auftrag zurück",
    "change": "Änderung",
    "time": "Zeit",
    "tool": "Werkzeug",
    "record": "Datensatz",
    "undone": "zurückgenommen",
    "to_find_out": "so festzustellen",
    "arguments": "Angaben",
    "undoes": "nimmt Änderung zurück",
    "undone_by": "zurückgenommen durch Änderung",
    "archive": "Archiv",
    "history": "Verlauf",
    "calls_remembered": "aufbewahrte Anrufe",
    # the connection
    "dialler": "Dialler",
    "token": "Token",
    "campaigns": "Kampagnen",
    "forgotten": "gelöscht",
    "batch function": "Sammelabruf",
    "other functions": "weitere Funktionen",
    "zone": "Zeitzone",
    "privacy": "Datenschutz",
    "confirmation": "Bestätigung",
    "role": "Rolle",
    "read only": "nur lesen",
    "dry run": "Probelauf",
    "dialler's clock": "Uhr des Diallers",
}

ENGLISH: Mapping[str, str] = {"attempts": "attempts incl. tests"}
"""The names that would be taken for something else: the dialler's counters count test calls, the measures do not."""

ALL_ROWS = Words("All rows", "In allen Zeilen")
MORE = Words("More", "Weiter")
NOT_FOUND = Words("Not found", "Nicht gefunden")
ONLY_FIRST = Words("Only the first {count} are shown.", "Nur die ersten {count} werden gezeigt.")
BEFORE, AFTER = Words("Before", "Vorher"), Words("After", "Nachher")
NOTHING_SET, REQUEST = Words("nothing set", "nichts gesetzt"), Words("Request", "Anfrage")
YES, NO = Words("yes", "ja"), Words("no", "nein")
_TRUTH = {True: YES, False: NO}


def heading(name: str, language: Language) -> str:
    """What a column or field is called; an offset behind it stays: `due +01:00`, `fällig +01:00`."""
    if language is Language.en:
        return ENGLISH.get(name, name)
    if name in GERMAN:
        return GERMAN[name]
    first, blank, offset = name.rpartition(" ")
    return f"{GERMAN[first]}{blank}{offset}" if first in GERMAN else name


def truth(value: bool, language: Language) -> str:
    """`yes` or `no`."""
    return _TRUTH[value].text(language)
