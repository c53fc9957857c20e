"""A contact's history in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from dialler_mcp.domain.codes import ANSWERED, CAUSES, CONNRES, RESULT_TYPES
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, HistoryEntry, ResultCode
from dialler_mcp.domain.times import local, shared_offset, shown, shown_bare
from dialler_mcp.service.answers import Table, table
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.paging import cursor_at, fit, page
from dialler_mcp.service.present import campaign_name, result_name
from dialler_mcp.words import Noun, Words

EXPLAINED_BY_CAUSE = (5, 7)  # CONNRES that says little without the cause
PLAIN_CAUSES = (0, 16, 31)  # a call that ended as calls end
ENTRY = Noun(Words("history entry", "Eintrag im Verlauf"), Words("history entries", "Einträge im Verlauf"))
COLUMNS = ("outcome", "result", "talk_s", "agent (user ID)", "number", "direction", "contact", "campaign")
_SHOWN = Words(", {rows} shown, newest first", ", {rows} gezeigt, die neuesten zuerst")
_INBOUND = Words("inbound", "eingehend")


def began(entry: HistoryEntry) -> datetime | None:
    """When a call began, or when a result without a call was recorded."""
    return entry.dt_call_start or entry.dt_created_dialler_contacts_history


def outcome(entry: HistoryEntry, language: Language) -> str | None:
    """How an attempt ended, with the cause where that says more."""
    if entry.connres is None:
        return None
    words = CONNRES.get(entry.connres)
    ending = words.text(language) if words else str(entry.connres)
    cause = CAUSES.get(entry.cause_codes_id or 0)
    telling = entry.connres in EXPLAINED_BY_CAUSE or entry.connres not in CONNRES
    if telling and cause and entry.cause_codes_id not in PLAIN_CAUSES:
        return f"{ending}: {cause.text(language)} ({entry.cause_codes_id})"
    return ending


def talk_seconds(entry: HistoryEntry, zone: tzinfo) -> int | None:
    """Seconds between answer and end of a call that was answered; one of the times may have an offset."""
    if entry.connres != ANSWERED or entry.dt_call_connect is None or entry.dt_call_end is None:
        return None
    return round(local(entry.dt_call_end, zone).timestamp() - local(entry.dt_call_connect, zone).timestamp())


def recorded(entry: HistoryEntry, codes: Mapping[int, ResultCode], language: Language) -> str | None:
    """The result that was recorded: its name, else at least its type."""
    code_id = entry.dialler_campaigns_result_codes_id or None
    if code_id and code_id not in codes and entry.dialler_result_codes_types_id in RESULT_TYPES:
        return f"{RESULT_TYPES[entry.dialler_result_codes_types_id].text(language)} ({code_id})"
    return result_name(codes.get(code_id or 0), code_id)


def newest_first(entries: Sequence[HistoryEntry], zone: tzinfo) -> list[HistoryEntry]:
    """The dialler's order is not documented, so we sort; equal times by row."""
    times = [(began(entry), entry) for entry in entries]
    by_time = [(local(at, zone).timestamp(), entry.dialler_contacts_history_id, entry) for at, entry in times if at]
    without_time = [entry for at, entry in times if at is None]
    return [entry for _, _, entry in sorted(by_time, key=lambda item: item[:2], reverse=True)] + without_time


def call_lines(
    invocation: Invocation, entries: Sequence[HistoryEntry], codes: Mapping[int, ResultCode], language: Language
) -> list[str]:
    """One line a call, newest first: `2026-11-18 10:05+01:00 answered, Kein Interesse`."""
    zone = invocation.profile.zone
    lines: list[str] = []
    for entry in newest_first(entries, zone):
        at = began(entry)
        parts = [outcome(entry, language), recorded(entry, codes, language)]
        text = ", ".join(part for part in parts if part)
        lines.append(f"{shown(at, zone)} {text}" if at else text)
    return lines


async def history_table(
    invocation: Invocation,
    entries: Sequence[HistoryEntry],
    preference: Language | None,
    limit: int,
    cursor: str | None,
    question: object,
) -> Table:
    """A page of a history."""
    language, zone = invocation.profile.language(preference), invocation.profile.zone
    calls = newest_first(entries, zone)
    some, following = page(calls, lambda entry: entry.dialler_contacts_history_id, limit, cursor, question)
    times = [at for entry in some if (at := began(entry))]
    offset = shared_offset(times, zone)
    directory, rows = invocation.profile.directory, list[list[Any]]()
    names = {
        key: (await directory.campaign(key), await directory.result_codes(key, language))
        for key in {entry.dialler_campaigns_id for entry in some}
    }
    for entry in some:
        campaign, codes = names[entry.dialler_campaigns_id]
        at = began(entry)
        when = at and (shown_bare(at, zone) if offset else shown(at, zone))
        seconds = talk_seconds(entry, zone)
        rows.append([when, *_cells(entry, campaign, codes, language, seconds)])
    columns = [f"start {offset}" if offset else "start", *COLUMNS]
    cursors = [cursor_at(entry.dialler_contacts_history_id, question) for entry in some]
    rows, following = fit(rows, cursors, following)
    shown_rows = _SHOWN.text(language).format(rows=len(rows)) if entries else ""
    summary = ENTRY.counted(len(entries), language) + shown_rows
    answer = table(summary, columns, rows, total=len(entries), language=language)
    answer.next_cursor = following
    return answer


def _cells(
    entry: HistoryEntry,
    campaign: Campaign | None,
    codes: Mapping[int, ResultCode],
    language: Language,
    seconds: int | None,
) -> list[Any]:
    """A row of a history behind its time."""
    return [
        outcome(entry, language),
        recorded(entry, codes, language),
        seconds,
        entry.users_id or None,
        entry.phone_number_offset,
        None if entry.b_outbound or entry.connres is None else _INBOUND.text(language),
        entry.dialler_contacts_id,
        campaign_name(campaign, entry.dialler_campaigns_id),
    ]
