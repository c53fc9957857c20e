"""Questions in SQL over what was read of campaigns: asked, put into words, and what can be asked at all."""

import asyncio
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.figures.data_check import people
from dialler_mcp.reporting.figures.words import campaign_in_words
from dialler_mcp.reporting.questions.asking import MAX_ROWS, RULES, Rows, ask
from dialler_mcp.reporting.questions.rules import FUNCTIONS, TABLE_FUNCTIONS, VIEWS
from dialler_mcp.reporting.snapshot.columns import AGENT_COLUMNS
from dialler_mcp.reporting.snapshot.views import ABOUT, EXAMPLES, folded_columns
from dialler_mcp.service.answers import ROWS, Table, table
from dialler_mcp.service.fresh import copies_of
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.profile import Profile
from dialler_mcp.words import Words

FRESH_ENOUGH = 300.0  # seconds; one question follows the other
SHORT = 64  # characters; a longer text is fenced, as one that carries orders would be
FEW_COLUMNS = 12  # so many are shown as they are; of more, the empty and the constant ones are left out

_NAMES = {"contact": "name", "UserData": "user_data", "campaign": "campaign"}
"""The columns that say who a contact is, and what a question calls the same."""
_EMPTY = Words(
    "Left out, since they are empty in every row: {columns}.", "Weggelassen, da in jeder Zeile leer: {columns}."
)
_MORE = Words(
    "The first {count} rows; there are more: aggregate, filter, or raise limit (at most {most}).",
    "Die ersten {count} Zeilen; es gibt mehr: zusammenfassen, filtern oder limit erhöhen (höchstens {most}).",
)
_AGENTS = tuple(column for columns in AGENT_COLUMNS.values() for column in columns)
_HIDDEN = Words("hidden: figures by agent are switched off", "verborgen: Zahlen je Agent sind abgeschaltet")
_RULES = Words("rules", "Regeln")
_HIDDEN_EMPTY = Words(
    "Hidden, so empty: {columns}. Figures by agent are switched off here (DIALLER_AGENT_FIGURES).",
    "Verborgen, also leer: {columns}. Zahlen je Agent sind hier abgeschaltet (DIALLER_AGENT_FIGURES).",
)


_DELAY = Words(
    "The state 'delay' is called 'follow-up': ask for state = 'follow-up'.",
    "Der Zustand 'delay' heißt 'follow-up': mit state = 'follow-up' fragen.",
)
_OLD_STATE = re.compile(r"\bstate\b.*'delay'", re.DOTALL)  # 'Delay' is a type of results


class View(StrEnum):
    """What can be described: the views, and the functions that are allowed."""

    contacts = "contacts"
    calls = "calls"
    result_codes = "result_codes"
    campaigns = "campaigns"
    functions = "functions"


async def answer_of(invocation: Invocation, campaigns: Sequence[Campaign], sql: str, limit: int) -> Table:
    """The rows that a SELECT has over these campaigns, at most `limit`.

    Raises:
        Problem: nothing could be read, or the question cannot be asked; says why.
    """
    language = invocation.profile.language(None)
    copies = await copies_of(invocation, campaigns, language, within=FRESH_ENOUGH)
    rows = await ask(invocation.profile.snapshots, copies.campaign_ids, sql, limit=limit)
    answer = await asyncio.to_thread(_with_names, invocation, copies.campaign_ids, rows)
    delay = [_DELAY.text(language)] if _OLD_STATE.search(sql) else []
    notes = [*delay, *_hidden(invocation, sql, rows), *copies.remarks, *(invocation.notes() or [])]
    return in_words(invocation, answer, language, notes)


def _hidden(invocation: Invocation, sql: str, rows: Rows) -> list[str]:
    """That columns are empty because nobody may see figures by agent; where the question is about them."""
    if invocation.profile.agent_figures:
        return []
    names = [name for name in _AGENTS if name in sql.casefold() or name in rows.columns]
    language = invocation.profile.language(None)
    return [_HIDDEN_EMPTY.text(language).format(columns=", ".join(names))] if names else []


