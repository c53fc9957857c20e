"""Figures and keys in words, German and English."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby

from dialler_mcp.domain.codes import CAUSES, CONNRES, RESULT_TYPES
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
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
_ALL = Words("all calls", "alle Anrufe")
_FROM, _UNTIL = Words("from {since}", "ab {since}"), Words("until {until}", "bis {until}")
_BETWEEN = Words("{since} to {until}", "{since} bis {until}")


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


def figure_in_words(figure: Figure, language: Language) -> str:
    """`contact rate 43.2% (566/1,311)`: a figure with its n of N."""
    return f"{figure.measure.words.text(language)} {value_and_basis(figure, language)}"


def value_and_basis(figure: Figure, language: Language) -> str:
    """`43.2% (566/1,311)`: the value of a figure with its n of N."""
    n, of = number(figure.n, language), number(figure.of, language)
    value = value_of(figure, language)
    if not figure.known:
        return value
    if figure.measure.unit is Unit.count:
        return value if figure.n == figure.of else f"{value}/{of}"
    return f"{value} ({n}/{of})"


def _denominator(figure: Figure) -> tuple[int, bool, str, str, bool]:
    """The N of a figure and what it counts: equal numbers of different things are not one."""
    measure = figure.measure
    return figure.of, figure.known, str(measure.view), measure.sql.of, measure.sql.people


def figures_in_words(figures: Iterable[Figure], language: Language) -> list[str]:
    """Each figure with its n of N; those in a row whose N counts the same thing name it once: `no answer 34.7% (303),
    busy 9.0% (79) of 873`.
    """
    lines = list[str]()
    for (of, is_known, *_), group in groupby(figures, _denominator):
        some = list(group)
        if len(some) == 1 or not is_known:
            lines += [figure_in_words(one, language) for one in some]
            continue
        parts = [
            f"{one.measure.words.text(language)} {value_of(one, language)}"
            + ("" if one.measure.unit is Unit.count else f" ({number(one.n, language)})")
            for one in some
        ]
        lines.append(f"{', '.join(parts)} {OF.text(language)} {number(of, language)}")
    return lines


def quantiles_in_words(half: Figure, most: Figure, language: Language) -> str:
    """`talk time, median 64 s, 90% within 392 s (383)`; `(380/383)` where some are not known."""
    of = "" if half.n == half.of else f"/{number(half.of, language)}"
    basis = f"({number(half.n, language)}{of})"
    within = _WITHIN.text(language).format(time=value_of(most, language))
    return f"{half.measure.words.text(language)} {value_of(half, language)}, {within} {basis}"


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
