"""Decides what becomes of the next rows of a job: sent, left out, or settled by what the dialler shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.changes.comparing import compare
from dialler_mcp.changes.images import Image
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.current import current_contacts
from dialler_mcp.lists.jobs.job import JobRow, RowState
from dialler_mcp.lists.jobs.ledger import Finished
from dialler_mcp.lists.jobs.looking import Arrivals, Found, imported, looked
from dialler_mcp.problem import Problem

MAX_TRIES = 3
"""How often a request is sent whose outcome stays unknown, each time after looking."""
_LOOKED = "Its outcome was unknown; the dialler was asked, and the change is there."
_CAME_IN = "came in meanwhile: contact {id}"
_GONE = "the contact is gone"
_UNTOLD = "its answer was lost, and it cannot be told from contacts that were there before"


@dataclass(frozen=True)
class View:
    """What the dialler shows about a row: the contact as it is now, and who may be what an import has created."""

    image: Image
    arrivals: Sequence[Contact] = ()


class Decider:
    """Decides about the rows of one job, which was made at `since`, in one stretch of work on it."""

    def __init__(self, dialler: Dialler, since: datetime, zone: tzinfo) -> None:
        self._dialler = dialler
        self._since = since
        self._zone = zone
        self._before: Arrivals | None = None
        """Who came into the campaign of an import before this stretch of work."""

    async def views(self, rows: Sequence[JobRow]) -> dict[int, View]:
        """What the dialler shows about each of these rows now."""
        ids = list({row.step.contact.id for row in rows if row.step.contact is not None})
        found = await current_contacts(self._dialler, ids)
        images = {contact.id: Image(contact=contact, history=history) for contact, history in found}
        creating = [row for row in rows if row.step.verb == "import" and row.step.contact is None]
        begun = [row for row in creating if row.state is RowState.begun]
        if creating and self._before is None:
            self._before = await self._arrivals(creating)
        lately = {} if not begun else await self._lately(begun)
        arrivals = {row.number: _others(row, lately.get(row.number) or self._before) for row in creating}
        return {
            row.number: View(
                images.get(row.step.contact.id if row.step.contact else 0, Image()), arrivals.get(row.number, ())
            )
            for row in rows
        }

    async def doubles(self, rows: Sequence[JobRow]) -> dict[int, list[Contact]]:
        """Of imports that were sent more than once: the contacts that they have created, where these are several."""
        again = [row for row in rows if row.tries > 1 and row.step.verb == "import" and row.step.key is not None]
        lately = await self._lately(again) if again else {}
        created = {row.number: _others(row, lately[row.number]) for row in again}
        return {number: contacts for number, contacts in created.items() if len(contacts) > 1}

    async def _lately(self, rows: Sequence[JobRow]) -> dict[int, Arrivals]:
        """Who came in by now and may be what these rows have created: by their keys, else by the whole list."""
        found = dict[int, Arrivals]()
        without_key = [row for row in rows if not values_of(row).get("UserData")]
        if without_key:
            everybody = await self._arrivals(rows)
            return dict.fromkeys((row.number for row in rows), everybody)
        for row in rows:
            contacts = await self._dialler.find_contacts_by_user_data(str(values_of(row)["UserData"]))
            campaign = values_of(row).get("DiallerCampaignsID")
            inside = [one for one in contacts if one.dialler_campaigns_id in (campaign, None)]
            found[row.number] = Arrivals(inside, self._since, self._zone)
        return found

    async def _arrivals(self, rows: Sequence[JobRow]) -> Arrivals:
        campaigns = {values_of(row).get("DiallerCampaignsID") for row in rows}
        campaign = campaigns.pop() if len(campaigns) == 1 else None
        contacts = [contact async for contact in self._dialler.list_contacts(campaign)]
        return Arrivals(contacts, self._since, self._zone)

    async def settled(self, row: JobRow, view: View) -> Finished | None:
        """What came of a row that needs no request (any more); None: it is sent now."""
        creates = row.step.verb == "import" and row.step.contact is None
        if row.state is RowState.begun:
            found = _found(row, view) if creates else looked(row.step, view.image.contact)
            if (settled := _after_looking(row, found)) is not None:
                return settled
        elif creates and view.arrivals:
            return ends.left(row, _CAME_IN.format(id=view.arrivals[0].id))
        if creates:
            return None
        if view.image.contact is None:
            return ends.left(row, _GONE)
        try:
            await compare(self._dialler, msgspec.structs.replace(row.step, key=None), view.image, self._zone)
        except Problem as moved:
            return ends.left(row, str(moved))
        return None


def _found(row: JobRow, view: View) -> Found:
    """Whether an import is there; one of which nobody said who is there already cannot be told from these."""
    return imported(view.arrivals) if row.step.key is not None else Found(there=None, why=_UNTOLD)


def values_of(row: JobRow) -> Mapping[str, Any]:
    """What an import or update writes."""
    return row.step.request.arguments.get("values", {})


def _others(row: JobRow, arrivals: Arrivals | None) -> list[Contact]:
    """Who came in since the job was made and may be the person of this row."""
    if arrivals is None or row.step.key is None:
        return []
    known = {contact.id for contact in row.step.key.contacts}
    return [contact for contact in arrivals.of(values_of(row)) if contact.id not in known]


def unanswered(row: JobRow) -> bool:
    """Whether its request was sent and its answer lost; where its process died, nobody knows that it ever left."""
    return row.why is not None


def _after_looking(row: JobRow, found: Found) -> Finished | None:
    """What looking shows of a row that may have been sent; None: it surely was not done, and may be sent again."""
    if found.there is False and (row.tries < MAX_TRIES or not unanswered(row)):
        return None
    if found.there:
        return ends.done(row, found.contact, result=_LOOKED)
    why = found.why or f"sent {row.tries} times, and the change is not there"
    return ends.unknown(row, why) if found.there is None else ends.failed(row, why)
