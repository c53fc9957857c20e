"""Reads many contacts as they are now, in batches, or one by one where the release has no batch function; and what
their results mean.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TypeVar

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import (
    DiallerError,
    FunctionMissing,
    NoRecords,
    NotFound,
    NotJson,
    OtherRecord,
    ServerFault,
)
from dialler_mcp.changes.images import of_contact
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ContactDetails, ResultCode

T = TypeVar("T")

PART = 100
"""Contacts of one request."""
_AT_A_TIME = 8

_OF_ONE = (ServerFault, OtherRecord, NoRecords, NotJson)
"""Errors that a single damaged record may have."""

Current = tuple[ContactDetails, bool]
"""A contact, and whether its history is there, too."""


async def current_contacts(
    dialler: Dialler, contact_ids: Sequence[int], unread: dict[int, DiallerError] | None = None
) -> list[Current]:
    """The contacts with these IDs as they are now; those that are gone are left out.

    A batch says nothing of whom it lacks, so these are asked for one by one: only the dialler's own 404 means gone.
    Where the dialler fails at one of them, though it reads the others, that is noted in `unread`, if given.

    Raises:
        DiallerError: they cannot be read.
    """
    try:
        parts = await asyncio.gather(*(dialler.get_contacts(part) for part in in_parts(contact_ids)))
    except FunctionMissing:
        return await _one_by_one(dialler, contact_ids)
    contacts = [(contact, True) for part in parts for contact in part]
    there = {contact.id for contact, _ in contacts}
    return [*contacts, *await _one_by_one(dialler, [one for one in contact_ids if one not in there], unread)]


async def contacts_with(dialler: Dialler, keys: Sequence[str]) -> list[Contact]:
    """The contacts that have one of these CRM keys now.

    Raises:
        DiallerError: they cannot be read.
    """
    try:
        parts = await asyncio.gather(*(dialler.get_contacts((), part) for part in in_parts(keys)))
    except FunctionMissing:
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def one(key: str) -> list[Contact]:
            async with turns:
                return await dialler.find_contacts_by_user_data(key)

        return [contact for part in await asyncio.gather(*map(one, keys)) for contact in part]
    return [contact.alone() for part in parts for contact in part]


async def result_codes_of(dialler: Dialler, campaign_ids: Iterable[int]) -> dict[int, ResultCode]:
    """The result codes of these campaigns as they are now, by ID.

    Raises:
        DiallerError: they cannot be read.
    """
    lists = await asyncio.gather(*(dialler.get_result_codes(one, Language.en) for one in campaign_ids))
    return {code.id: code for codes in lists for code in codes}


def in_parts(items: Sequence[T]) -> list[Sequence[T]]:
    """So many at a time as one request asks for."""
    return [items[start : start + PART] for start in range(0, len(items), PART)]


async def _one_by_one(
    dialler: Dialler, contact_ids: Sequence[int], unread: dict[int, DiallerError] | None = None
) -> list[Current]:
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def one(contact_id: int) -> Current | None:
        async with turns:
            try:
                return await of_contact(dialler, contact_id)
            except NotFound:
                return None
            except _OF_ONE as error:
                if unread is None:
                    raise
                unread[contact_id] = error
                return None

    return [contact for contact in await asyncio.gather(*map(one, contact_ids)) if contact is not None]
