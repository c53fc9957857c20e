"""The rows of a list with their verdicts, as a file that a person can mend and give again: the same columns first."""

import csv
import re
from collections.abc import Callable, Sequence
from enum import StrEnum, auto
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.checking.check import JudgedRow
from dialler_mcp.lists.checking.words import reason
from dialler_mcp.lists.columns.aliases import REASON_HEAD, RESULT_HEADS, VERDICT_HEAD
from dialler_mcp.lists.kinds import Verdict
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell
from dialler_mcp.problem import Problem
from dialler_mcp.state.places import put_new
from dialler_mcp.words import Words

MAX_ROWS = 1_048_576  # of a sheet, with its head
MAX_CELL = 32_767  # characters
_MAX_EXACT = 15  # digits of a number in a spreadsheet
_RUNS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula
_NUMBER = re.compile(r"\+[\d ()/.\-]*\d")
_PRIVATE = 0o600
_SHEET = Words("Check", "Prüfung")


class Include(StrEnum):
    """Which rows a file holds: those that are left out or asked about, or all."""

    rejects = auto()
    all = auto()


class _Sink(Protocol):
    """A file that takes one row after the other."""

    def write(self, cells: Sequence[str]) -> None: ...

    def close(self) -> None: ...


class VerdictFile:
    """Takes the verdicts of a check; closed, it is a file. Columns that an earlier check added are not repeated."""

    def __init__(
        self, path: Path, columns: Sequence[str], language: Language, include: Include = Include.rejects
    ) -> None:
        """
        Raises:
            Problem: the file's name ends in neither .xlsx nor .csv, or there is such a file.
        """
        if path.suffix not in _SINKS:
            raise Problem("A file with the verdicts is called .xlsx or .csv.")
        self._own = [place for place, column in enumerate(columns) if column not in RESULT_HEADS]
        self._language, self._include = language, include
        try:
            path.touch(_PRIVATE, exist_ok=False)
        except FileExistsError as error:
            raise Problem("There is a file of this name already. Choose another name.") from error
        self._sink = _SINKS[path.suffix](path, language)
        heads = (VERDICT_HEAD.text(language), REASON_HEAD.text(language))
        self._sink.write([*(columns[place] for place in self._own), *heads])

    def write(self, judgement: JudgedRow) -> None:
        """
        Raises:
            Problem: a workbook holds no more rows.
        """
        if self._include is Include.rejects and judgement.verdict in (Verdict.ready, Verdict.exists):
            return
        cells = judgement.row.cells
        own = [cells[place] if cells[place:] else "" for place in self._own]
        reasons = "; ".join(reason(finding, self._language) for finding in judgement.findings)
        self._sink.write([*own, judgement.verdict.text(self._language), reasons or judgement.kind.text(self._language)])

    def close(self) -> None:
        self._sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def placed(draft: Path, folder: Path, name: str) -> Path:
    """A copy of the draft in a folder, in place of the one that an earlier check of the list has left there."""
    path = folder / name
    path.unlink(missing_ok=True)
    put_new(draft, folder, path)
    return path


class _Workbook:
    """A sheet whose texts are texts, whatever they begin with. Written row by row, so that memory stays bounded."""

    def __init__(self, path: Path, language: Language) -> None:
        options = {
            "constant_memory": True,
            **dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False),
        }
        self._book: Any = import_module("xlsxwriter").Workbook(str(path), options)  # it has no types
        self._sheet = self._book.add_worksheet(_SHEET.text(language))
        self._sheet.freeze_panes(1, 0)
        self._rows = 0

    def write(self, cells: Sequence[str]) -> None:
        if self._rows == MAX_ROWS:
            raise Problem("A workbook holds no more rows than this. Ask for a .csv, or for the rejects only.")
        for place, cell in enumerate(cells):
            if _is_exact_number(cell):  # it stays a figure: its zero is lost for the next reading, too
                self._sheet.write_number(self._rows, place, float(cell))
            elif cell:
                self._sheet.write_string(self._rows, place, cell[:MAX_CELL])
        self._rows += 1

    def close(self) -> None:
        self._book.close()


def _is_exact_number(cell: str) -> bool:
    if not (isinstance(cell, TypedCell) and cell.kind is CellKind.number):
        return False
    return cell.isascii() and cell.isdecimal() and len(cell) <= _MAX_EXACT


class _DelimitedFile:
    """Text for a German Excel: with a mark of its encoding, divided by semicolons."""

    def __init__(self, path: Path, language: Language) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=";")

    def write(self, cells: Sequence[str]) -> None:
        self._writer.writerow(map(_harmless, cells))

    def close(self) -> None:
        self._file.close()


def _harmless(cell: str) -> str:
    """A text that no spreadsheet runs; a number with its + is none."""
    return f"'{cell}" if cell.startswith(_RUNS) and not _NUMBER.fullmatch(cell) else cell


_SINKS: dict[str, Callable[[Path, Language], _Sink]] = {".xlsx": _Workbook, ".csv": _DelimitedFile}
