"""Decides what becomes of the next rows of a job: sent, left out, or settled by what the dialler shows."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.contacts import WHOLE_LIST
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.changes.comparing import MovedOn, compare
from dialler_mcp.changes.images import Image, with_history
from dialler_mcp.domain.contact_state import numbers_in, result_code_id, state_of
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.current import contacts_with, current_contacts, result_codes_of
from dialler_mcp.lists.jobs.everybody import Reading, closed_one, everybody
from dialler_mcp.lists.jobs.job import JobRow, RowState
from dialler_mcp.lists.jobs.ledger import RowOutcome
from dialler_mcp.lists.jobs.looking import GONE, Arrivals, Effect, imported, looked
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


Campaign = int | None


@dataclass(frozen=True)
class View:
    """What the dialler shows about a row: the contact as it is now, and who may be what an import has created."""

    image: Image
    arrivals: Sequence[Contact] = ()


class Decider:
    """Decides about the rows of one job, which was made at `since`, in one stretch of work on it."""

    def __init__(self, dialler: Dialler, since: datetime, zone: tzinfo, clock: Callable[[], float] = time.time) -> None:
        self._dialler = dialler
        self._since = since
        self._zone = zone
        self._clock = clock
        self._everybody = Reading(partial(everybody, dialler, since, zone), clock)
        self._failures = Counter[int]()
        """How often the dialler has failed at a contact."""
        self._before = dict[Campaign, Reading[Arrivals]]()
        """Who came into the campaigns of an import, for rows that were not sent yet."""

    async def views(self, rows: Sequence[JobRow]) -> dict[int, View]:
        """What the dialler shows about each of these rows now."""
        creating = [row for row in rows if _creates(row)]
        keyless = await self._keyless([row for row in creating if row.state is RowState.new and _key_of(row)])
        ids = list({row.step.contact.id for row in rows if row.step.contact is not None})
        unread = dict[int, DiallerError]()
        current = await current_contacts(self._dialler, ids, unread)
        images = {contact.id: Image(contact=contact, history=history) for contact, history in current}
        for row in rows:
            if row.step.contact is not None and (error := unread.get(row.step.contact.id)):
                images[row.step.contact.id] = self._unread(row.step.contact, error)
        by_row = await self._arrived(creating)
        arrivals = {row.number: _others(row, by_row[row.number]) or keyless.get(row.number, ()) for row in creating}
        return {
            row.number: View(
                images.get(row.step.contact.id if row.step.contact else 0, Image()), arrivals.get(row.number, ())
            )
            for row in rows
        }

    def _unread(self, contact: Contact, error: DiallerError) -> Image:
        """What is left to go by where the dialler fails again and again at a contact, so that others need not wait.

        Raises:
            DiallerError: it may pass.
        """
        self._failures[contact.id] += 1
        if self._failures[contact.id] < MAX_TRIES:
            raise error
        return Image(contact=with_history(contact), unread=error)

    async def closed_by_now(self, views: Mapping[int, View]) -> set[int]:
        """The rows whose contacts are closed for good, or may be, by what their results mean now: a code may have been
        changed since the job was confirmed.
        """
        contacts = {number: view.image.contact for number, view in views.items() if view.image.contact is not None}
        with_result = [one for one in contacts.values() if result_code_id(one)]
        campaigns = {one.dialler_campaigns_id for one in with_result if one.dialler_campaigns_id}
        codes = await result_codes_of(self._dialler, campaigns)
        return {
            number
            for number, one in contacts.items()
            if state_of(one, codes.get(result_code_id(one) or 0)).may_be_final
        }

    async def closed_people_by_now(self, rows: Sequence[JobRow]) -> dict[int, int]:
        """Of imports: the rows about people who are closed or locked by now in any campaign, by their keys or numbers,
        with the contact that shows it. The check has left out whoever was at its time.
        """
        creations = [row for row in rows if _creates(row)]
        people = (await self._everybody.value()).closed if creations else None
        if not people:
            return {}
        contact_ids = {
            row.number: closed_one(people, _key_of(row), sorted(numbers_in(values_of(row)))) for row in creations
        }
        return {number: contact_id for number, contact_id in contact_ids.items() if contact_id is not None}

    async def doubles(self, rows: Sequence[JobRow]) -> dict[int, list[Contact]]:
        """Of imports: the contacts that are the same person by now, where these are several. Somebody without a key is
        looked for only where the request was sent more than once, since that takes the whole list.
        """
        creations = [row for row in rows if row.step.verb == "import" and row.step.key is not None]
        arrivals = await self._arrived([row for row in creations if _key_of(row) or row.tries > 1], anew=True)
        others = {row.number: _others(row, arrivals.get(row.number)) for row in creations}
        return {number: contacts for number, contacts in others.items() if len(contacts) > 1}

    async def _keyless(self, rows: Sequence[JobRow]) -> dict[int, Sequence[Contact]]:
        """Of rows with a key that were not sent yet: who came into their campaign without one, under the same name and
        number.
        """
        if not rows:
            return {}
        arrivals = (await self._everybody.value()).keyless
        return {
            row.number: [
                contact
                for contact in arrivals.of_name(values_of(row))
                if contact.dialler_campaigns_id in (_campaign_of(row), None)
            ]
            for row in rows
            if row.step.key is not None
        }

    async def _arrived(self, rows: Sequence[JobRow], *, anew: bool = False) -> dict[int, Arrivals]:
        """Who came in and may be what these rows create: by their keys, as it is now, else by the list of the campaign.
        That is read `anew` for what may have been sent; for other rows it may be a minute old.
        """
        arrivals = await self._by_key([row for row in rows if _key_of(row)])
        now = dict[Campaign, Arrivals]()
        for row in (row for row in rows if not _key_of(row)):
            campaign = _campaign_of(row)
            if anew or row.state is RowState.begun:
                if campaign not in now:
                    now[campaign] = await self._arrivals(campaign)
                arrivals[row.number] = now[campaign]
            else:
                arrivals[row.number] = await self._before_in(campaign).value()
        return arrivals

    def _before_in(self, campaign: Campaign) -> Reading[Arrivals]:
        return self._before.setdefault(campaign, Reading(partial(self._arrivals, campaign), self._clock))

    async def _by_key(self, rows: Sequence[JobRow]) -> dict[int, Arrivals]:
        contacts = await contacts_with(self._dialler, list(dict.fromkeys(map(_key_of, rows))))
        campaigns = {row.number: _campaign_of(row) for row in rows}
        arrivals = {
            campaign: Arrivals(
                [one for one in contacts if one.dialler_campaigns_id in (campaign, None)], self._since, self._zone
            )
            for campaign in set(campaigns.values())
        }
        return {number: arrivals[campaign] for number, campaign in campaigns.items()}

    async def _arrivals(self, campaign: Campaign) -> Arrivals:
        contacts = [contact async for contact in self._dialler.list_contacts(campaign, deadline=WHOLE_LIST)]
        return Arrivals(contacts, self._since, self._zone)

    async def settled(self, row: JobRow, view: View) -> RowOutcome | None:
        """What came of a row that needs no request (any more); None: it is sent now."""
        creates = _creates(row)
        if row.state is RowState.begun and view.image.unread is not None:
            return ends.unknown(row, view.image.unread.words)
        if row.state is RowState.begun:
            finding = _found(row, view) if creates else looked(row.step, view.image.contact, self._zone)
            if (ending := _after_looking(row, finding)) is not None:
                return ending
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


def _found(row: JobRow, view: View) -> Effect:
    """Whether an import is there; one of which nobody said who is there already cannot be told from these."""
    return imported(view.arrivals) if row.step.key is not None else Effect(there=None, why=_UNTOLD)


def values_of(row: JobRow) -> Mapping[str, Any]:
    """What an import or update writes."""
    return row.step.request.arguments.get("values", {})


def _creates(row: JobRow) -> bool:
    return row.step.verb == "import" and row.step.contact is None


def _campaign_of(row: JobRow) -> Campaign:
    """The campaign that an import goes into."""
    return values_of(row).get("DiallerCampaignsID")


def _key_of(row: JobRow) -> str:
    """The CRM key of an import; empty without one."""
    return str(values_of(row).get("UserData") or "")


def _others(row: JobRow, arrivals: Arrivals | None) -> list[Contact]:
    """Who came in since the job was made and may be the person of this row."""
    if arrivals is None or row.step.key is None:
        return []
    known_ids = {contact.id for contact in row.step.key.contacts}
    return [contact for contact in arrivals.of(values_of(row)) if contact.id not in known_ids]


def unanswered(row: JobRow) -> bool:
    """Whether its request was sent and its answer lost; where its process died, nobody knows whether it ever left."""
    return row.why is not None


def _after_looking(row: JobRow, finding: Effect) -> RowOutcome | None:
    """What looking shows of a row that may have been sent; None: it surely was not done, and may be sent again."""
    if finding.there is False and (row.tries < MAX_TRIES or not unanswered(row)):
        return None
    if finding.there:
        return ends.done(row, finding.contact, result=_LOOKED)
    words = _NOT_THERE.filled(tries=row.tries, why=row.why or "")
    why = finding.why or Words(words.en.strip(), words.de.strip())
    return ends.unknown(row, why) if finding.there is None else ends.failed(row, why)
