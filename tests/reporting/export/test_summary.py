from dataclasses import replace

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.summary import summary
from dialler_mcp.reporting.figures.report import Report
from tests.reporting.some_reports import NOTHING, UNREAD, a_report


def counting(**counts: int) -> Report:
    report = a_report()
    figures = dict(report.figures)
    return replace(report, figures=figures | {name: replace(figures[name], n=n) for name, n in counts.items()})


MANY = counting(
    contacts=1720,
    contacts_called=218,
    attempts=711,
    contacts_spoken_to=115,
    won_by_calls=36,
    left_to_dial=122,
)
ONE = counting(contacts=1, contacts_called=1, attempts=1, contacts_spoken_to=1, won_by_calls=0, left_to_dial=0)


@pytest.mark.parametrize(
    ("report", "language", "sentence"),
    [
        (
            *(MANY, Language.en),
            "218 contacts called in 711 attempts, 115 spoken to themselves, 36 won by our calls."
            " 122 of 1,720 contacts can be dialled now.",
        ),
        (
            *(MANY, Language.de),
            "218 Kontakte mit 711 Versuchen angerufen, 115 persönlich erreicht, 36 mit Abschluss."
            " Jetzt wählbar: 122 von 1.720 Kontakten.",
        ),
        (
            *(ONE, Language.de),
            "1 Kontakt mit 1 Versuch angerufen, 1 persönlich erreicht, 0 mit Abschluss."
            " Jetzt wählbar: 0 von 1 Kontakt.",
        ),
        (
            *(counting(contacts_called=0), Language.en),
            "Nobody was called in this period. 25 of 25 contacts can be dialled now.",
        ),
        (NOTHING, Language.de, "Es gibt keine Kontakte."),
        (
            replace(UNREAD, figures={**UNREAD.figures} | {"contacts": a_report().figures["contacts"]}),
            Language.en,
            "Who was called is not known. 25 of 25 contacts can be dialled now.",
        ),
    ],
)
def test_the_main_thing_is_a_sentence(report: Report, language: Language, sentence: str):
    assert summary(report, language) == sentence
