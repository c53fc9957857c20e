"""A report as a workbook: a sheet with the main figures and charts, one for each section, one on the report itself."""

import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.comparing import change_format
from dialler_mcp.reporting.export.document import Document, about, in_short
from dialler_mcp.reporting.export.sections import BEFORE, CHANGE, Line, Section
from dialler_mcp.reporting.export.summary import summary
from dialler_mcp.reporting.export.workbook_charts import Place, add_charts
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.words import Words

MAX_SHEET_NAME = 31  # letters, by Excel
MAX_FOOTER = 200  # letters of our text, of 255 that Excel allows with its codes
MAX_WIDTH = 60  # letters of a column
NARROW, WIDE = 10, 16
MARGIN = 2  # letters
A4 = 9
FORMATS = {Unit.count: "#,##0", Unit.share: "0.0%", Unit.average: "#,##0.0", Unit.seconds: '#,##0 "s"'}
"""The format of each unit; Excel adds the separators of the reader's language."""
TEXTS_STAY = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
"""Options of a workbook in which no text is taken for something else."""
DAY, MINUTE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
GERMAN_DAY, GERMAN_MINUTE = "dd.mm.yyyy", "dd.mm.yyyy hh:mm"

_OVERVIEW, _ABOUT = Words("Overview", "Überblick"), Words("About this report", "Über diesen Bericht")
_N, _OF = Words("n", "n"), Words("of N", "von N")
PAGE = Words("Page &P of &N", "Seite &P von &N")


def xlsx(document: Document) -> bytes:
    """The workbook. Numbers are numbers and times are times; every text is text, also one that looks like a formula or
    a link.
    """
    out = io.BytesIO()
    options = {"in_memory": True, **TEXTS_STAY}
    book: Any = import_module("xlsxwriter").Workbook(out, options)  # it has no types
    book.set_properties({"title": document.title, "created": document.report.now.replace(tzinfo=None)})
    sheets = _Sheets(book, document)
    overview, row = sheets.add_overview()
    places = {section.name: sheets.add(section) for section in document.sections}
    sheets.add_about()
    add_charts(book, overview, row, places, document.language)
    book.close()
    return out.getvalue()


class _Sheet(NamedTuple):
    """A sheet under its heading: its table begins in `row`."""

    sheet: Any
    name: str
    row: int


class _Sheets:
    """Writes sheets into a workbook. Each says, on top and on every printed page, of what it is."""

    def __init__(self, book: Any, document: Document) -> None:
        self._book, self._document, self._language = book, document, document.language
        german = self._language is Language.de
        self._title = book.add_format({"bold": True, "font_size": 16, "quote_prefix": True})
        self._faint = book.add_format({"font_color": "#57606a", "quote_prefix": True})
        self._notice = book.add_format({"bold": True, "font_size": 16, "font_color": "#b42318", "quote_prefix": True})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"quote_prefix": True})  # stays text when somebody edits the cell
        self._values = {unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()}
        self._changes = {unit: book.add_format({"num_format": change_format(unit, self._language)}) for unit in Unit}
        self._whole = book.add_format({"num_format": "0", "align": "left"})
        self._day = book.add_format({"num_format": GERMAN_DAY if german else DAY, "align": "left"})
        self._minute = book.add_format({"num_format": GERMAN_MINUTE if german else MINUTE, "align": "left"})

    def add_overview(self) -> tuple[Any, int]:
        """The first sheet, and the row under its table."""
        start = self._begun(_OVERVIEW.text(self._language))
        sheet, row = start.sheet, start.row
        sheet.write_string(row, 0, summary(self._document.report, self._language), self._text)
        main = self._document.headline
        return sheet, self._table(start._replace(row=row + 2), main).last + 2

    def add(self, section: Section) -> Place:
        """A section of single figures shows its n of N beside the value; elsewhere they have columns of their own."""
        start = self._begun(section.title[:MAX_SHEET_NAME])
        place = self._table(start, section)
        start.sheet.freeze_panes(start.row + 1, 1)
        start.sheet.repeat_rows(start.row)
        return place

    def add_about(self) -> None:
        sheet, _, top = self._begun(_ABOUT.text(self._language))
        for row, fact in enumerate(about(self._document), top):
            sheet.write_string(row, 0, fact.heading, self._head)
            if fact.moment:
                sheet.write_datetime(row, 1, fact.moment.replace(tzinfo=None), self._minute)
            else:
                sheet.write_string(row, 1, fact.text, self._text)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, MAX_WIDTH)

    def _begun(self, name: str) -> _Sheet:
        """A new sheet with its heading, ready to be printed."""
        sheet = self._book.add_worksheet(name)
        lines = [(self._document.title, self._title), (" · ".join(in_short(self._document)), self._faint)]
        if self._document.notice:
            lines.insert(0, (self._document.notice, self._notice))
            sheet.set_header(f"&C&B&14 {printed(self._document.notice)}")
        for row, (text, look) in enumerate(lines):
            sheet.write_string(row, 0, text, look)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{printed(self._document.title)}&R{PAGE.text(self._language)}")
        return _Sheet(sheet, name, len(lines) + 1)

    def _table(self, start: _Sheet, section: Section) -> Place:
        sheet, _, top = start
        headings = [section.key_heading, *(cell.heading for cell in section.lines[0].cells)]
        headings += [_N.text(self._language), _OF.text(self._language)] if section.single else []
        headings += [BEFORE.text(self._language), CHANGE.text(self._language)] if section.compared else []
        headings += section.also
        for column, heading in enumerate(headings):
            sheet.write_string(top, column, heading, self._head)
        for row, line in enumerate(section.lines, top + 1):
            self._write(sheet, row, line, section)
        for column, width in enumerate(_widths(headings, section)):
            sheet.set_column(column, column, width)
        return Place(start.name, top + 1, top + len(section.lines), tuple(headings))

    def _write(self, sheet: Any, row: int, line: Line, section: Section) -> None:
        if line.plain is None:
            sheet.write_string(row, 0, line.key, self._text)
        elif isinstance(line.plain, int):
            sheet.write_number(row, 0, line.plain, self._whole)
        else:
            sheet.write_datetime(row, 0, line.plain, self._day)
        cells: list[tuple[Any, Any]] = [(cell.value, self._values[cell.unit]) for cell in line.cells]
        figure = line.cells[0]
        if section.single:
            cells += [(count, self._values[Unit.count]) for count in (figure.n, figure.of)]
        if section.compared:
            cells += [(figure.before, self._values[figure.unit]), (figure.change, self._changes[figure.unit])]
        for column, (value, look) in enumerate(cells, 1):
            if value is not None:
                sheet.write_number(row, column, value, look)
        for column, text in enumerate(line.also, 1 + len(cells)):
            sheet.write_string(row, column, text, self._text)


def _widths(headings: Sequence[str], section: Section) -> list[int]:
    """The width of each column: headings may break between words, keys and further words fit."""
    widths = [min(WIDE, max(NARROW, *(len(word) + MARGIN for word in heading.split()))) for heading in headings]
    widths[0] = _fitting([section.key_heading, *(line.key for line in section.lines)])
    for place in range(len(section.also)):
        texts = [section.also[place], *(line.also[place] for line in section.lines)]
        widths[len(headings) - len(section.also) + place] = _fitting(texts)
    return widths


def _fitting(texts: Sequence[str]) -> int:
    return min(MAX_WIDTH, max(NARROW, *(len(text) + MARGIN for text in texts)))


def printed(text: str) -> str:
    """Text of a header or footer, in which `&` begins a code."""
    return text[:MAX_FOOTER].replace("&", "&&")
