"""The process of its own in which one spreadsheet is read: `python -m dialler_mcp.lists.reading.child`.

It reads a `Task` as JSON from its standard input and writes rows and a `Summary` to its standard output. Why a process:
a file of a kilobyte can make a reader need gigabytes or abort, and what ends this process leaves the server alone.
"""

import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from dialler_mcp.child_process import bound
from dialler_mcp.lists.reading import old_sheets, xlsx
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import Task, Writer


def carry_out(task: Task, file: BinaryIO) -> None:
    """Write the rows of the sheet, and what is known of it."""
    reader = xlsx if task.format == "xlsx" else old_sheets
    writer = Writer(file, task.limits)
    try:
        summary = reader.read_sheet(Path(task.source), task.sheet, task.limits, writer)
    except Unreadable as error:
        writer.fail(error.words)
    else:
        writer.close(summary)


def main() -> None:
    """Read one spreadsheet."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    limits = task.limits
    bound(memory=limits.memory, cpu_seconds=limits.seconds, file_bytes=limits.unpacked_bytes * 2)
    carry_out(task, sys.stdout.buffer)


if __name__ == "__main__":
    main()
