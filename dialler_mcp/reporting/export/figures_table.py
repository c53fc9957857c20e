"""The figures of a report as CSV, one a line: for a spreadsheet or another program."""

import csv as writing
import io
from collections.abc import Iterator

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.document import Document, about
from dialler_mcp.reporting.export.sections import BEFORE, Line, Section
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.words import Words

COLUMNS = (
    *(Words("section", "Bereich"), Words("key", "Schlüssel"), Words("figure", "Kennzahl"), Words("value", "Wert")),
    *(Words("n", "n"), Words("of", "von"), Words("unit", "Einheit"), BEFORE),
)
UNITS = {
    Unit.count: Words("count", "Anzahl"),
    Unit.share: Words("share", "Anteil"),
    Unit.average: Words("average", "Mittelwert"),
    Unit.seconds: Words("seconds", "Sekunden"),
}
TEXT = Words("text", "Text")
"""The unit of what is no figure."""
ABOUT = Words("about", "Angaben")
"""The section of what the file is of, which comes first."""
BYTE_ORDER_MARK = "\ufeff"
DIGITS = 6  # behind the point
# The first characters of a text that a spreadsheet takes for a formula, in ASCII and in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv(document: Document) -> str:
    """What the report is of, then all figures, a line each, with the columns `COLUMNS`; shares are 0 to 1, times
    seconds, unknown values empty.

    English: after RFC 4180, its sections by name, for programs. German: as a German Excel opens it, with semicolons,
    decimal commas and a mark of UTF-8.
    """
    language = document.language
    german = language is Language.de
    out = io.StringIO(newline="")
    table = writing.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    table.writerow([column.text(language) for column in COLUMNS])
    for fact in about(document):
        table.writerow([ABOUT.text(language), "", fact.heading, harmless(fact.text), "", "", TEXT.text(language), ""])
    for section in document.sections:
        for line in section.lines:
            table.writerows(_rows(section, line, language))
    return (BYTE_ORDER_MARK if german else "") + out.getvalue()


def _rows(section: Section, line: Line, language: Language) -> Iterator[list[object]]:
    for cell in line.cells:
        yield [
            section.title if language is Language.de else section.name,
            "" if section.single else harmless(line.key),
            line.key if section.single else cell.heading,
            number_in_words(cell.value, language),
            "" if cell.n is None else cell.n,
            "" if cell.of is None else cell.of,
            UNITS[cell.unit].text(language),
            number_in_words(cell.before, language),
        ]


def harmless(text: str) -> str:
    """A text that no spreadsheet evaluates: an apostrophe is put before anything that looks like a formula.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def number_in_words(value: float | None, language: Language) -> str:
    """A number as programs read it, or a German Excel; nothing where it is not known."""
    if value is None:
        return ""
    digits = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return digits.replace(".", ",") if language is Language.de else digits
