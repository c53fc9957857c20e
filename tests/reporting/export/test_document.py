from datetime import datetime

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.document import about, in_short
from tests.reporting.some_reports import BEFORE, NOTHING, a_document, a_report


def test_it_is_said_what_the_report_is_of():
    facts = about(a_document(language=Language.de))
    assert {fact.heading: fact.text for fact in facts} == {
        "Dialler": "https://dialler.example/rest/v1.0/1",
        "Kampagnen": "Campaign 1000 (538)",
        "Zeitraum": "alle Anrufe",
        "Zeitzone": "Europe/Berlin",
        "erster Anruf": "26.10.2026 09:00",
        "letzter Anruf": "20.11.2026 13:00",
        "Stand der Daten": "20.11.2026 14:00",
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


def test_it_is_said_what_it_is_compared_with():
    facts = {fact.name: fact.text for fact in about(a_document(before=BEFORE))}
    assert facts["before"] == "2026-11-02 to 2026-11-08"


def test_what_was_done_is_compared_with_the_period_before_but_not_the_list():
    by_name = {section.name: section for section in a_document(before=BEFORE).sections}
    attempts = by_name["calls"].lines[0].cells[0]
    assert (attempts.value, attempts.before, attempts.change) == (25, 20, 0.25)
    assert by_name["calls"].compared
    assert not by_name["contacts"].compared
    assert {cell.before for line in by_name["contacts"].lines for cell in line.cells} == {None}
    main = {line.key: line.cells[0].before for line in a_document(before=BEFORE).headline.lines}
    assert (main["attempts"], main["left to dial"]) == (20, None)
