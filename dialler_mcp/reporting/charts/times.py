"""Charts over time: by hour, by weekday and hour, by day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import floor
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.parts import Body, Data, colours, count_tip, tip
from dialler_mcp.reporting.charts.style import Spec
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import Report, Row
from dialler_mcp.reporting.figures.statistics import MIN_SAMPLE
from dialler_mcp.reporting.figures.words import WEEKDAYS, percent
from dialler_mcp.words import Words, number

HEIGHT = 310
CELL = 34
FEW_BARS = 8
MAX_DAYS = 92  # more are shown by week
MAX_WEEKS = 104  # more are shown by month

_ATTEMPTS, _CONNECTS = MEASURES["attempts"].words, MEASURES["connects"].words
_RATE, _INTERVAL = MEASURES["contact_rate"].words, Words("95% interval", "95-%-Intervall")
_WON = MEASURES["winning_attempts"].words
_WHAT, _NUMBER = Words("what", "was"), Words("number", "Anzahl")
_HOUR, _WEEKDAY = Words("hour of the day", "Stunde des Tages"), Words("weekday", "Wochentag")
_RATE_AXIS = Words(
    f"contact rate, 95% interval; from {MIN_SAMPLE} attempts",
    f"Kontaktquote, 95-%-Intervall; ab {MIN_SAMPLE} Versuchen",
)
_HOUR_ALONE = Words(
    f"hour of the day (no contact rate: everywhere under {MIN_SAMPLE} attempts)",
    f"Stunde des Tages (ohne Kontaktquote: überall unter {MIN_SAMPLE} Versuche)",
)
_HEAT = Words(
    f"contact rate. Number: attempts; no colour: under {MIN_SAMPLE}",
    f"Kontaktquote. Zahl: Versuche; ohne Farbe: unter {MIN_SAMPLE}",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = {"day": Words("day", "Tag"), "week": Words("week from", "Woche ab"), "month": Words("month", "Monat")}


def hours(report: Report, language: Language) -> Body:
    """Attempts as bars, and the contact rate as points with their interval where there are enough of them."""
    rows = {row.key: row for row in report.breakdowns["hour"] if isinstance(row.key, int)}
    every = range(min(rows), max(rows) + 1) if rows else range(0)
    data: Data = [{"hour": f"{hour:02}", **_rate(rows.get(hour, Row(hour, 0, 0, 0, 0)), language)} for hour in every]
    tips = [tip("hour", _HOUR.text(language)), *_rate_tips(language)]
    amounts: Spec = {
        "mark": {"type": "bar", "style": "amount"},
        "encoding": {
            "y": {
                "field": "attempts",
                "type": "quantitative",
                "axis": {"title": _ATTEMPTS.text(language), "format": ",d", "tickCount": 5, "tickMinStep": 1},
            },
            "tooltip": tips,
        },
    }
    highest = max((row["high"] for row in data if row["sure"]), default=None)
    rates = [] if highest is None else [_points(highest, tips, language)]
    title = _HOUR if rates else _HOUR_ALONE
    inside: Spec = {
        "height": HEIGHT,
        "encoding": {"x": _hours(every, title.text(language))},
        "layer": [amounts, *rates],
        "resolve": {"scale": {"y": "independent"}},
    }
    return Body(data, inside, sum(row["attempts"] for row in data), _ATTEMPTS)


def _points(highest: float, tips: list[Spec], language: Language) -> Spec:
    """Contact rates on their own axis at the right, up to slightly above the highest."""
    rate: Spec = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, min(1, 1.1 * highest)], "nice": False},
        "axis": {
            "title": _RATE_AXIS.text(language),
            "format": ".0%",
            "orient": "right",
            "grid": False,
            "style": "rates",
        },
    }
    return {
        "transform": [{"filter": "datum.sure"}],
        "layer": [
            {
                "mark": {"type": "rule", "style": "rate", "strokeWidth": 2},
                "encoding": {"y": {**rate, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "style": "rate", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"y": rate, "tooltip": tips},
            },
        ],
    }


def weekdays(report: Report, language: Language) -> Body:
    """The contact rate as colour and the attempts as number, by weekday and hour."""
    rows = {row.key: row for row in report.breakdowns["week"] if isinstance(row.key, int)}
    some = [key % 100 for key in rows]
    every = range(min(some), max(some) + 1) if some else range(0)
    data: Data = [
        {
            "weekday": words.text(language),
            "hour": f"{hour:02}",
            "label": _short(row.attempts, language) if row.attempts else "",
            **_rate(row, language),
        }
        for day, words in enumerate(WEEKDAYS, 1)
        for hour in every
        for row in [rows.get(100 * day + hour, Row(None, 0, 0, 0, 0))]
    ]
    tips = [tip("weekday", _WEEKDAY.text(language)), tip("hour", _HOUR.text(language)), *_rate_tips(language)]
    cells: Spec = {
        "mark": {"type": "text", "style": "cell"},
        "encoding": {"text": {"field": "label", "type": "nominal"}, "tooltip": tips},
    }
    rates = [row["rate"] for row in data if row["sure"]]
    title = _HOUR if rates else _HOUR_ALONE
    inside: Spec = {
        "height": len(WEEKDAYS) * CELL,
        "encoding": {
            "x": _hours(every, title.text(language)),
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "scale": {"domain": [day.text(language) for day in WEEKDAYS]},
                "title": None,
                "axis": {"domain": False},
            },
        },
        "layer": [*([_heat(rates, tips, language)] if rates else []), cells],
    }
    return Body(data, inside, sum(row["attempts"] for row in data), _ATTEMPTS)


def _short(count: int, language: Language) -> str:
    """`999`, `1.2k`, `12k`, `3.4M`: a count that goes into a cell."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{number(count / size, language, 1 if count < 10 * size else 0)}{sign}"
    return str(count)


