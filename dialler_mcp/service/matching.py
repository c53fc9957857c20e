"""Exactly one record, or a refusal that helps: UserData and names are not unique, and the dialler takes the first."""

import asyncio
import difflib
from collections.abc import Sequence

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.privacy import Privacy, readable
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.spelling import plain, spellings
from dialler_mcp.domain.text import clean, part
from dialler_mcp.problem import Problem
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.words import Words

SEARCH_SECONDS = 8.0
MAX_NAMED = 10
NOT_BOTH = Words(
    "Correct the arguments: give campaign_id or name, not both.",
    "Berichtigen Sie die Angaben: campaign_id oder name, nicht beide.",
)
_UNCHANGED = Words("Nothing was changed: {why}", "Es wurde nichts geändert: {why}")
_NOBODY_HAS = Words("no contact has this UserData.", "Kein Kontakt hat dieses UserData.")
_NOBODY = Words("No contact has this UserData.", "Kein Kontakt hat dieses UserData.")
_SHARED = Words(
    "Nothing was changed: {count} contacts share this UserData, and the dialler would take any of them: {names}. Ask "
    "which one is meant and use {tool} with its ID.",
    "Es wurde nichts geändert: {count} Kontakte haben dieses UserData, und der Dialler nähme irgendeinen davon: "
    "{names}. Fragen Sie, welcher gemeint ist, und verwenden Sie {tool} mit seiner ID.",
)
_ONE_OF = Words(
    "Correct the arguments: give contact_id or user_data, one of them.",
    "Berichtigen Sie die Angaben: contact_id oder user_data, eines von beiden.",
)
_WHICH = Words(
    "{count} contacts share this UserData: {names}. Ask which one is meant and give its contact_id.",
    "{count} Kontakte haben dieses UserData: {names}. Fragen Sie, welcher gemeint ist, und geben Sie seine contact_id "
    "an.",
)
_AND_MORE = Words("{names}; and {count} more", "{names}; und {count} weitere")
_NEAR = Words("Near matches: {names}.", "Ähnlich sind: {names}.")
_LOCKED = Words("locked", "gesperrt")
_NO_CAMPAIGN = Words("No campaign has this name.", "Keine Kampagne hat diesen Namen.")
_NO_CAMPAIGN_HAS = Words("no campaign has this name.", "Keine Kampagne hat diesen Namen.")
_NO_CAMPAIGN_OF = Words(
    "No campaign has name number {number} of those given.", "Den Namen Nummer {number} der Angaben hat keine Kampagne."
)
_TAKEN = Words(
    "Nothing was changed: this name is taken by {names}. Give another name.",
    "Es wurde nichts geändert: Diesen Namen hat schon {names}. Geben Sie einen anderen an.",
)
_SEVERAL = Words(
    "Several campaigns could be meant: {names}. Give campaign_id.",
    "Mehrere Kampagnen können gemeint sein: {names}. Geben Sie campaign_id an.",
)
_ONE_CAMPAIGN = Words(
    "Correct the arguments: give campaign_id or name.", "Berichtigen Sie die Angaben: campaign_id oder name fehlt."
)
_NOT_SOLE = Words(
    "Nothing was changed: {why}: {names}. Ask which one is meant and {how}.",
    "Es wurde nichts geändert: {why}: {names}. Fragen Sie, welche gemeint ist, und {how}.",
)
_USE_ID = Words("use {tool} with its ID", "verwenden Sie {tool} mit ihrer ID")
_EXACT_NAME = Words("give its exact name", "geben Sie ihren genauen Namen an")
_SAME_NAME = Words("{count} campaigns have this name", "{count} Kampagnen heißen so")
_NONE_EXACT = Words("no campaign has exactly this name, but there are", "Keine Kampagne heißt genau so, aber es gibt")


async def with_user_data(dialler: Dialler, user_data: str) -> list[Contact]:
    """The contacts with this UserData, however its accents and apostrophes are written."""
    matches = await asyncio.gather(*map(dialler.find_contacts_by_user_data, spellings(user_data)))
    return list({contact.id: contact for contacts in matches for contact in contacts}.values())