def _with_names(invocation: Invocation, campaign_ids: Sequence[int], result: Rows) -> Rows:
    """The same rows; those that hold the ID of a contact say behind it who that is, as far as the question does not ask
    for it. Blocks.
    """
    columns = [column.casefold() for column in result.columns]
    if "contact_id" not in columns:
        return result
    place = columns.index("contact_id") + 1
    ids = {row[place - 1] for row in result.rows if isinstance(row[place - 1], int)}
    with invocation.profile.snapshots.open(campaign_ids) as snapshot:
        everybody, campaigns = people(snapshot, ids), snapshot.coverage.names
    if not everybody:
        return result
    of = [name for name, own in _NAMES.items() if own not in columns]

    def who(row: Sequence[Any]) -> list[Any]:
        person = everybody.get(row[place - 1])
        if person is None:
            return [None] * len(of)
        campaign = campaign_in_words(person.campaign_id, campaigns.get(person.campaign_id, ""))
        cells = {"contact": person.name or None, "UserData": person.user_data or None, "campaign": campaign}
        return [cells[name] for name in of]

    return Rows(
        (*result.columns[:place], *of, *result.columns[place:]),
        (*result.types[:place], *("VARCHAR" for _ in of), *result.types[place:]),
        (*result.foreign[:place], *(False for _ in of), *result.foreign[place:]),
        tuple((*row[:place], *who(row), *row[place:]) for row in result.rows),
        result.more,
    )


def in_words(invocation: Invocation, result: Rows, language: Language, notes: Sequence[str]) -> Table:
    """Rows as people and models read them."""
    count = len(result.rows)
    whole = f"{ROWS.counted(count, language)}."
    columns = [clean(column) for column in result.columns]
    answer = table(
        _MORE.filled(count=count, most=MAX_ROWS).text(language) if result.more else whole,
        columns,
        [
            [shown(invocation, foreign, value) for foreign, value in zip(result.foreign, row, strict=True)]
            for row in result.rows
        ],
        total=count,
        exact=len(result.columns) <= FEW_COLUMNS,
        notes=notes,
        language=language,
        named=True,
    )
    if empty := [column for column in columns if column not in (*answer.columns, *(answer.same or ()))]:
        answer.add_notes([_EMPTY.text(language).format(columns=", ".join(empty))])
    return answer


def shown(invocation: Invocation, foreign: bool, value: Any) -> Any:
    """A cell: text is cleaned, and fenced where somebody else could have written orders into it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    needs_fence = text and (foreign or len(text) > SHORT)
    return invocation.profile.present.fence.around(text) if needs_fence else text


def described(view: View | None, profile: Profile, preference: Language | None) -> dict[str, str]:
    """What can be asked: the columns of one view with types and meanings, the functions, or all in short."""
    language = profile.language(preference)
    hidden_columns = () if profile.agent_figures else _AGENTS
    if view is None:
        return _everything(language, profile.privacy, hidden_columns)
    if view is View.functions:
        groups = {group: " ".join(sorted(names)) for group, names in FUNCTIONS.items()}
        return {**groups, "in FROM": " ".join(sorted(TABLE_FUNCTIONS))}
    return {
        column.name: f"{column.type}, {(_HIDDEN if column.name in hidden_columns else column.meaning).text(language)}"
        for column in folded_columns(view.value, profile.privacy)
    }


def _everything(language: Language, privacy: Privacy, hidden_columns: Collection[str]) -> dict[str, str]:
    """The columns of all views but the hidden ones, the rules and the examples."""
    columns = {
        f"{view} ({ABOUT[view].text(language)})": ", ".join(
            column.name for column in folded_columns(view, privacy) if column.name not in hidden_columns
        )
        for view in VIEWS
    }
    examples = {example.asks.text(language): " ".join(example.sql.split()) for example in EXAMPLES}
    return {**columns, _RULES.text(language): RULES.text(language), **examples}
