import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from python_calamine import CalamineWorkbook

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export import Document, xlsx
from dialler_mcp.reporting.export.sections import sections
from dialler_mcp.reporting.figures.report import Report
from tests.examples import examples, rest_thorough
from tests.reporting.some_reports import BEFORE, FIRST, ODD_NAMES, a_document, a_report, reports, results


def parts(book: bytes, name: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        return [file.read(one).decode() for one in file.namelist() if name in one]


def opened(document: Document) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(xlsx(document)))


def table(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    """The lines of a sheet from the headings on, under its title."""
    lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return lines[next(place for place, line in enumerate(lines) if not any(line)) + 1 :]


@pytest.mark.parametrize("language", rest_thorough(Language))
@examples(6)
@given(report=reports())
def test_what_is_written_is_read_back(language: Language, report: Report):
    book = opened(a_document(report, language))
    some = sections(report, language)
    assert book.sheet_names[1:-1] == [section.title[:31] for section in some]
    for name, section in zip(book.sheet_names[1:-1], some, strict=True):
        head, *lines = table(book, name)
        assert head[0] == section.key_heading
        for line, row in zip(section.lines, lines, strict=True):
            assert row[0] == line.key if line.plain is None else row[0] == line.plain
            for cell, value in zip(line.cells, row[1:], strict=False):
                assert value == ("" if cell.value is None else pytest.approx(cell.value))


def test_text_stays_text():
    book = xlsx(a_document(a_report(list(ODD_NAMES), results=results(ODD_NAMES))))
    sheets = "".join(parts(book, "xl/worksheets/"))
    assert not re.findall(r"<f[ >]|hyperlink", sheets)
    assert not [name for name in parts(book, "_rels") if "example.org" in name]
    assert 'quotePrefix="1"' in parts(book, "styles")[0]
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(book))
    keys = [row[0] for row in table(workbook, "Results")[1:]]
    assert {"=HYPERLINK('http://example.org')", "-1+1", "+49", "_x0041_"} <= set(keys)


def test_a_share_is_shown_in_percent_and_has_its_n_of_n():
    book = opened(a_document())
    assert book.sheet_names[:3] == ["Overview", "Calls in the period", "List now"]
    rows = {row[0]: row for row in table(book, "Calls in the period")}
    assert rows["contact rate"] == ["contact rate", 0.25, 25, 100, "connects / attempts"]
    styles = parts(xlsx(a_document()), "styles")[0]
    assert 'formatCode="0.0%"' in styles
    assert 'formatCode="#,##0 &quot;s&quot;"' in styles


def test_it_opens_on_the_main_figures():
    book = opened(a_document(language=Language.de))
    assert book.sheet_names[0] == "Überblick"
    sentence, _, head, *lines = table(book, "Überblick")
    assert sentence[0].startswith("25 Kontakte mit 25 Versuchen angerufen")
    assert head[:4] == ["Kennzahl", "Wert", "n", "von N"]
    assert lines[1][:4] == ["Kontaktquote", 0.25, 25, 100]
    assert "activeTab" not in parts(xlsx(a_document()), "xl/workbook.xml")[0]


def test_every_sheet_says_what_it_is_of_and_that_its_people_are_invented():
    document = a_document(notice="Invented people.")
    book = opened(document)
    for name in book.sheet_names:
        first, second, third, *_ = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert first[0] == "Invented people."
        assert second[0] == "Campaign 1000 (538)"
        assert third[0] == "https://dialler.example/rest/v1.0/1 · all calls · as of 2026-11-20 14:00"
    sheets = parts(xlsx(document), "xl/worksheets/sheet")
    assert len(sheets) == len(book.sheet_names)
    assert all("<oddHeader>&amp;C&amp;B&amp;14 Invented people.</oddHeader>" in sheet for sheet in sheets)


def test_days_and_times_are_dates():
    book = opened(a_document())
    assert [line[0] for line in table(book, "By day")[1:]] == [FIRST, FIRST + timedelta(days=3)]
    facts = dict(line[:2] for line in table(book, "About this report"))
    assert facts["data as of"] == datetime(2026, 11, 20, 14)
    assert facts["first call"] == datetime(2026, 10, 26, 9)
    assert [line[0] for line in table(book, "By attempt number")[1:]] == [1, 2, "not known"]


def test_a_sheet_is_printed_across_the_page_with_its_headings_on_each():
    book = xlsx(a_document(a_report(["A & B"])))
    for sheet in parts(book, "xl/worksheets/sheet"):
        assert 'orientation="landscape"' in sheet
        assert 'fitToPage="1"' in sheet
        assert 'fitToHeight="0"' in sheet
        assert "&amp;LA &amp;&amp; B (538)&amp;RPage &amp;P of &amp;N" in sheet
    assert "'Calls in the period'!$4:$4" in parts(book, "xl/workbook.xml")[0]


def test_columns_are_as_wide_as_what_is_in_them():
    sheet = parts(xlsx(a_document()), "xl/worksheets/sheet2")[0]
    widths = [float(width) for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet)]
    key, numbers, formula = widths
    assert key > len("right-party contacts")
    assert numbers < 20
    assert formula > 50


def test_figures_stand_beside_those_of_the_period_before():
    book = opened(a_document(before=BEFORE))
    for name in ("Overview", "Calls in the period"):
        lines = {line[0]: line for line in table(book, name)}
        assert lines["measure"][4:6] == ["period before", "change"]
        assert lines["attempts"][1:6] == [25, 25, 100, 20, 0.25]
    assert lines["contact rate"][4:6] == [0.25, 0]
    assert "change" not in table(book, "List now")[0]
