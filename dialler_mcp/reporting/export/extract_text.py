"""An extract as text: CSV for people and programs, and the CSV that jtel's portal imports."""

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.extract import Cell, Column, Extract
from dialler_mcp.reporting.export.figures_table import harmless, number_in_words
from dialler_mcp.words import Words

COMMENT = "# "
"""How the lines begin that say what the file is of; programs can leave such lines out."""
_TRUTH = {True: Words("true", "ja"), False: Words("false", "nein")}


def write_csv(extract: Extract, path: Path) -> int:
    """The facts, a line each, then the rows under their headings; returns how many.

    English: after RFC 4180. German: as a German Excel opens it, with semicolons, decimal commas and a mark of UTF-8.
    """
    german = extract.language is Language.de
    with path.open("w", encoding="utf-8-sig" if german else "utf-8", newline="") as file:
        table = csv.writer(file, delimiter=";" if german else ",", lineterminator="\r\n")
        for fact in extract.facts:
            table.writerow([f"{COMMENT}{fact.heading}: {fact.text}"])
        table.writerow([harmless(column.heading) for column in extract.columns])
        count = 0
        for row in extract.rows:
            table.writerow(_texts(extract.columns, row, extract.language))
            count += 1
    return count


def _texts(columns: Sequence[Column], row: Sequence[Cell], language: Language) -> list[str]:
    return [_text(column, value, language) for column, value in zip(columns, row, strict=True)]


def _text(column: Column, value: Cell, language: Language) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return _TRUTH[value].text(language)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if column.is_day else f"{value:%Y-%m-%d %H:%M:%S}"
    return number_in_words(value, language)


def write_jtel(extract: Extract, path: Path) -> int:
    """The rows as jtel's portal imports and exports them: semicolons, quotation marks around texts and times; nothing
    before the headings, since everything in it would be imported.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        table: Any = csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow([column.heading for column in extract.columns])
        count = 0
        for row in extract.rows:
            table.writerow([_for_jtel(value) for value in row])
            count += 1
    return count


def _for_jtel(value: Cell) -> str | int | float:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return harmless(value) if isinstance(value, str) else "" if value is None else value
