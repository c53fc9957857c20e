"""Campaign tools."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from dialler_mcp.domain.codes import CAMPAIGN
from dialler_mcp.domain.contact_state import result_type
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, ResultCode
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.service.answers import Details, Table, table
from dialler_mcp.service.campaigns import MORE_OF_NAME, NOT_VISIBLE, WITHIN_DATES, campaign_settings, within_dates
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import (
    campaign_id_meant,
    campaign_meant,
    campaigns_containing,
    is_number,
    require_free_name,
    same_name,
    sole_campaign,
)
from dialler_mcp.service.paging import cursor_at, fit, page
from dialler_mcp.service.parameters import CampaignId, Confirm, Cursor, Lang, Limit, Name, printable, shorter
from dialler_mcp.service.parameters import CampaignName as OptionalName
from dialler_mcp.service.plans import campaigns as plans
from dialler_mcp.service.present import MAX_CELL, campaign_name
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.tools.family import family
from dialler_mcp.words import Noun, Words

tools = family("campaigns")

COLUMNS = ["ID", "Name", WITHIN_DATES, "from", "until", "UserData"]
MAX_FOUND = 100
_SHOWN = Words(", {rows} shown", ", {rows} gezeigt")
_CONTAINING = Noun(
    Words("campaign contains this text", "Kampagne enthält diesen Text"),
    Words("campaigns contain this text", "Kampagnen enthalten diesen Text"),
)
_MEANT = Noun(
    Words("campaign has this name or ID", "Kampagne hat diesen Namen oder diese ID"),
    Words("campaigns have this name or ID", "Kampagnen haben diesen Namen oder diese ID"),
)
_EXACT = Words(", {exact} of them with exactly this name", ", davon heißen genau so: {exact}")
_LISTED = Words("dialler_list_campaigns lists all.", "dialler_list_campaigns listet alle auf.")
_CODE = Noun(Words("result code", "Ergebniscode"), Words("result codes", "Ergebniscodes"))
_OF = Words(" of {campaign}", " von {campaign}")

CampaignName = Annotated[Name, Field(description="campaign name")]
When = Annotated[str | None, Field(description="begin YYYY-MM-DD[THH:MM], local; release ≥3.39", max_length=40)]


@tools.reads(title="List campaigns", german="Alle Kampagnen mit ID, Name, Laufzeit und ob heute darin liegt.")
async def dialler_list_campaigns(invocation: Invocation, limit: Limit = 20, cursor: Cursor = None) -> Table:
    """List all campaigns in an overview: ID, name, begin, end, and whether today is within its dates."""
    campaigns = await invocation.dialler.list_campaigns()
    some, following = page(campaigns, lambda campaign: campaign.id, limit, cursor, "campaigns")
    cursors = [cursor_at(campaign.id, "campaigns") for campaign in some]
    rows, following = fit(_rows(invocation, some), cursors, following)
    language = invocation.language
    summary = CAMPAIGN.counted(len(campaigns), language) + _SHOWN.text(language).format(rows=len(rows))
    notes = [NOT_VISIBLE.text(language)] if rows else []
    answer = table(summary, COLUMNS, rows, total=len(campaigns), notes=notes, language=language)
    answer.next_cursor = following
    return answer


@tools.reads(title="Get campaign", german="Eine Kampagne und ihre Einstellungen, nach ID oder Name.")
async def dialler_get_campaign(
    invocation: Invocation, campaign_id: CampaignId | None = None, name: OptionalName = None, language: Lang = None
) -> Details:
    """Show one campaign: settings such as caller ID and preview time, begin, until when it runs. With part of the
    name use dialler_find_campaigns_by_name.
    """
    campaign = await invocation.dialler.get_campaign(await campaign_id_meant(invocation, campaign_id, name))
    settings = await campaign_settings(invocation, campaign, language)
    record = {WITHIN_DATES: within_dates(invocation, campaign), **settings}
    notes = [NOT_VISIBLE.text(invocation.language)]
    return Details(record=record, notes=notes).in_language(invocation.language)


@tools.reads(title="Find campaigns by name", german="Kampagnen, deren Name diesen Text enthält.")
async def dialler_find_campaigns_by_name(invocation: Invocation, name: CampaignName) -> Table:
    """Find the ID of the campaign called this, by its name or a part of it, exact matches first. With the ID use
    dialler_get_campaign.
    """
    campaigns = await campaigns_containing(invocation, name)
    matches = sorted(campaigns, key=lambda campaign: not same_name(campaign.name, name))
    rows = _rows(invocation, matches[:MAX_FOUND])
    exact = sum(same_name(campaign.name, name) for campaign in campaigns)
    language = invocation.language
    containing = _MEANT if is_number(name) else _CONTAINING
    summary = containing.counted(len(campaigns), language) + _EXACT.text(language).format(exact=exact)
    notes = [(NOT_VISIBLE if campaigns else _LISTED).text(language)]
    if len(campaigns) > len(rows):
        notes.append(MORE_OF_NAME.text(language).format(rows=len(rows)))
    return table(summary, COLUMNS, rows, total=len(campaigns), notes=notes, language=language)


@tools.reads(title="Get result codes", german="Die Ergebniscodes einer Kampagne und was jeder bewirkt.")
async def dialler_get_result_codes(
    invocation: Invocation,
    campaign_id: CampaignId | None = None,
    name: OptionalName = None,
    language: Lang = None,
) -> Table:
    """List the result codes of a campaign, the outcomes or dispositions available for its calls: ID (differs per
    campaign), name, export key, type and what each means.
    """
    effective = invocation.profile.language(language)
    campaign = await campaign_meant(invocation, campaign_id, name)
    codes = await invocation.dialler.get_result_codes(campaign.id, effective)
    rows = [_code_row(code, effective) for code in codes]
    of = _OF.text(effective).format(campaign=campaign_name(campaign, campaign.id))
    columns = ["ID", "name", "export_key", "type", "meaning", "minutes", "agent_bound"]
    return table(_CODE.counted(len(rows), effective) + of, columns, rows, total=len(rows), language=effective)


def _code_row(code: ResultCode, language: Language) -> list[object]:
    kind = result_type(code)
    return [
        code.id,
        clean(code.content or "")[:MAX_CELL],
        clean(code.export_key or "")[:MAX_CELL],
        kind.text(language) if kind else clean(code.dialler_result_codes_types_content or "")[:MAX_CELL],
        kind.meaning.text(language) if kind else None,
        code.time_offset or None,
        True if code.b_agent_bound else None,
    ]


@tools.changes(
    title="Clone campaign",
    german="Kopiert eine Kampagne mit Einstellungen und Ergebniscodes unter neuem Namen, ohne ihre Kontakte.",
    role=Role.supervisor,
    idempotent=False,
)
async def dialler_clone_campaign(
    invocation: Invocation,
    source: Annotated[Name, Field(description="campaign to copy")],
    destination: Annotated[Name, Field(description="name of the new campaign, ≤64")],
    user_data: Annotated[
        str | None, shorter(64), AfterValidator(printable), Field(description="CRM key of the new campaign")
    ] = None,
    dtFrom: When = None,
    dtTo: Annotated[When, Field(description="end, inclusive")] = None,
) -> Proposal:
    """Copy a campaign with its settings and result codes, without its contacts, to a duplicate under a new name."""
    begins, ends = invocation.when(dtFrom, "dtFrom"), invocation.when(dtTo, "dtTo", end_of_day=True)
    origin = await sole_campaign(invocation, source)
    await require_free_name(invocation, destination)
    return await plans.clone(invocation, origin, destination, user_data, begins, ends)


@tools.destroys(
    title="Delete campaign",
    german="Löscht eine Kampagne samt Kontakten und Verlauf endgültig, nach ID; zeigt vorher, was verloren geht.",
    role=Role.admin,
)
async def dialler_delete_campaign(invocation: Invocation, campaign_id: CampaignId, confirm: Confirm = None) -> Proposal:
    """Delete one campaign by its ID number and remove everything in it, contacts and history, for good. Previews first.
    With the exact name use dialler_delete_campaign_by_name.
    """
    return await plans.delete(invocation, await invocation.dialler.get_campaign(campaign_id))


@tools.destroys(
    title="Delete campaign by name",
    german=(
        "Löscht die Kampagne mit genau diesem Namen samt Kontakten und Verlauf endgültig; "
        "zeigt vorher, was verloren geht."
    ),
    role=Role.admin,
)
async def dialler_delete_campaign_by_name(
    invocation: Invocation, name: CampaignName, confirm: Confirm = None
) -> Proposal:
    """Delete the whole campaign named exactly this, with its contacts and history, for good. Previews first; refuses
    when several have the name. With the ID use dialler_delete_campaign.
    """
    return await plans.delete(invocation, await sole_campaign(invocation, name, "dialler_delete_campaign"))


def _rows(invocation: Invocation, campaigns: Sequence[Campaign]) -> list[list[object]]:
    zone = invocation.profile.zone
    return [
        [
            campaign.id,
            clean(campaign.name or "")[:MAX_CELL],
            within_dates(invocation, campaign),
            shown(campaign.dt_from, zone) if campaign.dt_from else None,
            shown(campaign.dt_to, zone) if campaign.dt_to else None,
            clean(campaign.user_data or "")[:64],
        ]
        for campaign in campaigns
    ]
