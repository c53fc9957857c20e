"""The tool that finds a contact by whatever a person knows of it."""

from typing import Annotated

from pydantic import Field

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import hides
from dialler_mcp.service.answers import Table
from dialler_mcp.service.finding import found_by, search_for
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.parameters import CampaignName, Cursor, Id, Lang, Searchable, shorter
from dialler_mcp.tools.family import family
from dialler_mcp.words import Words

tools = family("contacts")

_NOBODY = Words(
    "Try fewer words, the last six digits, or a part of the text in dialler_list_contacts.",
    "Weniger Wörter, die letzten sechs Ziffern oder einen Teil des Textes in dialler_list_contacts versuchen.",
)


@tools.reads(
    title="Find a contact",
    german=(
        "Findet einen Kontakt nach Rufnummer in jeder Schreibweise, Namen in jeder "
        "Schreibweise, UserData oder Referenznummer."
    ),
)
async def dialler_find_contact(
    invocation: Invocation,
    text: Annotated[str, shorter(64), Searchable, Field(description="number, name or key")],
    campaign_id: Annotated[Id | None, Field(description="campaign ID")] = None,
    name: CampaignName = None,
    cursor: Cursor = None,
    language: Lang = None,
) -> Table:
    """Find who has a phone number in any notation, a name in any spelling (Meier, Maier), a CRM key or reference: the
    person or caller whose record it is.
    """
    search = search_for(text, whole_numbers=hides(invocation.profile.privacy, Kind.PHONE))
    if search.is_phone_number:
        await invocation.admit_lookup()
    else:
        await invocation.admit_lookups(text)
    campaign = await asked_campaign(invocation, campaign_id, name)
    return await found_by(invocation, search, text, campaign, language, cursor=cursor, nobody=_NOBODY)
