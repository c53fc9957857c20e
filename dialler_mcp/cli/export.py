"""`dialler-mcp export`: contacts, calls or the answer to a question as a file."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from dialler_mcp.cli.terminal import (
    INCOMPLETE,
    MISUSED,
    STOPPED,
    UNREAD,
    end,
    invocation_of,
    open_profile,
    recorded,
    while_somebody_reads,
)
from dialler_mcp.domain import times
from dialler_mcp.domain.fields import Language
from dialler_mcp.service.export_wish import Format, RowKind

if TYPE_CHECKING:
    from dialler_mcp.domain.records import Campaign
    from dialler_mcp.service.export_files import ExportAnswer
    from dialler_mcp.service.export_wish import Wish
    from dialler_mcp.service.invocation import Invocation
    from dialler_mcp.settings import Settings

TOOL = "dialler_export"
_STAY = {
    "campaigns": {"items": {"type": "integer"}},
    "since": {"type": "string"},
    "until": {"type": "string"},
    "what": {"type": "string"},
    "type": {"type": "string"},
    "to": {"type": "string"},
}
"""What the audit log keeps of the arguments; names, results and questions become pseudonyms."""


def add_export_command(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    """The command, as one of `app`."""

    @app.command("export")
    def export_(  # pyright: ignore[reportUnusedFunction]
        campaigns: list[str] = typer.Argument(None, help="Names or IDs of campaigns; without any, all."),
        to: Path = typer.Option(
            Path(), help="The new file, .xlsx, .csv or .parquet, or a folder. One that is there is never replaced."
        ),
        what: RowKind | None = typer.Option(None, case_sensitive=False, help="contacts, unless calls or a question."),
        sql: str | None = typer.Option(None, help="Or the rows of this SELECT; docs/data.md has the columns."),
        since: str | None = typer.Option(
            None, help=f"Calls from this time on, {times.TIME_FORMAT}, local; or of a period: {times.PERIODS}."
        ),
        until: str | None = typer.Option(None, help="Calls up to this time; a date or period is all of it."),
        result: str | None = typer.Option(None, help="With this result: name, export key or type, e.g. Done."),
        kind: Format | None = typer.Option(
            None, "--type", case_sensitive=False, help="Else as the file's name ends; jtel: the CSV that jtel imports."
        ),
        language: Language | None = typer.Option(
            None, case_sensitive=False, help="Its language; else DIALLER_LANGUAGE."
        ),
        as_json: bool = typer.Option(False, "--json", help="Print what was written as JSON."),
    ) -> None:
        """Write contacts, calls or the rows of a question into a new file. Ctrl+C ends the reading of calls early. Ends
        with 3 when not everything is known.
        """
        settings, names = read_settings(), campaigns or []
        arguments = {"campaigns": names, "to": str(to), "what": what, "since": since, "until": until, "type": kind}
        arguments |= {"sql": sql, "result": result}
        with recorded(settings, "export", arguments, _STAY, success_codes=(0, INCOMPLETE, UNREAD)):
            wish = RowOptions(what, sql, since, until, result, kind, language or settings.language)
            code, answer = _written(settings, names, wish, to)
            with while_somebody_reads():
                print(json.dumps(answer.structure()) if as_json else answer.text())
            raise typer.Exit(code)


class RowOptions(NamedTuple):
    """Which rows, as the options say it."""

    what: RowKind | None
    sql: str | None
    since: str | None
    until: str | None
    result: str | None
    kind: Format | None
    language: Language


def _written(settings: "Settings", names: Sequence[str], options: RowOptions, to: Path) -> tuple[int, "ExportAnswer"]:
    """The exit code, and what was written; leaves with a sentence where nothing can be."""
    from dialler_mcp.cli.reading import scope_of
    from dialler_mcp.problem import Problem
    from dialler_mcp.service.export_wish import wished

    scope = scope_of(options.since, options.until, settings, settings.language)
    try:
        wish = wished(scope, options.language, options.what, options.sql, options.result, options.kind, str(to))
    except Problem as problem:
        end(problem.text(settings.language), MISUSED)
    try:
        complete, answer = asyncio.run(_exported(settings, names, wish, to))
    except KeyboardInterrupt:
        end("stopped, nothing was written. What was read is kept for the next time.", STOPPED)
    except Problem as problem:
        end(problem.for_person())
    return (0 if complete else INCOMPLETE), answer


async def _exported(settings: "Settings", names: Sequence[str], wish: "Wish", to: Path) -> tuple[bool, "ExportAnswer"]:
    """What was written, and whether everything in it is known."""
    from dialler_mcp.cli.reading import Reading, meant
    from dialler_mcp.service.exports import exported, place_anywhere
    from dialler_mcp.service.fresh import copies_in

    async with open_profile(settings) as profile:
        invocation = invocation_of(settings, profile, TOOL)
        _permit(invocation, wish)
        campaigns = await _campaigns(invocation, names, meant)
        place = place_anywhere(invocation, to, wish, campaigns)
        coverage = await Reading().read(profile.snapshots, campaigns)
        copies = copies_in(invocation, coverage, wish.language, histories=wish.needs_histories)
        complete = coverage.complete if wish.needs_histories else copies.lists_are_new
        return complete, await exported(invocation, copies, wish, place)


def _permit(invocation: "Invocation", wish: "Wish") -> None:
    from dialler_mcp.problem import Problem
    from dialler_mcp.tools.exports import NOT_ALLOWED, READ_BY

    if not (invocation.permits("export") and invocation.permits(READ_BY[wish.contents])):
        raise Problem(NOT_ALLOWED)


async def _campaigns(
    invocation: "Invocation", names: Sequence[str], matching: Callable[..., list["Campaign"]]
) -> list["Campaign"]:
    campaigns = await invocation.dialler.list_campaigns()
    return matching(campaigns, names or [str(campaign.id) for campaign in campaigns], invocation.language)
