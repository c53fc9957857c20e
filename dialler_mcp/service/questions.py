"""Questions in SQL over what was read of campaigns: asked, put into words, and what can be asked at all."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.questions.asking import MAX_ROWS, RULES, Rows, ask
from dialler_mcp.reporting.questions.rules import FUNCTIONS, TABLE_FUNCTIONS, VIEWS
from dialler_mcp.reporting.snapshot.views import ABOUT, EXAMPLES, folded_columns
from dialler_mcp.service.answers import Table, table
from dialler_mcp.service.fresh import copies_of
from dialler_mcp.service.invocation import Invocation

FRESH_ENOUGH = 300.0  # seconds; one question follows the other
SHORT = 64  # characters; a longer text is fenced, as one that carries orders would be
FEW_COLUMNS = 12  # so many are shown as they are; of more, the empty and the constant ones are left out

_ROWS = Words("{count} rows.", "{count} Zeilen.")
_ONE_ROW = Words("1 row.", "1 Zeile.")
_MORE = Words(
    "The first {count} rows; there are more: aggregate, filter, or raise limit (at most {most}).",
    "Die ersten {count} Zeilen; es gibt mehr: zusammenfassen, filtern oder limit erhöhen (höchstens {most}).",
)


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
    return in_words(invocation, rows, language, [*copies.remarks, *(invocation.notes() or [])])


def in_words(invocation: Invocation, result: Rows, language: Language, notes: Sequence[str]) -> Table:
    """Rows as people and models read them."""
    count = len(result.rows)
    words = _MORE if result.more else _ONE_ROW if count == 1 else _ROWS
    return table(
        words.text(language).format(count=count, most=MAX_ROWS),
        [clean(column) for column in result.columns],
        [
            [shown(invocation, foreign, value) for foreign, value in zip(result.foreign, row, strict=True)]
            for row in result.rows
        ],
        total=count,
        exact=len(result.columns) <= FEW_COLUMNS,
        notes=notes,
    )


def shown(invocation: Invocation, foreign: bool, value: Any) -> Any:
    """A cell: text is cleaned, and fenced where somebody else could have written orders into it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    fenced = text and (foreign or len(text) > SHORT)
    return invocation.profile.present.fence.around(text) if fenced else text


def described(view: View | None, language: Language, privacy: Privacy) -> dict[str, str]:
    """What can be asked: the columns of one view with types and meanings, the functions, or all in short."""
    if view is None:
        return _everything(language, privacy)
    if view is View.functions:
        groups = {group: " ".join(sorted(names)) for group, names in FUNCTIONS.items()}
        return {**groups, "in FROM": " ".join(sorted(TABLE_FUNCTIONS))}
    columns = folded_columns(view.value, privacy)
    return {column.name: f"{column.type}, {column.meaning.text(language)}" for column in columns}


def _everything(language: Language, privacy: Privacy) -> dict[str, str]:
    """The columns of all views, the rules and the examples."""
    columns = {
        f"{view} ({ABOUT[view].text(language)})": ", ".join(column.name for column in folded_columns(view, privacy))
        for view in VIEWS
    }
    examples = {example.asks.text(language): " ".join(example.sql.split()) for example in EXAMPLES}
    return {**columns, "rules": RULES.text(language), **examples}
