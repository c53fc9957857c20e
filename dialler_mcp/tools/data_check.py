"""The quality of the contacts of campaigns: what is doubled, wrong, too long or missing."""

from typing import Annotated

from pydantic import Field

from dialler_mcp.reporting.figures.data_check import Check
from dialler_mcp.service.answers import Table
from dialler_mcp.service.data_check import detail, lists_of, overall
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.parameters import CampaignIds, CampaignNames, Cursor, Lang
from dialler_mcp.tools.family import family

tools = family("reports")


@tools.reads(
    title="Check contact data",
    german=(
        "Prüft die Datenqualität der Kontakte von Kampagnen: Dubletten, falsche Nummern, "
        "fehlende Angaben, zu lange Felder."
    ),
)
async def dialler_check_data(
    invocation: Invocation,
    campaign_ids: CampaignIds = None,
    names: CampaignNames = None,
    check: Annotated[Check | None, Field(description="in detail")] = None,
    cursor: Cursor = None,
    language: Lang = None,
) -> Table:
    """Check the data quality of contact lists: find duplicates (same phone number, UserData or person), malformed or
    invalid numbers, missing data, overlong fields.
    """
    effective = invocation.profile.language(language)
    lists = await lists_of(invocation, await chosen(invocation, campaign_ids, names), effective)
    notes = [*lists.remarks, *(invocation.notes(effective) or [])]
    if check is None:
        return await overall(invocation, lists, effective, notes)
    return await detail(invocation, lists, check, cursor, effective, notes)
