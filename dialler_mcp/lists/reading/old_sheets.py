"""XLS and ODS, by calamine. It takes a whole sheet into memory and may abort its process, so it has one of its own."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from dialler_mcp.lists.reading.cells import Kind, date_text, duration_text, number_text
from dialler_mcp.lists.reading.content import DAMAGE, ENCRYPTED
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import LETTERS, Summary, Writer, chosen
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import MergedCells
from dialler_mcp.lists.reading.parts import DAMAGED, Parts
from dialler_mcp.words import Words

NO_FORMULAS = Words(
    "In this format formulas look like values, and errors and formulas without a value look empty.",
    "In diesem Format sehen Formeln wie Werte aus; Fehler und Formeln ohne Wert sehen leer aus.",
)

Value = bool | int | float | str | dt.datetime | dt.date | dt.time | dt.timedelta


def read_sheet(source: Path, wish: str | None, limits: Limits, writer: Writer) -> Summary:
    """Write the rows of a sheet: the one that was asked for, else the first that is not hidden.

    Raises:
        Unreadable: the file is damaged, protected, too large, or has no such sheet.
    """
    import python_calamine as calamine

    _check(source, limits)
    try:
        workbook = calamine.load_workbook(str(source))  # pyright: ignore[reportUnknownMemberType] - PathLike without its type
        sheets = [
            (one.name, one.visible != calamine.SheetVisibleEnum.Visible)
            for one in workbook.sheets_metadata
            if one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        summary = chosen(sheets, wish)
        sheet = workbook.get_sheet_by_name(summary.sheet)
        for number, row in enumerate(sheet.iter_rows(), start=1):
            _write(number, row, writer)
        ranges = sheet.merged_cell_ranges or ()
    except calamine.PasswordError:
        raise Unreadable(ENCRYPTED) from None
    except (calamine.CalamineError, *DAMAGE):
        raise Unreadable(DAMAGED) from None
    summary.merges = [MergedCells(top + 1, left, right) for (top, left), (_, right) in ranges]
    summary.notes.append(NO_FORMULAS)
    return summary


def _check(source: Path, limits: Limits) -> None:
    """Of an ODS, whether it may be unpacked; an XLS is not packed."""
    with source.open("rb") as file:
        is_packed = file.read(2) == b"PK"
    if is_packed:
        with Parts(source, limits) as parts:
            for name in parts.names & {"content.xml", "styles.xml", "meta.xml", "settings.xml"}:
                parts.check(name)


def _write(number: int, row: Iterable[Value], writer: Writer) -> None:
    cells, kinds = list[str](), list[str]()
    for value in row:
        text, letter = _cell(value)
        cells.append(text)
        kinds.append(letter)
    while cells and not cells[-1]:
        cells.pop()
        kinds.pop()
    if cells:
        writer.row(number, cells, kinds)


def _cell(value: Value) -> tuple[str, str]:
    """The text of a value, and the letter of its kind."""
    match value:
        case str():
            return value, "."
        case bool():
            return str(value).lower(), LETTERS[Kind.boolean]
        case int() | float():
            return number_text(value), LETTERS[Kind.number]
        case dt.date():  # a datetime is one, too
            return str(date_text(value)), LETTERS[Kind.date]
        case dt.time():
            return value.isoformat("seconds"), LETTERS[Kind.time]
        case dt.timedelta():
            return str(duration_text(round(value.total_seconds()))), LETTERS[Kind.time]
