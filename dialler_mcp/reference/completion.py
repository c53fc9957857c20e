"""Completion: what an argument of a prompt or of a resource may go on with."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.text import clean
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.service.process import Process
from dialler_mcp.service.profile import Profile

MAX_VALUES = 100  # the protocol allows no more
MAX_CONTACTS = 20
SEARCH_SECONDS = 3.0
_READ_WITH = {
    "campaign": "dialler_list_campaigns",
    "campaign_id": "dialler_list_campaigns",
    "user_data": "dialler_list_contacts",
    "contact_id": "dialler_list_contacts",
}
"""The tool that reads the same as a completion proposes."""


def add_completion(server: DiallerServer[Process]) -> None:
    """Complete campaigns, CRM keys, IDs and languages. There is never an error: no proposal is an answer, too."""

    @server.completion()
    async def complete(  # pyright: ignore[reportUnusedFunction] - the decorator keeps it
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        prefix = argument.value.strip().casefold()
        if not await _is_listed(server, ref) or not server.permitted(_READ_WITH.get(argument.name, "")):
            return None
        profile = server.state.profile_of(server.caller)
        match argument.name:
            case "language":
                values = [language.name for language in Language if language.name.startswith(prefix)]
                return Completion(values=values, total=len(values), has_more=False)
            case "campaign":
                return await _campaigns(profile, prefix, lambda campaign: clean(campaign.name or ""))
            case "campaign_id":
                return await _campaigns(profile, prefix, lambda campaign: str(campaign.id))
            case "user_data":
                return await _contacts(profile, prefix, lambda contact: contact.user_data or "")
            case "contact_id":
                return await _contacts(profile, prefix, lambda contact: str(contact.id))
            case _:
                return None


async def _is_listed(server: DiallerServer[Process], ref: PromptReference | ResourceTemplateReference) -> bool:
    """Whether the client can know this prompt or resource; what it is not shown is completed as little as nothing."""
    if isinstance(ref, PromptReference):
        return ref.name in {prompt.name for prompt in await server.list_prompts()}
    return ref.uri in {template.uri_template for template in await server.list_resource_templates()}


async def _campaigns(profile: Profile, prefix: str, value: Callable[[Campaign], str]) -> Completion:
    """The campaigns whose name holds what was typed, or whose ID begins with it; names that begin with it first."""
    matches: list[tuple[bool, str, str]] = []
    for campaign in await profile.directory.campaigns():
        name = clean(campaign.name or "").casefold()
        if value(campaign) and (prefix in name or str(campaign.id).startswith(prefix)):
            matches.append((not name.startswith(prefix), name, value(campaign)))
    values = list(dict.fromkeys(text for _, _, text in sorted(matches)))
    return Completion(values=values[:MAX_VALUES], total=len(values), has_more=len(values) > MAX_VALUES)


async def _contacts(profile: Profile, prefix: str, value: Callable[[Contact], str]) -> Completion:
    """The first contacts whose key begins with what was typed, as far as they are found while a person waits."""
    values: dict[str, None] = {}
    more = True
    contacts = profile.dialler.list_contacts()
    try:
        async with asyncio.timeout(SEARCH_SECONDS), aclosing(contacts):
            async for contact in contacts:
                key = value(contact)
                if key and key.casefold().startswith(prefix) and clean(key) == key:
                    if len(values) == MAX_CONTACTS and key not in values:
                        break
                    values[key] = None
            else:
                more = False
    except (TimeoutError, DiallerError):
        pass  # what was found so far still helps
    return Completion(values=list(values), total=None if more else len(values), has_more=more)
