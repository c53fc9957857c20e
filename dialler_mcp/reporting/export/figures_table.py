"""The figures of a report as CSV, one a line: for a spreadsheet or another program."""

import csv as writing
import io

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.sections import Cell, sections
from dialler_mcp.reporting.figures.report import Report

COLUMNS = ("section", "key", "figure", "value", "n", "of", "unit")
BYTE_ORDER_MARK = "\ufeff"
DIGITS = 6  # behind the point
# The first characters of a text that a spreadsheet takes for a formula, in ASCII and in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv(report: Report, language: Language) -> str:
    """All figures, a line each, with the columns `COLUMNS`; shares are 0 to 1, times seconds, unknown values empty.

    English: after RFC 4180. German: as a German Excel opens it, with semicolons, decimal commas and a mark of UTF-8.
    """
    german = language is Language.de
    out = io.StringIO(newline="")
    table = writing.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for section in sections(report, language):
        for line in section.lines:
            for cell in line.cells:
                table.writerow(
                    [
                        section.name,
                        "" if section.single else harmless(line.key),
                        line.key if section.single else cell.heading,
                        _number(cell, german),
                        "" if cell.n is None else cell.n,
                        "" if cell.of is None else cell.of,
                        cell.unit.name,
                    ]
                )
    return (BYTE_ORDER_MARK if german else "") + out.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet evaluates: an apostrophe is put before anything that looks like a formula.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _number(cell: Cell, german: bool) -> str:
    if cell.value is None:
        return ""
    digits = f"{cell.value:.{DIGITS}f}".rstrip("0").rstrip(".") if isinstance(cell.value, float) else str(cell.value)
    return digits.replace(".", ",") if german else digits
