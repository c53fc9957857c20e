"""The report of campaigns, and the local copies that it is made from."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dialler_mcp.domain.roles import Role
from dialler_mcp.service.answers import Details
from dialler_mcp.service.breakdowns import Grouping
from dialler_mcp.service.fresh import chosen
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import campaigns_named
from dialler_mcp.service.parameters import CampaignIds, CampaignNames, Lang, When
from dialler_mcp.service.report_words import CampaignReport
from dialler_mcp.service.reports import page_meta, period, pictured, report_on
from dialler_mcp.tools.family import family
from dialler_mcp.words import Noun, Words

tools = family("reports")


class Chart(StrEnum):
    """The pictures there are; the names of `reporting.charts.CHARTS`."""

    results = "results"
    hours = "hours"
    weekdays = "weekdays"
    funnel = "funnel"
    left = "left"
    days = "days"
    comparison = "comparison"


@tools.reads(
    title="Campaign report",
    german=(
        "Bericht über eine oder mehrere Kampagnen in einem Zeitraum: Kennzahlen, Ergebnisse, "
        "beste Stunden, was noch zu wählen ist."
    ),
)
async def dialler_campaign_report(
    invocation: Invocation,
    campaign_ids: CampaignIds = None,
    names: CampaignNames = None,
    since: Annotated[When, Field(description="calls from YYYY-MM-DD[THH:MM], local")] = None,
    until: Annotated[When, Field(description="until, inclusive")] = None,
    by: Annotated[Grouping | None, Field(description="table")] = None,
    chart: Annotated[Chart | None, Field(description="picture")] = None,
    full: Annotated[bool, Field(description="read anew (slow)")] = False,
    language: Lang = None,
) -> CampaignReport:
    """Report the KPIs (statistics) of campaigns, also compared, for this week or any period: contact rate, conversion,
    results, talk times, best hours, agents, left to dial, callbacks; with a chart.
    """
    scope, effective = period(invocation, since, until), invocation.profile.language(language)
    campaigns = await chosen(invocation, campaign_ids, names)
    answer = await report_on(invocation, campaigns, scope, effective, by=by, full=full)
    words = answer.words.with_meta(page_meta(invocation, answer.report, effective))
    words.notes = [*(words.notes or []), *(invocation.notes(effective) or [])]
    return words if chart is None else await pictured(words, answer.report, chart.value, effective)


_COPIES = Noun(Words("local copy", "lokale Kopie"), Words("local copies", "lokale Kopien"))
_NONE = Words("none", "keine")


@tools.changes(
    title="Forget snapshot",
    german="Löscht die lokalen Kopien von Kampagnen, aus denen Berichte entstehen; am Dialler ändert sich nichts.",
    role=Role.supervisor,
)
async def dialler_forget_snapshot(
    invocation: Invocation, campaign_ids: CampaignIds = None, names: CampaignNames = None
) -> Details:
    """Forget the local copies (snapshots, cache) of campaigns that reports use; the dialler stays untouched."""
    ids = [campaign.id for campaign in await campaigns_named(invocation, *names)] if names else []
    campaigns = await invocation.profile.snapshots.forget([*(campaign_ids or ()), *ids] or None)
    language = invocation.language
    record = {
        "forgotten": _COPIES.counted(len(campaigns), language),
        "campaigns": campaigns or _NONE.text(language),
    }
    return Details(record=record).in_language(language)
