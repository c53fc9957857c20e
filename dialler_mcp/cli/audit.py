"""`dialler-mcp audit verify` and `audit show`."""

import sys
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dialler_mcp.audit.check import Filter, Report, shown, verify
from dialler_mcp.domain import times
from dialler_mcp.problem import reason_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dialler_mcp.settings import Settings

MAX_FINDINGS = 50


def audit_commands(read_settings: Callable[[], "Settings"]) -> typer.Typer:
    """The commands `verify` and `show`."""
    app = typer.Typer(name="audit", help="Check and read the audit log.", no_args_is_help=True)
    directory = typer.Option(None, "--dir", help="Directory of the log; else that of the settings.")

    @app.command("verify")
    def verify_(where: Path | None = directory) -> None:  # pyright: ignore[reportUnusedFunction]
        """Name every line that was changed, removed, moved or added. Ends with 1 when there is one."""
        path = where or _configured(read_settings())
        with _reading():
            report = verify(path)
        print(_in_words(report, path))
        if not report.whole:
            raise typer.Exit(1)

    @app.command("show")
    def show(  # pyright: ignore[reportUnusedFunction]
        where: Path | None = directory,
        tool: str | None = typer.Option(None, help="Name of the tool, or a part of it."),
        caller: str | None = typer.Option(None, help="Name of the client, or a part of it."),
        outcome: str | None = typer.Option(
            None,
            help="ok, asked, confirmation_required, tool_error, protocol_error, cancelled or crashed.",
        ),
        since: str | None = typer.Option(None, help=f"From this time on, {times.TIME_FORMAT}, local to the dialler."),
        until: str | None = typer.Option(None, help="Up to this time; a date is its whole day."),
        last: int | None = typer.Option(None, min=1, help="Only this many, the latest ones."),
    ) -> None:
        """Show calls, oldest first: number, time (UTC), client, tool, outcome, arguments (people as pseudonyms)."""
        settings = read_settings()
        zone = settings.zone
        selection = Filter(tool, caller, outcome, _time(since, zone), _time(until, zone, end_of_day=True))
        with _reading():
            lines = shown(where or _configured(settings), selection)
            for line in lines if last is None else deque(lines, maxlen=last):
                print(line)

    return app


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


def _time(text: str | None, zone: "ZoneInfo", *, end_of_day: bool = False) -> datetime | None:
    if text is None:
        return None
    try:
        return times.parse(text, zone, end_of_day=end_of_day).replace(tzinfo=zone)
    except ValueError:
        sys.exit(f"dialler-mcp: a time has the form {times.TIME_FORMAT}.")


def _in_words(report: Report, directory: Path) -> str:
    if not report.lines:
        return f"There is no audit log in {directory}."
    size = f"{report.lines} lines in {report.files} files"
    end = f"The last is seq {report.last_seq} with hash {report.last_hash}; a cut-off end cannot be seen from the log."
    if report.whole:
        return f"{size}, chain whole. {end}"
    findings = [str(finding) for finding in report.findings[:MAX_FINDINGS]]
    if beyond := len(report.findings) - MAX_FINDINGS:
        findings += [f"… and {beyond} more"] * (beyond > 0)
    return "\n".join([f"{size}, chain NOT whole:", *findings, end])