async def contacts_with(invocation: Invocation, user_data: str) -> list[Contact]:
    """The same for a caller, whose look at a masked key is counted.

    Raises:
        Problem: too many were looked up.
    """
    await invocation.admit_lookups(user_data)
    return await with_user_data(invocation.dialler, user_data)


async def sole_contact(invocation: Invocation, user_data: str, by_id_tool: str) -> ContactView:
    """The one contact with this UserData.

    Raises:
        Problem: none has it (names near matches), or several have (lists them and names the tool by ID).
    """
    contacts = await contacts_with(invocation, user_data)
    if len(contacts) == 1:
        return await invocation.profile.view(contacts[0], fresh=True)
    if not contacts:
        raise await _nobody(invocation, user_data, _UNCHANGED.filled(why=_NOBODY_HAS))
    names = await _listed(invocation, contacts)
    raise Problem(_SHARED.filled(count=len(contacts), names=names, tool=by_id_tool))


async def contact_meant(invocation: Invocation, contact_id: int | None, user_data: str | None) -> Contact:
    """The one contact that the arguments `contact_id` or `user_data` mean.

    Raises:
        Problem: not just one of them was given; or no contact or several have this UserData (lists them).
        NotFound: no contact has this ID.
    """
    if contact_id is not None and user_data is None:
        return await invocation.dialler.get_contact(contact_id)
    if user_data is None or contact_id is not None:
        raise Problem(_ONE_OF)
    contacts = await contacts_with(invocation, user_data)
    if not contacts:
        raise await _nobody(invocation, user_data, _NOBODY)
    if len(contacts) > 1:
        raise Problem(_WHICH.filled(count=len(contacts), names=await _listed(invocation, contacts)))
    return contacts[0]


async def _listed(invocation: Invocation, contacts: Sequence[Contact]) -> Words:
    views = await invocation.profile.views(contacts[:MAX_NAMED])
    return _with_more("; ".join(described(view) for view in views), len(contacts))


def _with_more(names: str, count: int) -> Words:
    """Names, and how many more of them there are than are shown."""
    return _AND_MORE.filled(names=names, count=count - MAX_NAMED) if count > MAX_NAMED else Words.alike(names)


async def _nobody(invocation: Invocation, user_data: str, sentence: Words) -> Problem:
    """That no contact has this UserData, with near matches or how to search."""
    if near := await _near_matches(invocation, user_data):
        return Problem(sentence.then(_NEAR.filled(names=", ".join(near))))
    return Problem(sentence, advice="search_contacts")


def described(view: ContactView) -> str:
    """A contact in one line: ID, name, campaign, state."""
    values = view.computed()
    parts = [f"ID {view.contact.id}", part(values["name"]), part(values["campaign"] or ""), values["state"]]
    if values["locked"]:
        parts.append(_LOCKED.text(view.language))
    return " · ".join(each for each in parts if each)


async def _near_matches(invocation: Invocation, user_data: str) -> list[str]:
    """Up to three UserData that look like the one asked for; found in the time that a person waits, or not at all."""
    pattern = _plain(user_data)
    near: dict[str, float] = {}
    matcher = difflib.SequenceMatcher(b=pattern, autojunk=False)
    try:
        async with asyncio.timeout(SEARCH_SECONDS):
            async for contact in invocation.dialler.list_contacts():
                key = contact.user_data
                if not key or key in near or invocation.present.is_masked_key(key):
                    continue  # a masked one could be had by asking for what is nearly it
                matcher.set_seq1(_plain(key))
                if matcher.real_quick_ratio() >= 0.8 and matcher.quick_ratio() >= 0.8 and matcher.ratio() >= 0.8:
                    near[key] = matcher.ratio()
    except (TimeoutError, DiallerError):
        pass  # the hint is a courtesy; what was found so far still helps
    return [invocation.present.user_data(key)[:64] for key in sorted(near, key=lambda key: -near[key])[:3]]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, plain(text)))


async def campaigns_named(invocation: Invocation, *names: str) -> list[Campaign]:
    """The campaigns that a person means by these names: by each, those of exactly this name, else all whose name
    contains it.

    Raises:
        Problem: one name is that of none; names near matches.
    """
    return _named(await invocation.dialler.list_campaigns(), names)


