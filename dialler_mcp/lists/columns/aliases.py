"""The names that lists give to the fields of a contact, in German and English."""

from enum import StrEnum
from functools import cache

from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.domain.spelling import loose, parts_of
from dialler_mcp.words import Words

LEFT_OUT = "-"
VERDICT_HEAD = Words("Check: result", "Prüfung: Ergebnis")
REASON_HEAD = Words("Check: reason", "Prüfung: Grund")
RESULT_HEADS = frozenset((*VERDICT_HEAD, *REASON_HEAD))
"""The columns that a check adds to a list; they are ignored when it is given again."""


class Target(StrEnum):
    """What a column can be besides a field of the contact."""

    phone = "PhoneNumber"  # of the next slot that is free
    full_name = "FullName"
    place = "PostalCodeCity"
    house_number = "HouseNumber"
    campaign = "DiallerCampaignsName"
    reset = "ResetContact"


FIELDS = {info.wire: info for info in Contact.fields() if Write.IMPORT in info.about.write}
"""The fields that an import takes, by wire name."""
TARGETS = frozenset((*FIELDS, *Target))

ALIASES = {
    "UserData": "Kd-Nr, Kundennummer, Kunden-ID, Kundennr, Kd.Nr., KdNr, Kunde Nr, CRM-ID, CRM-Schlüssel, CRM key, ID, "
    "user_data, Customer number, Customer ID, Contact ID, Lead ID, External ID, Schlüssel, Key, Mitgliedsnummer",
    "Name": "Nachname, Familienname, Zuname, Surname, Last name, Family name, lname",
    "FirstName": "Vorname, Rufname, Given name, Forename, fname, Vornamen",
    "Salutation": "Anrede, Briefanrede, Mr/Mrs",
    "Title": "Titel, akad. Titel, Akademischer Grad, Academic title",
    "Company": "Firma, Firmenname, Unternehmen, Organisation, Company name, Organization, Organisation name",
    "Address": "Straße, Anschrift, Adresse, Straße Nr, Straße und Hausnummer, Straße Hausnummer, Street, "
    "Street address, Address line 1, address.street, Str., Straße/Nr., Hausanschrift",
    "PostalCode": "PLZ, Postleitzahl, ZIP, Zip code, Postcode, address.zip, Postal",
    "City": "Ort, Stadt, Wohnort, Town, Ortschaft, address.city",
    "Country": "Land, Staat, Ländercode, Country code, Länderkennzeichen",
    "FaxNumber": "Fax, Telefax, Faxnummer, Fax number, Fax-Nr., Fax privat, Fax dienstlich",
    "Email": "E-Mail, Mail, E-Mail-Adresse, Email address, Mailadresse, eMail 1",
    "Website": "Webseite, Homepage, Internet, URL, Web",
    "Client": "Mandant, Auftraggeber",
    "Service": "Dienst, Leistung",
    "ReferenceNumber": "Referenz, Referenznummer, Vertragsnummer, Vertragsnr, Vertrags-Nr., Aktenzeichen, Reference, "
    "Contract number, Auftragsnummer, Rechnungsnummer",
    "AccountOwner": "Kontoinhaber, Account holder",
    "AccountBank": "Bank, Kreditinstitut, Bankname, Bank name",
    "AccountNationalBankCode": "BLZ, Bankleitzahl, Sort code, Bank code",
    "AccountBIC": "BIC, SWIFT, BIC/SWIFT",
    "AccountNumber": "Kontonummer, Konto, Kto, Konto-Nr., Account no",
    "AccountIBAN": "IBAN, IBAN-Nr.",
    "Amount": "Betrag, Summe, Forderung, Offener Betrag, Wert, Preis, Total, Sum",
    "Comment": "Kommentar, Bemerkung, Bemerkungen, Notiz, Notizen, Anmerkung, Hinweis, Note, Notes, Remarks, Comments",
    "Tag": "Schlagwort, Stichwort, Tags, Label",
    "Manufacturer": "Hersteller, Marke, Brand, Make",
    "Model": "Modell, Typ",
    "dtBeginDate": "Vertragsbeginn, Beginn, Vertrag Beginn, Start, Start date, Begin, Contract start, Laufzeitbeginn, "
    "Vertrag ab, Vertrag von, Vertrag seit, Laufzeit ab, Laufzeit von, Gültig ab, Gültig von, Valid from",
    "dtEndDate": "Vertragsende, Ende, Vertrag Ende, Laufzeitende, End, End date, Contract end, Ablauf, "
    "Vertrag bis, Laufzeit bis, Gültig bis, Valid until, Valid to",
    "ExternalSystemLink": "Link, CRM-Link, CRM URL",
    "ReservedUsersUID": "Agent, Bearbeiter, Reserviert für, Owner",
    "FollowUpUsersUID": "Agent der Wiedervorlage, Follow-up agent",
    "FollowUpDateTime": "Wiedervorlage, Termin, Rückruftermin, Follow-up, Appointment, Callback",
    "RandomSortOrder": "Zufallsreihenfolge",
    "DiallerCampaignsID": "Kampagnen-ID, Campaign ID",
    Target.campaign: "Kampagne, Kampagnenname, Campaign, Campaign name",
    Target.full_name: "Vor- und Nachname, Vorname Nachname, Nachname Vorname, Full name, Ansprechpartner, Kontakt, "
    "Contact, Contact name, Vollständiger Name, Kundenname, Name Vorname, Kunde, Customer, Customer name",
    Target.place: "PLZ Ort, PLZ/Ort, PLZ und Ort, Postleitzahl Ort, Zip City, PLZ Wohnort, Postleitzahl und Ort",
    Target.house_number: "Hausnummer, Hausnr, Haus-Nr., Hnr, House number",
    Target.reset: "Reset, Zurücksetzen",
    Target.phone: "Telefon, Tel, Tel., Phone, Telefonnummer, Rufnummer, Festnetz, Mobil, Handy, Mobile, Mobilfunk, "
    "Mobiltelefon, Cell, Telephone, Phone number, Rufnr, Fon, Handynummer, Mobilnummer, Durchwahl, Landline",
}
_PHONE_WORDS = (
    *("telefon", "tel", "phone", "rufnummer", "handy", "mobil", "mobile", "festnetz", "fon", "telephone", "cell"),
    *("mobiltelefon", "telefonnummer", "mobilnummer", "handynummer", "phones", "rufnr", "mobilfunk"),
)
_FAX_WORDS = ("fax", "telefax", "faxnummer")


def folded(head: str) -> str:
    """A head such that two spellings of one are equal: `Kd-Nr.` and `KD NR`, `Straße` and `STRASSE`."""
    return loose("".join(parts_of(head)))


@cache
def _by_alias() -> dict[str, str]:
    table = {folded(alias): str(target) for target, names in ALIASES.items() for alias in names.split(",")}
    return {**table, **{folded(target): str(target) for target in TARGETS}}


def target_of(head: str) -> str | None:
    """The field that a head names; None where it says nothing."""
    if target := _by_alias().get(folded(head)):
        return target
    words = [word.rstrip("0123456789") for word in parts_of(head)]
    if any(word in _FAX_WORDS for word in words):
        return "FaxNumber"
    return Target.phone.value if any(word in _PHONE_WORDS for word in words) else None


def target_under_group(head: str) -> str | None:
    """The field that a head names behind the head of its group: `Person Vorname`, `address.zip`."""
    _, *words = head.replace(".", " ").split()
    return next(filter(None, (target_of(" ".join(words[start:])) for start in range(len(words)))), None)


def is_phone(target: str | None) -> bool:
    return target == Target.phone or target in NUMBER_FIELDS
