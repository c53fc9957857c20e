"""Figures and keys in words, German and English."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from dialler_mcp.domain.codes import CAUSES, CONNRES, RESULT_TYPES
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.figures.bases import Base, base_of, counted_by, counted_of
from dialler_mcp.reporting.figures.measure import Figure, Unit
from dialler_mcp.reporting.figures.report import Key, Report, ResultCount
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.words import Words, number

MAX_NAME = 40  # characters of a name in a line or a cell
MAX_CAMPAIGNS = 3  # campaigns that a title names
MINUTE, HOUR = 60, 3600  # seconds
WEEKDAYS = (
    Words("Mon", "Mo"),
    Words("Tue", "Di"),
    Words("Wed", "Mi"),
    Words("Thu", "Do"),
    Words("Fri", "Fr"),
    Words("Sat", "Sa"),
    Words("Sun", "So"),
)
NO_CALLS = Words("There are no calls in this period.", "In diesem Zeitraum gibt es keine Anrufe.")
NO_CONTACTS = Words("There are no contacts.", "Es gibt keine Kontakte.")
APPOINTMENTS, TALK_TOTAL = Words("appointments", "Termine"), Words("talk time, total", "Gesprächszeit, gesamt")
NOT_KNOWN = Words("not known", "nicht bekannt")
_TYPES = {kind.en: kind for kind in RESULT_TYPES.values()}
OF = Words("of", "von")
_WITHIN = Words("90% within {time}", "90 % bis {time}")
_KNOWN = Words("{n} known", "{n} bekannt")
_ALL = Words("all calls", "alle Anrufe")
_FROM, _UNTIL = Words("from {since}", "ab {since}"), Words("until {until}", "bis {until}")
_BETWEEN = Words("{since} to {until}", "{since} bis {until}")


class Quantiles(NamedTuple):
    """Two measures of one time that are said together: what half of them took at most, and nine of ten."""

    half: Figure
    most: Figure


def percent(share: float, language: Language) -> str:
    """A share of 0 to 1 as `43.2%` or `43,2 %`."""
    return f"{number(100 * share, language, 1)}{' ' if language is Language.de else ''}%"


def duration(seconds: float, language: Language) -> str:
    """A length of time with its units, as a person says it: `45 s`, `6 min 41 s`, `12 h 5 min`."""
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{number(whole // HOUR, language)} h {whole % HOUR // MINUTE} min"


def value_of(figure: Figure, language: Language) -> str:
    """The value of a figure with its unit; a dash where there is nothing to compute it from."""
    if not figure.known:
        return NOT_KNOWN.text(language)
    if figure.value is None:
        return "–"
    match figure.measure.unit:
        case Unit.share:
            return percent(figure.value, language)
        case Unit.seconds:
            return f"{number(figure.value, language)} s"
        case Unit.average:
            return number(figure.value, language, 1)
        case Unit.count:
            return number(figure.value, language)


def value_and_basis(figure: Figure, language: Language) -> str:
    """`43.2% (566/1,311)`: the value of a figure with its n of N, for a cell under the name of its measure."""
    n, of = number(figure.n, language), number(figure.of, language)
    value = value_of(figure, language)
    if not figure.known:
        return value
    if figure.measure.unit is Unit.count:
        return f"{value}/{of}" if counted_of(figure.measure) else value
    return f"{value} ({n}/{of})"


def figures_in_words(figures: Iterable[Figure | Quantiles], language: Language) -> list[str]:
    """Each figure, what it counts, and of what: `contact rate 43.2% (566 connects: answered, also by machines) of 1,311
    attempts`. Those in a row that are of the same name it once.
    """
    lines = list[str]()
    for _, group in groupby(figures, _base):
        some = list(group)
        text = ", ".join(_with_count(one, language) for one in some)
        lines.append(f"{text}{_of(_first(some[0]), language)}")
    return lines


def _first(figure: Figure | Quantiles) -> Figure:
    return figure if isinstance(figure, Figure) else figure.half


def _base(figure: Figure | Quantiles) -> tuple[Base, int, bool, bool]:
    """What N is: equal numbers of different things are not one. A whole stands by itself."""
    one = _first(figure)
    return base_of(one.measure), one.of, one.known, counted_of(one.measure) is None


def _with_count(figure: Figure | Quantiles, language: Language) -> str:
    """`no answer 34.7% (303)`, `attempts 1,311 (outbound, no tests)`."""
    one = _first(figure)
    value = f"{one.measure.words.text(language)} {value_of(one, language)}"
    if not one.known:
        return value
    parts = [" ".join(filter(None, (_n_of_share(one, language), counted_by(one.measure).text(language))))]
    if isinstance(figure, Quantiles):
        parts.insert(0, _WITHIN.text(language).format(time=value_of(figure.most, language)))
    if one.n < one.of and one.measure.unit in (Unit.average, Unit.seconds):
        parts.append(_KNOWN.text(language).format(n=number(one.n, language)))
    counted = "; ".join(filter(None, parts))
    return f"{value} ({counted})" if counted else value


def _n_of_share(figure: Figure, language: Language) -> str:
    return number(figure.n, language) if figure.measure.unit is Unit.share else ""


def _of(figure: Figure, language: Language) -> str:
    """` of 1,311 attempts`; nothing where the figure itself is the whole, or not known."""
    noun = counted_of(figure.measure)
    if noun is None or not figure.known:
        return ""
    words = noun.one if figure.of == 1 else noun.several
    return f" {OF.text(language)} {number(figure.of, language)} {words.text(language)}"


def campaign_in_words(campaign_id: int, name: str) -> str:
    """A campaign's name, as the dialler has it, with its ID."""
    return f"{clean(name)[:MAX_NAME]} ({campaign_id})"


