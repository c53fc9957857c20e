"""The tool that says everything about a contact that a conversation needs, in one answer."""

from typing import Annotated

from pydantic import Field

from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import contact_meant
from dialler_mcp.service.overviews import Overview, overview_of
from dialler_mcp.service.parameters import Id, Lang, Searchable, shorter
from dialler_mcp.tools.family import family

tools = family("contacts")


@tools.reads(
    title="Overview of a contact",
    german="Fasst einen Kontakt zusammen: Stand, letzte zehn Anrufe, nächster Schritt, warum er nicht gewählt wird.",
)
async def dialler_contact_overview(
    invocation: Invocation,
    contact_id: Annotated[Id | None, Field(description="or user_data")] = None,
    user_data: Annotated[str | None, shorter(64), Searchable, Field(description="CRM key")] = None,
    language: Lang = None,
) -> Overview:
    """Summarise one contact or customer in a brief overview: state, last ten calls, next step and why not dialled."""
    contact = await contact_meant(invocation, contact_id, user_data)
    return await overview_of(invocation, await invocation.profile.view(contact, language))
