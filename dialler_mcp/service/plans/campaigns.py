"""Plans about campaigns: clone and delete."""

import asyncio
from datetime import datetime

from dialler_mcp.api.errors import TooSlow
from dialler_mcp.changes.plan import Request, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import contacts_in_words, in_words
from dialler_mcp.domain.consequences import CampaignLoss
from dialler_mcp.domain.contact_state import result_code_id
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import shows_mask
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local
from dialler_mcp.service.answers import Change
from dialler_mcp.service.campaigns import campaign_settings, within_dates
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.present import campaign_name
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.words import Words

COUNTING_SECONDS = 12.0
"""For the contacts of a campaign. A confirmed deletion counts up to three times within the 45 s of an invocation: to
find out what to ask, to find out whether it still holds, and, at the archive's own pace, to keep what is deleted."""


_IGNORED = Words(
    "This release ignored {dates}; set the dates in the portal.",
    "Dieses Release hat {dates} nicht übernommen; setzen Sie die Laufzeit im Portal.",
)
_AND = Words("{one} and {other}", "{one} und {other}")
_CLONED = Words(
    "Campaign {name} is created with ID {id}, without contacts.",
    "Kampagne {name} ist angelegt, mit der ID {id} und ohne Kontakte.",
)
_DELETED = Words(
    "Campaign {name} with its contacts and their history is deleted.",
    "Kampagne {name} ist gelöscht, mit ihren Kontakten und deren Verlauf.",
)


async def clone(
    invocation: Invocation,
    origin: Campaign,
    destination: str,
    user_data: str | None,
    dt_from: datetime | None,
    dt_to: datetime | None,
) -> Proposal:
    """Copy a campaign with settings and result codes, without its contacts."""
    if shows_mask(origin.name or ""):  # the dialler knows it by its whole name only
        origin = await invocation.dialler.whole().get_campaign(origin.id)
    arguments = {
        "source": origin.name or "",
        "destination": destination,
        "user_data": user_data,
        "dt_from": dt_from,
        "dt_to": dt_to,
    }
    step = Step(
        verb="clone",
        kind="campaign",
        label=clean(destination),
        request=Request("clone_campaign", arguments),
        origin_id=origin.id,
    )

    async def tell(run: Run) -> Change:
        campaign = run.first.after
        assert isinstance(campaign, Campaign)
        invocation.profile.directory.forget()
        notes, language = invocation.notes() or [], invocation.profile.language(None)
        answers = (("dtFrom", dt_from, campaign.dt_from), ("dtTo", dt_to, campaign.dt_to))
        names = [name for name, date, answer in answers if date and not _same_second(invocation, date, answer)]
        if names:
            dates = _AND.filled(one=names[0], other=names[1]) if len(names) > 1 else names[0]
            notes.append(_IGNORED.filled(dates=dates).text(language))
        what = _CLONED.filled(name=clean(destination), id=campaign.id).text(language)
        return Change(
            status="done", what=what, after=await campaign_settings(invocation, campaign, None), notes=notes or None
        )

    return Proposal(invocation, plan_of(invocation, step), tell)


def _same_second(invocation: Invocation, date: datetime, answer: datetime | None) -> bool:
    return answer is not None and local(answer, invocation.profile.zone).replace(tzinfo=None, microsecond=0) == date


async def delete(invocation: Invocation, campaign: Campaign) -> Proposal:
    """Delete a campaign with its contacts and their history. All that was counted is bound to the confirmation: a
    campaign that goes on is not the one that was shown.
    """
    language = invocation.profile.language(None)
    loss, complete = await _counted_loss(invocation, campaign, language)
    counts = loss.counts() if complete else None
    name = clean(campaign.name or "").replace("#", "")[:64]
    contacts = contacts_in_words(loss.states.total() if complete else None, language)
    step = Step(
        verb="delete",
        kind="campaign",
        label=clean(campaign.name or ""),
        request=Request("delete_campaign", {"campaign_id": campaign.id}),
        campaign=campaign,
        counts=counts,
    )
    plan = plan_of(
        invocation,
        step,
        action=in_words("delete campaign", f"{name} ({campaign.id})", language, contacts=contacts),
        state=[campaign, counts],
        consequences=tuple(
            consequences.of_campaign_deletion(
                loss, language, complete=complete, within_dates=within_dates(invocation, campaign)
            )
        ),
        asks=True,
    )

    async def tell(_: Run) -> Change:
        invocation.profile.directory.forget()
        what = _DELETED.filled(name=campaign_name(campaign, campaign.id)).text(language)
        return Change(status="done", what=what, notes=invocation.notes())

    return Proposal(invocation, plan, tell)


async def _counted_loss(invocation: Invocation, campaign: Campaign, language: Language) -> tuple[CampaignLoss, bool]:
    """What the contacts of a campaign tell, one after the other, and whether the time sufficed for all of them."""
    codes = await invocation.profile.directory.result_codes(campaign.id, language, fresh=True)
    loss = CampaignLoss(invocation.profile.time().date(), invocation.profile.zone)
    try:
        async with asyncio.timeout(COUNTING_SECONDS):
            async for contact in invocation.dialler.list_contacts(campaign.id):
                loss.add(contact, codes.get(result_code_id(contact) or 0))
    except (TimeoutError, TooSlow):
        return loss, False
    return loss, True
