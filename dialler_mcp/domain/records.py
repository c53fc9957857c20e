"""The dialler's records, each field declared once (`domain/fields.py` says how).

Sources: the documented examples, request bodies and CSV scheme of the Dialler REST API. The full list of columns is not
public, so every record keeps undeclared fields in `other`.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from dialler_mcp.domain.fields import Field, Kind, Record, Write

Text = str | None
Number = int | None
Decimal = float | None
Flag = bool | None
Time = datetime | None
BOTH, IMPORT, UPDATE = Write.BOTH, Write.IMPORT, Write.UPDATE

PhoneNumber = Annotated[
    Text, Field("phone number, E.164 digits without +", "Rufnummer, E.164-Ziffern ohne +", 32, BOTH, Kind.PHONE)
]
NumberInvalid = Annotated[Flag, Field("number marked invalid", "Rufnummer als ungültig markiert", kind=Kind.CONTROL)]
NumberTries = Annotated[Number, Field("attempts on this number", "Versuche auf dieser Nummer", kind=Kind.CONTROL)]
NumberCause = Annotated[
    Number, Field("last cause (Q.850) on this number", "letzter Grund (Q.850) dieser Nummer", kind=Kind.CONTROL)
]
NumberEndReason = Annotated[
    Number, Field("last end reason of the agent leg", "letzter Endegrund des Agenten", kind=Kind.CONTROL)
]

PHONE_SLOTS = range(1, 7)
NUMBER_FIELDS = tuple(f"PhoneNumber{slot}" for slot in PHONE_SLOTS)
EVENT_UPDATED = "UPDATED"
"""The `Result_` of a new AcdEvent where an existing one was commented instead."""


class Contact(Record, kw_only=True):
    """A person or company to be called: a row of DiallerContacts."""

    id: Annotated[int, Field("contact ID", "Kontakt-ID")] = 0
    dialler_campaigns_id: Annotated[Number, Field("campaign ID", "Kampagnen-ID", write=IMPORT)] = None
    user_data: Annotated[
        Text, Field("key in the CRM; not unique", "CRM-Schlüssel; nicht eindeutig", 64, BOTH, Kind.KEY)
    ] = None
    user_data2: Annotated[Text, Field("second CRM key", "zweiter CRM-Schlüssel", 64, UPDATE)] = None
    user_data3: Annotated[Text, Field("third CRM key", "dritter CRM-Schlüssel", 64, UPDATE)] = None
    name: Annotated[Text, Field("surname", "Nachname", 64, BOTH, Kind.PERSON)] = None
    first_name: Annotated[Text, Field("first name", "Vorname", 64, BOTH, Kind.PERSON)] = None
    salutation: Annotated[Text, Field("salutation (Herr, Mrs)", "Anrede (Herr, Frau)", 16, BOTH)] = None
    title: Annotated[Text, Field("title (Dr.)", "Titel (Dr.)", 16, BOTH)] = None
    company: Annotated[Text, Field("company", "Firma", 64, BOTH, Kind.PERSON)] = None
    address: Annotated[Text, Field("street and number", "Straße und Hausnummer", 64, BOTH, Kind.PERSON)] = None
    postal_code: Annotated[Text, Field("postal code", "Postleitzahl", 10, BOTH)] = None
    city: Annotated[Text, Field("city", "Ort", 64, BOTH)] = None
    country: Annotated[Text, Field("country", "Land", 64, BOTH)] = None
    region: Annotated[Text, Field("region", "Region", 256, UPDATE)] = None
    phone_number1: PhoneNumber = None
    phone_number2: PhoneNumber = None
    phone_number3: PhoneNumber = None
    phone_number4: PhoneNumber = None
    phone_number5: PhoneNumber = None
    phone_number6: PhoneNumber = None
    fax_number: Annotated[Text, Field("fax number, E.164", "Faxnummer, E.164", 32, BOTH, Kind.PHONE)] = None
    email: Annotated[Text, Field("e-mail address", "E-Mail-Adresse", 256, BOTH, Kind.EMAIL)] = None
    website: Annotated[Text, Field("web site", "Webseite", None, BOTH, Kind.LINK)] = None
    client: Annotated[Text, Field("client", "Mandant", 64, BOTH)] = None
    service: Annotated[Text, Field("service", "Dienst", 64, BOTH)] = None
    reference_number: Annotated[Text, Field("reference elsewhere", "Referenznummer", 64, BOTH)] = None
    account_owner: Annotated[Text, Field("account owner", "Kontoinhaber", 64, BOTH, Kind.BANK)] = None
    account_bank: Annotated[Text, Field("bank", "Bank", 32, BOTH, Kind.BANK)] = None
    account_national_bank_code: Annotated[Text, Field("bank code", "Bankleitzahl", 10, BOTH, Kind.BANK)] = None
    account_bic: Annotated[Text, Field("BIC", "BIC", 11, BOTH, Kind.BANK)] = None
    account_number: Annotated[Text, Field("account number", "Kontonummer", 20, BOTH, Kind.BANK)] = None
    account_iban: Annotated[Text, Field("IBAN", "IBAN", 34, BOTH, Kind.BANK)] = None
    amount: Annotated[Decimal, Field("amount of money", "Betrag", write=BOTH)] = None
    comment: Annotated[Text, Field("comment", "Kommentar", None, BOTH, Kind.FREE)] = None
    tag: Annotated[Text, Field("tag", "Schlagwort", None, BOTH, Kind.FREE)] = None
    manufacturer: Annotated[Text, Field("manufacturer", "Hersteller", None, BOTH)] = None
    model: Annotated[Text, Field("model", "Modell", None, BOTH)] = None
    dt_begin_date: Annotated[Time, Field("begins (contract)", "Beginn (Vertrag)", None, BOTH, Kind.TIME)] = None
    dt_end_date: Annotated[Time, Field("ends (contract)", "Ende (Vertrag)", None, BOTH, Kind.TIME)] = None
    external_system_link: Annotated[Text, Field("URL of the CRM record", "URL im CRM", None, BOTH, Kind.LINK)] = None
    reserved_users_uid: Annotated[
        Text, Field("reserving agent's UID", "UID des reservierenden Agenten", 32, IMPORT)
    ] = None
    follow_up_users_uid: Annotated[
        Text, Field("follow-up agent's UID", "UID des Agenten der Wiedervorlage", 32, IMPORT)
    ] = None
    follow_up_date_time: Annotated[
        Time, Field("appointment or follow-up", "Termin oder Wiedervorlage", None, IMPORT, Kind.TIME)
    ] = None
    random_sort_order: Annotated[Number, Field("random order", "Zufallsreihenfolge", None, IMPORT, Kind.CONTROL)] = None
    dt_imported: Annotated[Time, Field("imported on", "importiert am", kind=Kind.TIME)] = None
    dt_next_try: Annotated[Time, Field("next attempt due", "nächster Versuch fällig", kind=Kind.TIME)] = None
    # Not every release sends this: UNSET means "this release does not show it", None means "none".
    dialler_campaigns_result_codes_id: Annotated[
        Number | msgspec.UnsetType, Field("current result code", "aktueller Ergebniscode")
    ] = msgspec.UNSET
    # The documentation never shows a lock flag; this name is inferred.
    b_locked: Annotated[Flag | msgspec.UnsetType, Field("locked", "gesperrt")] = msgspec.UNSET
    b_last_result_mailbox: Annotated[Flag, Field("last attempt: mailbox", "zuletzt Anrufbeantworter")] = None
    b_phone_number1_invalid: NumberInvalid = None
    b_phone_number2_invalid: NumberInvalid = None
    b_phone_number3_invalid: NumberInvalid = None
    b_phone_number4_invalid: NumberInvalid = None
    b_phone_number5_invalid: NumberInvalid = None
    b_phone_number6_invalid: NumberInvalid = None
    n_tries_phone_number1: NumberTries = None
    n_tries_phone_number2: NumberTries = None
    n_tries_phone_number3: NumberTries = None
    n_tries_phone_number4: NumberTries = None
    n_tries_phone_number5: NumberTries = None
    n_tries_phone_number6: NumberTries = None
    n_phone_number1_last_cause: NumberCause = None
    n_phone_number2_last_cause: NumberCause = None
    n_phone_number3_last_cause: NumberCause = None
    n_phone_number4_last_cause: NumberCause = None
    n_phone_number5_last_cause: NumberCause = None
    n_phone_number6_last_cause: NumberCause = None
    phone_number1_last_acd_agent_end_reasons_id: NumberEndReason = None
    phone_number2_last_acd_agent_end_reasons_id: NumberEndReason = None
    phone_number3_last_acd_agent_end_reasons_id: NumberEndReason = None
    phone_number4_last_acd_agent_end_reasons_id: NumberEndReason = None
    phone_number5_last_acd_agent_end_reasons_id: NumberEndReason = None
    phone_number6_last_acd_agent_end_reasons_id: NumberEndReason = None
    last_acd_agent_end_reasons_id: NumberEndReason = None


class Campaign(Record, kw_only=True):
    """A sub campaign, which holds contacts and result codes: a row of DiallerCampaigns."""

    id: Annotated[int, Field("campaign ID", "Kampagnen-ID")] = 0
    name: Annotated[Text, Field("name", "Name", 64)] = None
    clients_id: Annotated[Number, Field("client account", "Mandant", kind=Kind.CONTROL)] = None
    user_data: Annotated[Text, Field("key in the CRM", "CRM-Schlüssel", kind=Kind.KEY)] = None
    dt_from: Annotated[Time, Field("begin of its dates", "Beginn der Laufzeit", kind=Kind.TIME)] = None
    dt_to: Annotated[Time, Field("end of its dates", "Ende der Laufzeit", kind=Kind.TIME)] = None
    languages_id: Annotated[Number, Field("language (1 English, 2 German)", "Sprache (1 Englisch, 2 Deutsch)")] = None
    contact_preview_time: Annotated[Number, Field("preview, seconds", "Vorschau, Sekunden")] = None
    n_max_parallel_lines: Annotated[Number, Field("parallel lines (IVR mode)", "parallele Leitungen (IVR)")] = None
    b_caller_id_active: Annotated[Flag, Field("caller ID shown", "Rufnummer wird übermittelt")] = None
    b_close_contacts_on_incoming_calls_match_caller_id: Annotated[
        Flag, Field("an incoming call closes the contact", "eingehender Anruf schließt den Kontakt")
    ] = None
    abort_on_no_tel_number_result_codes_id: Annotated[
        Number, Field("result when no number is left", "Ergebnis, wenn keine Nummer übrig ist")
    ] = None
    incoming_call_result_codes_id: Annotated[
        Number, Field("result of an incoming call", "Ergebnis bei eingehendem Anruf")
    ] = None


class ResultCode(Record, kw_only=True):
    """What an agent records after a call: a row of DiallerCampaignsResultCodes. The ID differs in every campaign."""

    id: Annotated[int, Field("result code ID in this campaign", "ID des Ergebniscodes in dieser Kampagne")] = 0
    dialler_campaigns_id: Annotated[Number, Field("campaign ID", "Kampagnen-ID")] = None
    content: Annotated[Text, Field("name", "Name")] = None
    export_key: Annotated[Text, Field("export key, the same in all campaigns", "Exportschlüssel", 32)] = None
    dialler_result_codes_types_id: Annotated[Number, Field("type", "Typ")] = None
    dialler_result_codes_types_content: Annotated[Text, Field("type, in words", "Typ in Worten")] = None
    b_done: Annotated[Flag, Field("final success", "abgeschlossen")] = None
    b_aborted: Annotated[Flag, Field("final failure", "abgebrochen")] = None
    b_delay: Annotated[Flag, Field("call again after an interval", "Wiedervorlage")] = None
    b_appointment: Annotated[Flag, Field("call again at a date", "Termin")] = None
    b_agent_bound: Annotated[Flag, Field("the same agent keeps it", "bleibt beim selben Agenten")] = None
    time_offset: Annotated[Number, Field("interval, minutes", "Abstand, Minuten")] = None
    b_allow_delete: Annotated[Flag, Field("may be deleted", "löschbar", kind=Kind.CONTROL)] = None
    short_text: Annotated[Text, Field("internal name", "interner Name", kind=Kind.CONTROL)] = None
    dialler_result_codes_types_short_text: Annotated[
        Text, Field("internal name of the type", "interner Name des Typs", kind=Kind.CONTROL)
    ] = None


class HistoryEntry(Record, kw_only=True):
    """A call or a recorded result of a contact: a row of DiallerContactsHistory with its call (StatisticsPartA)."""

    dialler_contacts_history_id: Annotated[int, Field("row ID", "Zeilen-ID", kind=Kind.CONTROL)] = 0
    dialler_contacts_id: Annotated[Number, Field("contact ID", "Kontakt-ID")] = None
    dialler_campaigns_id: Annotated[Number, Field("campaign ID", "Kampagnen-ID")] = None
    user_data: Annotated[Text, Field("key in the CRM", "CRM-Schlüssel", kind=Kind.KEY)] = None
    user_data2: Annotated[Text, Field("second CRM key", "zweiter CRM-Schlüssel")] = None
    user_data3: Annotated[Text, Field("third CRM key", "dritter CRM-Schlüssel")] = None
    dt_created_dialler_contacts_history: Annotated[Time, Field("recorded", "erfasst", kind=Kind.TIME)] = None
    dialler_campaigns_result_codes_id: Annotated[Number, Field("result code", "Ergebniscode")] = None
    dialler_result_codes_types_id: Annotated[Number, Field("type of result", "Ergebnistyp")] = None
    users_id: Annotated[Number, Field("user ID of the agent", "Benutzer-ID des Agenten")] = None
    clients_id: Annotated[Number, Field("client account", "Mandant", kind=Kind.CONTROL)] = None
    phone_number: Annotated[Text, Field("number dialled", "gewählte Nummer", kind=Kind.PHONE)] = None
    phone_number_offset: Annotated[Number, Field("which of the six numbers", "welche der sechs Nummern")] = None
    statistics_part_a_id: Annotated[Number, Field("call ID", "Anruf-ID", kind=Kind.CONTROL)] = None
    b_outbound: Annotated[Flag, Field("outbound", "ausgehend")] = None
    b_test_call: Annotated[Flag, Field("test call", "Testanruf")] = None
    connres: Annotated[Number, Field("outcome of dialling", "Wählergebnis")] = None
    cause_codes_id: Annotated[Number, Field("cause (Q.850)", "Auslösegrund (Q.850)")] = None
    b_caller_hangup: Annotated[Flag, Field("caller hung up", "Anrufer legte auf")] = None
    a_number: Annotated[Text, Field("calling number", "A-Nummer", kind=Kind.PHONE)] = None
    b_number: Annotated[Text, Field("called number", "B-Nummer", kind=Kind.PHONE)] = None
    a_number_country_codes_id: Annotated[Number, Field("country of A", "Land A", kind=Kind.CONTROL)] = None
    a_number_area_codes_id: Annotated[Number, Field("area of A", "Vorwahl A", kind=Kind.CONTROL)] = None
    b_number_country_codes_id: Annotated[Number, Field("country of B", "Land B", kind=Kind.CONTROL)] = None
    b_number_area_codes_id: Annotated[Number, Field("area of B", "Vorwahl B", kind=Kind.CONTROL)] = None
    service_numbers_id: Annotated[Number, Field("service number", "Servicenummer", kind=Kind.CONTROL)] = None
    dt_call_start: Annotated[Time, Field("call begun", "Anrufbeginn", kind=Kind.TIME)] = None
    dt_call_alert: Annotated[Time, Field("ringing since", "Klingeln seit", kind=Kind.TIME)] = None
    dt_call_connect: Annotated[Time, Field("answered", "angenommen", kind=Kind.TIME)] = None
    dt_call_end: Annotated[Time, Field("call ended", "Anrufende", kind=Kind.TIME)] = None


class HistoryRow(HistoryEntry, kw_only=True):
    """A row of DiallerContactsHistory as the batch function sends it: its own ID and time, the call beside it."""

    id: Number = None
    dt_created: Time = None


class ContactDetails(Contact, kw_only=True):
    """A contact with its current result and its history, as the batch function returns it."""

    dialler_campaigns_result_codes: ResultCode | None = None
    dialler_contacts_history: list[HistoryEntry] = []

    def alone(self) -> Contact:
        """The contact without its history, as a list shows it."""
        return Contact(**{name: getattr(self, name) for name in Contact.__struct_fields__})


class AcdEvent(Record, kw_only=True):
    """Something that is queued for an agent: a callback request, a voice mail, an e-mail. A row of AcdEvents."""

    id: Annotated[int, Field("event ID", "Ereignis-ID")] = 0
    acd_event_types_id: Annotated[Number, Field("type", "Typ", write=IMPORT)] = None
    acd_event_status_id: Annotated[Number, Field("status", "Status")] = None
    acd_groups_id: Annotated[Number, Field("ACD group", "ACD-Gruppe", write=IMPORT)] = None
    acd_configuration_groups_id: Annotated[
        Number, Field("configuration group (with AcdAgentGroupsID)", "Konfigurationsgruppe", write=IMPORT)
    ] = None
    acd_agent_groups_id: Annotated[
        Number, Field("agent group (with AcdConfigurationGroupsID)", "Agentengruppe", write=IMPORT)
    ] = None
    users_id: Annotated[
        Number, Field("agent ID; else the group's queue", "Agent; sonst Warteschlange", write=IMPORT)
    ] = None
    sender: Annotated[
        Text, Field("sender: E.164 number or e-mail", "Absender: E.164 oder E-Mail", None, IMPORT, Kind.PHONE)
    ] = None
    receiver: Annotated[Text, Field("receiver: own service number", "Empfänger: Servicenummer", None, IMPORT)] = None
    subject: Annotated[Text, Field("subject", "Betreff", None, IMPORT, Kind.FREE)] = None
    body: Annotated[Text, Field("text", "Text", None, IMPORT, Kind.FREE)] = None
    crm_url: Annotated[Text, Field("URL of the CRM record", "URL im CRM", None, IMPORT, Kind.LINK)] = None
    user_data: Annotated[Text, Field("key in the CRM", "CRM-Schlüssel", None, IMPORT, Kind.KEY)] = None
    n_priority: Annotated[Number, Field("priority, default 50", "Priorität, Standard 50", write=IMPORT)] = None
    dt_appointment_date: Annotated[Text, Field("wanted date, yyyy-mm-dd", "Wunschdatum, jjjj-mm-tt", None, IMPORT)] = (
        None
    )
    dt_appointment_time: Annotated[Text, Field("wanted time, hh:mm", "Wunschzeit, hh:mm", None, IMPORT)] = None
    dt_created: Annotated[Time, Field("created", "angelegt", kind=Kind.TIME)] = None
    dt_last_modified: Annotated[Time, Field("last changed", "zuletzt geändert", kind=Kind.TIME)] = None
    skills_value1: Annotated[Number, Field("skill 1", "Skill 1", kind=Kind.CONTROL)] = None
    skills_value2: Annotated[Number, Field("skill 2", "Skill 2", kind=Kind.CONTROL)] = None
    chat_connectors_id: Annotated[Number, Field("chat connector", "Chat-Anbindung", kind=Kind.CONTROL)] = None
    result_: Annotated[
        Text, Field("UPDATED: an existing event was commented", "UPDATED: bestehendes Ereignis kommentiert")
    ] = None


class AcdGroup(Record, kw_only=True):
    """A queue of agents: a row of AcdGroups. Only the fields that mean something to people are declared."""

    id: Annotated[int, Field("group ID", "Gruppen-ID")] = 0
    name: Annotated[Text, Field("name", "Name")] = None
    distribution_algorithm_id: Annotated[Number, Field("distribution", "Verteilung")] = None
    service_level_seconds: Annotated[Number, Field("service level, seconds", "Servicelevel, Sekunden")] = None


class AcdLookup(Record, kw_only=True):
    """A type or a status of AcdEvents: an ID and the dialler's internal name."""

    id: Annotated[int, Field("ID", "ID")] = 0
    short_text: Annotated[Text, Field("internal name", "interner Name")] = None
