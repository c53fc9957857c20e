"""Completion: what an argument of a prompt or of a resource may go on with."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial

from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.fields import Language, id_of
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.spelling import plain
from dialler_mcp.domain.text import clean
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.service.matching import with_user_data
from dialler_mcp.service.process import Process
from dialler_mcp.service.profile import Profile
from dialler_mcp.state.errors import StateError

MAX_VALUES = 100  # the protocol allows no more
MAX_CONTACTS = 20
MAX_TYPED = 64  # characters; no key or name is longer
SEARCH_SECONDS = 3.0
_READ_WITH = {
    "campaign": "dialler_list_campaigns",
    "campaign_id": "dialler_list_campaigns",
    "user_data": "dialler_list_contacts",
    "contact_id": "dialler_list_contacts",
    "job_id": "dialler_list_jobs",
}
"""The tool that reads the same as a completion proposes."""


def add_completion(server: DiallerServer[Process]) -> None:
    """Complete campaigns, CRM keys, IDs, jobs and languages. There is never an error: no proposal is an answer, too."""

    @server.completion()
    async def complete(  # pyright: ignore[reportUnusedFunction] - the decorator keeps it
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        prefix = plain(argument.value).strip()
        if not await _is_listed(server, ref) or not server.permitted(_READ_WITH.get(argument.name, "")):
            return None
        if len(argument.value.strip()) > MAX_TYPED:
            return Completion(values=[], total=0, has_more=False)
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
                by_key = partial(with_user_data, profile.dialler, argument.value.strip())
                return await _contacts(profile, prefix, lambda contact: _whole_key(profile, contact), by_key)
            case "contact_id":
                return await _contacts(
                    profile, prefix, lambda contact: str(contact.id), lambda: _with_id(profile, prefix)
                )
            case "job_id":
                return await _jobs(profile, prefix)
            case _:
                return None


async def _is_listed(server: DiallerServer[Process], ref: PromptReference | ResourceTemplateReference) -> bool:
    """Whether the client can know this prompt or resource; what it is not shown is completed as little as nothing."""
    if isinstance(ref, PromptReference):
        return ref.name in {prompt.name for prompt in await server.list_prompts()}
    return ref.uri in {template.uri_template for template in await server.list_resource_templates()}


async def _campaigns(profile: Profile, prefix: str, value: Callable[[Campaign], str]) -> Completion:
    """The campaigns whose name holds what was typed, or whose ID begins with it; the one that is exactly that first,
    then those whose names begin with it.
    """
    ranking: list[tuple[bool, bool, str, str]] = []
    for campaign in await profile.directory.campaigns():
        name, number = plain(clean(campaign.name or "")), str(campaign.id)
        if value(campaign) and (prefix in name or number.startswith(prefix)):
            ranking.append((prefix not in (name, number), not name.startswith(prefix), name, value(campaign)))
    values = list(dict.fromkeys(text for *_, text in sorted(ranking)))
    return Completion(values=values[:MAX_VALUES], total=len(values), has_more=len(values) > MAX_VALUES)


async def _contacts(
    profile: Profile, prefix: str, value: Callable[[Contact], str], exactly: Callable[[], Awaitable[list[Contact]]]
) -> Completion:
    """The first contacts whose key begins with what was typed, as far as they are found while a person waits; those
    that `exactly` finds come first, wherever they stand in the list.
    """
    values: dict[str, None] = {}
    more = True
    contacts = profile.dialler.list_contacts()
    try:
        async with asyncio.timeout(SEARCH_SECONDS), aclosing(contacts):
            if prefix:
                with suppress(DiallerError):
                    values = dict.fromkeys(key for contact in await exactly() if (key := value(contact)))
            async for contact in contacts:
                key = value(contact)
                if key and plain(key).startswith(prefix):
                    if len(values) >= MAX_CONTACTS and key not in values:
                        break
                    values[key] = None
            else:
                more = False
    except (TimeoutError, DiallerError):
        pass  # what was found so far still helps
    keys = sorted(values, key=lambda key: plain(key) != prefix)[:MAX_CONTACTS]
    return Completion(values=keys, total=None if more else len(keys), has_more=more)


async def _jobs(profile: Profile, prefix: str) -> Completion | None:
    """The newest jobs whose ID begins with what was typed."""
    try:
        newest, total = await profile.jobs.ledger.newest(MAX_VALUES)
    except StateError:
        return None
    values = [str(one.job.id) for one in newest if str(one.job.id).startswith(prefix)]
    return Completion(values=values, has_more=total > len(newest))


async def _with_id(profile: Profile, text: str) -> list[Contact]:
    return [await profile.dialler.get_contact(number)] if (number := id_of(text)) else []


def _whole_key(profile: Profile, contact: Contact) -> str:
    """The CRM key of a contact; none where it is masked: it must not be had letter by letter."""
    key = contact.user_data or ""
    return "" if profile.present.is_masked_key(key) or clean(key) != key else key
