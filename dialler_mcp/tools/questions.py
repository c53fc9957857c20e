"""Questions in SQL over what was read of campaigns, and what can be asked."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.reporting.questions.asking import MAX_ROWS
from dialler_mcp.reporting.questions.rules import MAX_SQL
from dialler_mcp.service.answers import Details, Table
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.parameters import CampaignIds, CampaignNames, Lang, plain_number, printable_lines, shorter
from dialler_mcp.service.questions import View, answer_of, described
from dialler_mcp.tools.family import family

tools = family("reports")

Sql = Annotated[
    str,
    shorter(MAX_SQL),
    AfterValidator(printable_lines),
    Field(description="SELECT (DuckDB) over contacts, calls, result_codes, campaigns"),
]

ByQuestion = Annotated[
    str | None,
    shorter(MAX_SQL),
    AfterValidator(printable_lines),
    Field(description="or a dialler_query with contact_id"),
]
"""Selects the contacts that its rows name."""


@tools.reads(
    title="Query data",
    german=(
        "Beantwortet eine Frage, für die es kein anderes Werkzeug gibt, als SQL über Kontakte und Anrufe; liest nur."
    ),
)
async def dialler_query(
    invocation: Invocation,
    sql: Sql,
    campaign_ids: CampaignIds = None,
    names: CampaignNames = None,
    limit: Annotated[int, BeforeValidator(plain_number), Field(description="≤200", ge=1, le=MAX_ROWS)] = 50,
) -> Table:
    """Ask any question that no other tool answers, as read-only SQL over contacts and calls: group, average,
    percentage, cross tabulation. dialler_describe_data names the columns.
    """
    return await answer_of(invocation, await chosen(invocation, campaign_ids, names), sql, limit)


@tools.reads(
    title="Describe data",
    german=(
        "Die Spalten, nach denen dialler_query fragen kann, mit Typ und Bedeutung; erlaubtes SQL, Grenzen, Beispiele."
    ),
)
async def dialler_describe_data(
    invocation: Invocation,
    view: Annotated[View | None, Field(description="one in detail, or functions")] = None,
    language: Lang = None,
) -> Details:
    """Show the schema that dialler_query asks: the columns (fields) of each view with types and what they mean, allowed
    SQL, limits and examples.
    """
    return Details(record=described(view, invocation.profile, language))
