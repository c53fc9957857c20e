"""Decides what becomes of the next rows of a job: sent, left out, or settled by what the dialler shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.changes.comparing import MovedOn, compare
from dialler_mcp.changes.images import Image
from dialler_mcp.domain.contact_state import result_code_id, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.current import contacts_with, current_contacts
from dialler_mcp.lists.jobs.job import JobRow, RowState
from dialler_mcp.lists.jobs.ledger import Finished
from dialler_mcp.lists.jobs.looking import GONE, Arrivals, Found, imported, looked
from dialler_mcp.problem import Problem
from dialler_mcp.words import NOTHING, Words

MAX_TRIES = 3
"""How often a request is sent whose outcome stays unknown, each time after looking."""
_LOOKED = Words(
    "Its outcome was unknown; the dialler was asked, and the change is there.",
    "Der Ausgang war unbekannt; der Dialler wurde gefragt, und die Änderung ist da.",
)
_CAME_IN = Words("came in meanwhile: contact {id}", "inzwischen dazugekommen: Kontakt {id}")
_UNTOLD = Words(
    "its answer was lost, and it cannot be told from contacts that were there before",
    "die Antwort ging verloren, und der neue Kontakt ist von schon vorhandenen nicht zu unterscheiden",
)
_NOT_THERE = Words(
    "sent {tries} times, and the change is not there. {why}",
    "{tries}-mal gesendet, und die Änderung ist nicht da. {why}",
)
_MEANWHILE = Words("Changed meanwhile: {fields}.", "Inzwischen geändert: {fields}.")


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
        arrived = await self._arrived(creating)
        arrivals = {row.number: _others(row, arrived[row.number]) for row in creating}
        return {
            row.number: View(
                images.get(row.step.contact.id if row.step.contact else 0, Image()), arrivals.get(row.number, ())
            )
            for row in rows
        }

    async def closed_by_now(self, views: Mapping[int, View]) -> set[int]:
        """The rows whose contacts are closed for good, or may be, by what their results mean now: a code may have been
        changed since the job was confirmed.
        """
        contacts = {number: view.image.contact for number, view in views.items() if view.image.contact is not None}
        with_result = [one for one in contacts.values() if result_code_id(one)]
        campaigns = {one.dialler_campaigns_id for one in with_result if one.dialler_campaigns_id}
        codes = {
            code.id: code for each in campaigns for code in await self._dialler.get_result_codes(each, Language.en)
        }
        return {
            number
            for number, one in contacts.items()
            if state_of(one, codes.get(result_code_id(one) or 0)).may_be_final
        }

    async def doubles(self, rows: Sequence[JobRow]) -> dict[int, list[Contact]]:
        """Of imports: the contacts that are the same person by now, where these are several. Who has no key is looked
        for only where it was sent more than once, since that takes the whole list.
        """
        created = [row for row in rows if row.step.verb == "import" and row.step.key is not None]
        arrived = await self._arrived([row for row in created if _key_of(row) or row.tries > 1], anew=True)
        found = {row.number: _others(row, arrived.get(row.number)) for row in created}
        return {number: contacts for number, contacts in found.items() if len(contacts) > 1}

    async def _arrived(self, rows: Sequence[JobRow], *, anew: bool = False) -> dict[int, Arrivals]:
        """Who came in and may be what these rows create: by their keys, as it is now, else by the list of the campaign.
        The list is read once for a stretch of work, and `anew` for what may have been sent.
        """
        by_key = await self._by_key([row for row in rows if _key_of(row)])
        others = [row for row in rows if not _key_of(row)]
        sent = [row for row in others if anew or row.state is RowState.begun]
        now = await self._arrivals(sent) if sent else None
        if others and self._before is None:
            self._before = now or await self._arrivals(others)
        again = {row.number for row in sent}
        by_list = {row.number: now if row.number in again else self._before for row in others}
        return by_key | {number: one for number, one in by_list.items() if one is not None}

    async def _by_key(self, rows: Sequence[JobRow]) -> dict[int, Arrivals]:
        contacts = await contacts_with(self._dialler, list(dict.fromkeys(map(_key_of, rows))))
        campaigns = {row.number: values_of(row).get("DiallerCampaignsID") for row in rows}
        arrivals = {
            campaign: Arrivals(
                [one for one in contacts if one.dialler_campaigns_id in (campaign, None)], self._since, self._zone
            )
            for campaign in set(campaigns.values())
        }
        return {number: arrivals[campaign] for number, campaign in campaigns.items()}

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
            return ends.left(row, _CAME_IN.filled(id=view.arrivals[0].id))
        if creates:
            return None
        if view.image.contact is None:
            return ends.left(row, GONE)
        try:
            await compare(self._dialler, msgspec.structs.replace(row.step, key=None), view.image, self._zone)
        except MovedOn as moved:
            fields = ", ".join(one.field.wire for one in moved.differences)
            return ends.left(row, moved.words.then(_MEANWHILE.filled(fields=fields) if fields else NOTHING))
        except Problem as unread:
            return ends.left(row, unread.words)
        return None


def _found(row: JobRow, view: View) -> Found:
    """Whether an import is there; one of which nobody said who is there already cannot be told from these."""
    return imported(view.arrivals) if row.step.key is not None else Found(there=None, why=_UNTOLD)


def values_of(row: JobRow) -> Mapping[str, Any]:
    """What an import or update writes."""
    return row.step.request.arguments.get("values", {})


def _key_of(row: JobRow) -> str:
    """The CRM key of an import; empty without one."""
    return str(values_of(row).get("UserData") or "")


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
    filled = _NOT_THERE.filled(tries=row.tries, why=row.why or "")
    why = found.why or Words(filled.en.strip(), filled.de.strip())
    return ends.unknown(row, why) if found.there is None else ends.failed(row, why)
