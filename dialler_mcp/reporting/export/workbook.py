"""A report as a workbook: a sheet on its scope, then a sheet for each section."""

import io
from importlib import import_module
from typing import Any

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.sections import Section, about, sections
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.reporting.figures.report import Report

MAX_SHEET_NAME = 31  # letters, by Excel
MAX_WIDTH = 60  # letters of a column
NARROW = 14
FORMATS = {Unit.count: "#,##0", Unit.share: "0.0%", Unit.average: "#,##0.0", Unit.seconds: "#,##0"}
"""The format of each unit; Excel adds the separators of the reader's language."""

_REPORT = Words("Report", "Bericht")
_N, _OF = Words("n", "n"), Words("of N", "von N")


def xlsx(report: Report, language: Language) -> bytes:
    """The workbook. Numbers are numbers; every text is text, also one that looks like a formula or a link."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        **dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False),
    }
    book: Any = import_module("xlsxwriter").Workbook(out, options)  # it has no types
    book.set_properties({"title": _REPORT.text(language), "created": report.now.replace(tzinfo=None)})
    sheets = _Sheets(book)
    sheets.add_about(_REPORT.text(language), about(report, language))
    for section in sections(report, language):
        sheets.add(section, language)
    book.close()
    return out.getvalue()


class _Sheets:
    """Writes sheets into a workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"quote_prefix": True})  # stays text when somebody edits the cell
        self._values = {unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()}

    def add_about(self, name: str, lines: list[tuple[str, str]]) -> None:
        sheet = self._book.add_worksheet(name)
        for row, (heading, text) in enumerate(lines):
            sheet.write_string(row, 0, heading, self._head)
            sheet.write_string(row, 1, text, self._text)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, MAX_WIDTH)

    def add(self, section: Section, language: Language) -> None:
        """A section of single figures shows its n of N beside the value; elsewhere they have columns of their own."""
        sheet = self._book.add_worksheet(section.title[:MAX_SHEET_NAME])
        single = section.single
        headings = [section.keyed, *(cell.heading for cell in section.lines[0].cells)]
        headings += [_N.text(language), _OF.text(language)] if single else []
        headings += section.also
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, self._head)
        for row, line in enumerate(section.lines, 1):
            sheet.write_string(row, 0, line.key, self._text)
            cells: list[tuple[Any, Unit]] = [(cell.value, cell.unit) for cell in line.cells]
            if single:
                cells += [(line.cells[0].n, Unit.count), (line.cells[0].of, Unit.count)]
            for column, (value, unit) in enumerate(cells, 1):
                if value is not None:
                    sheet.write_number(row, column, value, self._values[unit])
            for column, text in enumerate(line.also, 1 + len(cells)):
                sheet.write_string(row, column, text, self._text)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, min(MAX_WIDTH, max(len(line.key) for line in section.lines) + 2))
        sheet.set_column(1, len(headings) - 1, NARROW)
