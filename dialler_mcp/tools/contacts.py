"""Tools that read contacts."""

import asyncio
from collections import Counter
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from dialler_mcp.api.errors import FunctionMissing, NotFound
from dialler_mcp.domain.codes import CONTACT, OF_CONTACTS
from dialler_mcp.domain.contact_state import State, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ContactDetails, HistoryEntry
from dialler_mcp.domain.spelling import plain
from dialler_mcp.domain.standing.why_not import why_not_dialled
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import ROOM, Contacts, Details, Records, Table, fitting, size, table
from dialler_mcp.service.history import call_lines, history_table
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.kept_contacts import kept, told
from dialler_mcp.service.listing import (
    Filter,
    Smallest,
    StateFilter,
    hidden_in,
    names_of,
    not_shown,
    read_list,
)
from dialler_mcp.service.matching import asked_campaign, contacts_with
from dialler_mcp.service.overviews import not_visible
from dialler_mcp.service.paging import cursor_at, cursor_position, fit, known_fields
from dialler_mcp.service.parameters import (
    Attempts,
    CampaignName,
    ContactId,
    Cursor,
    Fields,
    Id,
    Lang,
    Limit,
    Searchable,
    UserData,
    When,
    several,
    shorter,
)
from dialler_mcp.service.present import ContactView, campaign_name
from dialler_mcp.service.selection import Selection, by_filters, result_ids
from dialler_mcp.tools.family import family
from dialler_mcp.words import Noun, Words

tools = family("contacts")

COLUMNS = ["ID", "UserData", "name", "campaign", "state", "result", "attempts", "next_try", "locked"]
COMPUTED = ["name", "campaign", "state", "result", "attempts", "next_try", "follow_up", "locked"]
CONTACT_FIELDS = [*COMPUTED, *(info.wire for info in Contact.fields())]
MAX_IN_BATCH = 100
MAX_WHOLE = 1  # contact of a key; of several one is chosen first, which takes no whole records
MAX_MISSING = 4_000  # bytes
_NO_HISTORY = Words("{nobody}. {spelling}", "{nobody}. {spelling}")
_NOBODY_NAMED = Words(
    "Nothing was sent. Correct the arguments: give contact_ids or user_data_list or both.",
    "Es wurde nichts gesendet. Berichtigen Sie die Angaben: contact_ids oder user_data_list oder beide.",
)
NO_SUCH_KEY = Words("No contact has this UserData", "Kein Kontakt hat dieses UserData")
SPELLING = Words(
    "Check the spelling, or search with dialler_list_contacts and text.",
    "Schreibweise prüfen, oder mit dialler_list_contacts und text suchen.",
)
_SHARING = Noun(
    Words("contact has this UserData", "Kontakt hat dieses UserData"),
    Words("contacts have this UserData", "Kontakte haben dieses UserData"),
)
_MATCHES = Words("{n} of {contacts} matches {filters}", "{n} von {contacts} passt zu {filters}")
_MATCH = Words("{n} of {contacts} match {filters}", "{n} von {contacts} passen zu {filters}")
_SHOWN, _BY_ID = Words("; {rows} shown", "; {rows} gezeigt"), Words(", by ID", ", nach ID")
_FIRST = Words(
    "Only the first {rows} are shown; dialler_list_contacts with text pages through all.",
    "Nur die ersten {rows} sind gezeigt; dialler_list_contacts mit text blättert durch alle.",
)
_ONE_BY_ONE = Words(
    "This release has no batch function; the contacts were read one by one, without history.",
    "Dieses Release liest nicht mehrere auf einmal; die Kontakte wurden einzeln gelesen, ohne Verlauf.",
)
_MORE_MISSING = Words("{n} more are not found.", "{n} weitere sind nicht gefunden.")
_DID_NOT_FIT = Words(
    "{contacts} did not fit; ask again for contact_ids {ids}.",
    "{contacts} ohne Platz; noch einmal fragen mit contact_ids {ids}.",
)


def _state(word: Any) -> Any:
    """The dialler's own word for a follow-up is taken, too."""
    return "follow-up" if word == "delay" else word


