"""The dialler's numbers in words, German and English.

Sources: "Value Reference - CONNRES" and "Value Reference - CauseCodes" of the jtel documentation (0-82), ITU-T Q.850
(the other causes), "Result Codes", and the AcdEvents functions. A number that is in no table is shown as it is.
"""

from typing import NamedTuple

from dialler_mcp.words import Language, Noun, Words

CONTACT = Noun(Words("contact", "Kontakt"), Words("contacts", "Kontakte"))
OF_CONTACTS = Noun(Words("contact", "Kontakt"), Words("contacts", "Kontakten"))
"""The same behind `of` and `among`."""
CAMPAIGN = Noun(Words("campaign", "Kampagne"), Words("campaigns", "Kampagnen"))
ATTEMPT = Noun(Words("attempt", "Versuch"), Words("attempts", "Versuche"))


LANGUAGE_IDS = {Language.en: 1, Language.de: 2}
"""The dialler's LanguagesID."""

CONNRES = {
    0: Words("hung up before the call was started", "aufgelegt, bevor der Anruf begann"),
    1: Words("answered", "angenommen"),
    2: Words("no answer", "keine Antwort"),
    3: Words("busy", "besetzt"),
    4: Words("dialling aborted by the system", "Wählen vom System abgebrochen"),
    5: Words("network refused the call", "vom Netz abgewiesen"),
    6: Words("hung up before an agent was connected", "aufgelegt, bevor ein Agent verbunden war"),
    7: Words("error", "Fehler"),
    8: Words("not used (legacy)", "nicht verwendet (alt)"),
    9: Words("not used (legacy)", "nicht verwendet (alt)"),
}
"""How an outbound attempt ended, in the dialler's own classes."""

ANSWERED = 1

CAUSES = {
    0: Words("none given", "nicht angegeben"),
    1: Words("unallocated number", "Rufnummer nicht vergeben"),
    2: Words("no route to transit network", "kein Weg zum Transitnetz"),
    3: Words("no route to destination", "kein Weg zum Ziel"),
    4: Words("special information tone", "Hinweiston"),
    5: Words("misdialled trunk prefix", "falsche Vorwahlziffer"),
    6: Words("channel unacceptable", "Kanal nicht annehmbar"),
    7: Words("call awarded", "Anruf zugestellt"),
    8: Words("preemption", "verdrängt"),
    9: Words("preemption, circuit reserved", "verdrängt, Leitung reserviert"),
    14: Words("ported number", "portierte Rufnummer"),
    16: Words("normal clearing", "normal beendet"),
    17: Words("user busy", "Teilnehmer besetzt"),
    18: Words("no user responding", "Teilnehmer reagiert nicht"),
    19: Words("no answer, was alerted", "keine Antwort, es hat geklingelt"),
    20: Words("subscriber absent", "Teilnehmer nicht erreichbar"),
    21: Words("call rejected", "Anruf abgelehnt"),
    22: Words("number changed", "Rufnummer geändert"),
    23: Words("redirected", "umgeleitet"),
    24: Words("rejected by a feature at the destination", "durch Leistungsmerkmal am Ziel abgelehnt"),
    25: Words("exchange routing error", "Fehler in der Verkehrslenkung"),
    26: Words("non-selected user clearing", "nicht gewählter Teilnehmer gelöst"),
    27: Words("destination out of order", "Ziel gestört"),
    28: Words("invalid number format", "ungültiges Rufnummernformat"),
    29: Words("facility rejected", "Dienstmerkmal abgelehnt"),
    30: Words("response to status enquiry", "Antwort auf Statusabfrage"),
    31: Words("normal, unspecified", "normal, ohne Angabe"),
    34: Words("no circuit available", "keine Leitung frei"),
    38: Words("network out of order", "Netz gestört"),
    39: Words("permanent connection out of service", "Festverbindung außer Betrieb"),
    40: Words("permanent connection operational", "Festverbindung in Betrieb"),
    41: Words("temporary failure", "vorübergehende Störung"),
    42: Words("switching congestion", "Vermittlung überlastet"),
    43: Words("access information discarded", "Zugangsinformation verworfen"),
    44: Words("requested circuit not available", "gewünschte Leitung nicht frei"),
    46: Words("precedence call blocked", "Vorranganruf blockiert"),
    47: Words("resource unavailable", "Betriebsmittel nicht verfügbar"),
    49: Words("quality of service not available", "Dienstgüte nicht verfügbar"),
    50: Words("facility not subscribed", "Dienstmerkmal nicht beauftragt"),
    53: Words("outgoing calls barred in closed group", "abgehend gesperrt in der Benutzergruppe"),
    55: Words("incoming calls barred in closed group", "ankommend gesperrt in der Benutzergruppe"),
    57: Words("bearer capability not authorised", "Übermittlungsdienst nicht berechtigt"),
    58: Words("bearer capability not available", "Übermittlungsdienst nicht verfügbar"),
    62: Words("inconsistent information", "widersprüchliche Angaben"),
    63: Words("service not available", "Dienst nicht verfügbar"),
    65: Words("bearer capability not implemented", "Übermittlungsdienst nicht vorhanden"),
    66: Words("channel type not implemented", "Kanaltyp nicht vorhanden"),
    69: Words("facility not implemented", "Dienstmerkmal nicht vorhanden"),
    70: Words("only restricted digital bearer", "nur eingeschränkter Digitaldienst"),
    79: Words("service not implemented", "Dienst nicht vorhanden"),
    81: Words("invalid call reference", "ungültige Rufreferenz"),
    82: Words("channel does not exist", "Kanal existiert nicht"),
    83: Words("suspended call, other identity", "geparkter Anruf mit anderer Kennung"),
    84: Words("call identity in use", "Anrufkennung belegt"),
    85: Words("no call suspended", "kein Anruf geparkt"),
    86: Words("suspended call was cleared", "geparkter Anruf wurde beendet"),
    87: Words("not a member of the closed group", "kein Mitglied der Benutzergruppe"),
    88: Words("incompatible destination", "Ziel nicht kompatibel"),
    90: Words("closed group does not exist", "Benutzergruppe existiert nicht"),
    91: Words("invalid transit network", "ungültiges Transitnetz"),
    95: Words("invalid message", "ungültige Nachricht"),
    96: Words("mandatory information missing", "Pflichtangabe fehlt"),
    97: Words("message type unknown", "Nachrichtentyp unbekannt"),
    98: Words("message does not fit the call state", "Nachricht passt nicht zum Rufzustand"),
    99: Words("information element unknown", "Informationselement unbekannt"),
    100: Words("invalid information content", "ungültiger Inhalt"),
    101: Words("message not compatible with call state", "Nachricht unverträglich mit dem Rufzustand"),
    102: Words("recovery on timer expiry", "Zeitüberwachung abgelaufen"),
    103: Words("parameter unknown, passed on", "Parameter unbekannt, weitergereicht"),
    110: Words("message with unknown parameter discarded", "Nachricht mit unbekanntem Parameter verworfen"),
    111: Words("protocol error", "Protokollfehler"),
    127: Words("interworking, unspecified", "Netzübergang, ohne Angabe"),
}
"""Why a call ended: ITU-T Q.850 cause values."""


