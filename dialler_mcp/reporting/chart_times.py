"""Charts over time: by hour, by weekday and hour, by day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.chart_parts import Body, Data, colours, count_tip, tip
from dialler_mcp.reporting.chart_style import Spec
from dialler_mcp.reporting.metrics import MEASURES
from dialler_mcp.reporting.report import Report, Row
from dialler_mcp.reporting.statistics import LEAST
from dialler_mcp.reporting.words import WEEKDAYS, number, percent

HEIGHT = 310
MOST_DAYS = 92  # more are shown by week
MOST_WEEKS = 104  # more are shown by month

_ATTEMPTS, _CONNECTS = MEASURES["attempts"].words, MEASURES["connects"].words
_RATE, _INTERVAL = MEASURES["contact_rate"].words, Words("95% interval", "95-%-Intervall")
_WON = Words("successes", "Abschlüsse")
_WHAT, _NUMBER = Words("what", "was"), Words("number", "Anzahl")
_HOUR, _WEEKDAY = Words("hour of the day", "Stunde des Tages"), Words("weekday", "Wochentag")
_RATE_AXIS = Words(
    f"contact rate, 95% interval; from {LEAST} attempts", f"Kontaktrate, 95-%-Intervall; ab {LEAST} Versuchen"
)
_HEAT = Words(
    f"contact rate. Number: attempts; no colour: under {LEAST}",
    f"Kontaktrate. Zahl: Versuche; ohne Farbe: unter {LEAST}",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = {"day": Words("day", "Tag"), "week": Words("week from", "Woche ab"), "month": Words("month", "Monat")}


def _rate(row: Row, language: Language) -> Spec:
    """The contact rate of a row, in numbers for the marks and in words for the tooltip."""
    rate, interval = row.contact_rate, row.interval
    if rate is None or interval is None:
        return {"rate": None, "said": "–", "interval": "–"}
    return {
        "rate": rate,
        "low": interval.low,
        "high": interval.high,
        "said": percent(rate, language),
        "interval": f"{percent(interval.low, language)}–{percent(interval.high, language)}",
        "sure": row.attempts >= LEAST,
    }


def _rate_tips(language: Language) -> list[Spec]:
    return [
        count_tip("attempts", _ATTEMPTS.text(language)),
        tip("said", _RATE.text(language)),
        tip("interval", _INTERVAL.text(language)),
    ]


def hours(report: Report, language: Language) -> Body:
    """Attempts as bars, the contact rate as points with their interval; grey where there are too few attempts."""
    rows = {row.key: row for row in report.breakdowns["hour"] if isinstance(row.key, int)}
    every = range(min(rows), max(rows) + 1) if rows else range(0)
    data: Data = [
        {"hour": f"{key:02}", "attempts": row.attempts, **_rate(row, language)}
        for key in every
        for row in [rows.get(key, Row(key, 0, 0, 0, 0))]
    ]
    highest = max((row.get("high", 0) for row in data if row.get("sure")), default=0) or 1
    sure: Spec = {"condition": {"test": "datum.sure", "value": 1}, "value": 0}
    right: Spec = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, min(1, 1.1 * highest)], "nice": False, "clamp": True},
        "axis": {
            "title": _RATE_AXIS.text(language),
            "format": ".0%",
            "orient": "right",
            "grid": False,
            "style": "rates",
        },
    }
    tips = [tip("hour", _HOUR.text(language)), *_rate_tips(language)]
    inside: Spec = {
        "height": HEIGHT,
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "sort": None,
                "title": _HOUR.text(language),
                "axis": {"labelAngle": 0},
            }
        },
        "layer": [
            {
                "mark": {"type": "bar", "style": "amount"},
                "encoding": {
                    "y": {
                        "field": "attempts",
                        "type": "quantitative",
                        "axis": {"title": _ATTEMPTS.text(language), "format": ",d", "tickCount": 5, "tickMinStep": 1},
                    },
                    "tooltip": tips,
                },
            },
            {
                "layer": [
                    {
                        "mark": {"type": "rule", "style": "rate", "strokeWidth": 2},
                        "encoding": {"y": {**right, "field": "low"}, "y2": {"field": "high"}, "opacity": sure},
                    },
                    {
                        "mark": {"type": "point", "style": "rate", "filled": True, "size": 70},
                        "encoding": {"y": right, "opacity": sure, "tooltip": tips},
                    },
                ]
            },
        ],
        "resolve": {"scale": {"y": "independent"}},
    }
    return Body(data, inside, sum(row["attempts"] for row in data), _ATTEMPTS)


def weekdays(report: Report, language: Language) -> Body:
    """The contact rate as colour and the attempts as number, by weekday and hour."""
    rows = [row for row in report.breakdowns["week"] if isinstance(row.key, int)]
    found = {(row.key // 100, row.key % 100): row for row in rows if isinstance(row.key, int)}
    some = [hour for _, hour in found]
    data: Data = [
        {
            "weekday": WEEKDAYS[day - 1].text(language),
            "hour": f"{hour:02}",
            "attempts": row.attempts,
            "label": number(row.attempts, language) if row.attempts else "",
            **_rate(row, language),
        }
        for day in range(1, 8)
        for hour in (range(min(some), max(some) + 1) if some else ())
        for row in [found.get((day, hour), Row(None, 0, 0, 0, 0))]
    ]
    tips = [tip("weekday", _WEEKDAY.text(language)), tip("hour", _HOUR.text(language)), *_rate_tips(language)]
    inside: Spec = {
        "height": 7 * 34,
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "scale": {"domain": sorted({row["hour"] for row in data})},
                "title": _HOUR.text(language),
                "axis": {"labelAngle": 0, "domain": False},
            },
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "scale": {"domain": [day.text(language) for day in WEEKDAYS]},
                "title": None,
                "axis": {"domain": False},
            },
        },
        "layer": [
            {
                "transform": [{"filter": "datum.sure"}],
                "mark": {"type": "rect"},
                "encoding": {
                    "color": {
                        "field": "rate",
                        "type": "quantitative",
                        "scale": {"range": "heat", "nice": True, "zero": False},
                        "legend": {"title": _HEAT.text(language), "format": ".0%", "gradientLength": 240},
                    },
                    "tooltip": tips,
                },
            },
            {
                "mark": {"type": "text", "style": "cell"},
                "encoding": {"text": {"field": "label", "type": "nominal"}, "tooltip": tips},
            },
        ],
    }
    return Body(data, inside, sum(row["attempts"] for row in data), _ATTEMPTS)


def days(report: Report, language: Language) -> Body:
    """Attempts, connects and successes of each day, one before the other; of long periods by week or month."""
    rows = [row for row in report.breakdowns["day"] if isinstance(row.key, date)]
    step, folded = _folded(rows)
    names = [words.text(language) for words in (_ATTEMPTS, _CONNECTS, _WON)]
    data: Data = [
        {"day": _said(day, step, language), "what": name, "n": n}
        for day, counts in folded
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
                "scale": {"paddingInner": 0.15, "paddingOuter": 0.1},
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


Counts = tuple[int, int, int]


def _folded(rows: Sequence[Row]) -> tuple[str, list[tuple[date, Counts]]]:
    """The days with their counts, without gaps; folded to weeks or months where there are too many."""
    found = {row.key: row for row in rows if isinstance(row.key, date)}
    if not found:
        return "day", []
    first, last = min(found), max(found)
    span = (last - first).days + 1
    step = "day" if span <= MOST_DAYS else "week" if span <= 7 * MOST_WEEKS else "month"
    counts = dict.fromkeys(_steps(first, last, step), (0, 0, 0))
    for day, row in found.items():
        begin = _begin(day, step)
        attempts, connects, won = counts[begin]
        counts[begin] = (attempts + row.attempts, connects + row.connects, won + row.successes)
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


def _said(day: date, step: str, language: Language) -> str:
    """`Mon 16 Nov` or `Mo 16.11.` for a day, `2026-11-16` for a week, `2026-11` for a month."""
    if step == "week":
        return day.isoformat()
    if step == "month":
        return f"{day:%Y-%m}"
    weekday = WEEKDAYS[day.weekday()].text(language)
    return f"{weekday} {day:%d.%m.}" if language is Language.de else f"{weekday} {day.day} {_MONTHS[day.month - 1]}"
