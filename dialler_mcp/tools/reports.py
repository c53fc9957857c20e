"""The report of campaigns, and the local copies that it is made from."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing import Standing
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.asking import NothingToAsk
from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.protocol.tools import Answer, ToolSet
from dialler_mcp.reporting.errors import NoSnapshot
from dialler_mcp.reporting.figures.report import Report, report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.figures.words import (
    campaign_in_words,
    figures_in_words,
    number,
    percent,
    period_in_words,
    quantiles_in_words,
    result_in_words,
    type_in_words,
)
from dialler_mcp.service.answers import SANDBOX_WORDS, Details, counted
from dialler_mcp.service.app import ToolCall, open_call
from dialler_mcp.service.breakdowns import Breakdown, By, breakdown_of, comparison_of
from dialler_mcp.service.fresh import chosen, read, remarks
from dialler_mcp.service.parameters import CampaignIds, CampaignName, Lang, When

tools = ToolSet(open_call)

MOST_RESULTS = 8
MOST_HOURS = 3
CALLS = (
    *("attempts", "contact_rate", "conversion_per_attempt", "no_answer_share", "busy_share", "invalid_number_share"),
    *("abandoned_share", "connects", "right_party_contacts", "contacts_called", "attempts_per_contact"),
    *("conversion_per_contact", "successes", "attempts_to_success"),
)
TIMES = (("talk_median", "talk_p90"), ("wrap_up_median", "wrap_up_p90"))
LISTED = ("contacts", "penetration", "left_to_dial", "marked_invalid_share", "mailbox_share")
CALLBACKS = {
    "callbacks_overdue": Words("overdue", "überfällig"),
    "callbacks_today": Words("due today", "heute fällig"),
    "callbacks_coming": Words("later", "später"),
}

_HEADINGS = {
    "calls": Words("Calls", "Anrufe"),
    "results": Words("Results", "Ergebnisse"),
    "contacts": Words("List now", "Liste jetzt"),
    "not_dialled": Words("Not to dial now, first reason", "Nicht wählbar, erster Grund"),
    "callbacks": Words("Callbacks agreed", "Rückrufe"),
    "best_hours": Words("Best hours (95%)", "Beste Stunden (95 %)"),
}
_NO_HOUR = Words("none surely above the rest", "keine sicher über dem Rest")
_OTHER = Words("other", "andere")
_NO_CALLS = Words("There are no calls in this period.", "In diesem Zeitraum gibt es keine Anrufe.")
_NO_CONTACTS = Words("There are no contacts.", "Es gibt keine Kontakte.")
_AGREES = Words(
    "Reconciled: counters and history both have {counters} attempts in all{tests}.",
    "Abgleich: Zähler und Historie haben beide {counters} Versuche insgesamt{tests}.",
)
_DIFFERS = Words(
    "Not reconciled: the counters say {counters} attempts since import or reset, the history has {history}{tests}.",
    "Abgleich offen: die Zähler sagen {counters} Versuche seit Import oder Reset, die Historie hat {history}{tests}.",
)
_TESTS = Words(", with {tests} test calls", ", davon {tests} Testanrufe")
_NO_PICTURE = Words("Without the chart: {why}", "Ohne das Diagramm: {why}")
_FORMULAS = Words("Formulas: dialler://reference/measures", "Formeln: dialler://reference/measures")


class CampaignReport(Answer):
    """A report in sections, each a list of figures in words: `contact rate 43.2% (566/1,311)` is 566 of 1,311."""

    summary: str
    calls: list[str]
    results: list[str] | None = None
    contacts: list[str]
    not_dialled: list[str] | None = None
    callbacks: list[str] | None = None
    best_hours: list[str] | None = None
    compared: Breakdown | None = None
    breakdown: Breakdown | None = None
    notes: list[str] | None = None
    _language: Language = PrivateAttr(default=Language.en)
    _meta: dict[str, Any] | None = PrivateAttr(default=None)
    _pictures: list[bytes] = PrivateAttr(default_factory=list[bytes])

    def text(self) -> str:
        lines = [self.summary]
        for name, heading in _HEADINGS.items():
            if said := getattr(self, name):
                lines.append(f"{heading.text(self._language)}: {'; '.join(said)}")
        for table in (self.compared, self.breakdown):
            if table is not None:
                lines.append(table.text())
        return "\n".join([*lines, *(self.notes or [])])

    def in_language(self, language: Language) -> "CampaignReport":
        """The same, its headings in this language."""
        self._language = language
        return self

    def meta(self) -> dict[str, Any] | None:
        return self._meta

    def with_meta(self, meta: dict[str, Any] | None) -> "CampaignReport":
        """The same with what the live view needs."""
        self._meta = meta
        return self

    def with_picture(self, picture: bytes) -> "CampaignReport":
        """The same with one more picture."""
        self._pictures.append(picture)
        return self

    def pictures(self) -> list[bytes]:
        return self._pictures


class Chart(StrEnum):
    """The pictures there are; the names of `reporting.charts.CHARTS`."""

    results = "results"
    hours = "hours"
    weekdays = "weekdays"
    funnel = "funnel"
    left = "left"
    days = "days"
    comparison = "comparison"


@tools.reads(title="Campaign report")
async def dialler_campaign_report(
    call: ToolCall,
    campaign_ids: CampaignIds = None,
    name: CampaignName = None,
    since: Annotated[When, Field(description="calls from YYYY-MM-DD[THH:MM]")] = None,
    until: Annotated[When, Field(description="calls until")] = None,
    by: Annotated[By | None, Field(description="adds a table")] = None,
    chart: Annotated[Chart | None, Field(description="adds a picture")] = None,
    full: Annotated[bool, Field(description="read all anew (slow)")] = False,
    language: Lang = None,
) -> CampaignReport:
    """Report (KPIs, statistics) on campaigns, compared, this week or any period: contact rate, conversion, results,
    talk times, hours, agents, left to dial, callbacks; with chart.

    DE: Auswertung, Bericht, Kennzahlen, Quote, Diagramm; lief, gelaufen, Woche; noch wählbar
    """
    scope = period(call, since, until)
    campaigns = await chosen(call, campaign_ids, name)
    ids, asked = [campaign.id for campaign in campaigns], call.app.language(language)
    coverage = await read(call, ids, full=full)
    readable = [one.campaign_id for one in coverage.campaigns if one.read_at]
    if not readable:
        raise Problem("Nothing could be read yet: " + " ".join(remarks(call, coverage, asked)))
    report = await asyncio.to_thread(made, call, readable, scope, [by.value] if by else ())
    answer = in_words(report, asked, by)
    answer.notes = [*(answer.notes or []), *remarks(call, coverage, asked), *(call.notes() or [])]
    answer = answer.with_meta(page_meta(call, report, asked))
    return answer if chart is None else await pictured(answer, report, chart, asked)


def period(call: ToolCall, since: str | None, until: str | None) -> Scope:
    """The period that is asked about.

    Raises:
        Problem: it ends before it begins, or has not begun.
    """
    begins, ends = call.when(since, "since"), call.when(until, "until", end_of_day=True)
    if begins and ends and ends < begins:
        raise Problem("Correct the arguments: until lies before since.")
    if begins and begins > call.app.time().replace(tzinfo=None):
        raise Problem("Correct the arguments: since lies in the future; there are no calls yet.")
    return Scope(begins, ends)


def made(call: ToolCall, campaign_ids: Sequence[int], scope: Scope, times: Sequence[str] = ()) -> Report:
    """The report on what the snapshots of these campaigns hold, its breakdowns `times` with talk times. Blocks.

    Raises:
        Problem: there is no snapshot any more.
        Damaged: it cannot be read.
    """
    try:
        with call.app.snapshots.open(campaign_ids) as snapshot:
            return report_of(snapshot, scope, call.app.time(), call.app.settings.wrong_party.split(","), times)
    except NoSnapshot:
        raise Problem("The local copy of the campaign is gone: ask for the report again.") from None


def page_meta(call: ToolCall, report: Report, language: Language) -> dict[str, Any] | None:
    """What the live view shows; nothing for clients that show no pages."""
    if not call.shows_cards:
        return None
    from dialler_mcp.reporting.export.view import view_of

    sandbox = [SANDBOX_WORDS.text(language)] if call.app.settings.is_sandbox else []
    return {VIEW_META: view_of(report, language, [*remarks(call, report.coverage, language), *sandbox])}


def in_words(report: Report, language: Language, by: By | None = None) -> CampaignReport:
    """The report as people and models read it."""
    figures = report.figures
    named = [campaign_in_words(key, name) for key, name in report.campaigns.items()]
    shown_names = ", ".join(named[:3]) + (f" + {len(named) - 3}" if len(named) > 3 else "")
    zone = report.coverage.zone
    return CampaignReport(
        summary=f"{shown_names}; {period_in_words(report.scope, language)} ({zone}){_span(report)}",
        calls=[
            *figures_in_words((figures[name] for name in CALLS if figures[name].of), language),
            *(quantiles_in_words(figures[half], figures[most], language) for half, most in TIMES if figures[half].n),
        ],
        results=_results(report, language) or None,
        contacts=figures_in_words((figures[name] for name in LISTED if figures[name].of), language),
        not_dialled=[
            f"{standing.text(language)} {number(count, language)}"
            for standing, count in report.standings.items()
            if standing is not Standing.free
        ]
        or None,
        callbacks=[
            f"{words.text(language)} {number(figures[name].n, language)}/{number(figures[name].of, language)}"
            for name, words in CALLBACKS.items()
            if figures[name].n
        ]
        or None,
        best_hours=_best_hours(report, language),
        compared=comparison_of(report, language) if report.compared else None,
        breakdown=breakdown_of(report, by, language) if by else None,
        notes=_notes(report, language),
    ).in_language(language)


def _span(report: Report) -> str:
    if report.first is None or report.last is None:
        return ""
    return f": {report.first:%Y-%m-%d %H:%M}–{report.last:%Y-%m-%d %H:%M}"


def _results(report: Report, language: Language) -> list[str]:
    shown = [
        f"{result_in_words(one, language)} {number(one.times, language)}"
        + (f" ({type_in_words(one.type, language)})" if one.type else "")
        for one in report.results[:MOST_RESULTS]
    ]
    rest = sum(one.times for one in report.results[MOST_RESULTS:])
    return [*shown, f"{_OTHER.text(language)} {number(rest, language)}"] if rest else shown


def _best_hours(report: Report, language: Language) -> list[str] | None:
    if not report.breakdowns["hour"]:
        return None
    said = list[str]()
    for row in report.best_hours()[:MOST_HOURS]:
        if row.contact_rate is not None and row.interval is not None:
            low, high = percent(row.interval.low, language), percent(row.interval.high, language)
            rate = percent(row.contact_rate, language)
            said.append(f"{row.key:02}:00 {rate} ({low}–{high}, {row.connects}/{row.attempts})")
    return said or [_NO_HOUR.text(language)]


def _notes(report: Report, language: Language) -> list[str]:
    said = list[str]()
    if not report.coverage.contacts:
        said.append(_NO_CONTACTS.text(language))
    elif not report.figures["attempts"].of:
        said.append(_NO_CALLS.text(language))
    if report.coverage.complete and report.tried != (0, 0, 0):
        tried = report.tried
        said.append(
            (_AGREES if tried.agrees else _DIFFERS)
            .text(language)
            .format(
                counters=number(tried.counters, language),
                history=number(tried.history + tried.tests, language),
                tests=_TESTS.text(language).format(tests=number(tried.tests, language)) if tried.tests else "",
            )
        )
    return [*said, _FORMULAS.text(language)]


async def pictured(answer: CampaignReport, report: Report, chart: Chart, language: Language) -> CampaignReport:
    """The answer with a chart as PNG; where none can be drawn, with a sentence that says why."""
    from dialler_mcp.reporting.charts.charts import chart as specification
    from dialler_mcp.reporting.charts.drawing import CannotDraw, png

    try:
        return answer.with_picture(await asyncio.to_thread(png, specification(chart.value, report, language)))
    except CannotDraw as error:
        answer.notes = [*(answer.notes or []), _NO_PICTURE.text(language).format(why=error.words.text(language))]
        return answer


@tools.changes(title="Forget snapshot")
async def dialler_forget_snapshot(call: ToolCall, campaign_ids: CampaignIds = None) -> Details:
    """Forget local copies (snapshot, cache) that reports use; the dialler stays untouched.

    DE: lokale Kopie, Auswertungsdaten, Zwischenspeicher löschen, vergessen
    """
    if call.rehearsal:
        raise NothingToAsk
    gone = await call.app.snapshots.forget(campaign_ids)
    return Details(record={"forgotten": counted(len(gone), "snapshot"), "campaigns": gone or "none"})
