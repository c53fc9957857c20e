from datetime import datetime

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.document import about, in_short
from tests.reporting.some_reports import NOTHING, a_document, a_report


def test_it_is_said_what_the_report_is_of():
    facts = about(a_document(language=Language.de))
    assert {fact.heading: fact.text for fact in facts} == {
        "Dialler": "https://dialler.example/rest/v1.0/1",
        "Kampagnen": "Campaign 1000 (538)",
        "Zeitraum": "alle Anrufe",
        "Zeitzone": "Europe/Berlin",
        "erster Anruf": "2026-10-26 09:00",
        "letzter Anruf": "2026-11-20 13:00",
        "Stand der Daten": "2026-11-20 14:00",
        "Kontakte mit bekanntem Verlauf": "100 von 100",
    }
    moments = {fact.name: fact.moment for fact in facts if fact.moment}
    assert moments["first_call"] == datetime(2026, 10, 26, 9)
    assert {fact.heading: fact.text for fact in about(a_document(NOTHING))}["first call"] == "–"


def test_a_notice_comes_first():
    fact = about(a_document(notice="Invented people."))[0]
    assert (fact.name, fact.text) == ("notice", "Invented people.")


def test_the_title_names_the_first_campaigns():
    assert a_document(a_report(["A", "B"])).title == "A (538), B (539)"
    assert a_document(a_report(["A", "B", "C", "D", "E"])).title == "A (538), B (539), C (540) + 2"


def test_in_short_it_is_dialler_period_and_age():
    assert list(in_short(a_document())) == [
        *("https://dialler.example/rest/v1.0/1", "all calls", "as of 2026-11-20 14:00")
    ]