def _named(campaigns: Sequence[Campaign], names: Sequence[str]) -> list[Campaign]:
    by_id = dict[int, Campaign]()
    for number, name in enumerate(names, 1):
        matches = of_name(campaigns, name)
        if not matches:
            which = _NO_CAMPAIGN if len(names) == 1 else _NO_CAMPAIGN_OF.filled(number=number)
            raise no_campaign(campaigns, name, which)
        by_id.update((campaign.id, campaign) for campaign in matches)
    return list(by_id.values())


async def asked_campaigns(
    invocation: Invocation, campaign_ids: Sequence[int] | None, names: Sequence[str] | None
) -> list[Campaign]:
    """The campaigns that the arguments `campaign_ids` and `names` mean, each once and in this order; none where neither
    was given.

    Raises:
        Problem: a name is that of no campaign; names near matches.
        NotFound: there is no campaign of one of these IDs.
    """
    if not campaign_ids and not names:
        return []
    campaigns = await invocation.dialler.list_campaigns()
    by_id = {campaign.id: campaign for campaign in campaigns}
    matches = [by_id[number] for number in campaign_ids or () if number in by_id]
    missing = [number for number in dict.fromkeys(campaign_ids or ()) if number not in by_id]
    matches += [await invocation.dialler.get_campaign(number) for number in missing]
    matches += _named(campaigns, names or ())
    return list({campaign.id: campaign for campaign in matches}.values())


async def campaigns_containing(invocation: Invocation, name: str) -> list[Campaign]:
    """The campaigns whose name contains this; of digits alone, those of this name or ID. The dialler looks for the very
    characters, so a name that can be written in several ways is looked for here.
    """
    if is_number(name):
        return of_name(await invocation.dialler.list_campaigns(), name)
    if len(spellings(name)) == 1:
        return await invocation.dialler.find_campaigns_by_name(name)
    spelling = plain(clean(name))
    return [one for one in await invocation.dialler.list_campaigns() if spelling in plain(clean(one.name or ""))]


def is_number(name: str) -> bool:
    """Whether a name is digits alone, which mean a whole name or an ID."""
    return plain(clean(name)).isdecimal()


def of_name(campaigns: Sequence[Campaign], name: str) -> list[Campaign]:
    """The campaigns of exactly this name, whatever its case; without one, all whose name contains it. Digits alone are
    a whole name or an ID: "5" is not meant to be a part of "50% & Co.".
    """
    spelling, forms = plain(clean(name)), forms_of(name)
    names = [(plain(clean(campaign.name or "")), campaign) for campaign in campaigns]
    exact = [campaign for other, campaign in names if other in forms]
    if is_number(name):
        return exact or [campaign for campaign in campaigns if str(campaign.id) == spelling]
    return exact or [campaign for other, campaign in names if spelling and spelling in other]


async def require_free_name(invocation: Invocation, name: str) -> None:
    """A new campaign must not get the name of one that is there.

    Raises:
        Problem: one has it; names it with its ID.
    """
    campaigns = await invocation.dialler.find_campaigns_by_name(name.strip())
    if namesakes := [campaign for campaign in campaigns if same_name(campaign.name, name)]:
        raise Problem(_TAKEN.filled(names=listed_campaigns(namesakes)))


def same_name(name: str | None, other: str) -> bool:
    """Whether a name is the other one, however it is typed."""
    return plain(clean(name or "")) in forms_of(other)


def forms_of(name: str) -> set[str]:
    """A name as it is written and as each level shows it: people say the one, campaigns are read as the other."""
    return {plain(clean(name)), *(plain(readable(name, level)) for level in Privacy)}


def no_campaign(campaigns: Sequence[Campaign], name: str, sentence: Words) -> Problem:
    """That no campaign is meant by this name, with those whose names look like it."""
    by_name = {plain(clean(campaign.name or "")): campaign for campaign in campaigns}
    spelling = plain(clean(name))
    holding = [other for other in by_name if spelling and spelling in other]
    near = [*holding, *difflib.get_close_matches(spelling, by_name, 3, 0.5)][:3]
    if not near:
        return Problem(sentence, advice="list_campaigns")
    similar = listed_campaigns([by_name[match] for match in dict.fromkeys(near)])
    return Problem(sentence.then(_NEAR.filled(names=similar)))


