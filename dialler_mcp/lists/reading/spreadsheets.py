"""Spreadsheets, each read in a process of its own (`child`) into a file of rows that goes away by itself."""

import os
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from dialler_mcp.child_process import NO_WINDOW, command, environment
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import MAX_SUMMARY, Summary, Task, line_of
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import Line, Source
from dialler_mcp.words import Words

BROKEN = Words(
    "This file cannot be read: it is damaged, or needs too much memory. Save the list alone, as XLSX or CSV.",
    "Diese Datei lässt sich nicht lesen: Sie ist beschädigt, oder braucht zu viel Speicher. Speichern Sie die Liste "
    "allein, als XLSX oder CSV.",
)
TOO_SLOW = Words(
    "This file cannot be read: it takes too long. Save the list alone, or as CSV.",
    "Diese Datei lässt sich nicht lesen: Es dauert zu lange. Speichern Sie die Liste allein, oder als CSV.",
)
_ONE_SHEET = Words(
    "Only one sheet is read, and not the others ({count}): give sheet to read another.",
    "Nur ein Blatt wird gelesen, die anderen nicht ({count}): Geben Sie sheet an, um ein anderes zu lesen.",
)
_HIDDEN = Words("Hidden sheets ({count}) are not read.", "Ausgeblendete Blätter ({count}) werden nicht gelesen.")
_CHILD = "dialler_mcp.lists.reading.child"
_BLOCK = 1 << 20


def read_file(source: Path, format_: str, sheet: str | None, limits: Limits) -> Source:
    """A spreadsheet; `format_` is one of `xlsx`, `xls`, `ods`.

    Raises:
        Unreadable: the process could not read it; the sentence says why, where that is known.
    """
    task = Task(str(source.absolute()), format_, sheet, limits)
    rows = _Rows(tempfile.TemporaryFile(dir=source.absolute().parent), task)  # noqa: SIM115 - it closes it
    summary = rows.summary
    notes = [*summary.notes, *_about_sheets(summary)]
    return Source(
        format_,
        rows.lines,
        sheet=summary.sheet,
        hidden_sheets=tuple(summary.hidden_sheets),
        other_sheets=tuple(summary.other_sheets),
        merges=tuple(summary.merges),
        notes=tuple(notes),
    )


def _about_sheets(summary: Summary) -> Iterator[Words]:
    if summary.other_sheets:
        yield _ONE_SHEET.filled(count=len(summary.other_sheets))
    if summary.hidden_sheets:
        yield _HIDDEN.filled(count=len(summary.hidden_sheets))


def run(task: Task, file: IO[bytes]) -> None:
    """Have the process write to a file.

    Raises:
        Unreadable: it takes too long.
    """
    try:
        subprocess.run(  # noqa: S603 - our own module
            command(_CHILD),
            input=msgspec.json.encode(task),
            stdout=file,
            stderr=subprocess.DEVNULL,
            timeout=task.limits.seconds,
            env=environment(),
            creationflags=NO_WINDOW,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(TOO_SLOW) from None


class _Rows:
    """The rows that the process wrote, in an open file that has no name any more; several may read it at once."""

    def __init__(self, file: IO[bytes], task: Task) -> None:
        self._file, self._turn = file, threading.Lock()
        weakref.finalize(self, file.close)
        run(task, file)
        size = file.seek(0, os.SEEK_END)
        start = max(size - MAX_SUMMARY, 0)
        data = self._at(start, MAX_SUMMARY)
        self._end = start + data.rfind(b"\n") + 1
        try:
            self.summary = msgspec.json.decode(data[self._end - start :], type=Summary)
        except msgspec.MsgspecError:  # a limit of the system ended it, or it crashed
            raise Unreadable(BROKEN) from None
        if self.summary.reason:
            raise Unreadable(self.summary.reason)

    def _at(self, place: int, size: int) -> bytes:
        with self._turn:
            self._file.seek(place)
            return self._file.read(size)

    def lines(self) -> Iterator[Line]:
        """The rows, from the first."""
        place, rest = 0, b""
        while place < self._end:
            block = self._at(place, min(_BLOCK, self._end - place))
            place += len(block)
            *lines, rest = (rest + block).split(b"\n")
            yield from map(line_of, lines)
