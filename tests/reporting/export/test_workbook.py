import io
import re
import zipfile

import pytest
from hypothesis import given
from python_calamine import CalamineWorkbook

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export import xlsx
from dialler_mcp.reporting.export.sections import sections
from dialler_mcp.reporting.figures.report import Report
from tests.examples import examples
from tests.reporting.some_reports import ODD_NAMES, a_report, reports, results


def parts(book: bytes, name: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        return [file.read(one).decode() for one in file.namelist() if name in one]


@pytest.mark.parametrize("language", Language)
@examples(6)
@given(report=reports())
def test_what_is_written_is_read_back(language: Language, report: Report):
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(report, language)))
    found = sections(report, language)
    assert book.sheet_names[1:] == [section.title[:31] for section in found]
    for name, section in zip(book.sheet_names[1:], found, strict=True):
        head, *lines = book.get_sheet_by_name(name).to_python()
        assert head[0] == section.keyed
        for line, written in zip(section.lines, lines, strict=True):
            assert str(written[0]) == line.key
            for cell, value in zip(line.cells, written[1:], strict=False):
                assert value == ("" if cell.value is None else pytest.approx(cell.value))


def test_text_stays_text():
    book = xlsx(a_report(list(ODD_NAMES), results=results(ODD_NAMES)), Language.en)
    sheets = "".join(parts(book, "xl/worksheets/"))
    assert not re.findall(r"<f[ >]|hyperlink", sheets)
    assert not [name for name in parts(book, "_rels") if "example.org" in name]
    assert 'quotePrefix="1"' in parts(book, "styles")[0]
    read = CalamineWorkbook.from_filelike(io.BytesIO(book))
    keys = [row[0] for row in read.get_sheet_by_name("Results").to_python()[1:]]
    assert {"=HYPERLINK('http://example.org')", "-1+1", "+49", "_x0041_"} <= set(keys)


def test_a_share_is_shown_in_percent_and_has_its_n_of_n():
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(a_report(), Language.en)))
    assert book.sheet_names[:3] == ["Report", "Calls in the period", "List now"]
    rows = {row[0]: row for row in book.get_sheet_by_name("Calls in the period").to_python()}
    assert rows["contact rate"] == ["contact rate", 0.25, 25, 100, "connects / attempts"]
    assert 'formatCode="0.0%"' in parts(xlsx(a_report(), Language.en), "styles")[0]
    assert book.get_sheet_by_name("Report").to_python()[0] == ["campaigns", "Campaign 1000 (538)"]
