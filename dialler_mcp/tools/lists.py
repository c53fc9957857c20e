"""Tools that check a list of people and import it as one job."""

from typing import Annotated, Any, Literal

from pydantic import Field

from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.kept_contacts import kept
from dialler_mcp.service.list_words import ListCheck, asked_for, still_checked, told
from dialler_mcp.service.lists import ListWish, checked_in_time
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.parameters import CampaignId, CampaignName, Confirm, Id, Name, Reason, shorter
from dialler_mcp.service.plans.jobs import JobProposal, proposed
from dialler_mcp.service.plans.lists import import_people
from dialler_mcp.service.selection_by_question import named_by
from dialler_mcp.tools.family import family
from dialler_mcp.tools.questions import ByQuestion
from dialler_mcp.words import Words

tools = family("jobs")

_NONE = Words(
    "Nothing was read. Give a path in an allowed folder, or rows, or sql, or the list_id of an earlier list.",
    "Es wurde nichts gelesen. Geben Sie `path` in einem erlaubten Ordner an, oder `rows`, oder `sql`, oder die "
    "`list_id` einer früheren Liste.",
)
_CHECK_FIRST = Words(
    "Nothing was sent. Check the list first, then give its list_id.",
    "Es wurde nichts gesendet. Prüfen Sie die Liste zuerst, dann geben Sie ihre list_id an.",
)

ListId = Annotated[str | None, shorter(16), Field(description="of an earlier check")]
Columns = Annotated[dict[str, Any] | None, Field(description='column to field, "-": none; FullName, Street… are split')]
MappingName = Annotated[Name | None, Field(description="keeps mapping; alone uses it; with {} forgets it")]
Decisions = Annotated[dict[str, Any] | None, Field(description="kind to ready or left_out")]


@tools.changes(
    title="Check list",
    german="Liest eine Liste (Datei oder Zeilen), ordnet Spalten zu, prüft jede Zeile; am Dialler ändert es nichts.",
    role=Role.supervisor,
)
async def dialler_check_list(
    invocation: Invocation,
    path: Annotated[str | None, shorter(1_000), Field(description="file in an allowed folder")] = None,
    rows: Annotated[str | None, Field(description="or rows: CSV, JSON, ≤200")] = None,
    sql: ByQuestion = None,
    list_id: ListId = None,
    campaign_id: CampaignId | None = None,
    name: CampaignName = None,
    mapping: Columns = None,
    mapping_name: MappingName = None,
    decisions: Decisions = None,
    twins: Annotated[
        Literal["file", "campaign", "everywhere"] | None, Field(description="where people may be already")
    ] = None,
    file: Annotated[Literal["rejects", "all"] | None, Field(description="write these rows to a file")] = None,
    encoding: Annotated[str | None, shorter(40), Field(description="if asked for")] = None,
    sheet: Annotated[str | None, shorter(100), Field(description="another sheet")] = None,
) -> ListCheck:
    """Check a list of people (leads.xlsx, CSV, JSON) before its import: columns, phone numbers, twins, closed people.
    Nothing is written to the dialler. A file comes by its path, else by a card; never attached to the chat.
    """
    lists, caller = invocation.profile.lists, invocation.caller.key
    sources = 4 - [path, rows, sql, list_id].count(None)
    no_folder = path is not None and not lists.folders
    if invocation.shows_cards and (not sources or (sources == 1 and no_folder)):
        return asked_for(invocation)
    if sources != 1:
        raise Problem(_NONE)
    if path is not None:
        people = await lists.open_path(caller, path, encoding, sheet)
    elif rows is not None:
        people = await lists.open_rows(caller, rows, invocation.language)
    elif sql is not None:
        people = await kept(invocation, await named_by(invocation, sql, await chosen(invocation, None, None)))
    else:
        people = lists.get(caller, list_id or "")
        if encoding or sheet:
            await lists.read_again(people, encoding, sheet)
    campaign = await asked_campaign(invocation, campaign_id, name) if campaign_id or name else None
    mapping_wish = {"kept_name" if mapping is None else "keep" if mapping else "forget": mapping_name}
    wishes = ListWish(campaign and campaign.id, mapping, decisions, twins, file, **mapping_wish)
    outcome = await checked_in_time(invocation, people, wishes)
    return told(invocation, people, outcome) if outcome else still_checked(invocation, people)


@tools.destroys(
    title="Import list",
    german="Importiert, was an einer geprüften Liste bereit ist, als ein Auftrag; niemanden doppelt. Zeigt es vorher.",
    role=Role.supervisor,
    idempotent=False,
)
async def dialler_import_list(
    invocation: Invocation,
    list_id: ListId = None,
    existing: Annotated[
        Literal["leave", "update"], Field(description="update: new values of those there, too")
    ] = "leave",
    rules: Annotated[
        dict[str, Any] | None, Field(description="update: field or * to always, if_new, if_old_empty or never")
    ] = None,
    job_id: Annotated[Id | None, Field(description="second call: the preview's job")] = None,
    reason: Reason = None,
    confirm: Confirm = None,
) -> JobProposal:
    """Import a whole list (put it into the campaign) that dialler_check_list has checked: whoever is ready, nobody
    twice. Previews first.
    """
    permit_import(invocation, update=existing == "update")
    if job_id is not None:
        return proposed(invocation, await invocation.profile.jobs.ledger.job(job_id), "import")
    if list_id is None:
        raise Problem(_CHECK_FIRST)
    people = invocation.profile.lists.get(invocation.caller.key, list_id)
    return await import_people(invocation, people, update=existing == "update", rules=rules)


def permit_import(invocation: Invocation, *, update: bool) -> None:
    """Who may not do it to one contact may not do it to a list.

    Raises:
        Problem: it is not allowed.
    """
    invocation.require("import_contact", *(["update_contact"] if update else []))
