"""Which contacts are meant by the rows of a question in SQL: those of its column contact_id that there are now."""

import asyncio
import re
from collections.abc import Sequence

from dialler_mcp.domain.records import Campaign
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.figures.data_check import people
from dialler_mcp.reporting.questions.asking import ask
from dialler_mcp.service.fresh import copies_of
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.selected_contacts import SelectedContacts, as_they_are_now, said
from dialler_mcp.words import Words, in_words

MAX_ROWS = 10_000
"""Rows of one question; each contact counts once."""
_SECONDS = 30.0
_COLUMN = "contact_id"
_ONE_OF_SEVERAL = re.compile(rf"{_COLUMN}(_\d+)?")  # an answer numbers columns of the same name

_WHICH = Words(" whom a question in SQL names", " laut einer Frage in SQL")
_NO_COLUMN = Words(
    "Nothing was changed: the rows of this question have no column contact_id.",
    "Es wurde nichts geändert: Die Zeilen dieser Frage haben keine Spalte contact_id.",
)
_TWO_COLUMNS = Words(
    "Nothing was changed: the rows of this question have several columns contact_id. Give one of them another name.",
    "Es wurde nichts geändert: Die Zeilen dieser Frage haben mehrere Spalten contact_id. Geben Sie einer einen anderen "
    "Namen.",
)
_TOO_MANY = Words(
    "Nothing was changed: the question has more than {most} rows. Ask for fewer, or for each contact once (DISTINCT).",
    "Es wurde nichts geändert: Die Frage hat mehr als {most} Zeilen. Fragen Sie nach weniger, oder nach jedem Kontakt "
    "einmal (DISTINCT).",
)
_NO_NUMBERS = Words(
    "Left out, since contact_id is no whole number (rows: {count}): {values}.",
    "Weggelassen, weil contact_id keine ganze Zahl ist (Zeilen: {count}): {values}.",
)
_UNKNOWN = Words(
    "Left out, since these campaigns have no contact with ID: {values}.",
    "Weggelassen, weil es in diesen Kampagnen keinen Kontakt mit dieser ID gibt: {values}.",
)
_NOBODY = Words(
    "Nothing was changed: no row names a contact that there is.",
    "Es wurde nichts geändert: Keine Zeile nennt einen Kontakt, den es gibt.",
)


async def named_by(invocation: Invocation, sql: str, campaigns: Sequence[Campaign]) -> SelectedContacts:
    """The contacts that the rows of this question name; it is asked over these campaigns, as they are now.

    Raises:
        Problem: it cannot be asked, names nobody in a column contact_id, or has too many rows.
    """
    invocation.require("query")
    language = invocation.profile.language(None)
    copies = await copies_of(invocation, campaigns, language)
    rows = await ask(
        invocation.profile.snapshots, copies.campaign_ids, sql, limit=MAX_ROWS, most=MAX_ROWS, seconds=_SECONDS
    )
    if rows.more:
        raise Problem(_TOO_MANY.filled(most=in_words(MAX_ROWS)))
    columns = [column.casefold() for column in rows.columns]
    if _COLUMN not in columns:
        raise Problem(_NO_COLUMN)
    if sum(map(bool, map(_ONE_OF_SEVERAL.fullmatch, columns))) > 1:
        raise Problem(_TWO_COLUMNS)
    cells = [row[columns.index(_COLUMN)] for row in rows.rows]
    ids = list(dict.fromkeys(cell for cell in cells if _is_whole(cell)))
    there = await asyncio.to_thread(_there, invocation, copies.campaign_ids, ids)
    odd = [cell for cell in cells if not _is_whole(cell)]
    unknown = [one for one in ids if one not in there]
    remarks = [
        *([said(invocation, _NO_NUMBERS, odd)] if odd else []),
        *([said(invocation, _UNKNOWN, unknown)] if unknown else []),
    ]
    if not there:
        raise Problem(_NOBODY.then(*map(Words.alike, remarks)))
    remarks += copies.remarks
    contacts = as_they_are_now(invocation, [one for one in ids if one in there], remarks)
    return SelectedContacts(contacts, _WHICH.text(language), remarks)


def _is_whole(cell: object) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool)


def _there(invocation: Invocation, campaign_ids: Sequence[int], ids: Sequence[int]) -> set[int]:
    """Which of these IDs contacts of the campaigns have. Blocks."""
    with invocation.profile.snapshots.open(campaign_ids) as snapshot:
        return set(people(snapshot, [one for one in ids if abs(one) < 2**63]))
