"""The look of charts: colours, fonts, numbers, and the frame that names the subject of a chart."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.text import clean
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.words import campaign_in_words, minute_in_words, period_in_words
from dialler_mcp.words import Words, number

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first comes with vl-convert, the others are as wide
MAX_NAMED = 2
ELLIPSIS = "…"
SUBTITLE_LETTER = 7  # points of width, on average and a bit more
LEGEND_ENTRY, LEGEND_MARGIN = 110, 250
LABEL_SHARE = 0.38  # of the width at most is for the labels of an axis


class Theme(NamedTuple):
    """The colours on one kind of paper. `series` are told apart with any colour vision (after Okabe and Ito, 2008)."""

    paper: str
    ink: str
    faint: str
    grid: str
    series: Mapping[str, str]
    heat: tuple[str, ...]


LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2328",
    faint="#57606a",
    grid="#e3e6ea",
    series={
        "blue": "#0072b2",
        "orange": "#e09a00",
        "green": "#009e73",
        "red": "#c65300",
        "pale": "#93b3cc",
        "grey": "#8b949e",
    },
    heat=("#f7fbff", "#cfe1f2", "#93c4df", "#5ea5d1"),
)
DARK = Theme(
    paper="#1b1f24",
    ink="#e6edf3",
    faint="#a3adb8",
    grid="#343b44",
    series={
        "blue": "#4aa3df",
        "orange": "#f0b429",
        "green": "#5adcae",
        "red": "#f0803c",
        "pale": "#4a667e",
        "grey": "#7d8794",
    },
    heat=("#20303d", "#224a67", "#26608a", "#2a6e9b"),
)

_AS_OF = Words("as of {time} ({zone})", "Stand {time} ({zone})")
_KNOWN = Words(
    "history known of {known} of {contacts} contacts", "Verlauf von {known} von {contacts} Kontakten bekannt"
)
_MORE = Words("+ {more} more", "+ {more} weitere")


def config(language: Language, dark: bool = False) -> Spec:
    """The look of a chart and the number format of the language. A page may use another one."""
    theme = DARK if dark else LIGHT
    series = theme.series
    return {
        "background": theme.paper,
        "font": FONT,
        "padding": 12,
        "locale": {"number": _NUMBERS[language]},
        "view": {"stroke": None},
        "title": _title(theme),
        "axis": _axis(theme),
        "axisDiscrete": {"ticks": False, "labelPadding": 6},
        "legend": _legend(theme),
        "bar": {"color": series["blue"]},
        "range": {name: [series[colour] for colour in colours] for name, colours in _RANGES.items()}
        | {"heat": list(theme.heat)},
        "style": {
            "value": {"color": theme.ink, "fontSize": 13, "align": "left", "baseline": "middle", "dx": 5},
            "cell": {"color": theme.ink, "fontSize": 11},
            "note": {"color": theme.faint, "fontSize": 15},
            "amount": {"color": series["pale"]},
            "rate": {"color": series["red"]},
            "rates": {"titleColor": series["red"]},
        },
    }


def _title(theme: Theme) -> Spec:
    return {
        "anchor": "start",
        "frame": "bounds",
        "color": theme.ink,
        "fontSize": 18,
        "fontWeight": "bold",
        "subtitleColor": theme.faint,
        "subtitleFontSize": 13,
        "subtitlePadding": 4,
        "subtitleLineHeight": 17,
        "offset": 14,
    }


def _axis(theme: Theme) -> Spec:
    return {
        "labelColor": theme.ink,
        "titleColor": theme.faint,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": theme.grid,
        "domainColor": theme.grid,
        "tickColor": theme.grid,
    }


def _legend(theme: Theme) -> Spec:
    return {
        "orient": "top",
        "labelColor": theme.ink,
        "titleColor": theme.faint,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titleLimit": 0,
        "labelLimit": 260,
        "symbolType": "square",
    }


_RANGES = {
    "kinds": ("green", "red", "orange", "blue", "grey"),
    "steps": ("pale", "blue", "green"),
    "standings": ("blue", "grey"),
    "measures": ("red", "green", "blue"),
}
"""The meaning of each colour, by the names that the specifications use."""

_NUMBERS: Mapping[Language, Spec] = {
    Language.en: {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "percent": "%"},
    Language.de: {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""], "percent": " %"},
}
"""Of d3-format."""


def cut(text: str, length: int) -> str:
    """Text of a record for a label: clean, and shortened with an ellipsis."""
    label = clean(text)
    return label if len(label) <= length else label[: length - 1].rstrip() + ELLIPSIS


def told_apart(labels: Iterable[str]) -> list[str]:
    """The labels, with a number on those that repeat: a chart treats equal labels as the same thing."""
    earlier, distinct = set[str](), list[str]()
    for label in labels:
        name, suffix = label, 2
        while name in earlier:
            name, suffix = f"{label} ({suffix})", suffix + 1
        earlier.add(name)
        distinct.append(name)
    return distinct


def about(report: Report, language: Language, total: str, *, period: bool = True) -> list[str]:
    """The subtitle of a chart in parts: campaigns, period, counts, age, and what is unknown."""
    names = [campaign_in_words(key, name) for key, name in report.campaigns.items()]
    if (more := len(names) - MAX_NAMED) > 0:
        names = [*names[:MAX_NAMED], _MORE.text(language).format(more=more)]
    coverage = report.coverage
    time = minute_in_words(coverage.oldest or report.now, language)
    parts = [
        ", ".join(names),
        period_in_words(report.scope, language) if period else "",
        total,
        _AS_OF.text(language).format(time=time, zone=coverage.zone),
    ]
    if coverage.histories < coverage.contacts:
        histories, contacts = number(coverage.histories, language), number(coverage.contacts, language)
        parts.append(_KNOWN.text(language).format(known=histories, contacts=contacts))
    return [part for part in parts if part]


def framed(title: str, parts: Sequence[str], width: int, config: Spec) -> Spec:
    """An empty chart. The width is that of the whole picture, the height that of its content."""
    fitting = {
        "axisY": {"labelLimit": round(LABEL_SHARE * width)},
        "legend": {**config["legend"], "columns": max(1, (width - LEGEND_MARGIN) // LEGEND_ENTRY)},
    }
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": _lines(parts, width // SUBTITLE_LETTER)},
        "description": ". ".join([title, *parts]),
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": config | fitting,
    }


def _lines(parts: Sequence[str], letters: int) -> list[str]:
    """The first part on a line of its own, the others as many to a line as fit."""
    lines = list(parts[:1])
    for place, part in enumerate(parts[1:]):
        longer = f"{lines[-1]} · {part}"
        if place and len(longer) <= letters:
            lines[-1] = longer
        else:
            lines.append(part)
    return [cut(line, letters) for line in lines]
