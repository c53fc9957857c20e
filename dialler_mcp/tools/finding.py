"""The tool that finds a contact by whatever a person knows of it."""

from typing import Annotated

from pydantic import Field

from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.answers import Table
from dialler_mcp.service.app import ToolCall, open_call
from dialler_mcp.service.finding import found_by, search_for
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.parameters import CampaignName, Id, Lang, Visible, shorter

tools = ToolSet(open_call)

_NOBODY = "Try fewer words, the last six digits, or a part of the text in dialler_list_contacts."


@tools.reads(title="Find a contact")
async def dialler_find_contact(
    call: ToolCall,
    text: Annotated[str, shorter(64), Visible, Field(description="number, name, key or reference")],
    campaign_id: Annotated[Id | None, Field(description="only in this campaign")] = None,
    name: CampaignName = None,
    language: Lang = None,
) -> Table:
    """Find who (which person, caller) has a phone (telephone) number in any notation, a name however spelt (Meier,
    Maier) or a reference.

    DE: Rufnummer, Anrufer, Namen, Schreibweise, klingt, endet, schreibt
    """
    search = search_for(text)
    campaign = await asked_campaign(call, campaign_id, name)
    return await found_by(call, search, text, campaign, language, nobody=_NOBODY)
