"""What can be said about a row of a list: one declared kind each, with its verdict and its words."""

from enum import StrEnum, auto
from typing import NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.words import Words


class Verdict(StrEnum):
    """What becomes of a row. A later one outweighs those before it."""

    ready = auto()
    exists = auto()
    asked = auto()
    left_out = auto()

    def text(self, language: Language) -> str:
        return VERDICTS[self].text(language)

    @property
    def name_in_words(self) -> Words:
        """Its name as decisions use it; in German its words, which say the same."""
        return Words(self.value, VERDICTS[self].de)


VERDICTS = {
    Verdict.ready: Words("ready", "bereit"),
    Verdict.exists: Words("exists", "vorhanden"),
    Verdict.asked: Words("a person must decide", "ein Mensch muss entscheiden"),
    Verdict.left_out: Words("left out", "ausgelassen"),
}
RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Kind(StrEnum):
    """What was seen in a row."""

    ready = auto()
    same_key = auto()
    same_person = auto()
    number_unclear = auto()
    country_unclear = auto()
    date_unclear = auto()
    serial_date = auto()
    amount_unclear = auto()
    too_long = auto()
    damaged = auto()
    firm = auto()
    several_people = auto()
    name_unclear = auto()
    shared_key = auto()
    key_spelling = auto()
    shared_number = auto()
    several_contacts = auto()
    unreadable = auto()
    damaged_name = auto()
    no_name = auto()
    no_number = auto()
    bad_number = auto()
    no_campaign = auto()
    unknown_campaign = auto()
    twin_row = auto()
    twin_person = auto()
    other_key = auto()
    elsewhere = auto()
    closed = auto()
    locked = auto()
    gone = auto()
    zero_restored = auto()
    postal_code_restored = auto()
    words_dropped = auto()
    number_dropped = auto()
    number_twice = auto()
    no_slot = auto()
    unlisted_number = auto()
    bad_date = auto()
    bad_amount = auto()
    bad_iban = auto()
    bad_flag = auto()
    bad_cell = auto()
    reset = auto()

    @property
    def verdict(self) -> Verdict | None:
        """What it makes of the row; None if it is done and said, and changes nothing."""
        return KINDS[self].verdict

    def text(self, language: Language) -> str:
        return KINDS[self].words.text(language)


class Meaning(NamedTuple):
    verdict: Verdict | None
    words: Words


def _all(verdict: Verdict | None, words: dict[Kind, Words]) -> dict[Kind, Meaning]:
    return {kind: Meaning(verdict, one) for kind, one in words.items()}


KINDS = {
    Kind.ready: Meaning(Verdict.ready, Words("new contact", "neuer Kontakt")),
    **_all(
        Verdict.exists,
        {
            Kind.same_key: Words("contact with the same UserData", "Kontakt mit gleichem UserData"),
            Kind.same_person: Words("contact with the same name and number", "Kontakt mit gleichem Namen und Nummer"),
        },
    ),
    **_all(
        Verdict.asked,
        {
            Kind.number_unclear: Words("phone number unclear", "Rufnummer unklar"),
            Kind.country_unclear: Words("phone number without a country", "Rufnummer ohne Land"),
            Kind.date_unclear: Words("day and month unclear", "Tag und Monat unklar"),
            Kind.serial_date: Words("a number in place of a date", "Zahl statt eines Datums"),
            Kind.amount_unclear: Words("thousands or decimals", "Tausender oder Nachkommastellen"),
            Kind.too_long: Words("longer than its field", "länger als sein Feld"),
            Kind.damaged: Words("damaged or invisible characters", "beschädigte oder unsichtbare Zeichen"),
            Kind.firm: Words("a company, without a surname", "eine Firma, ohne Nachnamen"),
            Kind.several_people: Words("several people in one name", "mehrere Personen in einem Namen"),
            Kind.name_unclear: Words("first name and surname unclear", "Vor- und Nachname unklar"),
            Kind.shared_key: Words(
                "UserData of another name or number", "UserData eines anderen Namens oder einer anderen Nummer"
            ),
            Kind.key_spelling: Words("UserData differs only in spelling", "UserData nur anders geschrieben"),
            Kind.shared_number: Words("number of somebody else", "Nummer einer anderen Person"),
            Kind.several_contacts: Words("several contacts share the UserData", "mehrere Kontakte mit diesem UserData"),
        },
    ),
    **_all(
        Verdict.left_out,
        {
            Kind.unreadable: Words("row cannot be used", "Zeile nicht verwendbar"),
            Kind.damaged_name: Words(
                "key or name with a damaged or invisible character",
                "Schlüssel oder Name mit beschädigtem oder unsichtbarem Zeichen",
            ),
            Kind.no_name: Words("no surname", "kein Nachname"),
            Kind.no_number: Words("no phone number", "keine Rufnummer"),
            Kind.bad_number: Words("no phone number that can be dialled", "keine wählbare Rufnummer"),
            Kind.no_campaign: Words("no campaign", "keine Kampagne"),
            Kind.unknown_campaign: Words("unknown campaign", "unbekannte Kampagne"),
            Kind.twin_row: Words("the same row again", "dieselbe Zeile noch einmal"),
            Kind.twin_person: Words("the same name and number again", "derselbe Name mit derselben Nummer noch einmal"),
            Kind.other_key: Words("in the campaign with another UserData", "in der Kampagne mit anderem UserData"),
            Kind.elsewhere: Words("in another campaign", "in einer anderen Kampagne"),
            Kind.closed: Words("closed, or may be", "abgeschlossen, oder vielleicht"),
            Kind.locked: Words("locked", "gesperrt"),
            Kind.gone: Words("deleted since it was selected", "seit der Auswahl gelöscht"),
        },
    ),
    **_all(
        None,
        {
            Kind.zero_restored: Words("leading zero put back", "führende Null ergänzt"),
            Kind.postal_code_restored: Words("postal code: zero put back", "Postleitzahl: Null ergänzt"),
            Kind.words_dropped: Words("words beside a number left out", "Wörter neben einer Nummer weggelassen"),
            Kind.number_dropped: Words("one of several numbers left out", "eine von mehreren Nummern weggelassen"),
            Kind.number_twice: Words("one number twice", "eine Nummer doppelt"),
            Kind.no_slot: Words("more than six numbers", "mehr als sechs Nummern"),
            Kind.unlisted_number: Words("landline unknown to the plan", "Festnetznummer dem Plan unbekannt"),
            Kind.bad_date: Words("no such date, left out", "kein solches Datum, weggelassen"),
            Kind.bad_amount: Words("no amount, left out", "kein Betrag, weggelassen"),
            Kind.bad_iban: Words("IBAN: wrong check digits, left out", "IBAN: falsche Prüfziffern, weggelassen"),
            Kind.bad_flag: Words("neither yes nor no, left out", "weder ja noch nein, weggelassen"),
            Kind.bad_cell: Words("not a value of its field, left out", "kein Wert seines Felds, weggelassen"),
            Kind.reset: Words("a reset is asked for", "Zurücksetzen verlangt"),
        },
    ),
}
