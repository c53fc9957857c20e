"""The report of campaigns in words, as the tool and the prompt show it: sections with lists of figures."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import PrivateAttr

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing import Standing
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.statistics import Rate, better
from dialler_mcp.reporting.figures.words import (
    NO_CALLS,
    NO_CONTACTS,
    NOT_KNOWN,
    OF,
    Quantiles,
    campaigns_in_words,
    day_in_words,
    figures_in_words,
    minute_in_words,
    percent,
    period_in_words,
    result_in_words,
    type_in_words,
)
from dialler_mcp.service.breakdowns import Breakdown, Grouping, breakdown_of, comparison_of
from dialler_mcp.words import Words, number

MAX_RESULTS = 8
MAX_HOURS = 3
CALLS = (
    *("attempts", "contact_rate", "no_answer_share", "busy_share", "invalid_number_share"),
    *("abandoned_share", "right_party_contacts"),
    *(("talk_median", "talk_p90"), ("wrap_up_median", "wrap_up_p90")),
    *("attempts_per_contact", "conversion_per_contact", "won", "attempts_to_success"),
)
"""Connects, contacts called and those won by our calls stand there, too: as the n or the N of another figure."""
LISTED = ("contacts", "penetration", "left_to_dial", "marked_invalid_share", "mailbox_share")
CALLBACKS = {
    "callbacks_overdue": Words("overdue", "überfällig"),
    "callbacks_today": Words("due today", "heute fällig"),
    "callbacks_coming": Words("after today", "nach heute"),
    "callbacks_untimed": Words("no time set", "ohne Zeitpunkt"),
}

_HEADINGS = {
    "calls": Words("Calls", "Anrufe"),
    "results": Words("Results", "Ergebnisse"),
    "contacts": Words("List now", "Liste jetzt"),
    "not_dialled": Words("Not to dial now, first reason", "Nicht wählbar, erster Grund"),
    "callbacks": Words("Agreed callbacks", "Vereinbarte Rückrufe"),
    "best_hours": Words(
        "Best hours by contact rate (95% interval)", "Beste Stunden nach Kontaktquote (95-%-Intervall)"
    ),
}
_UIDS = Words(
    "UIDs of agents are inferred from the follow-ups that they recorded; the API does not name them.",
    "Die UIDs der Agenten folgen aus den Wiedervorlagen, die sie erfasst haben; die API nennt sie nicht.",
)
_NOT_POOLED = Words(
    "not pooled, since the contact rates of these campaigns differ: ask for one of them",
    "nicht zusammengefasst, da sich die Kontaktquoten dieser Kampagnen unterscheiden: einzeln fragen",
)
_NO_HOUR = Words("none surely above the rest", "keine sicher über dem Rest")
_OTHER = Words("other", "andere")
_AGREES = Words(
    "Reconciled: counters and history both have {counters} calls{tests}.",
    "Zähler und Verlauf: je {counters} Anrufe{tests}.",
)
_DIFFERS = Words(
    "Not reconciled: the counters say {counters} calls since import or reset, the history has {history}{tests}.",
    "Abgleich offen: Die Zähler sagen {counters} Anrufe seit Import oder Zurücksetzen,"
    " der Verlauf hat {history}{tests}.",
)
_TESTS = Words(
    ", {tests} of them test calls, which no measure counts", ", davon {tests} Testanrufe, die keine Kennzahl zählt"
)


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
    drawn: Breakdown | None = None
    """What the picture shows."""
    notes: list[str] | None = None
    _language: Language = PrivateAttr(default=Language.en)
    _meta: dict[str, Any] | None = PrivateAttr(default=None)
    _pictures: list[bytes] = PrivateAttr(default_factory=list[bytes])

    def text(self) -> str:
        lines = [self.summary, *(f"{heading}: {figures}" for heading, figures in self.sections().items())]
        for table in (self.compared, self.breakdown, self.drawn):
            if table is not None:
                lines.append(table.text())
        return "\n".join([*lines, *(self.notes or [])])

    def sections(self) -> dict[str, str]:
        """The figures of each section by its heading; sections without figures are left out."""
        return {
            heading.text(self._language): "; ".join(figures)
            for name, heading in _HEADINGS.items()
            if (figures := getattr(self, name))
        }

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


def in_words(
    report: Report, language: Language, by: Grouping | None = None, uids: Mapping[int, str] | None = None
) -> CampaignReport:
    """The report as people and models read it; `uids` are those of agents by user ID, as far as they are known."""
    figures = report.figures
    names = campaigns_in_words(report.campaigns)
    zone = report.coverage.zone
    return CampaignReport(
        summary=f"{names}; {period_in_words(report.scope, language)} ({zone}){_span(report, language)}",
        calls=[
            *figures_in_words(_of_calls(figures), language),
            *([] if figures["attempts"].known else [NOT_KNOWN.text(language)]),
        ],
        results=_results(report, language) or None,
        contacts=figures_in_words((one for name in LISTED if (one := figures[name]).of or not one.known), language),
        not_dialled=[
            f"{standing.text(language)} {number(count, language)}"
            for standing, count in report.standings.items()
            if standing is not Standing.free
        ]
        or None,
        callbacks=_callbacks(report, language),
        best_hours=_best_hours(report, language),
        compared=_compared(report, language, by),
        breakdown=breakdown_of(report, by, language, uids)
        if by and not (by is Grouping.campaign and report.figures_by_campaign)
        else None,
        notes=[*([_UIDS.text(language)] if uids else []), *_notes(report, language)],
    ).in_language(language)


def _of_calls(figures: Mapping[str, Figure]) -> Iterator[Figure | Quantiles]:
    """The figures of calls that there is something to say of."""
    for name in CALLS:
        if isinstance(name, str):
            if figures[name].of:
                yield figures[name]
        elif figures[name[0]].n:
            yield Quantiles(*(figures[one] for one in name))


def _compared(report: Report, language: Language, by: Grouping | None) -> Breakdown | None:
    """Campaigns side by side, in one table with what was done in each, where that is asked for."""
    if not report.figures_by_campaign:
        return None
    campaigns = comparison_of(report, language)
    return campaigns.beside(breakdown_of(report, by, language)) if by is Grouping.campaign else campaigns


def _span(report: Report, language: Language) -> str:
    if report.first is None or report.last is None:
        return ""
    if report.first.date() == report.last.date():
        span = f"{minute_in_words(report.first, language)}–{report.last:%H:%M}"
    else:
        span = f"{day_in_words(report.first, language)}–{day_in_words(report.last, language)}"
    return f": {_HEADINGS['calls'].text(language)} {span}"


def _results(report: Report, language: Language) -> list[str]:
    """The results by type, the most frequent first: `Abort: No interest 64, Hung up 19`."""
    by_type = dict[str, list[str]]()
    for one in report.results[:MAX_RESULTS]:
        text = f"{result_in_words(one, language)} {number(one.times, language)}"
        by_type.setdefault(type_in_words(one.type, language) or "", []).append(text)
    lines = [_under(kind, ", ".join(texts)) for kind, texts in by_type.items()]
    rest = sum(one.times for one in report.results[MAX_RESULTS:])
    return [*lines, f"{_OTHER.text(language)} {number(rest, language)}"] if rest else lines


def _under(kind: str, results: str) -> str:
    """`Done: Sale 48`; but `Appointment 27`, which names its type itself."""
    return results if results.startswith(kind) else f"{kind}: {results}"


def _callbacks(report: Report, language: Language) -> list[str] | None:
    """`overdue 3, after today 11 of 14`: how many of the agreed callbacks are due when."""
    total = report.figures["callbacks"].n
    counts = {words.text(language): report.figures[name].n for name, words in CALLBACKS.items()}
    parts = [f"{words} {number(count, language)}" for words, count in counts.items() if count]
    return [f"{', '.join(parts)} {OF.text(language)} {number(total, language)}"] if total else None


def _best_hours(report: Report, language: Language) -> list[str] | None:
    if not report.breakdowns["hour"]:
        return None
    campaigns = [row for row in report.breakdowns.get("campaign", ()) if isinstance(row.key, int)]
    if better(Rate(cast(int, row.key), row.connects, row.attempts) for row in campaigns):
        return [_NOT_POOLED.text(language)]
    lines = list[str]()
    for row in report.best_hours()[:MAX_HOURS]:
        if row.contact_rate is not None and row.interval is not None:
            low, high = number(100 * row.interval.low, language, 1), percent(row.interval.high, language)
            rate = percent(row.contact_rate, language)
            lines.append(f"{row.key:02}:00 {rate} ({low}–{high}, {row.connects}/{row.attempts})")
    return lines or [_NO_HOUR.text(language)]


def _notes(report: Report, language: Language) -> list[str]:
    notes = list[str]()
    if not report.coverage.contacts:
        notes.append(NO_CONTACTS.text(language))
    elif report.figures["attempts"].known and not report.figures["attempts"].of:
        notes.append(NO_CALLS.text(language))
    if report.coverage.complete and report.attempt_counts != (0, 0, 0):
        counts = report.attempt_counts
        notes.append(
            (_AGREES if counts.agrees else _DIFFERS)
            .text(language)
            .format(
                counters=number(counts.counters, language),
                history=number(counts.history + counts.tests, language),
                tests=_TESTS.text(language).format(tests=number(counts.tests, language)) if counts.tests else "",
            )
        )
    return notes
