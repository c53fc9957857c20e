"""Campaign tools."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from dialler_mcp.api.errors import TooSlow
from dialler_mcp.changes.confirmation import Action
from dialler_mcp.changes.intent import Intent
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import contacts_in_words, in_words
from dialler_mcp.domain.codes import LANGUAGE_IDS, Words, decode
from dialler_mcp.domain.consequences import CampaignLoss
from dialler_mcp.domain.contact_state import result_code_id, result_type
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, ResultCode
from dialler_mcp.domain.standing.campaigns import Phase, phase
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.answers import Change, Details, Table, counted, table
from dialler_mcp.service.app import ToolCall, open_call
from dialler_mcp.service.matching import sole_campaign
from dialler_mcp.service.paging import cursor_at, fit, page
from dialler_mcp.service.parameters import CampaignId, Confirm, Cursor, Lang, Limit, Name, UserData
from dialler_mcp.service.present import LONGEST_CELL, campaign_name, result_name

tools = ToolSet(open_call)

COLUMNS = ["ID", "Name", "active", "from", "until", "UserData"]
MOST_FOUND = 100
ACTIVE = "by date"
_PHASES = {Phase.not_begun: "not begun", Phase.running: ACTIVE, Phase.over: "over"}
COUNTING_SECONDS = 12.0
"""For the contacts of a campaign. A confirmed deletion counts up to three times within the 45 s of a call: to find out
what to ask, to find out whether it still holds, and, at the archive's own pace, to keep what is deleted."""
_LANGUAGES = {
    LANGUAGE_IDS[Language.en]: Words("English", "Englisch"),
    LANGUAGE_IDS[Language.de]: Words("German", "Deutsch"),
}

CampaignName = Annotated[Name, Field(description="campaign name")]
When = Annotated[str | None, Field(description="YYYY-MM-DD[THH:MM], local; needs release 3.39", max_length=40)]


@tools.reads(title="List campaigns")
async def dialler_list_campaigns(call: ToolCall, limit: Limit = 20, cursor: Cursor = None) -> Table:
    """All campaigns: ID, name, active (running) by date, from and until.

    DE: alle Kampagnen, Übersicht, laufende, laufen
    """
    campaigns = await call.dialler.list_campaigns()
    some, following = page(campaigns, lambda campaign: campaign.id, limit, cursor, "campaigns")
    cursors = [cursor_at(campaign.id, "campaigns") for campaign in some]
    rows, following = fit(_rows(call, some), cursors, following)
    answer = table(f"{counted(len(campaigns), 'campaign')}, {len(rows)} shown", COLUMNS, rows, total=len(campaigns))
    answer.next_cursor = following
    return answer


@tools.reads(title="Get campaign")
async def dialler_get_campaign(call: ToolCall, campaign_id: CampaignId, language: Lang = None) -> Details:
    """Show one campaign by numeric ID (number): settings (configuration), caller ID, begin, until when it runs.
    With the name use dialler_find_campaigns_by_name.

    DE: Kampagne (Kampagnen-ID): Einstellungen, eingestellt, Details
    """
    campaign = await call.dialler.get_campaign(campaign_id)
    return Details(record={"active": _active(call, campaign), **await _settings(call, campaign, language)})


async def _settings(call: ToolCall, campaign: Campaign, asked: Language | None) -> dict[str, Any]:
    """A campaign's fields, with names for its IDs."""
    language = call.app.language(asked)
    codes = await call.app.directory.result_codes(campaign.id, language)
    record = call.app.present.record(campaign)
    for name in ("AbortOnNoTelNumberResultCodesID", "IncomingCallResultCodesID"):
        if (code := codes.get(record.get(name) or 0)) is not None:
            record[name] = f"{result_name(code, code.id)} ({code.id})"
    if campaign.languages_id:
        record["LanguagesID"] = decode(_LANGUAGES, campaign.languages_id, language)
    return record