INVALID_NUMBER_CAUSES = (1, 22, 28)
"""Causes by which the network says that a number does not exist, or no longer exists."""


class ResultType(NamedTuple):
    flag: str
    en: str
    de: str
    final: bool
    meaning: Words

    def text(self, language: Language) -> str:
        return self.de if language is Language.de else self.en


RESULT_TYPES = {
    1: ResultType(
        "bDone", "Done", "Abschluss", True, Words("final success, not called again", "Erfolg, kein weiterer Anruf")
    ),
    2: ResultType(
        "bAborted",
        "Abort",
        "Abbruch",
        True,
        Words("final failure, not called again", "Misserfolg, kein weiterer Anruf"),
    ),
    3: ResultType(
        "bDelay",
        "Delay",
        "Wiedervorlage",
        False,
        Words("called again after an interval", "erneuter Anruf nach einem Abstand"),
    ),
    4: ResultType(
        "bAppointment",
        "Appointment",
        "Termin",
        False,
        Words("called again at a date", "erneuter Anruf zu einem Zeitpunkt"),
    ),
}
"""DiallerResultCodesTypes. The IDs 3 and 4 are inferred: trust the flags of a result code, not the number."""

ACD_EVENT_TYPES = {
    1: Words("voice mail", "Voicemail"),
    2: Words("fax", "Fax"),
    3: Words("callback", "Rückruf"),
    4: Words("SMS", "SMS"),
    5: Words("e-mail", "E-Mail"),
}
"""AcdEventTypes that the documentation shows."""

ACD_EVENT_STATUSES = {
    0: Words("entering the system", "tritt ins System ein"),
    1: Words("being distributed", "wird verteilt"),
    2: Words("on its way by mail", "wird per Mail zugestellt"),
    4: Words("on its way to the group", "unterwegs zur Gruppe"),
    10: Words("on its way to an agent", "unterwegs zum Agenten"),
    20: Words("new", "neu"),
    30: Words("seen", "gesehen"),
    40: Words("to be reminded", "Wiedervorlage"),
    98: Words("chat closed", "Chat beendet"),
    99: Words("done", "erledigt"),
    100: Words("error", "Fehler"),
}
"""AcdEventStatus."""


def decode(table: dict[int, Words], code: int | None, language: Language) -> str | None:
    """The words for a code, followed by the code; only the code where the table has no words for it."""
    if code is None:
        return None
    words = table.get(code)
    return f"{words.text(language)} ({code})" if words else str(code)
