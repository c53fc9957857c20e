"""Why a text is no telephone number that can be dialled, and what is said about it."""

from enum import StrEnum, auto

from dialler_mcp.words import Words

FORMAT = Words(
    "E.164 with country code, e.g. 4930231250 or +49 30 231250",
    "E.164 mit Landesvorwahl, z. B. 4930231250 oder +49 30 231250",
)


class Flaw(StrEnum):
    """Why a text is no number that can be dialled."""

    letters = auto()
    several = auto()
    figure = auto()
    country = auto()
    ambiguous = auto()
    short = auto()
    long = auto()
    unassigned = auto()
    doubtful = auto()
    emergency = auto()
    premium = auto()
    shared_cost = auto()
    personal = auto()
    extension = auto()
    twice = auto()
    fax = auto()
    form = auto()


FLAWS = {
    Flaw.letters: Words("letters or signs", "Buchstaben oder Zeichen"),
    Flaw.several: Words("several numbers", "mehrere Nummern"),
    Flaw.figure: Words("a spreadsheet's figure", "Zahl einer Tabelle"),
    Flaw.country: Words("no country code", "keine Landesvorwahl"),
    Flaw.ambiguous: Words("country unclear", "Land unklar"),
    Flaw.short: Words("too short", "zu kurz"),
    Flaw.long: Words("too long", "zu lang"),
    Flaw.unassigned: Words("no such number", "so keine Nummer"),
    Flaw.doubtful: Words("in no numbering plan", "in keinem Rufnummernplan"),
    Flaw.twice: Words("country code twice", "Landesvorwahl doppelt"),
    Flaw.emergency: Words("emergency number", "Notruf"),
    Flaw.premium: Words("premium number", "Mehrwertnummer"),
    Flaw.shared_cost: Words("shared-cost number", "Nummer mit geteilten Kosten"),
    Flaw.personal: Words("personal number, the caller pays", "persönliche Rufnummer, der Anrufer zahlt"),
    Flaw.extension: Words("extension beside it", "Nebenstelle dahinter"),
    Flaw.fax: Words("fax number", "Faxnummer"),
    Flaw.form: Words("not in the dialler's form", "nicht in der Form des Diallers"),
}
REFUSALS = {
    **dict.fromkeys(
        (Flaw.letters, Flaw.extension),
        Words(
            f"must be a phone number, without letters and extensions: {FORMAT.en}",
            f"muss eine Rufnummer sein, ohne Buchstaben und Nebenstelle: {FORMAT.de}",
        ),
    ),
    Flaw.several: Words(
        "holds several numbers; give one, and the others in further fields",
        "enthält mehrere Nummern; geben Sie eine an, die anderen in weiteren Feldern",
    ),
    Flaw.figure: Words(
        "is written like a figure of a spreadsheet (.0 or E+); give the digits of the number alone",
        "ist wie eine Zahl einer Tabelle geschrieben (.0 oder E+); geben Sie nur die Ziffern der Nummer an",
    ),
    Flaw.country: Words(
        f"needs its country code or a leading 0: {FORMAT.en}",
        f"braucht die Landesvorwahl oder eine 0 am Anfang: {FORMAT.de}",
    ),
    Flaw.ambiguous: Words(
        "could be a number of two countries; write it with + and country code, or with a leading 0",
        "könnte eine Nummer zweier Länder sein; schreiben Sie sie mit + und Landesvorwahl oder mit einer 0 am Anfang",
    ),
    Flaw.short: Words(
        "is too short for a phone number; emergency and short service numbers cannot be dialled",
        "ist zu kurz für eine Rufnummer; Notrufe und kurze Servicenummern lassen sich nicht wählen",
    ),
    Flaw.long: Words("is too long for a phone number of its country", "ist zu lang für eine Rufnummer ihres Landes"),
    Flaw.unassigned: Words(
        "is no number that its country assigns; check its digits",
        "ist keine Nummer, die ihr Land vergibt; prüfen Sie die Ziffern",
    ),
    Flaw.doubtful: Words(
        "is in no numbering plan; check its digits", "steht in keinem Rufnummernplan; prüfen Sie die Ziffern"
    ),
    Flaw.twice: Words(
        "seems to have its country code twice; write it once",
        "hat ihre Landesvorwahl anscheinend doppelt; schreiben Sie sie einmal",
    ),
    **dict.fromkeys(
        (Flaw.emergency, Flaw.premium, Flaw.shared_cost, Flaw.personal),
        Words(
            "is an emergency, service or premium number, which an outbound dialler must not call",
            "ist ein Notruf, eine Service- oder Mehrwertnummer, die ein ausgehender Dialler nicht anrufen darf",
        ),
    ),
}