@tools.reads(
    title="List contacts", german="Listet und zählt die Kontakte einer Kampagne, gefiltert, mit der Zahl je Zustand."
)
async def dialler_list_contacts(
    invocation: Invocation,
    campaign_id: Annotated[Id | None, Field(description="omit for all (slow)")] = None,
    name: CampaignName = None,
    state: Annotated[
        StateFilter | None, BeforeValidator(_state), Field(description="open: tried, nothing decided")
    ] = None,
    result: Annotated[str | None, shorter(64), Field(description="name or export key")] = None,
    min_attempts: Annotated[Attempts, Field(description="at least")] = None,
    max_attempts: Annotated[Attempts, Field(description="at most")] = None,
    since: Annotated[When, Field(description="next attempt from YYYY-MM-DD[THH:MM]")] = None,
    until: Annotated[When, Field(description="until, inclusive")] = None,
    text: Annotated[str | None, shorter(64), Field(description="part of name, company, city, key, number")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    fields: Fields = None,
    as_list: Annotated[bool, Field(description="all, as a list_id")] = False,
) -> Table:
    """List, count or search the contacts (people) of a campaign: anyone of a name, from a city, in a state, due, with a
    result or many attempts. Says how many are in each state.
    """
    campaign = await asked_campaign(invocation, campaign_id, name)
    key = campaign and campaign.id
    columns = known_fields(fields, CONTACT_FIELDS) if fields else COLUMNS
    filter_ = Filter(invocation, state, result, min_attempts, max_attempts, since, until, text)
    if filter_.is_phone_number:  # on every page: a cursor can be made up
        await invocation.admit_lookup()
    question = (key, state, result, min_attempts, max_attempts, since, until, text)
    after = cursor_position(cursor, question) or 0
    names = await names_of(invocation, key)
    if result is not None:
        filter_.results = await result_ids(invocation, result, key)
    counts, everybody = Counter[State](), 0
    hidden_fields = set[str]()
    nearest = Smallest[Contact](limit + 1)
    async for contact in read_list(invocation, key, hidden_fields):
        everybody += 1
        now = state_of(contact, names.code(contact))
        if filter_(contact, now):
            counts[now] += 1
            if contact.id > after:
                nearest.offer(contact.id, contact)
    entries = nearest.items()
    page, more = entries[:limit], len(entries) > limit
    cursors = [cursor_at(contact.id, question) for contact in page]
    rows = [names.view(invocation, contact).row(columns) for contact in page]
    rows, following = fit(rows, cursors, cursors[-1] if more and page else None)
    where = f" in {campaign_name(campaign, key)}" if campaign else ""
    language = invocation.language
    summary = _summary(counts, everybody, len(rows), where, filter_.in_words(language), language)
    exact, notes = bool(fields), not_shown(hidden_fields, language)
    answer = table(summary, columns, rows, total=counts.total(), exact=exact, notes=notes, language=language)
    answer.next_cursor = following
    if as_list:
        selection = Selection(None, campaign_id, name, state, result, min_attempts, max_attempts, since, until, text)
        answer.add_notes(told(invocation, await kept(invocation, await by_filters(invocation, selection))))
    return answer


def _summary(counts: Counter[State], everybody: int, rows: int, where: str, filters: str, language: Language) -> str:
    """`27 of 108 contacts in NPS (556) match state open, at least 3 attempts: 27 open; 20 shown, by ID`."""
    total = counts.total()
    summary = f"{CONTACT.counted(everybody, language)}{where}"
    if filters:
        words, contacts = _MATCHES if total == 1 else _MATCH, f"{OF_CONTACTS.counted(everybody, language)}{where}"
        summary = words.text(language).format(n=total, contacts=contacts, filters=filters)
    states = ", ".join(f"{counts[state]} {state.text(language)}" for state in State if counts[state])
    order = _BY_ID.text(language) if rows > 1 else ""
    return summary + (f": {states}{_SHOWN.text(language).format(rows=rows)}{order}" if total else "")


@tools.reads(
    title="Get contact",
    german="Alles über einen Kontakt, nach ID: Daten, Zustand, Ergebnis, Versuche, und warum er nicht angerufen wird.",
)
async def dialler_get_contact(
    invocation: Invocation, contact_id: ContactId, language: Lang = None, fields: Fields = None
) -> Details:
    """Show everything on one contact by numeric ID: data, phone numbers, state, result, attempts, next try and why it
    is not being dialled. Without the ID use dialler_find_contacts_by_user_data.
    """
    view = await invocation.profile.view(await invocation.dialler.get_contact(contact_id), language)
    if fields:
        columns = known_fields(fields, CONTACT_FIELDS)
        return Details(record=dict(zip(columns, view.row(columns), strict=True))).in_language(view.language)
    record, note = _whole(invocation, view)
    return Details(record=record, notes=[note]).in_language(view.language)


def _whole(invocation: Invocation, view: ContactView) -> tuple[dict[str, Any], str]:
    """All that is known of a contact and why it is not dialled, and what the API does not tell."""
    why = why_not_dialled(
        view.contact,
        view.code,
        view.campaign,
        now=invocation.profile.time(),
        zone=invocation.profile.zone,
        language=view.language,
    )
    reasons = {"why_not_dialled": why.reasons} if why.reasons else {}
    return view.full() | reasons, not_visible(why, view.language)


@tools.reads(title="Find contacts by UserData", german="Alle Kontakte mit diesem CRM-Schlüssel (UserData).")
async def dialler_find_contacts_by_user_data(
    invocation: Invocation, user_data: UserData, fields: Fields = None
) -> Table:
    """Look up which contact has this CRM key (UserData, e.g. Contact10), or all when more than one shares it. With the
    ID use dialler_get_contact.
    """
    columns = known_fields(fields, CONTACT_FIELDS) if fields else [*COLUMNS, "City", "PhoneNumber1"]
    contacts = await contacts_with(invocation, user_data)
    views = await invocation.profile.views(contacts[:MAX_IN_BATCH])
    if contacts and not fields and (records := _records(invocation, views)):
        return records
    rows = [view.row(columns) for view in views]
    language = invocation.language
    summary = _SHARING.counted(len(contacts), language) if contacts else NO_SUCH_KEY.text(language)
    notes = [] if contacts else [SPELLING.text(language)]
    if len(contacts) > len(rows):
        notes.append(_FIRST.text(language).format(rows=len(rows)))
    notes += not_shown(hidden_in(contacts), language)
    return table(summary, columns, rows, total=len(contacts), exact=bool(fields), notes=notes, language=language)


def _records(invocation: Invocation, views: list[ContactView]) -> Records | None:
    """The whole records of a few contacts, as the read by ID shows them; None where they are too many or too long."""
    if len(views) > MAX_WHOLE:
        return None
    wholes = [_whole(invocation, view) for view in views]
    columns = list(dict.fromkeys([*COLUMNS, *(name for record, _ in wholes for name in record)]))
    values = [view.computed() for view in views]
    rows = [
        [(record | {"name": names["name"]}).get(column) for column in columns]
        for (record, _), names in zip(wholes, values, strict=True)
    ]
    language = invocation.language
    hidden_fields = hidden_in(view.contact for view in views)
    notes = [*dict.fromkeys(note for _, note in wholes), *not_shown(hidden_fields, language)]
    if fitting(rows) < len(rows):
        return None
    summary = _SHARING.counted(len(views), language)
    compact = table(summary, columns, rows, total=len(rows), notes=notes, named=True)
    return Records(**compact.model_dump()).in_language(language)


@tools.reads(
    title="Get several contacts with history",
    german="Mehrere Kontakte auf einmal, jeder mit Ergebnis und seinen letzten drei Anrufen.",
)
async def dialler_get_contacts(
    invocation: Invocation,
    contact_ids: Annotated[
        list[Id] | None, BeforeValidator(several), Field(description="IDs, at most 100", max_length=MAX_IN_BATCH)
    ] = None,
    user_data_list: Annotated[
        list[Annotated[str, shorter(64), Searchable]] | None,
        Field(description="CRM keys, at most 100", max_length=MAX_IN_BATCH),
    ] = None,
    language: Lang = None,
) -> Contacts:
    """Look up several contacts at once, in one go, by IDs or CRM keys, each with current result and last three calls.
    For one use dialler_get_contact.
    """
    ids, keys = list(dict.fromkeys(contact_ids or ())), list(dict.fromkeys(user_data_list or ()))
    if not ids and not keys:
        raise Problem(_NOBODY_NAMED)
    await invocation.admit_lookups(*keys)
    effective = invocation.profile.language(language)
    notes: list[str] = []
    try:
        contacts = await invocation.dialler.get_contacts(ids, keys, effective)
    except FunctionMissing:
        contacts = await _one_by_one(invocation, ids, keys)
        notes.append(_ONE_BY_ONE.text(effective))
    found_ids = {contact.id for contact in contacts}
    found_keys = {plain(contact.user_data or "") for contact in contacts}
    missing_keys = [invocation.present.nameless.user_data(key) for key in keys if plain(key) not in found_keys]
    missing = [str(i) for i in ids if i not in found_ids] + missing_keys
    views = await invocation.profile.views(contacts, effective)
    records = [_with_calls(invocation, view, one) for view, one in zip(views, contacts, strict=True)]
    notes += not_shown(hidden_in(contacts), effective)
    return _bounded(records, missing, notes, effective)


async def _one_by_one(invocation: Invocation, ids: list[int], keys: list[str]) -> list[ContactDetails]:
    async def by_id(contact_id: int) -> list[Contact]:
        try:
            return [await invocation.dialler.get_contact(contact_id)]
        except NotFound:
            return []

    searches = (*map(by_id, ids), *map(invocation.dialler.find_contacts_by_user_data, keys))
    matches = {contact.id: contact for contacts in await asyncio.gather(*searches) for contact in contacts}
    attributes = [field.attribute for field in Contact.fields()]
    return [
        ContactDetails(**{name: getattr(contact, name) for name in attributes}, other=contact.other)
        for contact in matches.values()
    ]


def _with_calls(invocation: Invocation, view: ContactView, contact: ContactDetails) -> dict[str, Any]:
    names = ["ID", "UserData", *COMPUTED, "City", "PhoneNumber1"]
    cells = dict(zip(names, view.row(names), strict=True))
    record = {name: value for name, value in cells.items() if value not in (None, "", 0)}
    entries: list[HistoryEntry] = contact.dialler_contacts_history
    if entries:
        record["calls"] = len(entries)
        record["last_calls"] = call_lines(invocation, entries, view.codes, view.language)[:3]
    return record


def _bounded(records: list[dict[str, Any]], missing: list[str], notes: list[str], language: Language) -> Contacts:
    keys = missing[: fitting([[key] for key in missing], MAX_MISSING)]
    if len(keys) < len(missing):
        notes.append(_MORE_MISSING.text(language).format(n=len(missing) - len(keys)))
    page = records[: fitting([[record] for record in records], ROOM - size(keys))]
    if rest := [str(record["ID"]) for record in records[len(page) :]]:
        contacts = CONTACT.counted(len(rest), language)
        notes.append(_DID_NOT_FIT.text(language).format(contacts=contacts, ids=", ".join(rest)))
    return Contacts(contacts=page, missing=keys or None, notes=notes or None).in_language(language)


@tools.reads(
    title="Get contact history", german="Anrufe und Ergebnisse eines Kontakts in Worten, nach ID, die neuesten zuerst."
)
async def dialler_get_contact_history(
    invocation: Invocation, contact_id: ContactId, language: Lang = None, limit: Limit = 20, cursor: Cursor = None
) -> Table:
    """List all calls to one contact by numeric ID, newest first: the call log of what happened, how often, when last,
    who spoke, and the result. Without the ID use dialler_get_contact_history_by_user_data.
    """
    entries = await invocation.dialler.get_contact_history(contact_id)
    if not entries:
        await invocation.dialler.get_contact(contact_id)  # tells an unknown contact from one without calls
    return await history_table(invocation, entries, language, limit, cursor, ("history", contact_id))


@tools.reads(
    title="Get contact history by UserData",
    german="Anrufe und Ergebnisse aller Kontakte mit diesem CRM-Schlüssel, die neuesten zuerst.",
)
async def dialler_get_contact_history_by_user_data(
    invocation: Invocation, user_data: UserData, language: Lang = None, limit: Limit = 20, cursor: Cursor = None
) -> Table:
    """List every call in the history of the customer (all contacts) with this CRM key (UserData, e.g. Contact10),
    newest first. With the ID use dialler_get_contact_history.
    """
    await invocation.admit_lookups(user_data)
    entries = await invocation.dialler.get_contact_history_by_user_data(user_data)
    if not entries and not await invocation.dialler.find_contacts_by_user_data(user_data):
        raise Problem(_NO_HISTORY.filled(nobody=NO_SUCH_KEY, spelling=SPELLING))
    return await history_table(invocation, entries, language, limit, cursor, ("history", user_data))