@tools.reads(title="Find campaigns by name")
async def dialler_find_campaigns_by_name(call: ToolCall, name: CampaignName) -> Table:
    """Find (search) the campaign called so, by name or a part of it, exact match first; gives the ID.
    With the ID use dialler_get_campaign.

    DE: Kampagne, Kampagnen suchen, suche, finde, heißt, Namen
    """
    found = await call.dialler.find_campaigns_by_name(name)
    ordered = sorted(found, key=lambda campaign: (campaign.name or "").casefold() != name.strip().casefold())
    rows = _rows(call, ordered[:MOST_FOUND])
    exact = sum((campaign.name or "").casefold() == name.strip().casefold() for campaign in found)
    contain = "contains" if len(found) == 1 else "contain"
    summary = f"{counted(len(found), 'campaign')} {contain} this text, {exact} of them with exactly this name"
    notes = [] if found else ["dialler_list_campaigns lists all."]
    if len(found) > len(rows):
        notes.append(f"Only the first {len(rows)} are shown; give more of the name.")
    return table(summary, COLUMNS, rows, total=len(found), notes=notes)


@tools.reads(title="Get result codes")
async def dialler_get_result_codes(call: ToolCall, campaign_id: CampaignId, language: Lang = None) -> Table:
    """Result codes (outcomes, dispositions) available in a campaign and what they mean: ID (differs per campaign),
    name, export key, type.

    DE: Ergebniscodes, Resultcodes, Ergebnisse, bedeuten
    """
    asked = call.app.language(language)
    codes = await call.dialler.get_result_codes(campaign_id, asked)
    if not codes:
        await call.dialler.get_campaign(campaign_id)  # tells an unknown campaign from one without codes
    rows = [_code_row(code, asked) for code in codes]
    campaign = await call.app.directory.campaign(campaign_id)
    name = f" of {clean(campaign.name or '')[:LONGEST_CELL]}" if campaign else ""
    columns = ["ID", "name", "export_key", "type", "meaning", "minutes", "agent_bound"]
    return table(f"{counted(len(rows), 'result code')}{name}", columns, rows, total=len(rows))


def _code_row(code: ResultCode, language: Language) -> list[object]:
    described = result_type(code)
    return [
        code.id,
        clean(code.content or "")[:LONGEST_CELL],
        clean(code.export_key or "")[:LONGEST_CELL],
        described.text(language) if described else clean(code.dialler_result_codes_types_content or "")[:LONGEST_CELL],
        described.meaning.text(language) if described else None,
        code.time_offset or None,
        True if code.b_agent_bound else None,
    ]


@tools.changes(title="Clone campaign", idempotent=False)
async def dialler_clone_campaign(
    call: ToolCall,
    source: Annotated[Name, Field(description="name of the campaign to copy")],
    destination: Annotated[Name, Field(description="name of the new campaign, ≤64 characters")],
    user_data: Annotated[UserData | None, Field(description="CRM key of the new campaign")] = None,
    dtFrom: When = None,
    dtTo: When = None,
) -> Change:
    """Clone (copy, duplicate) a campaign with settings and result codes, without its contacts, under a new name.

    DE: Kampagne kopieren, kopier, Kopie, klonen, duplizieren, gleiche
    """
    begins, ends = call.when(dtFrom, "dtFrom"), call.when(dtTo, "dtTo", end_of_day=True)
    origin = await sole_campaign(call, source)
    name = origin.name or source
    campaign = await call.change(
        Intent("clone", clean(destination)),
        lambda: call.dialler.clone_campaign(name, destination, user_data, begins, ends),
    )
    call.app.directory.forget()
    notes = call.notes() or []
    dates = (("dtFrom", begins, campaign.dt_from), ("dtTo", ends, campaign.dt_to))
    ignored = [name for name, asked, got in dates if asked and not _same_second(call, asked, got)]
    if ignored:
        notes.append(f"This release ignored {' and '.join(ignored)}; set the dates in the portal.")
    what = f"Campaign {clean(destination)} is created with ID {campaign.id}, without contacts."
    return Change(status="done", what=what, after=await _settings(call, campaign, None), notes=notes or None)


def _same_second(call: ToolCall, asked: datetime, got: datetime | None) -> bool:
    return got is not None and local(got, call.app.settings.zone).replace(tzinfo=None, microsecond=0) == asked