def _heat(rates: list[float], tips: list[Spec], language: Language) -> Spec:
    """Cells coloured by their rate, from the tenth below the lowest to the tenth above the highest."""
    domain = [floor(10 * min(rates)) / 10, min(1, floor(10 * max(rates) + 1) / 10)]
    return {
        "transform": [{"filter": "datum.sure"}],
        "mark": {"type": "rect"},
        "encoding": {
            "color": {
                "field": "rate",
                "type": "quantitative",
                "scale": {"range": "heat", "domain": domain if domain[0] < domain[1] else [0, 1]},
                "legend": {
                    "title": _HEAT.text(language),
                    "format": ".0%",
                    "gradientLength": 240,
                    "values": domain,
                },
            },
            "tooltip": tips,
        },
    }


def _hours(every: range, title: str) -> Spec:
    return {
        "field": "hour",
        "type": "ordinal",
        "title": title,
        "axis": {"labelAngle": 0},
        "scale": {"domain": [f"{hour:02}" for hour in every], **_spacing(len(every))},
    }


def _spacing(count: int) -> Spec:
    """The width of bars when there are only a few: they do not fill the whole width."""
    return {"paddingInner": 0.1, "paddingOuter": max(0.1, (FEW_BARS - count) / 2)}


def _rate(row: Row, language: Language) -> dict[str, Any]:
    """The attempts and the contact rate of a row, in numbers for the marks and in words for the tooltip."""
    rate, interval = row.contact_rate, row.interval
    if rate is None or interval is None:
        return {"attempts": 0, "rate": None, "low": None, "high": None, "said": "–", "interval": "–", "sure": False}
    return {
        "attempts": row.attempts,
        "rate": rate,
        "low": interval.low,
        "high": interval.high,
        "said": f"{percent(rate, language)} ({number(row.connects, language)}/{number(row.attempts, language)})",
        "interval": f"{percent(interval.low, language)}–{percent(interval.high, language)}",
        "sure": row.attempts >= MIN_SAMPLE,
    }


def _rate_tips(language: Language) -> list[Spec]:
    return [
        count_tip("attempts", _ATTEMPTS.text(language)),
        tip("said", _RATE.text(language)),
        tip("interval", _INTERVAL.text(language)),
    ]


def days(report: Report, language: Language) -> Body:
    """Attempts, connects and attempts that won of each day, layered; of long periods by week or month."""
    rows = [row for row in report.breakdowns["day"] if isinstance(row.key, date)]
    step, counts_by_step = _folded(rows)
    names = [words.text(language) for words in (_ATTEMPTS, _CONNECTS, _WON)]
    data: Data = [
        {"day": _label(day, step, language), "what": name, "n": n}
        for day, counts in counts_by_step
        for name, n in zip(names, counts, strict=True)
    ]
    inside: Spec = {
        "height": HEIGHT,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "day",
                "type": "ordinal",
                "sort": None,
                "title": _STEPS[step].text(language),
                "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6},
                "scale": _spacing(len(counts_by_step)),
            },
            "y": {
                "field": "n",
                "type": "quantitative",
                "stack": None,
                "axis": {"title": None, "format": ",d", "tickMinStep": 1},
            },
            "color": colours("what", names, "steps"),
            "tooltip": [
                tip("day", _STEPS[step].text(language)),
                tip("what", _WHAT.text(language)),
                count_tip("n", _NUMBER.text(language)),
            ],
        },
    }
    return Body(data, inside, sum(row.attempts for row in rows), _ATTEMPTS)


def days_of_bars(report: Report, language: Language) -> dict[str, list[date]]:
    """The days with attempts behind each bar of `days`, by the label of the bar."""
    rows = [row for row in report.breakdowns["day"] if isinstance(row.key, date)]
    step, _ = _folded(rows)
    by_label = dict[str, list[date]]()
    for row in rows:
        if isinstance(row.key, date):
            by_label.setdefault(_label(_begin(row.key, step), step, language), []).append(row.key)
    return by_label


Counts = tuple[int, int, int]


def _folded(rows: Sequence[Row]) -> tuple[str, list[tuple[date, Counts]]]:
    """The days with their counts, without gaps; summed by week or month where there are too many days."""
    by_day = {row.key: row for row in rows if isinstance(row.key, date)}
    if not by_day:
        return "day", []
    first, last = min(by_day), max(by_day)
    span = (last - first).days + 1
    step = "day" if span <= MAX_DAYS else "week" if span <= 7 * MAX_WEEKS else "month"
    counts: dict[date, Counts] = dict.fromkeys(_steps(first, last, step), (0, 0, 0))
    for day, row in by_day.items():
        begin = _begin(day, step)
        attempts, connects, wins = counts[begin]
        counts[begin] = (attempts + row.attempts, connects + row.connects, wins + row.wins)
    return step, list(counts.items())


def _steps(first: date, last: date, step: str) -> Iterator[date]:
    day = _begin(first, step)
    while day <= last:
        yield day
        day = _begin(day + timedelta(days={"day": 1, "week": 7, "month": 31}[step]), step)


def _begin(day: date, step: str) -> date:
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def _label(day: date, step: str, language: Language) -> str:
    """`Mon 16 Nov` or `Mo 16.11.` for a day, `2026-11-16` for a week, `2026-11` for a month."""
    if step == "week":
        return day.isoformat()
    if step == "month":
        return f"{day:%Y-%m}"
    weekday = WEEKDAYS[day.weekday()].text(language)
    return f"{weekday} {day:%d.%m.}" if language is Language.de else f"{weekday} {day.day} {_MONTHS[day.month - 1]}"
