"""Which contacts are meant: by their IDs, by a list of people, by a question, or by the filters of a campaign."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from dialler_mcp.domain.contact_state import State, state_of
from dialler_mcp.domain.spelling import plain
from dialler_mcp.lists.jobs.current import current_contacts
from dialler_mcp.problem import Problem
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.list_members import called, checked_list, contacts_of, members
from dialler_mcp.service.listing import MAX_CAMPAIGNS, Filter, StateFilter, names_of
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.present import ContactView, campaign_name, result_name
from dialler_mcp.service.selected_contacts import SelectedContacts
from dialler_mcp.service.selection_by_question import named_by
from dialler_mcp.words import Language, Words

MAX_IDS = 1_000
_NOBODY_NAMED = Words(
    "Nothing was changed. Give contact_ids, a list_id, or a campaign (campaign_id or name).",
    "Es wurde nichts geändert. Geben Sie contact_ids an, eine list_id, oder eine Kampagne (campaign_id oder name).",
)
_BOTH = Words(
    "Nothing was changed. Give either contact_ids or a campaign or list with filters.",
    "Es wurde nichts geändert. Geben Sie entweder contact_ids an oder eine Kampagne oder Liste mit Filtern.",
)
_MANY_CAMPAIGNS = Words(
    "Nothing was changed: states and results are known of {most} campaigns at a time. Give a campaign, too.",
    "Es wurde nichts geändert: Zustände und Ergebnisse sind für {most} Kampagnen auf einmal bekannt. Geben Sie auch "
    "eine Kampagne an.",
)
_SQL_ALONE = Words(
    "Nothing was changed. Give sql without filters: the question says who is meant.",
    "Es wurde nichts geändert. Geben Sie sql ohne Filter an: Die Frage sagt, wer gemeint ist.",
)
_MISSING = Words(
    "Nothing was changed: there is no contact with ID {ids}. Leave these out, or search for the right IDs.",
    "Es wurde nichts geändert: Kontakte mit diesen IDs gibt es nicht: {ids}. Lassen Sie sie weg, oder suchen Sie die "
    "richtigen.",
)
_NO_RESULT = Words(
    "result: there is no result code of this name or export key.",
    "result: Einen Ergebniscode mit diesem Namen oder Exportschlüssel gibt es nicht.",
)
_USE = Words("Use one of: {names}.", "Verwenden Sie einen von diesen: {names}.")


@dataclass(frozen=True)
class Selection:
    """Who is meant: `contact_ids`, or those of a campaign to whom all filters apply, of a list of people (`list_id`) if
    one is given, then in all campaigns unless one is named; or those that the rows of a question (`sql`) name, which is
    asked over the campaign, else over all.
    """

    contact_ids: Sequence[int] | None = None
    campaign_id: int | None = None
    name: str | None = None
    state: StateFilter | None = None
    result: str | None = None
    min_attempts: int | None = None
    max_attempts: int | None = None
    since: str | None = None
    until: str | None = None
    text: str | None = None
    sql: str | None = None
    list_id: str | None = None


async def selected(invocation: Invocation, selection: Selection) -> SelectedContacts:
    """The contacts that are meant.

    Raises:
        Problem: nobody is named, or somebody who is not there.
    """
    by_campaign = selection.campaign_id is not None or selection.name is not None
    if selection.contact_ids:
        if selection != Selection(contact_ids=selection.contact_ids):
            raise Problem(_BOTH)
        return await _by_ids(invocation, list(dict.fromkeys(selection.contact_ids)))
    if selection.sql:
        if selection != Selection(campaign_id=selection.campaign_id, name=selection.name, sql=selection.sql):
            raise Problem(_SQL_ALONE)
        ids = [selection.campaign_id] if selection.campaign_id else None
        campaigns = await chosen(invocation, ids, [selection.name] if selection.name else None)
        return await named_by(invocation, selection.sql, campaigns)
    if not by_campaign and selection.list_id is None:
        raise Problem(_NOBODY_NAMED)
    return await by_filters(invocation, selection)


async def _by_ids(invocation: Invocation, ids: list[int]) -> SelectedContacts:
    contacts = {contact.id: contact for contact, _ in await current_contacts(invocation.dialler, ids)}
    if missing := [one for one in ids if one not in contacts]:
        raise Problem(_MISSING.filled(ids=", ".join(map(str, missing[:10]))))
    views = await invocation.profile.views([contacts[one] for one in ids], fresh=True)

    async def each() -> AsyncIterator[tuple[ContactView, State]]:
        for view in views:
            yield view, state_of(view.contact, view.code)

    return SelectedContacts(each(), "" if len(ids) > 1 else f": {views[0].label()}")


async def by_filters(invocation: Invocation, selection: Selection) -> SelectedContacts:
    """The contacts of a campaign, of a list, or all, to whom all filters apply.

    Raises:
        Problem: there is no such campaign, list or result, or there are too many campaigns to know who has which.
    """
    people = None if selection.list_id is None else checked_list(invocation, selection.list_id)
    campaign = await asked_campaign(invocation, selection.campaign_id, selection.name)
    key = campaign and campaign.id
    filter_ = Filter(
        invocation,
        selection.state,
        selection.result,
        selection.min_attempts,
        selection.max_attempts,
        selection.since,
        selection.until,
        selection.text,
    )
    if filter_.is_phone_number:
        await invocation.admit_lookup()
    names = await names_of(invocation, key, fresh=True)
    if key is None and (selection.state or selection.result) and len(names.campaigns) >= MAX_CAMPAIGNS:
        raise Problem(_MANY_CAMPAIGNS.filled(most=MAX_CAMPAIGNS))
    if selection.result is not None:
        filter_.results = await result_ids(invocation, selection.result, key)

    remarks = list[str]()
    everybody = members(invocation, people, names, remarks) if people else contacts_of(invocation, names)

    async def each() -> AsyncIterator[tuple[ContactView, State]]:
        async for view, state in everybody:
            if filter_(view.contact, state):
                yield view, state

    language = invocation.profile.language(None)
    which = called(invocation, people).text(language) if people else ""
    where = f" in {campaign_name(campaign, key)}" if campaign else ""
    words = filter_.in_words(language)
    return SelectedContacts(each(), f"{which}{where}{f': {words}' if words else ''}", remarks)


async def result_ids(invocation: Invocation, result: str, campaign_id: int | None) -> set[int]:
    """The result codes of this name, in either language, or export key. An unknown name must not look like no contact.

    Raises:
        Problem: no campaign asked for has such a result code; names those there are.
    """
    directory, name = invocation.profile.directory, plain(result).strip()
    keys = [campaign_id] if campaign_id else [one.id for one in (await directory.campaigns())[:MAX_CAMPAIGNS]]
    codes = [
        code for key in keys for language in Language for code in (await directory.result_codes(key, language)).values()
    ]
    ids = {code.id for code in codes if name in (plain(code.content or ""), plain(code.export_key or ""))}
    if not ids:
        names = dict.fromkeys(result_name(code, code.id) or "" for code in codes)
        if not names:
            raise Problem(_NO_RESULT, advice="list_results")
        raise Problem(_NO_RESULT.then(_USE.filled(names=", ".join(list(names)[:20]))))
    return ids
