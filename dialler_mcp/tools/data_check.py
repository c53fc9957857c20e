"""The quality of the contacts of campaigns: what is doubled, wrong, too long or missing."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.reporting.figures import data_check
from dialler_mcp.reporting.figures.data_check import CHECKS, GROUPED, MOST_MEMBERS, Check, Finding, Group, Single
from dialler_mcp.service.answers import Table, table
from dialler_mcp.service.fresh import chosen, read, remarks
from dialler_mcp.service.invocation import Invocation, open_call
from dialler_mcp.service.paging import cursor_at, cursor_position
from dialler_mcp.service.parameters import CampaignIds, CampaignName, Cursor, Lang

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.opening import Coverage

tools = ToolSet("reports", open_call)

FRESH_ENOUGH = 300.0  # seconds
PAGE = 20
LONGEST = 60

_CHECKED = Words(
    "{contacts} contacts of {campaigns} checked: {found} of {checks} checks found something.",
    "{contacts} Kontakte aus {campaigns} geprüft: {found} von {checks} Prüfungen mit Befund.",
)
_DETAIL = Words("{check}: {count} rows.", "{check}: {count} Zeilen.")
_NOTHING = Words("Nothing found: {checks}.", "Ohne Befund: {checks}.")
_UNCHECKED = Words(
    "Not checked, since numbers are masked here: {checks}. Equal numbers are known by pseudonym; check finds by hand.",
    "Nicht geprüft, da Nummern hier maskiert sind: {checks}. Gleiche Nummern nach Pseudonym; Funde von Hand prüfen.",
)
_MORE = Words(
    "Details: check={checks}.",
    "Einzelheiten: check={checks}.",
)
_NONE = Words("These campaigns hold no contact.", "Diese Kampagnen haben keinen Kontakt.")
_CAMPAIGN, _CAMPAIGNS = Words("1 campaign", "1 Kampagne"), Words("{count} campaigns", "{count} Kampagnen")


@tools.reads(title="Check contact data")
async def dialler_check_data(
    call: Invocation,
    campaign_ids: CampaignIds = None,
    name: CampaignName = None,
    check: Annotated[Check | None, Field(description="this one in detail")] = None,
    cursor: Cursor = None,
    language: Lang = None,
) -> Table:
    """Check the data quality of contact lists: find duplicates (same phone number, UserData or person), malformed or
    invalid numbers, missing data and overlong fields.
    """
    campaigns = await chosen(call, campaign_ids, name)
    coverage = await read(call, [campaign.id for campaign in campaigns], within=FRESH_ENOUGH, histories=False)
    asked = call.profile.language(language)
    said = [*remarks(call, _of_lists(coverage), asked), *(call.notes() or [])]
    readable = [one.campaign_id for one in coverage.campaigns if one.read_at]
    if not readable:
        raise Problem("Nothing could be read yet: " + " ".join(said))
    if check is None:
        found = await asyncio.to_thread(_found, call, readable)
        return overall(call, found, coverage, asked, said)
    return await asyncio.to_thread(_detail, call, readable, check, cursor, asked, said)


def _of_lists(coverage: "Coverage") -> "Coverage":
    """The coverage without what concerns histories, which are not looked at here."""
    known = tuple(replace(one, known=one.contacts, stopped=None) for one in coverage.campaigns)
    return replace(coverage, campaigns=known)


def _found(call: Invocation, campaign_ids: list[int]) -> list[Finding]:
    with call.profile.snapshots.open(campaign_ids) as snapshot:
        return data_check.findings(snapshot, call.profile.privacy)


def overall(
    call: Invocation, found: list[Finding], coverage: "Coverage", language: Language, notes: list[str]
) -> Table:
    """All checks that found something, a row each."""
    several = len([one for one in coverage.campaigns if one.read_at])
    hits = [one for one in found if one.contacts]
    clear = [CHECKS[one.check].text(language) for one in found if not one.contacts]
    hidden = [CHECKS[one].text(language) for one in data_check.unchecked(call.profile.privacy)]
    campaigns = (_CAMPAIGN if several == 1 else _CAMPAIGNS).text(language).format(count=several)
    summary = _CHECKED.text(language).format(
        contacts=coverage.contacts, campaigns=campaigns, found=len(hits), checks=len(found)
    )
    said = [
        *([_NONE.text(language)] if not coverage.contacts else []),
        *([_NOTHING.text(language).format(checks="; ".join(clear))] if clear and coverage.contacts else []),
        *([_UNCHECKED.text(language).format(checks="; ".join(hidden))] if hidden else []),
        *([_MORE.text(language).format(checks=hits[0].check.value)] if hits else []),
    ]
    rows = [
        [
            one.check.value,
            CHECKS[one.check].text(language),
            f"{one.contacts}/{coverage.contacts}",
            one.groups,
            one.across or None,
            list(one.examples),
        ]
        for one in hits
    ]
    columns = ["check", "found", "contacts", "groups", "across_campaigns", "examples"]
    return table(summary, columns, rows, total=len(rows), notes=[*said, *notes])


def _detail(
    call: Invocation, campaign_ids: list[int], check: Check, cursor: str | None, language: Language, notes: list[str]
) -> Table:
    """One page of what one check found. Blocks.

    Raises:
        Problem: it cannot be checked at this privacy level.
    """
    privacy, question = call.profile.privacy, ("check_data", sorted(campaign_ids), check.value)
    if check in data_check.unchecked(privacy):
        raise Problem("Numbers are masked here (DIALLER_PRIVACY), so their form cannot be checked.")
    after = cursor_position(cursor, question) or 0
    with call.profile.snapshots.open(campaign_ids) as snapshot:
        count = data_check.rows_of(snapshot, check, privacy)
        if check in GROUPED:
            columns = ["shared", "contacts", "contact_ids", "campaign_ids"]
            rows = [_group_row(group) for group in data_check.groups(snapshot, check, PAGE, after)]
        else:
            columns = ["contact_id", "campaign_id", "name", "where", "why", "value"]
            rows = [_single_row(one, language) for one in data_check.singles(snapshot, check, privacy, PAGE, after)]
    summary = _DETAIL.text(language).format(check=CHECKS[check].text(language), count=count)
    answer = table(summary, columns, rows, total=count, notes=notes)
    if after + len(rows) < count:
        answer.next_cursor = cursor_at(after + len(rows), question)
    return answer


def _group_row(group: Group) -> list[Any]:
    more = group.contacts - len(group.members)
    members = [str(number) for number in group.members] + ([f"+{more}"] if more else [])
    return [clean(group.shown)[:LONGEST], group.contacts, members[: MOST_MEMBERS + 1], list(group.campaign_ids)]


def _single_row(one: Single, language: Language) -> list[Any]:
    where, why = data_check.reason_parts(one)
    value = clean(one.value)[:LONGEST] if one.value else None
    return [
        one.contact_id,
        one.campaign_id,
        clean(one.name)[:LONGEST],
        where or None,
        why.text(language) if why else None,
        value,
    ]
