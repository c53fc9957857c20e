"""Whole lists of the dialler that an import looks into while it runs: who must not be called again, who came in."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Generic, TypeVar

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.contacts import WHOLE_LIST
from dialler_mcp.domain.contact_state import result_code_id
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.checking.people import People, Person, add_record, record_of
from dialler_mcp.lists.jobs.current import result_codes_of
from dialler_mcp.lists.jobs.looking import Arrivals, is_new

T = TypeVar("T")

OLDEST = 60.0
"""Seconds after which a list is read again: a job may run for hours, or wait for days."""
SHARE = 10
"""A list that takes long to read is kept for so many times as long, so that a tenth of the time is spent reading."""


class Reading(Generic[T]):
    """What was read, and is read again once it is too old."""

    def __init__(self, read: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.time) -> None:
        self._read, self._clock = read, clock
        self._value: T | None = None
        self._until = 0.0

    async def value(self) -> T:
        """What was read last, unless that is too old: then it is read again."""
        began = self._clock()
        if self._value is None or began >= self._until:
            self._value = await self._read()
            end = self._clock()
            self._until = end + max(OLDEST, SHARE * (end - began))
        return self._value


@dataclass(frozen=True)
class Everybody:
    """Whom an import must know of, in all campaigns: `closed` is whoever is locked, or closed for good or may be,
    `keyless` whoever came in without a key, so that no key of a row finds them.
    """

    closed: People
    keyless: Arrivals


async def everybody(dialler: Dialler, since: datetime, zone: tzinfo) -> Everybody:
    """Reads the contacts of all campaigns; who came in before `since` is not new."""
    codes = await result_codes_of(dialler, [campaign.id for campaign in await dialler.list_campaigns()])
    people, keyless = People(), list[Contact]()
    async for contact in dialler.list_contacts(deadline=WHOLE_LIST):
        record = record_of(contact, codes.get(result_code_id(contact) or 0))
        if record.is_closed:
            add_record(people, record)
        if not contact.user_data and is_new(contact, since, zone):
            keyless.append(contact)
    return Everybody(people, Arrivals(keyless, since, zone))


def closed_one(people: People, key: str, numbers: list[str]) -> int | None:
    """Who of these people has this CRM key, in any spelling, or one of these numbers, in any slot."""
    matches = people.matches(Person.of(key, "", "", numbers))
    return next((match.who for match in matches if match.alike_key or match.same_number), None)
