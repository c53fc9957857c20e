"""The contacts of the dialler who are on a list of people."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from dialler_mcp.domain.contact_state import State, state_of
from dialler_mcp.domain.text import part
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import ROWS
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import Names, read_list
from dialler_mcp.service.people_lists import BUSY, NOT_CHECKED, PeopleList
from dialler_mcp.service.present import ContactView
from dialler_mcp.service.selected_contacts import as_they_are_now
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.named import NamedRows

_ON_LIST = Words(" on the list {name}", " (Liste „{name}“)")
_NOBODY = Words(
    "Of {rows}, those that name nobody who is there: {nobody}.", "Von {rows} nennen niemanden, den es gibt: {nobody}."
)
_NOBODY_HERE = Words(
    "Of {rows}, those that name nobody in this campaign: {nobody}.",
    "Von {rows} nennen niemanden in dieser Kampagne: {nobody}.",
)
_UNSURE = Words(
    "Of these, {unsure} share a number with somebody who is not the same person for sure, and is left alone.",
    "Davon teilen {unsure} eine Nummer mit jemandem, der nicht sicher dieselbe Person ist; wer das ist, bleibt, wie er "
    "ist.",
)


def checked_list(invocation: Invocation, list_id: str) -> PeopleList:
    """A list of this caller of which is known what its columns are.

    Raises:
        Problem: there is none, it was not checked yet, or it is being checked.
    """
    people = invocation.profile.lists.get(invocation.caller.key, list_id)
    if people.checking is not None:
        raise Problem(BUSY)
    if people.contact_ids is None and (people.columns is None or people.options is None):
        raise Problem(NOT_CHECKED)
    return people


def called(invocation: Invocation, people: PeopleList) -> Words:
    """How a list is called behind those who are on it."""
    return _ON_LIST.filled(name=part(invocation.present.nameless.text(people.name)))


async def contacts_of(invocation: Invocation, names: Names) -> AsyncIterator[tuple[ContactView, State]]:
    """The contacts of the campaign of these names, or of all, as they arrive."""
    async for contact in read_list(invocation, names.campaign_id, set()):
        yield names.view(invocation, contact), state_of(contact, names.code(contact))


async def members(
    invocation: Invocation, people: PeopleList, names: Names, remarks: list[str]
) -> AsyncIterator[tuple[ContactView, State]]:
    """Who of these contacts is on a list; a remark says how many of its rows name nobody."""
    if people.contact_ids is not None:
        async for view, state in as_they_are_now(invocation, people.contact_ids, remarks):
            if names.campaign_id in (None, view.contact.dialler_campaigns_id):
                yield view, state
        return
    from dialler_mcp.lists.checking.named import NamedPeople
    from dialler_mcp.lists.checking.people import record_of

    table, columns = people.table, people.columns
    if columns is None:  # it was read anew meanwhile
        raise Problem(NOT_CHECKED)
    campaigns = people.options and people.options.campaigns
    named = await asyncio.to_thread(NamedPeople, table, columns, campaigns=campaigns)
    async for view, state in contacts_of(invocation, names):
        if named.has(record_of(view.contact, view.code)):
            yield view, state
    remarks += _told(invocation, await asyncio.to_thread(named.counts), is_one=names.campaign_id is not None)


def _told(invocation: Invocation, rows: "NamedRows", *, is_one: bool) -> list[str]:
    """Whom the rows do not name; `is_one`: in the one campaign that was looked at."""
    language = invocation.profile.language(None)
    if not rows.nobody:
        return []
    nobody = (_NOBODY_HERE if is_one else _NOBODY).filled(
        rows=ROWS.counted(rows.there + rows.nobody, language), nobody=rows.nobody
    )
    return [nobody.then(*[_UNSURE.filled(unsure=rows.unsure)] if rows.unsure else []).text(language)]