@tools.destroys(title="Delete campaign")
async def dialler_delete_campaign(call: ToolCall, campaign_id: CampaignId, confirm: Confirm = None) -> Change:
    """Delete (remove) one campaign by numeric ID, with contacts and history, for good. Previews first.
    With the exact name use dialler_delete_campaign_by_name.

    DE: Kampagne (ID) löschen, lösche, endgültig, kann weg
    """
    campaign = await call.dialler.get_campaign(campaign_id)
    await _confirm_deletion(call, "dialler_delete_campaign", campaign, {"campaign_id": campaign_id}, confirm)
    await call.change(_deletion(campaign), lambda: call.dialler.delete_campaign(campaign_id))
    return _deleted(call, campaign)


@tools.destroys(title="Delete campaign by name")
async def dialler_delete_campaign_by_name(call: ToolCall, name: CampaignName, confirm: Confirm = None) -> Change:
    """Remove the whole campaign named (called) exactly so, with contacts and history, for good. Previews first.
    With the ID use dialler_delete_campaign.

    DE: ganze Kampagne namens … löschen, lösche, endgültig
    """
    campaign = await sole_campaign(call, name, "dialler_delete_campaign")
    await _confirm_deletion(call, "dialler_delete_campaign_by_name", campaign, {"name": name}, confirm)
    exact = campaign.name or name
    if len(await call.dialler.find_campaigns_by_name(exact)) == 1:
        await call.change(_deletion(campaign), lambda: call.dialler.delete_campaign_by_name(exact))
    else:  # nobody says whether the dialler deletes by a part of the name, as it finds by it
        await call.change(_deletion(campaign), lambda: call.dialler.delete_campaign(campaign.id))
    return _deleted(call, campaign)


def _deletion(campaign: Campaign) -> Intent:
    return Intent("delete", clean(campaign.name or ""), campaign)


async def _confirm_deletion(
    call: ToolCall, tool: str, campaign: Campaign, arguments: dict[str, object], phrase: str | None
) -> None:
    """Say what would be lost. Everything that was counted is bound: a campaign that goes on is not the one shown."""
    language = call.app.language(None)
    loss, complete = await _counted_loss(call, campaign, language)
    active = _active(call, campaign) == ACTIVE
    said = consequences.of_campaign_deletion(loss, language, complete=complete, active=active)
    name = clean(campaign.name or "").replace("#", "")[:64]
    contacts = contacts_in_words(loss.states.total() if complete else None, language)
    words = in_words("delete campaign", f"{name} ({campaign.id})", language, contacts=contacts)
    action = Action(tool, words, arguments, [campaign, loss.counts() if complete else None])
    await call.confirm(action, phrase, said)


async def _counted_loss(call: ToolCall, campaign: Campaign, language: Language) -> tuple[CampaignLoss, bool]:
    """What the contacts of a campaign tell, one after the other, and whether the time sufficed for all of them."""
    codes = await call.app.directory.result_codes(campaign.id, language)
    loss = CampaignLoss(call.app.time().date(), call.app.settings.zone)
    try:
        async with asyncio.timeout(COUNTING_SECONDS):
            async for contact in call.dialler.list_contacts(campaign.id):
                loss.add(contact, codes.get(result_code_id(contact) or 0))
    except (TimeoutError, TooSlow):
        return loss, False
    return loss, True


def _deleted(call: ToolCall, campaign: Campaign) -> Change:
    call.app.directory.forget()
    what = f"Campaign {campaign_name(campaign, campaign.id)} with its contacts and their history is deleted."
    return Change(status="done", what=what, notes=call.notes())


def _active(call: ToolCall, campaign: Campaign) -> str:
    """Whether the dates allow dialling; hours and the portal's switches are not shown by the API."""
    return _PHASES[phase(campaign, call.app.time(), call.app.settings.zone)]


def _rows(call: ToolCall, campaigns: Sequence[Campaign]) -> list[list[object]]:
    zone = call.app.settings.zone
    return [
        [
            campaign.id,
            clean(campaign.name or "")[:LONGEST_CELL],
            _active(call, campaign),
            shown(campaign.dt_from, zone) if campaign.dt_from else None,
            shown(campaign.dt_to, zone) if campaign.dt_to else None,
            clean(campaign.user_data or "")[:64],
        ]
        for campaign in campaigns
    ]
