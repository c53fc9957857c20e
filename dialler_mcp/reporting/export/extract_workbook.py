"""An extract as a workbook: a sheet with the rows, and one on what they are."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.export.extract import Cell, Column, Extract
from dialler_mcp.reporting.export.workbook import (
    A4,
    DAY,
    GERMAN_DAY,
    GERMAN_MINUTE,
    MAX_WIDTH,
    MINUTE,
    NARROW,
    PAGE,
    TEXTS_STAY,
    WIDE,
    printed,
)
from dialler_mcp.words import Words

MAX_ROWS = 1_048_576  # of a sheet, by Excel
MAX_CELL = 32_767  # characters
MAX_EXACT = 10**15  # numbers up to here keep their digits
FIRST_YEAR = 1900
TOO_MANY = "A workbook holds no more than a million rows: export csv or parquet."
_ROWS, _ABOUT = Words("Rows", "Zeilen"), Words("About", "Angaben")


def write_xlsx(extract: Extract, path: Path) -> int:
    """The workbook; returns how many rows. Numbers are numbers and times are times; every text is text, also one that
    looks like a formula or a link. Written row by row, so that memory stays bounded.

    Raises:
        Problem: there are more rows than a sheet holds.
        OSError: there is no room for it.
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), **TEXTS_STAY}
    library: Any = import_module("xlsxwriter")  # it has no types
    book = library.Workbook(str(path), options)
    try:
        sheet = _Sheet(book, extract)
        count = sheet.write_rows(extract)
        sheet.add_about(extract)
    except BaseException:
        for worksheet in book.worksheets():
            worksheet.row_data_fh.close()  # else only a book that is finished closes its files
        raise
    try:
        book.close()
    except library.exceptions.FileCreateError as error:  # what is wrong with the disk, in another dress
        raise error.args[0] from None
    return count


class _Sheet:
    def __init__(self, book: Any, extract: Extract) -> None:
        german = extract.language is Language.de
        self._book = book
        self._text = book.add_format({"quote_prefix": True})  # stays text when somebody edits the cell
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._notice = book.add_format({"bold": True, "font_size": 16, "font_color": "#b42318", "quote_prefix": True})
        self._day = book.add_format({"num_format": GERMAN_DAY if german else DAY, "align": "left"})
        self._minute = book.add_format({"num_format": GERMAN_MINUTE if german else MINUTE, "align": "left"})
        self._sheet = book.add_worksheet(_ROWS.text(extract.language))
        book.set_properties({"title": extract.title, "created": extract.made_at})

    def write_rows(self, extract: Extract) -> int:
        """The rows, below the notice and their headings."""
        sheet, top = self._sheet, 0
        self._lay_out(extract)
        if extract.notice:
            sheet.write_string(0, 0, extract.notice, self._notice)
            top = 1
        for place, column in enumerate(extract.columns):
            sheet.write_string(top, place, column.heading, self._head)
        row = top
        for row, values in enumerate(extract.rows, top + 1):
            if row >= MAX_ROWS:
                raise Problem(TOO_MANY)
            self._write(row, extract.columns, values)
        sheet.freeze_panes(top + 1, 0)
        return row - top

    def _lay_out(self, extract: Extract) -> None:
        sheet = self._sheet
        for place, column in enumerate(extract.columns):
            widest = WIDE if column.is_time else NARROW
            sheet.set_column(place, place, max(widest, min(MAX_WIDTH, len(column.heading) + 2)))
        if extract.notice:
            sheet.set_header(f"&C&B&14 {printed(extract.notice)}")
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_footer(f"&L{printed(extract.title)}&R{PAGE.text(extract.language)}")

    def _write(self, row: int, columns: Sequence[Column], values: Sequence[Cell]) -> None:
        sheet = self._sheet
        for place, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif isinstance(value, datetime) and value.year >= FIRST_YEAR:
                sheet.write_datetime(row, place, value, self._day if columns[place].is_day else self._minute)
            elif isinstance(value, int | float) and abs(value) <= MAX_EXACT:
                sheet.write_number(row, place, value)
            elif isinstance(value, str):
                sheet.write_string(row, place, value[:MAX_CELL], self._text)
            else:  # a spreadsheet knows no such time, and would change the last digits of such a number
                sheet.write_string(row, place, str(value), self._text)

    def add_about(self, extract: Extract) -> None:
        """The sheet on what the rows are."""
        sheet = self._book.add_worksheet(_ABOUT.text(extract.language))
        for row, fact in enumerate(extract.facts):
            sheet.write_string(row, 0, fact.heading, self._head)
            sheet.write_string(row, 1, fact.text, self._text)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, MAX_WIDTH)
