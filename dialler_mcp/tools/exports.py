"""The tool that writes contacts, calls or the answer to a question into a file."""

from typing import Annotated

from pydantic import AfterValidator, Field

from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.questions.rules import MAX_SQL
from dialler_mcp.service.export_files import ExportAnswer
from dialler_mcp.service.export_wish import Format, RowKind, wished
from dialler_mcp.service.exports import exported_in_time
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.parameters import CampaignIds, CampaignNames, Lang, When, printable_lines, shorter
from dialler_mcp.service.reports import period
from dialler_mcp.tools.family import family
from dialler_mcp.words import Words

tools = family("jobs")

NOT_ALLOWED = Words(
    "Nothing was written: that is not allowed here (DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT). Ask whoever "
    "administers them.",
    "Nichts geschrieben: Das ist hier nicht erlaubt (DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT). Fragen Sie, wer "
    "das verwaltet.",
)
READ_BY = {"contacts": "list_contacts", "calls": "get_contact_history", "query": "query"}
"""The function that shows the same: who may not use it may not export it either."""


@tools.writes_files(
    title="Export to a file",
    german="Schreibt Kontakte, Anrufe oder die Antwort auf SQL in eine neue Datei; am Dialler ändert es nichts.",
    role=Role.supervisor,
)
async def dialler_export(
    invocation: Invocation,
    what: Annotated[RowKind | None, Field(description="contacts, unless calls or sql")] = None,
    sql: Annotated[
        str | None,
        shorter(MAX_SQL),
        AfterValidator(printable_lines),
        Field(description="or this SELECT over contacts, calls, result_codes, campaigns"),
    ] = None,
    campaign_ids: CampaignIds = None,
    names: CampaignNames = None,
    since: Annotated[When, Field(description="calls from YYYY-MM-DD")] = None,
    until: Annotated[When, Field(description="until, inclusive")] = None,
    result: Annotated[str | None, shorter(64), Field(description="name, export key or type, e.g. Done")] = None,
    file_type: Annotated[Format | None, Field(description="xlsx; jtel: CSV for its import")] = None,
    path: Annotated[str | None, shorter(1_000), Field(description="new file in an allowed folder")] = None,
    language: Lang = None,
) -> ExportAnswer:
    """Export (save, download) contacts, calls or the rows of a query as a spreadsheet file: Excel, CSV, Parquet. Use it
    rather than retyping rows.
    """
    scope, effective = period(invocation, since, until), invocation.profile.language(language)
    wish = wished(scope, effective, what, sql, result, file_type, path)
    if not invocation.permits(READ_BY[wish.contents]):
        raise Problem(NOT_ALLOWED)
    return await exported_in_time(invocation, await chosen(invocation, campaign_ids, names), wish, path)
