import csv as reading
import io

import pytest
from hypothesis import given

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export import EXPORTS, csv
from dialler_mcp.reporting.export.figures_table import ABOUT, COLUMNS, UNITS, harmless
from dialler_mcp.reporting.export.sections import sections
from dialler_mcp.reporting.figures.report import Report
from tests.examples import examples
from tests.reporting.some_reports import BEFORE, ODD_NAMES, a_document, a_report, reports, results


def read(text: str, language: Language) -> list[list[str]]:
    delimiter = ";" if language is Language.de else ","
    return list(reading.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True))


@pytest.mark.parametrize("language", Language)
@examples(8)
@given(report=reports())
def test_what_is_written_is_read_back(language: Language, report: Report):
    head, *lines = read(csv(a_document(report, language)), language)
    cells = [
        (section.title if language is Language.de else section.name, "" if section.single else line.key, cell)
        for section in sections(report, language)
        for line in section.lines
        for cell in line.cells
    ]
    assert head == [column.text(language) for column in COLUMNS]
    lines = [line for line in lines if line[0] != ABOUT.text(language)]
    assert len(lines) == len(cells)
    for line, (section, key, cell) in zip(lines, cells, strict=True):
        assert line[0] == section
        assert line[1].removeprefix("'") == key.removeprefix("'")
        assert line[6] == UNITS[cell.unit].text(language)
        value = line[3].replace(",", ".") if language is Language.de else line[3]
        assert (float(value) if value else None) == (
            None if cell.value is None else pytest.approx(cell.value, abs=1e-6)
        )
        assert [line[4], line[5]] == ["" if each is None else str(each) for each in (cell.n, cell.of)]


@pytest.mark.parametrize("language", Language)
def test_no_text_is_taken_for_a_formula(language: Language):
    report = a_report(list(ODD_NAMES), results=results(ODD_NAMES))
    for line in read(csv(a_document(report, language)), language):
        assert not [text for text in line if text.startswith(("=", "+", "-", "@", "＝"))]


@pytest.mark.parametrize(("text", "words"), [("=1", "'=1"), ("\t=1", "'\t=1"), ("-", "'-"), ("a=1", "a=1"), ("", "")])
def test_a_text_like_a_formula_gets_an_apostrophe(text: str, words: str):
    assert harmless(text) == words


def test_a_german_excel_opens_the_german_one():
    text = EXPORTS[".csv"](a_document(language=Language.de))
    assert text.startswith(b"\xef\xbb\xbfBereich;Schl\xc3\xbcssel;Kennzahl;Wert;n;von;Einheit;Zeitraum davor\r\n")
    assert b"Anrufe im Zeitraum;;Kontaktquote;0,25;25;100;Anteil;\r\n" in text


def test_the_english_one_is_as_the_rfc_has_it():
    text = EXPORTS[".csv"](a_document())
    assert text.startswith(b"section,key,figure,value,n,of,unit,period before\r\n")
    assert b"calls,,contact rate,0.25,25,100,share,\r\n" in text
    assert b"hour,09:00,contact rate,0.333333,20,60,share,\r\n" in text
    assert b'hour,09:00,"talk time, 90th",400.4,,,seconds,\r\n' in text
    assert b'hour,09:00,"wrap-up, 90th",,,,seconds,\r\n' in text


def test_it_begins_with_what_it_is_of():
    notice = "Invented people."
    _, *lines = read(csv(a_document(notice=notice)), Language.en)
    facts = {line[2]: line[3] for line in lines if line[0] == "about"}
    assert lines[0] == ["about", "", "note", notice, "", "", "text", ""]
    assert facts["dialler"] == "https://dialler.example/rest/v1.0/1"
    assert facts["campaigns"] == "Campaign 1000 (538)"
    assert facts["period"] == "all calls"
    assert facts["data as of"] == "2026-11-20 14:00"


def test_a_figure_has_its_value_of_the_period_before():
    head, *lines = read(csv(a_document(before=BEFORE)), Language.en)
    assert head[7] == "period before"
    before = {line[2]: line[7] for line in lines if line[0] in ("calls", "contacts")}
    assert (before["attempts"], before["contact rate"], before["contacts"]) == ("20", "0.25", "")
