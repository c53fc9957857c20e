"""A report as tables of figures, independent of the file format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.export.comparing import change
from dialler_mcp.reporting.export.formulas import formula_of
from dialler_mcp.reporting.figures.measure import Figure, Measure, Unit, View
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import BREAKDOWNS, TIMES, Key, Report, Row
from dialler_mcp.reporting.figures.words import APPOINTMENTS, TALK_TOTAL, campaign_in_words, key_in_words, type_in_words
from dialler_mcp.words import Words


class Cell(NamedTuple):
    """One figure: `n` of `of`, where that is known. A share is 0 to 1, times are seconds. `before` is its value in the
    period before; `known` is that of a `Figure`.
    """

    heading: str
    unit: Unit
    value: float | None
    n: int | None = None
    of: int | None = None
    before: float | None = None
    known: bool = True

    @property
    def change(self) -> float | None:
        return change(self.value, self.before, self.unit)


class Line(NamedTuple):
    """The line of one thing in a section: of an hour, a campaign, a result. `also` are further words on it."""

    key: str
    cells: Sequence[Cell]
    also: Sequence[str] = ()
    plain: int | date | None = None
    """The key as a number or a date, where it is one."""


class Section(NamedTuple):
    """A table: `key_heading` is that of the keys, `also` are those of the further words. `name` is the same always."""

    name: str
    title: str
    key_heading: str
    lines: Sequence[Line]
    also: Sequence[str] = ()
    compared: bool = False
    """Whether its figures stand beside those of the period before."""

    @property
    def single(self) -> bool:
        """Whether each line is one figure: its key names the figure."""
        return self.name == "headline" or self.name in View.__members__


HEADLINE = ("attempts", "contact_rate", "won", "conversion_per_contact", "left_to_dial", "callbacks_overdue")
"""The figures that a reader sees first."""
COMPARED = (
    *("attempts", "connects", "contact_rate", "right_party_contacts", "contacts_called", "conversion_per_contact"),
    *("won_by_calls", "won", "contacts", "penetration", "left_to_dial", "callbacks_overdue"),
)
COUNTED = ("outcome", "cause")
"""Breakdowns by the end of a call, in which only the number of attempts is meaningful."""

NUMBERED = ("agent", "number", "attempt")
"""Breakdowns whose keys are numbers, also to a reader."""

_TITLES = {
    View.calls: Words("Calls in the period", "Anrufe im Zeitraum"),
    View.contacts: Words("List now", "Liste jetzt"),
}
_HEADLINE = Words("Main figures", "Wichtigste Zahlen")
BEFORE, CHANGE = Words("period before", "Zeitraum davor"), Words("change", "Änderung")
_VALUE, _MEASURE = Words("value", "Wert"), Words("measure", "Kennzahl")
_RESULTS, _RESULT = Words("Results", "Ergebnisse"), Words("result", "Ergebnis")
_TYPE, _EXPORT_KEY = Words("type", "Art"), Words("export key", "Exportschlüssel")
_TIMES, _SHARE = Words("recorded", "erfasst"), Words("share", "Anteil")
_LEFT, _REASON = Words("What is left to dial", "Was noch zu wählen ist"), Words("first reason", "erster Grund")
_COMPARED = Words("Campaigns side by side", "Kampagnen im Vergleich")
_BY = Words("By {what}", "Nach {what}")
_LOW, _HIGH = Words("contact rate from (95%)", "Kontaktquote von (95 %)"), Words("to (95%)", "bis (95 %)")


Figures = Mapping[str, Figure]


def sections(report: Report, language: Language, before: Figures | None = None) -> list[Section]:
    """All figures of a report, those of the calls beside those of the period `before`; empty sections are left out."""
    every = [
        *(_figures(report, view, language, before if view is View.calls else None) for view in View),
        _results(report, language),
        _left(report, language),
        _comparison(report, language),
        *(
            _breakdown(report, name, language)
            for name in BREAKDOWNS
            if name != "campaign" or not report.figures_by_campaign
        ),
    ]
    return [section for section in every if section.lines]


def headline(report: Report, language: Language, before: Figures | None = None) -> Section:
    """The main figures, as a section of their own."""
    lines = [
        Line(figure.measure.words.text(language), [_cell(figure, _VALUE.text(language), before)])
        for figure in (report.figures[name] for name in HEADLINE)
    ]
    title, key_heading = _HEADLINE.text(language), _MEASURE.text(language)
    return Section("headline", title, key_heading, lines, compared=before is not None)


def _cell(figure: Figure, heading: str, before: Figures | None = None) -> Cell:
    """Only what was done in a period can be compared with the one before; the list is as it is now."""
    measure = figure.measure
    earlier = before.get(measure.name) if before and measure.view is View.calls else None
    if not figure.known:
        return Cell(heading, measure.unit, None, known=False)
    return Cell(heading, measure.unit, figure.value, figure.n, figure.of, earlier.value if earlier else None)


def _figures(report: Report, view: View, language: Language, before: Figures | None) -> Section:
    lines = [
        Line(
            figure.measure.words.text(language),
            [_cell(figure, _VALUE.text(language), before)],
            [formula_of(figure.measure, language)],
        )
        for figure in report.figures.values()
        if figure.measure.view is view
    ]
    title, key_heading = _TITLES[view].text(language), _MEASURE.text(language)
    return Section(view.name, title, key_heading, lines, [_FORMULA.text(language)], before is not None)


_FORMULA = Words("formula", "Formel")


def _counted(key: str, n: int, total: int, heading: Words, language: Language, also: Sequence[str] = ()) -> Line:
    count = Cell(heading.text(language), Unit.count, n, n, total)
    return Line(key, [count, Cell(_SHARE.text(language), Unit.share, n / total if total else None, n, total)], also)


def _results(report: Report, language: Language) -> Section:
    total = sum(one.times for one in report.results)
    lines = [
        _counted(
            clean(one.name.text(language)),
            one.times,
            total,
            _TIMES,
            language,
            [type_in_words(one.type, language) or "", clean(one.export_key)],
        )
        for one in report.results
    ]
    also = [_TYPE.text(language), _EXPORT_KEY.text(language)]
    return Section("results", _RESULTS.text(language), _RESULT.text(language), lines, also)


def _left(report: Report, language: Language) -> Section:
    total = sum(report.standings.values())
    lines = [
        _counted(one.text(language), count, total, MEASURES["contacts"].words, language)
        for one, count in report.standings.items()
    ]
    return Section("left", _LEFT.text(language), _REASON.text(language), lines)


def _comparison(report: Report, language: Language) -> Section:
    lines = list[Line]()
    for key, figures in report.figures_by_campaign.items():
        cells = [_cell(figures[name], MEASURES[name].words.text(language)) for name in COMPARED]
        lines.append(Line(campaign_in_words(key, report.campaigns.get(key, "")), cells))
    return Section("campaigns", _COMPARED.text(language), BREAKDOWNS["campaign"][0].text(language), lines)


def _breakdown(report: Report, name: str, language: Language) -> Section:
    words, in_words = BREAKDOWNS[name][0].text(language), key_in_words(name, report, language)
    lines = [
        Line(in_words(row.key), list(_cells(row, name, language)), plain=_plain(row.key, name))
        for row in report.breakdowns[name]
    ]
    return Section(name, _BY.text(language).format(what=words), words, lines)


def _plain(key: Key, breakdown: str) -> int | date | None:
    if isinstance(key, date):
        return key
    return key if isinstance(key, int) and breakdown in NUMBERED else None


def _cells(row: Row, breakdown: str, language: Language) -> Iterator[Cell]:
    """Leave out the contact rate of agents: only answered attempts have an agent, so it would always be 100 %."""
    yield _count(MEASURES["attempts"], row.attempts, language)
    if breakdown in COUNTED:
        return
    yield _count(MEASURES["connects"], row.connects, language)
    if breakdown != "agent":
        ends = row.interval or (None, None)
        for heading, value in zip(
            (MEASURES["contact_rate"].words, _LOW, _HIGH), (row.contact_rate, *ends), strict=True
        ):
            yield Cell(heading.text(language), Unit.share, value, row.connects, row.attempts)
    yield _count(MEASURES["right_party_contacts"], row.right_party, language)
    yield Cell(MEASURES["winning_attempts"].words.text(language), Unit.count, row.wins, row.wins, row.attempts)
    for measure in _of(TIMES):
        yield Cell(measure.words.text(language), Unit.seconds, getattr(row, measure.name))
    if breakdown == "agent":
        yield Cell(APPOINTMENTS.text(language), Unit.count, row.appointments, row.appointments, row.attempts)
        yield Cell(TALK_TOTAL.text(language), Unit.seconds, row.talk_total)


def _count(measure: Measure, count: int, language: Language) -> Cell:
    return Cell(measure.words.text(language), Unit.count, count)


def _of(names: Iterable[str]) -> list[Measure]:
    return [MEASURES[name] for name in names]
