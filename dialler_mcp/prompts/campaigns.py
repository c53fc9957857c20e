"""What the prompts about a campaign are about; `contacts.py` says how such a function works."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from dialler_mcp.api.errors import TooSlow
from dialler_mcp.domain.contact_state import result_code_id, result_type, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.campaigns import Phase, phase
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.prompts.contacts import ROOM, Inquiry, Section, checked, section
from dialler_mcp.service.matching import listed_campaigns, no_campaign, of_name
from dialler_mcp.service.present import ContactView, campaign_name
from dialler_mcp.words import Words

MAX_NAME = 40  # characters of a name in a table
READING_SECONDS = 30.0  # a prompt that takes longer is cut off by the host

PhaseName = Literal["before", "within", "over"]
_PHASES: dict[Phase, PhaseName] = {Phase.not_begun: "before", Phase.within: "within", Phase.over: "over"}
"""How the templates name a phase."""


_SEVERAL = Words(
    "Several campaigns could be meant: {names}. Give the ID of one.",
    "Mehrere Kampagnen können gemeint sein: {names}. Geben Sie die ID von einer an.",
)
_NONE = Words("No campaign has this name or ID.", "Keine Kampagne hat diesen Namen oder diese ID.")


@dataclass(frozen=True)
class Ground:
    """A campaign, and how many of its contacts were read; `complete` is False when the time did not suffice for all
    that was to be read.
    """

    campaign: str
    begins: str
    ends: str
    phase: PhaseName
    read: int
    complete: bool


async def find_campaign(inquiry: Inquiry, argument: str) -> Campaign:
    """The campaign with this ID or name; part of a name will do where only one campaign has it.

    Raises:
        Problem: none or several could be meant; names the candidates.
    """
    text = checked(argument, "campaign")
    campaigns = await inquiry.profile.dialler.list_campaigns()
    by_id = [campaign for campaign in campaigns if str(campaign.id) == text]
    matches = by_id or of_name(campaigns, text)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise Problem(_SEVERAL.filled(names=listed_campaigns(matches)))
    raise no_campaign(campaigns, text, _NONE)


async def survey(inquiry: Inquiry, campaign: Campaign, see: Callable[[ContactView], None]) -> Ground:
    """Show every contact of a campaign to `see`, once, as it arrives."""
    app, count, complete = inquiry.profile, 0, True
    codes = await _codes(inquiry, campaign)
    try:
        async with asyncio.timeout(READING_SECONDS):
            async for contact in app.dialler.list_contacts(campaign.id):
                count += 1
                see(ContactView(contact, campaign, codes, inquiry.language, app.present))
    except (TimeoutError, TooSlow):
        complete = False
    if not complete and not count:
        raise TooSlow("Retrieve Dialler Contacts")
    return ground_of(inquiry, campaign, count, complete=complete)


def ground_of(inquiry: Inquiry, campaign: Campaign, contacts: int, *, complete: bool) -> Ground:
    """The campaign, and where it is in its dates."""
    return Ground(
        campaign_name(campaign, campaign.id) or "",
        inquiry.time(campaign.dt_from),
        inquiry.time(campaign.dt_to),
        _PHASES[phase(campaign, inquiry.now(), inquiry.zone)],
        contacts,
        complete,
    )


async def _codes(inquiry: Inquiry, campaign: Campaign) -> dict[int, ResultCode]:
    codes = await inquiry.profile.dialler.get_result_codes(campaign.id, inquiry.language)
    return {code.id: code for code in codes}


@dataclass(frozen=True)
class ResultCodes:
    """How many contacts have which result; `hidden` is how many do not show theirs."""

    ground: Ground
    codes: Section
    with_result: int
    without_result: int
    hidden: int
    other_result: int
    final: int


async def result_code_summary(inquiry: Inquiry, campaign: str) -> ResultCodes:
    """The result codes of a campaign and how many contacts have each now."""
    record = await find_campaign(inquiry, campaign)
    codes = await _codes(inquiry, record)
    counts, tally = Counter[int](), Counter[str]()

    def see(view: ContactView) -> None:
        code_id = result_code_id(view.contact) or 0
        state = state_of(view.contact, view.code)
        counts[code_id if code_id in codes else 0] += 1
        tally["final"] += state.final
        if code_id:
            tally["with"] += 1
            tally["other"] += code_id not in codes
        else:
            tally["hidden" if hides_result(view.contact) else "without"] += 1

    ground = await survey(inquiry, record, see)
    most_first = sorted(codes.values(), key=lambda code: -counts[code.id])
    rows = [_code_row(code, counts[code.id], ground.read, inquiry.language) for code in most_first]
    columns = ["ID", "name", "export_key", "type", "meaning", "contacts", "%"]
    shown_codes = section(inquiry.language, columns, rows, total=len(rows), room=ROOM)
    return ResultCodes(
        ground, shown_codes, tally["with"], tally["without"], tally["hidden"], tally["other"], tally["final"]
    )


def hides_result(contact: Contact) -> bool:
    """Whether this release does not show a contact's current result."""
    return contact.dialler_campaigns_result_codes_id is msgspec.UNSET


def _code_row(code: ResultCode, count: int, contacts: int, language: Language) -> list[Any]:
    kind = result_type(code)
    return [
        code.id,
        clean(code.content or "")[:MAX_NAME],
        clean(code.export_key or "")[:MAX_NAME],
        kind.text(language) if kind else "?",
        kind.meaning.text(language) if kind else "?",
        count,
        round(100 * count / contacts) if contacts else 0,
    ]
