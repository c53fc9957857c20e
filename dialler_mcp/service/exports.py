"""Contacts, calls or the answer to a question as a file: read, written beside, put into an allowed folder."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import hides
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.service.answers import SANDBOX_NAME, SANDBOX_WORDS
from dialler_mcp.service.export_files import ExportAnswer
from dialler_mcp.service.export_wish import Format, RowKind, Wish
from dialler_mcp.service.export_words import ELSEWHERE, ENDING, NO_FOLDER, NO_FOLDERS, THERE, TOO_MANY, UNWRITTEN
from dialler_mcp.service.fresh import Copies, copies_of
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.questions import FRESH_ENOUGH
from dialler_mcp.state.places import located, put_new
from dialler_mcp.words import Words, in_words

if TYPE_CHECKING:
    from dialler_mcp.reporting.export.document import Fact
    from dialler_mcp.reporting.export.extract import Extract
    from dialler_mcp.reporting.questions.asking import Rows
    from dialler_mcp.reporting.snapshot.opening import Snapshot

READING = 15.0
"""Seconds that an answer waits for the dialler to be read."""
MAX_OF_QUESTION = 100_000  # rows
QUESTION_SECONDS = 15.0
MAX_TEXT = 32_767  # characters of a cell, as in a workbook
MAX_NAME = 40  # characters of campaigns in the name of a file
MAX_TRIES = 1_000

_WRITTEN = Words("{rows} rows written: {file} ({bytes} bytes)", "{rows} Zeilen geschrieben: {file} ({bytes} Bytes)")
_ONE = Words("1 row written: {file} ({bytes} bytes)", "1 Zeile geschrieben: {file} ({bytes} Bytes)")
_NAMES = {
    "contacts": Words("contacts", "kontakte"),
    "calls": Words("calls", "anrufe"),
    "query": Words("query", "abfrage"),
}
_GOES_ON = Words(
    "The file is still being written. Asking again for the same says when it is there.",
    "Die Datei wird noch geschrieben. Verlangen Sie noch einmal dasselbe, um zu erfahren, ob sie da ist.",
)
_NO_BANK = Words(
    "Without bank data, which are not shown here (DIALLER_PRIVACY): import it without overwriting.",
    "Ohne Bankdaten, die hier nicht gezeigt werden (DIALLER_PRIVACY): ohne Überschreiben importieren.",
)
_CONTENTS = {
    "contacts": Words("contacts, as they are now", "Kontakte, Stand jetzt"),
    "calls": Words("calls", "Anrufe"),
    "query": Words("answer to a question in SQL", "Antwort auf eine Frage in SQL"),
}
_WITH_RESULT = Words("{contents} with the result {result}", "{contents} mit dem Ergebnis {result}")


@dataclass(frozen=True)
class Place:
    """Where a file goes: into `folder`, an allowed one, as `path`; without `fixed` under another name where there is
    one of this name.
    """

    folder: Path
    path: Path
    fixed: bool


def place_of(invocation: Invocation, path: str | None, wish: Wish, campaigns: Sequence[Campaign]) -> Place:
    """Where the file goes: to this path in an allowed folder, else there under a name that tells what it holds.

    Raises:
        Problem: no folder is allowed, the path lies elsewhere, or there is a file.
    """
    folders = invocation.profile.folders
    if not folders:
        raise Problem(NO_FOLDERS)
    name = name_of(invocation, wish, campaigns)
    if path is None:
        folder = folders[0].resolve()
        return Place(folder, folder / name, fixed=False)
    try:
        folder, target = located(path.strip().strip("\"'"), folders)
    except (ValueError, OSError, RuntimeError):
        folder = target = None
    if folder is None or target is None:
        raise Problem(ELSEWHERE.filled(allowed=", ".join(map(str, folders))))
    if target.is_dir():
        return Place(folder, target / name, fixed=False)
    return fixed_place(folder, target, wish)


def place_anywhere(invocation: Invocation, path: Path, wish: Wish, campaigns: Sequence[Campaign]) -> Place:
    """The same for a person at a terminal, who may write wherever the system lets them.

    Raises:
        Problem: there is a file, or no such folder.
    """
    whole = path.expanduser().resolve()
    if whole.is_dir():
        return Place(whole, whole / name_of(invocation, wish, campaigns), fixed=False)
    return fixed_place(whole.parent, whole, wish)


def fixed_place(folder: Path, path: Path, wish: Wish) -> Place:
    """Where a file goes whose name somebody gave.

    Raises:
        Problem: its ending is wrong, its folder is missing, or it is there already.
    """
    if not path.suffix:
        path = path.with_name(path.name + wish.format.ending)
    if path.suffix.casefold() != wish.format.ending:
        raise Problem(ENDING.filled(ending=wish.format.ending))
    if not path.parent.is_dir():
        raise Problem(NO_FOLDER)
    if path.exists():
        raise Problem(THERE)
    return Place(folder, path, fixed=True)


def name_of(invocation: Invocation, wish: Wish, campaigns: Sequence[Campaign]) -> str:
    """`calls-winback-2026-11-20.xlsx`; of the sandbox `SANDBOX-calls-…`. jtel's CSV has no room for its dialler, so its
    name has.
    """
    several = f"{len(campaigns)}-campaigns"
    name = invocation.present.nameless.text(campaigns[0].name) if len(campaigns) == 1 else several
    slug = re.sub(r"\W+", "-", name).strip("-")[:MAX_NAME].casefold()
    sandbox = ["SANDBOX"] if invocation.profile.is_sandbox else []
    host = urlsplit(invocation.dialler.address.base_url).hostname or ""
    jtel = ["jtel", host] if wish.format is Format.jtel else []
    contents = _NAMES[wish.contents].text(wish.language)
    day = invocation.profile.time().date().isoformat()
    return "-".join([*sandbox, contents, *([slug] if slug else []), *jtel, day]) + wish.format.ending


async def exported_in_time(
    invocation: Invocation, campaigns: Sequence[Campaign], wish: Wish, path: str | None
) -> ExportAnswer:
    """The file, or that it is still being written: the same invocation again waits for it.

    Raises:
        Problem: it cannot be written; says why.
    """
    exports, language = invocation.profile.exports, wish.language
    key = json.dumps([invocation.caller.key, invocation.arguments], sort_keys=True, default=str)
    work = None
    if not exports.running(key):
        place = place_of(invocation, path, wish, campaigns)
        copies = await copies_for(invocation, campaigns, wish, READING)
        work = exported(invocation, copies, wish, place)
    answer = await exports.in_time(key, work)
    return answer or ExportAnswer(summary=_GOES_ON.text(language), notes=invocation.notes(language))


async def copies_for(
    invocation: Invocation, campaigns: Sequence[Campaign], wish: Wish, budget_seconds: float
) -> Copies:
    """The local copies that the rows come from."""
    return await copies_of(
        invocation,
        campaigns,
        wish.language,
        within=FRESH_ENOUGH,
        histories=wish.needs_histories,
        budget_seconds=budget_seconds,
    )


async def exported(invocation: Invocation, copies: Copies, wish: Wish, place: Place) -> ExportAnswer:
    """Write the file.

    Raises:
        Problem: the question cannot be answered, or the file cannot be written; says why.
    """
    rows = await _answered(invocation, copies, wish.sql) if wish.sql is not None else None
    path, count = await asyncio.to_thread(_written, invocation, copies, wish, place, rows)
    words, size = _ONE if count == 1 else _WRITTEN, path.stat().st_size
    without_bank = wish.format is Format.jtel and hides(invocation.profile.privacy, Kind.BANK)
    bank = [_NO_BANK.text(wish.language)] if without_bank else []
    return ExportAnswer(
        summary=words.text(wish.language).format(rows=count, file=path, bytes=size),
        file=str(path),
        rows=count,
        bytes=size,
        notes=[*bank, *copies.remarks, *(invocation.notes(wish.language) or [])],
    )


async def _answered(invocation: Invocation, copies: Copies, sql: str) -> "Rows":
    from dialler_mcp.reporting.questions.asking import ask

    rows = await ask(
        invocation.profile.snapshots,
        copies.campaign_ids,
        sql,
        limit=MAX_OF_QUESTION,
        most=MAX_OF_QUESTION,
        longest=MAX_TEXT,
        seconds=QUESTION_SECONDS,
    )
    if rows.more:
        raise Problem(TOO_MANY.filled(most=in_words(MAX_OF_QUESTION)))
    return rows


def _written(invocation: Invocation, copies: Copies, wish: Wish, place: Place, rows: "Rows | None") -> tuple[Path, int]:
    from dialler_mcp.reporting.export.extracts import WRITERS

    profile = invocation.profile
    try:
        with profile.exports.work() as directory, profile.snapshots.open(copies.campaign_ids) as snapshot:
            draft = directory / f"draft{wish.format.ending}"
            extract = _extract(invocation, snapshot, copies, wish, rows)
            count = WRITERS[wish.format.value](extract, draft)
            return _put(draft, place), count
    except OSError as error:
        raise Problem(UNWRITTEN.filled(why=reason_of(error))) from error


def _put(draft: Path, place: Place) -> Path:
    """Put a file in its place, and say where that is."""
    path = place.path
    for number in range(2, MAX_TRIES):
        try:
            put_new(draft, place.folder, path)
            return path
        except FileExistsError:
            if place.fixed:
                raise Problem(THERE) from None
            path = place.path.with_name(f"{place.path.stem}-{number}{place.path.suffix}")
    raise Problem(THERE)


def _extract(
    invocation: Invocation, snapshot: "Snapshot", copies: Copies, wish: Wish, rows: "Rows | None"
) -> "Extract":
    from dialler_mcp.reporting.export.extract import Extract, cells, headed
    from dialler_mcp.reporting.export.extracted import RowFilter, Selection, for_import, selected
    from dialler_mcp.reporting.figures.words import campaigns_in_words

    profile, language = invocation.profile, wish.language
    if rows is not None:
        columns = headed(rows.columns, rows.types)
        selection = Selection(columns, (cells(columns, row) for row in rows.rows))
    else:
        choice = RowFilter(wish.contents, wish.scope, wish.result)
        if wish.format is Format.jtel:
            selection = for_import(snapshot, choice, profile.privacy)
        else:
            whole = wish.format is Format.parquet
            selection = selected(snapshot, choice, language, profile.privacy, whole=whole)
    notice = SANDBOX_WORDS.text(language) if profile.is_sandbox else ""
    title = campaigns_in_words(snapshot.coverage.names)
    facts = _facts(invocation, snapshot, copies, wish, notice)
    made_at = profile.time().replace(tzinfo=None)
    return Extract(title, selection.columns, selection.rows, facts, language, notice, made_at)


def _facts(invocation: Invocation, snapshot: "Snapshot", copies: Copies, wish: Wish, notice: str) -> "Sequence[Fact]":
    """What the file is of, as reports say it."""
    from dialler_mcp.reporting.export.document import facts, named, texts_about
    from dialler_mcp.reporting.figures.words import period_in_words

    profile, language, coverage = invocation.profile, wish.language, snapshot.coverage
    dialler = SANDBOX_NAME.text(language) if profile.is_sandbox else invocation.dialler.address.base_url
    contents = _CONTENTS[wish.contents].text(language)
    if wish.result is not None:
        contents = _WITH_RESULT.text(language).format(contents=contents, result=clean(wish.result))
    texts: Mapping[str, str] = {
        **texts_about(coverage, dialler, notice, language),
        "campaigns": named(coverage.names),
        "contents": contents,
        **({"period": period_in_words(wish.scope, language)} if wish.what is RowKind.calls else {}),
        **({"remarks": "; ".join(copies.remarks[1:])} if copies.remarks[1:] else {}),
    }
    return facts(texts, {"as_of": coverage.oldest}, language)