def campaigns_in_words(campaigns: Mapping[int, str]) -> str:
    """Some campaigns by ID and name; of many the first few: `A (1), B (2), C (3) + 4`."""
    names = [campaign_in_words(key, name) for key, name in campaigns.items()]
    rest = len(names) - MAX_CAMPAIGNS
    return ", ".join(names[:MAX_CAMPAIGNS]) + (f" + {rest}" if rest > 0 else "")


def result_in_words(result: ResultCount, language: Language) -> str:
    return clean(result.name.text(language))[:MAX_NAME]


def type_in_words(kind: str | None, language: Language) -> str | None:
    """The type of a result, by its English name."""
    return _TYPES[kind].text(language) if kind in _TYPES else kind


def day_in_words(day: date, language: Language) -> str:
    """`2026-11-16` or `16.11.2026`."""
    return f"{day:%d.%m.%Y}" if language is Language.de else f"{day:%Y-%m-%d}"


def minute_in_words(moment: datetime, language: Language) -> str:
    """`2026-11-16 09:30` or `16.11.2026 09:30`."""
    return f"{day_in_words(moment, language)} {moment:%H:%M}"


def period_in_words(scope: Scope, language: Language) -> str:
    """`2026-11-16 to 2026-11-22`; a time of day only where it is none of the ends of a day."""
    since = minute_in_words(scope.since, language).removesuffix(" 00:00") if scope.since else None
    until = minute_in_words(scope.until, language).removesuffix(" 23:59") if scope.until else None
    words = _BETWEEN if since and until else _FROM if since else _UNTIL if until else _ALL
    return words.text(language).format(since=since, until=until)


def key_in_words(breakdown: str, report: Report, language: Language) -> Callable[[Key], str]:
    """The function that puts the keys of a breakdown into words."""
    tables: Mapping[str, Mapping[int, Words]] = {"outcome": CONNRES, "cause": CAUSES}

    def said(key: Key) -> str:
        if key is None:
            return NOT_KNOWN.text(language)
        if isinstance(key, date):
            return day_in_words(key, language)
        if not isinstance(key, int):
            return clean(str(key))
        match breakdown:
            case "hour":
                return f"{key:02}:00"
            case "weekday":
                return WEEKDAYS[key - 1].text(language)
            case "week":
                return f"{WEEKDAYS[key // 100 - 1].text(language)} {key % 100:02}:00"
            case "campaign":
                return campaign_in_words(key, report.campaigns.get(key, ""))
            case "outcome" | "cause":
                words = tables[breakdown].get(key)
                return f"{words.text(language)} ({key})" if words else str(key)
            case _:
                return str(key)

    return said
