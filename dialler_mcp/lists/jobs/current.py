"""Reads many contacts as they are now: in batches, or one by one where the release has no batch function."""

import asyncio
from collections.abc import Sequence

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import FunctionMissing, NotFound
from dialler_mcp.changes.images import of_contact
from dialler_mcp.domain.records import ContactDetails

PART = 100
"""Contacts of one request."""
_AT_A_TIME = 8

Current = tuple[ContactDetails, bool]
"""A contact, and whether its history is there, too."""


async def current_contacts(dialler: Dialler, contact_ids: Sequence[int]) -> list[Current]:
    """The contacts with these IDs as they are now; those that are gone are left out.

    Raises:
        DiallerError: they cannot be read.
    """
    parts = [contact_ids[start : start + PART] for start in range(0, len(contact_ids), PART)]
    try:
        found = await asyncio.gather(*(dialler.get_contacts(part) for part in parts))
    except FunctionMissing:
        return await _one_by_one(dialler, contact_ids)
    return [(contact, True) for part in found for contact in part]


async def _one_by_one(dialler: Dialler, contact_ids: Sequence[int]) -> list[Current]:
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def one(contact_id: int) -> Current | None:
        async with turns:
            try:
                return await of_contact(dialler, contact_id)
            except NotFound:
                return None

    return [found for found in await asyncio.gather(*map(one, contact_ids)) if found is not None]
