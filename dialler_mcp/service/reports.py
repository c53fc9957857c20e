"""The report of campaigns, for whoever shows it: read as far as the time suffices, worked out, put into words."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.reporting.errors import NoSnapshot
from dialler_mcp.reporting.figures.report import Report, report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.service.agents import uids_by_id
from dialler_mcp.service.answers import SANDBOX_WORDS
from dialler_mcp.service.breakdowns import Breakdown, Grouping
from dialler_mcp.service.fresh import BUDGET_SECONDS, Copies, copies_of, remarks
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.report_words import CampaignReport, in_words
from dialler_mcp.words import Words

_PICTURE = Words(
    "A picture is attached: {title}. The last table holds what it draws.",
    "Ein Bild ist beigefügt: {title}. Die letzte Tabelle enthält, was es zeigt.",
)
_NO_PICTURE = Words("Without the chart: {why}", "Ohne das Diagramm: {why}")


@dataclass(frozen=True)
class ReportInWords:
    """A report, the same in words, and the local copies that it was made from."""

    report: Report
    words: CampaignReport
    copies: Copies


async def report_on(
    invocation: Invocation,
    campaigns: Sequence[Campaign],
    scope: Scope,
    language: Language,
    *,
    by: Grouping | None = None,
    full: bool = False,
    budget_seconds: float = BUDGET_SECONDS,
) -> ReportInWords:
    """The report on these campaigns, `by` with a breakdown; its notes say how old the data are and what is not known.

    `full` asks for every history again.

    Raises:
        Problem: nothing could be read, or nobody may see figures by agent.
    """
    if by is Grouping.agent:
        with_agents(invocation)
    copies = await copies_of(invocation, campaigns, language, full=full, budget_seconds=budget_seconds)
    report = await asyncio.to_thread(made, invocation, copies.campaign_ids, scope, [by.value] if by else ())
    uids = await uids_by_id(invocation, copies.campaign_ids) if by is Grouping.agent else None
    words = in_words(report, language, by, uids)
    words.notes = [*(words.notes or []), *copies.remarks]
    return ReportInWords(report, words, copies)


_NO_AGENTS = Words(
    "Figures by agent are switched off here (DIALLER_AGENT_FIGURES); all else can be reported.",
    "Zahlen je Agent sind hier ausgeschaltet (DIALLER_AGENT_FIGURES); alles andere lässt sich berichten.",
)
_ORDER = Words(
    "Correct the arguments: until lies before since.", "Berichtigen Sie die Angaben: `until` liegt vor `since`."
)
_FUTURE = Words(
    "Correct the arguments: since lies in the future; there are no calls yet.",
    "Berichtigen Sie die Angaben: `since` liegt in der Zukunft; da gibt es noch keine Anrufe.",
)
_GONE = Words(
    "The local copy of the campaign is gone: ask for the report again.",
    "Die lokale Kopie der Kampagne gibt es nicht mehr: Fragen Sie noch einmal nach dem Bericht.",
)


def with_agents(invocation: Invocation) -> None:
    """Let only those through who may see figures by agent.

    Raises:
        Problem: nobody may.
    """
    if not invocation.profile.agent_figures:
        raise Problem(_NO_AGENTS)


def period(invocation: Invocation, since: str | None, until: str | None) -> Scope:
    """The period that is asked about.

    Raises:
        Problem: it ends before it begins, or has not begun.
    """
    begins, ends = invocation.when(since, "since"), invocation.when(until, "until", end_of_day=True)
    if begins and ends and ends < begins:
        raise Problem(_ORDER)
    if begins and begins > invocation.profile.time().replace(tzinfo=None):
        raise Problem(_FUTURE)
    return Scope(begins, ends)


def made(invocation: Invocation, campaign_ids: Sequence[int], scope: Scope, times: Sequence[str] = ()) -> Report:
    """The report on what the snapshots of these campaigns hold, its breakdowns `times` with talk times. Blocks.

    Raises:
        Problem: there is no snapshot any more.
        Damaged: it cannot be read.
    """
    try:
        with invocation.profile.snapshots.open(campaign_ids) as snapshot:
            return report_of(snapshot, scope, invocation.profile.time(), invocation.profile.wrong_party, times)
    except NoSnapshot:
        raise Problem(_GONE) from None


def page_meta(invocation: Invocation, report: Report, language: Language) -> dict[str, Any] | None:
    """What the live view shows; nothing for clients that show no pages."""
    if not invocation.shows_cards:
        return None
    from dialler_mcp.reporting.export.view import view_of

    sandbox = [SANDBOX_WORDS.text(language)] if invocation.profile.is_sandbox else []
    return {VIEW_META: view_of(report, language, [*remarks(invocation, report.coverage, language), *sandbox])}


async def pictured(words: CampaignReport, report: Report, chart: str, language: Language) -> CampaignReport:
    """The words with a chart as PNG and the table that it draws; they say that it is attached, or why it is not."""
    from dialler_mcp.reporting.charts.charts import CHARTS, untimed
    from dialler_mcp.reporting.charts.charts import chart as specification
    from dialler_mcp.reporting.charts.drawing import CannotDraw, png
    from dialler_mcp.reporting.charts.tables import drawn

    spec = specification(chart, report, language)
    table = drawn(chart, spec)
    if isinstance(table, str):
        words.add_notes([_NO_PICTURE.text(language).format(why=table)])
        return words
    if not (chart == "comparison" and words.compared):  # else the table of the campaigns is the one that it draws
        words.drawn = Breakdown(columns=table.columns, rows=table.rows)
    try:
        words.with_picture(await asyncio.to_thread(png, spec))
        note = _PICTURE.text(language).format(title=CHARTS[chart].text(language))
    except CannotDraw as error:
        note = _NO_PICTURE.text(language).format(why=error.words.text(language))
    missing = untimed(chart, report, language)
    words.add_notes([note, missing] if missing else [note])
    return words
