"""What the commands have in common: how they end, in which form they print a table, the line of the audit log."""

import csv
import json
import os
import sys
from collections.abc import AsyncGenerator, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import StrEnum
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from dialler_mcp.problem import reason_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from dialler_mcp.service.invocation import Invocation
    from dialler_mcp.service.profile import Profile
    from dialler_mcp.settings import Settings

FAILED, MISUSED, INCOMPLETE, UNCONFIRMED, STOPPED, UNREAD = 1, 2, 3, 4, 130, 141
"""Exit codes: it could not be done; what was asked for makes no sense; done, but not everything is known, or somebody
must look; nobody has said yes; Ctrl+C; nobody read to the end what was printed, which shells call so (SIGPIPE)."""
CALLER = "terminal"
"""The caller of a command, in the audit log."""


class Form(StrEnum):
    """The form of what a command prints: for a person, for a spreadsheet, for a program."""

    text = "text"
    csv = "csv"
    json = "json"


def end(why: str, code: int = FAILED) -> NoReturn:
    """End the command with a sentence."""
    print(f"dialler-mcp: {why}", file=sys.stderr)
    sys.exit(code)


@contextmanager
def while_somebody_reads() -> Generator[None]:
    """Print as long as somebody reads it, and end quietly then, as other tools do: `… campaigns | head -1`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # a stdout of tests has no number
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end of Python
        sys.exit(UNREAD)


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as CSV (RFC 4180), with a line of headings; nothing in it is a formula to a spreadsheet."""
    from dialler_mcp.reporting.export.figures_table import harmless

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def print_json(records: Iterable[Mapping[str, Any]]) -> None:
    """Records as one array, a line each; in ASCII, since not every console or log has every character."""
    before = "[\n"
    for record in records:
        print(before + json.dumps(record), end="")
        before = ",\n"
    print("[]" if before == "[\n" else "\n]")


def print_text(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table with aligned columns, numbers to the right."""
    cells = [list(map(_cell, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    numbers = [all(isinstance(row[place], int) for row in rows) for place in range(len(columns))]
    for row in [list(columns), *cells]:
        texts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numbers, strict=True)
        ]
        print("  ".join(texts).rstrip())


def _cell(value: object) -> str:
    return "" if value is None else str(value)


@contextmanager
def recorded(
    settings: "Settings",
    command: str,
    arguments: Mapping[str, Any] | None = None,
    schema: Mapping[str, Any] | None = None,
    *,
    success_codes: Collection[int] = (0,),
    changes: bool = False,
) -> Generator[None]:
    """Leave the line of a command in the audit log, however it ends. `schema` is the JSON schema of the properties that
    `arguments` may keep as they are; the rest becomes pseudonyms. `success_codes` are the exit codes of success.

    A log that cannot be written stops no command but those that `changes` something on a dialler.
    """
    if changes and settings.audit:
        _prepare(settings)
    start, code, outcome = perf_counter(), FAILED, "crashed"
    try:
        yield
        code, outcome = 0, "ok"
    except (SystemExit, typer.Exit) as left:
        code = _code_of(left)
        outcome = "ok" if code in success_codes else "cancelled" if code == STOPPED else "failed"
        raise
    except KeyboardInterrupt:
        code, outcome = STOPPED, "cancelled"
        raise
    finally:
        if settings.audit:
            took = {"ms": round((perf_counter() - start) * 1000, 1)}
            _record(settings, command, arguments, schema, {"outcome": outcome, "exit": code, **took})


def new_bars() -> "Progress":
    """Bars that show how far something is, how fast it goes and how long it takes still; nothing where stderr is no
    terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Task as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Bar) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.0f}/s" if speed else "")

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), Rate())
    return Progress(
        *columns, TimeRemainingColumn(elapsed_when_finished=True), console=console, disable=not console.is_terminal
    )


@asynccontextmanager
async def open_profile(settings: "Settings") -> AsyncGenerator["Profile"]:
    """The dialler of the settings, with all that a command needs."""
    from dialler_mcp.dialler import open_dialler
    from dialler_mcp.service.profile import profile_of

    async with open_dialler(settings) as dialler:
        profile = profile_of(settings, dialler)
        try:
            yield profile
        finally:
            await profile.aclose()


def invocation_of(settings: "Settings", profile: "Profile", tool: str, **arguments: Any) -> "Invocation":
    """What a person at the terminal wants of a tool, within what the settings allow.

    Raises:
        WrongPolicy: the settings name a tool that there is not, or leave none.
    """

    from dialler_mcp.access import access_of
    from dialler_mcp.cli.person import person_of
    from dialler_mcp.domain.callers import Caller
    from dialler_mcp.server import all_tools
    from dialler_mcp.service.invocation import Invocation

    access = access_of(settings, list(all_tools()))
    caller = Caller(client=CALLER, subject=person_of(settings), role=settings.role)

    def permits(function: str) -> bool:
        return access.permits(caller, f"dialler_{function}")

    return Invocation(profile, tool, arguments, caller, permits=permits)


def _code_of(error: SystemExit | typer.Exit) -> int:
    """The exit code; a sentence in place of it counts as 1."""
    code = error.exit_code if isinstance(error, typer.Exit) else error.code
    return code if isinstance(code, int) else 0 if code is None else FAILED


def _prepare(settings: "Settings") -> None:
    """Make sure that the line can be written; leaves where it cannot."""
    from dialler_mcp.dialler import audit_log

    try:
        audit_log(settings).prepare()
    except OSError as error:
        end(f"the audit log cannot be written ({reason_of(error)}), and nothing is changed without it.")


def _record(
    settings: "Settings",
    command: str,
    arguments: Mapping[str, Any] | None,
    schema: Mapping[str, Any] | None,
    ending: Mapping[str, Any],
) -> None:
    from dialler_mcp.dialler import audit_log

    log = audit_log(settings)
    try:
        entry = log.pseudonyms.arguments(arguments, {"properties": schema or {}})
        log.append({"kind": "command", "caller": CALLER, "tool": command, "arguments": entry, **ending}, durable=True)
    except OSError as error:
        print(f"dialler-mcp: the audit log cannot be written ({reason_of(error)}).", file=sys.stderr)
