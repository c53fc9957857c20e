"""`dialler-mcp audit verify` and `audit show`."""

import json
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dialler_mcp.audit.check import Filter, Report, entries_of, in_words, spellings_of, verify
from dialler_mcp.audit.log import KEY, files, read_key
from dialler_mcp.cli.terminal import MISUSED, Form, end, print_csv, print_json, while_somebody_reads
from dialler_mcp.domain import times
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import reason_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dialler_mcp.settings import Settings

MAX_FINDINGS = 50
COLUMNS = (
    "seq",
    "time",
    "kind",
    "caller",
    "protocol",
    "tool",
    "arguments",
    "outcome",
    "changed",
    "exit",
    "ms",
    "missed",
    "repaired",
    "hash",
)
"""The columns of the CSV, by their names in the log."""

DIRECTORY = typer.Option(None, "--dir", help="Directory of the log; else that of the settings.")


def audit_commands(read_settings: Callable[[], "Settings"]) -> typer.Typer:
    """The commands `verify` and `show`."""
    app = typer.Typer(name="audit", help="Check and read the audit log.", no_args_is_help=True)
    _add_verify(app, read_settings)
    _add_show(app, read_settings)
    return app


def _add_verify(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    @app.command("verify")
    def verify_(where: Path | None = DIRECTORY) -> None:  # pyright: ignore[reportUnusedFunction]
        """Name every line that was changed, removed, moved or added. Ends with 1 when there is one, or no log."""
        path = where or _configured(read_settings())
        with _reading():
            report = verify(path)
            if not report.lines:
                end(_no_log(path))
        print(_in_words(report))
        if not report.whole:
            raise typer.Exit(1)


def _add_show(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    @app.command("show")
    def show(  # pyright: ignore[reportUnusedFunction]
        where: Path | None = DIRECTORY,
        tool: str | None = typer.Option(None, help="Name of the tool, or a part of it."),
        caller: str | None = typer.Option(None, help="Name of the client, or a part of it."),
        outcome: str | None = typer.Option(
            None,
            help="ok, asked, confirmation_required, tool_error, protocol_error, failed, cancelled or crashed.",
        ),
        since: str | None = typer.Option(
            None, help=f"From this time on, {times.TIME_FORMAT}, local to the dialler; or in a period: {times.PERIODS}."
        ),
        until: str | None = typer.Option(None, help="Up to this time; a date or period is all of it."),
        value: str | None = typer.Option(
            None, help="With this argument: an ID, a CRM key, a name, a number, written as it was then."
        ),
        last: int | None = typer.Option(None, min=1, help="Only this many, the latest ones."),
        form: Form = typer.Option(Form.text, "--format", case_sensitive=False, help="Form of what is shown."),
    ) -> None:
        """Show invocations and commands, oldest first: number, time (UTC), client, tool, outcome, arguments (people as
        pseudonyms).
        """
        settings = read_settings()
        path = where or _configured(settings)
        begins, ends = _times(since, until, settings.zone)
        with _reading():
            if not files(path):
                end(_no_log(path))
            selection = Filter(tool, caller, outcome, begins, ends, _written_as(value, path))
            entries = entries_of(path, selection)
            with while_somebody_reads():
                _print(entries if last is None else deque(entries, maxlen=last), form)


def _print(entries: Iterable[dict[str, Any]], form: Form) -> None:
    if form is Form.json:
        print_json(entries)
    elif form is Form.csv:
        print_csv(COLUMNS, ([_cell(entry.get(name)) for name in COLUMNS] for entry in entries))
    else:
        for entry in entries:
            print(in_words(entry))


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return clean(value) if isinstance(value, str) else value


def _written_as(value: str | None, path: Path) -> frozenset[str] | None:
    """How a value stands in the log; says so where only IDs and words of ours can be looked for."""
    if value is None:
        return None
    spellings, with_pseudonym = spellings_of(value, path)
    if not with_pseudonym:
        note = f"there is no {KEY} beside the log: only IDs, numbers and words of ours are found by value."
        print(f"dialler-mcp: {note}", file=sys.stderr)
    return spellings


@contextmanager
def _reading() -> Generator[None]:
    """End the command with a sentence where the log cannot be read."""
    try:
        yield
    except OSError as error:
        sys.exit(f"dialler-mcp: the audit log cannot be read ({reason_of(error)}).")


def _configured(settings: "Settings") -> Path:
    from dialler_mcp.dialler import audit_dir

    return audit_dir(settings)


def _times(since: str | None, until: str | None, zone: "ZoneInfo") -> tuple[datetime | None, datetime | None]:
    try:
        begins, ends = times.between(since, until, times.now(zone).date(), zone)
    except ValueError:
        end(f"a time has the form {times.TIME_FORMAT}; a period is {times.PERIODS}.", MISUSED)
    return begins and begins.replace(tzinfo=zone), ends and ends.replace(tzinfo=zone)


def _no_log(directory: Path) -> str:
    """That there is no log, and whether there was one: its key outlives it."""
    if read_key(directory):
        return f"The audit log is gone from {directory}: its key is there, but no line."
    return f"There is no audit log in {directory}: nothing was recorded yet, or it was removed."


def _in_words(report: Report) -> str:
    from dialler_mcp.service.answers import counted

    size = f"{counted(report.lines, 'line')} in {counted(report.files, 'file')}"
    end = f"The last is seq {report.last_seq} with hash {report.last_hash}; a cut-off end cannot be seen from the log."
    if report.whole:
        return f"{size}, chain whole. {end}"
    findings = [str(finding) for finding in report.findings[:MAX_FINDINGS]]
    if beyond := len(report.findings) - MAX_FINDINGS:
        findings += [f"… and {beyond} more"] * (beyond > 0)
    return "\n".join([f"{size}, chain NOT whole:", *findings, end])
