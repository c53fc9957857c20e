"""A report as a document: with the facts that a reader needs who has nothing but the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.sections import Section, headline, sections
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.figures.words import campaign_in_words, campaigns_in_words, minute_in_words, period_in_words
from dialler_mcp.reporting.snapshot.opening import Coverage
from dialler_mcp.words import Words, number


class PeriodBefore(NamedTuple):
    """The period before, and the figures of it."""

    scope: Scope
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Document:
    """A report to keep, in a language. `dialler` is the dialler's name or address; `notice` is a sentence that nobody
    shall overlook: that all people in it are invented; `before` is what its figures are compared with.
    """

    report: Report
    language: Language
    dialler: str
    notice: str = ""
    before: PeriodBefore | None = None

    @property
    def title(self) -> str:
        """The campaigns, the first few by name."""
        return campaigns_in_words(self.report.campaigns)

    @property
    def sections(self) -> list[Section]:
        """All figures, by section."""
        return sections(self.report, self.language, self.before.figures if self.before else None)

    @property
    def headline(self) -> Section:
        """The main figures."""
        return headline(self.report, self.language, self.before.figures if self.before else None)

    @property
    def as_of(self) -> datetime:
        """When the oldest part was read, local to the dialler."""
        return self.report.coverage.oldest or self.report.now.replace(tzinfo=None)


class Fact(NamedTuple):
    """Something that is to be known of a report: `name` is the same always. `moment` is what `text` says, as a time."""

    name: str
    heading: str
    text: str
    moment: datetime | None = None


_HEADINGS = {
    "notice": Words("note", "Hinweis"),
    "dialler": Words("dialler", "Dialler"),
    "campaigns": Words("campaigns", "Kampagnen"),
    "contents": Words("contents", "Inhalt"),
    "period": Words("period", "Zeitraum"),
    "before": Words("compared with", "verglichen mit"),
    "zone": Words("time zone", "Zeitzone"),
    "first_call": Words("first call", "erster Anruf"),
    "last_call": Words("last call", "letzter Anruf"),
    "as_of": Words("data as of", "Stand der Daten"),
    "known": Words("contacts whose history is known", "Kontakte mit bekanntem Verlauf"),
    "remarks": Words("not known", "nicht bekannt"),
}
_OF = Words("{known} of {contacts}", "{known} von {contacts}")
_AS_OF = Words("as of {time}", "Stand {time}")


def about(document: Document) -> list[Fact]:
    """What a report is of: its dialler, campaigns, period and age, and whether everything is known."""
    report, language = document.report, document.language
    texts = {
        **texts_about(report.coverage, document.dialler, document.notice, language),
        "campaigns": named(report.campaigns),
        "period": period_in_words(report.scope, language),
    }
    moments = {"first_call": report.first, "last_call": report.last, "as_of": document.as_of}
    if document.before:
        texts["before"] = period_in_words(document.before.scope, language)
    return facts(texts, moments, language)


def texts_about(coverage: Coverage, dialler: str, notice: str, language: Language) -> dict[str, str]:
    """What every file says of the data that it was made from, by the names of facts."""
    histories = _OF.text(language).format(
        known=number(coverage.histories, language), contacts=number(coverage.contacts, language)
    )
    texts = {"dialler": dialler, "zone": coverage.zone, "known": histories}
    return {**texts, "notice": notice} if notice else texts


def named(campaigns: Mapping[int, str]) -> str:
    """All campaigns, each by name and ID."""
    return ", ".join(campaign_in_words(key, name) for key, name in campaigns.items())


def facts(texts: Mapping[str, str], moments: Mapping[str, datetime | None], language: Language) -> list[Fact]:
    """The facts of these names, in the order in which every file has them."""
    return [
        Fact(name, heading.text(language), texts.get(name) or _time(moments.get(name), language), moments.get(name))
        for name, heading in _HEADINGS.items()
        if name in texts or name in moments
    ]


def in_short(document: Document) -> Sequence[str]:
    """Dialler, period and age of a report, where there is room for a line only."""
    age = age_in_words(document.as_of, document.language)
    return (document.dialler, period_in_words(document.report.scope, document.language), age)


def age_in_words(moment: datetime, language: Language) -> str:
    """`as of 2026-11-20 14:00`."""
    return _AS_OF.text(language).format(time=_time(moment, language))


def _time(moment: datetime | None, language: Language) -> str:
    return minute_in_words(moment, language) if moment else "–"