def listed_campaigns(campaigns: Sequence[Campaign]) -> Words:
    """`Campaign 1000 (ID 538); Winback (ID 542)`; many are cut."""
    names = "; ".join(f"{clean(campaign.name or '')[:64]} (ID {campaign.id})" for campaign in campaigns[:MAX_NAMED])
    return _with_more(names, len(campaigns))


async def changed_campaign(invocation: Invocation, name: str) -> Campaign:
    """The one campaign that a name means among those that are there and those that the journal knows: a deleted one is
    still known by its name.

    Raises:
        Problem: the name is that of none or of several; names them.
    """
    campaigns, say = await invocation.dialler.list_campaigns(), invocation.present.nameless.text
    there = {campaign.id for campaign in campaigns}
    labels = await invocation.profile.journal.campaigns()
    past = [Campaign(id=number, name=say(label)) for number, label in labels.items() if number not in there]
    return _only(_named([*campaigns, *past], [name]))


def _only(campaigns: Sequence[Campaign]) -> Campaign:
    if len(campaigns) > 1:
        raise Problem(_SEVERAL.filled(names=listed_campaigns(campaigns)))
    return campaigns[0]


async def asked_campaign(invocation: Invocation, campaign_id: int | None, name: str | None) -> Campaign | None:
    """The one campaign that the arguments `campaign_id` or `name` mean; None where neither was given.

    Raises:
        Problem: both were given, or the name is that of none or of several; names them.
        NotFound: no campaign has this ID.
    """
    if campaign_id is not None and name is not None:
        raise Problem(NOT_BOTH)
    if campaign_id is not None:
        return await invocation.profile.directory.campaign(campaign_id) or await invocation.dialler.get_campaign(
            campaign_id
        )
    if name is None:
        return None
    return _only(await campaigns_named(invocation, name))


async def campaign_id_meant(invocation: Invocation, campaign_id: int | None, name: str | None) -> int:
    """The ID of the one campaign that the arguments `campaign_id` or `name` mean; an ID alone is not looked up.

    Raises:
        Problem: neither or both were given, or the name is that of none or of several; names them.
    """
    if campaign_id is not None and name is None:
        return campaign_id
    return (await campaign_meant(invocation, campaign_id, name)).id


async def campaign_meant(invocation: Invocation, campaign_id: int | None, name: str | None) -> Campaign:
    """The one campaign that the arguments `campaign_id` or `name` mean, where one has to be given.

    Raises:
        Problem: neither or both were given, or the name is that of none or of several; names them.
        NotFound: no campaign has this ID.
    """
    if campaign := await asked_campaign(invocation, campaign_id, name):
        return campaign
    raise Problem(_ONE_CAMPAIGN)


async def sole_campaign(invocation: Invocation, name: str, by_id_tool: str | None = None) -> Campaign:
    """The one campaign of exactly this name, whatever its case; by its ID, too, unless a tool `by_id_tool` does that.

    Raises:
        Problem: none or several have it; names those whose name contains it.
    """
    matches = await campaigns_containing(invocation, name)
    exact = [campaign for campaign in matches if same_name(campaign.name, name)]
    if is_number(name) and not exact and not by_id_tool:  # what destroys by name destroys by name alone
        exact = matches
    if len(exact) == 1:
        return exact[0]
    if not exact and not matches:
        campaigns = await invocation.dialler.list_campaigns()
        raise no_campaign(campaigns, name, _UNCHANGED.filled(why=_NO_CAMPAIGN_HAS))
    how = _USE_ID.filled(tool=by_id_tool) if by_id_tool else _EXACT_NAME
    why = _SAME_NAME.filled(count=len(exact)) if exact else _NONE_EXACT
    raise Problem(_NOT_SOLE.filled(why=why, names=listed_campaigns(exact or matches), how=how))
