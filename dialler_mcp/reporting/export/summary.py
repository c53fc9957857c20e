"""A report in one sentence: the main thing, before all figures."""

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.words import NO_CONTACTS
from dialler_mcp.words import Words, number

_NOBODY = Words("Nobody was called in this period.", "In diesem Zeitraum wurde niemand angerufen.")
_NOT_KNOWN = Words("Who was called is not known.", "Wer angerufen wurde, ist nicht bekannt.")
_CALLED = Words(
    "{called} called in {attempts}, {spoken_to} spoken to themselves, {won} won by our calls.",
    "{called} mit {attempts} angerufen, {spoken_to} persönlich erreicht, {won} mit Abschluss.",
)
_LEFT = Words("{left} of {contacts} can be dialled now.", "Jetzt wählbar: {left} von {contacts}.")
_ONE_CONTACT, _CONTACTS = Words("1 contact", "1 Kontakt"), Words("{n} contacts", "{n} Kontakte")
_OF_CONTACTS = Words("{n} contacts", "{n} Kontakten")
_ONE_ATTEMPT, _ATTEMPTS = Words("1 attempt", "1 Versuch"), Words("{n} attempts", "{n} Versuchen")


def summary(report: Report, language: Language) -> str:
    """Who was called and what came of it, and what is left: `218 contacts called in 711 attempts, 115 spoken to
    themselves, 36 won by our calls. 122 of 720 contacts can be dialled now.`
    """
    figures = report.figures
    contacts = figures["contacts"].n
    if not contacts:
        return NO_CONTACTS.text(language)
    people, attempts = figures["contacts_called"].n, figures["attempts"].n
    beginning = (_CALLED if people else _NOBODY if figures["attempts"].known else _NOT_KNOWN).text(language)
    numbers = {
        "spoken_to": figures["contacts_spoken_to"].n,
        "won": figures["won_by_calls"].n,
        "left": figures["left_to_dial"].n,
    }
    return f"{beginning} {_LEFT.text(language)}".format(
        called=_counted(people, _ONE_CONTACT, _CONTACTS, language),
        attempts=_counted(attempts, _ONE_ATTEMPT, _ATTEMPTS, language),
        contacts=_counted(contacts, _ONE_CONTACT, _OF_CONTACTS, language),
        **{name: number(value, language) for name, value in numbers.items()},
    )


def _counted(n: int, one: Words, many: Words, language: Language) -> str:
    return one.text(language) if n == 1 else many.text(language).format(n=number(n, language))
