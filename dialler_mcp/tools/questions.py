"""Questions in SQL over what was read of campaigns, and what can be asked."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.reporting.questions.asking import MOST_ROWS, RULES, Rows, ask
from dialler_mcp.reporting.questions.rules import FUNCTIONS, LONGEST, TABLE_FUNCTIONS, VIEWS
from dialler_mcp.reporting.snapshot.views import ABOUT, EXAMPLES, FREE_COLUMNS, folded_columns
from dialler_mcp.service.answers import Details, Table, table
from dialler_mcp.service.fresh import chosen, read, remarks
from dialler_mcp.service.invocation import Invocation, open_call
from dialler_mcp.service.parameters import CampaignIds, CampaignName, Lang, no_flag, printable_lines, shorter

tools = ToolSet("reports", open_call)

FRESH_ENOUGH = 300.0  # seconds; one question follows the other
SHORT = 64  # characters; a longer text is fenced, as one that carries orders would be
FEW_COLUMNS = 12  # so many are shown as they are; of more, the empty and the constant ones are left out

_ROWS = Words("{count} rows.", "{count} Zeilen.")
_ONE_ROW = Words("1 row.", "1 Zeile.")
_MORE = Words(
    "The first {count} rows; there are more: aggregate, filter, or raise limit (at most {most}).",
    "Die ersten {count} Zeilen; es gibt mehr: zusammenfassen, filtern oder limit erhöhen (höchstens {most}).",
)

Sql = Annotated[
    str,
    shorter(LONGEST),
    AfterValidator(printable_lines),
    Field(description="one SELECT (DuckDB) over contacts, calls, result_codes, campaigns"),
]


class View(StrEnum):
    """What can be described: the views, and the functions that are allowed."""

    contacts = "contacts"
    calls = "calls"
    result_codes = "result_codes"
    campaigns = "campaigns"
    functions = "functions"


@tools.reads(title="Query data")
async def dialler_query(
    call: Invocation,
    sql: Sql,
    campaign_ids: CampaignIds = None,
    name: CampaignName = None,
    limit: Annotated[int, BeforeValidator(no_flag), Field(description="rows, 1 to 200", ge=1, le=MOST_ROWS)] = 50,
) -> Table:
    """Ask any question that no other tool answers, as read-only SQL over contacts and calls: group, average,
    percentage, cross tabulation. dialler_describe_data names the columns.
    """
    campaigns = await chosen(call, campaign_ids, name)
    coverage = await read(call, [campaign.id for campaign in campaigns], within=FRESH_ENOUGH)
    language = call.profile.language(None)
    said = remarks(call, coverage, language)
    readable = [one.campaign_id for one in coverage.campaigns if one.read_at]
    if not readable:
        raise Problem("Nothing could be read yet: " + " ".join(said))
    found = await ask(call.profile.snapshots, readable, sql, limit=limit)
    return in_words(call, found, language, [*said, *(call.notes() or [])])


def in_words(call: Invocation, found: Rows, language: Language, notes: Sequence[str]) -> Table:
    """Rows as people and models read them."""
    count = len(found.rows)
    words = _MORE if found.more else _ONE_ROW if count == 1 else _ROWS
    return table(
        words.text(language).format(count=count, most=MOST_ROWS),
        [clean(column) for column in found.columns],
        [[shown(call, column, value) for column, value in zip(found.columns, row, strict=True)] for row in found.rows],
        total=count,
        exact=len(found.columns) <= FEW_COLUMNS,
        notes=notes,
    )


def shown(call: Invocation, column: str, value: Any) -> Any:
    """A cell: text is cleaned, and fenced where somebody else could have written orders into it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    foreign = len(text) > SHORT or column.casefold() in FREE_COLUMNS
    return call.profile.present.fence.around(text) if foreign and text else text


@tools.reads(title="Describe data")
async def dialler_describe_data(
    call: Invocation,
    view: Annotated[View | None, Field(description="this one in detail; functions: those allowed")] = None,
    language: Lang = None,
) -> Details:
    """Show the schema that dialler_query asks: the columns (fields) of each view with types and what they mean, allowed
    SQL, limits and examples.
    """
    asked, privacy = call.profile.language(language), call.profile.privacy
    if view is None:
        return Details(record=_everything(asked, privacy))
    if view is View.functions:
        groups = {group: " ".join(sorted(names)) for group, names in FUNCTIONS.items()}
        return Details(record={**groups, "in FROM": " ".join(sorted(TABLE_FUNCTIONS))})
    columns = folded_columns(view.value, privacy)
    return Details(record={column.name: f"{column.type}, {column.meaning.text(asked)}" for column in columns})


def _everything(language: Language, privacy: Privacy) -> dict[str, str]:
    """The columns of all views, the rules and the examples."""
    columns = {
        f"{view} ({ABOUT[view].text(language)})": ", ".join(column.name for column in folded_columns(view, privacy))
        for view in VIEWS
    }
    examples = {example.asks.text(language): " ".join(example.sql.split()) for example in EXAMPLES}
    return {**columns, "rules": RULES.text(language), **examples}
