"""Charts that compare amounts: results, the funnel, what is left to dial, campaigns."""

from collections.abc import Mapping
from typing import Any

from dialler_mcp.domain.codes import RESULT_TYPES
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing import Standing
from dialler_mcp.reporting.charts.parts import LABELS, MAX_BARS, Body, Data, bars, colours, lying, share, tip
from dialler_mcp.reporting.charts.style import Spec, cut, told_apart
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.statistics import MIN_SAMPLE
from dialler_mcp.reporting.figures.words import MAX_NAME, percent, type_in_words, value_of
from dialler_mcp.words import Words, number

STEPS = ("contacts", "contacts_called", "contacts_connected", "contacts_spoken_to", "won_by_calls")
"""The steps of the funnel: numbers of contacts, each step a part of the previous one."""
COMPARED = ("contact_rate", "conversion_per_contact", "penetration")
MAX_COMPARED = 15
MAX_LETTERS = 28  # of a campaign's name
SLIM_BAR = 18

_RESULTS = Words("results", "Ergebnisse")
_RESULT, _TYPE = Words("result", "Ergebnis"), Words("type", "Art")
_NO_TYPE = Words("no type", "ohne Art")
_OTHERS = Words("other ({n} results)", "andere ({n} Ergebnisse)")
_TIMES = Words("recorded", "erfasst")
_CONTACTS = MEASURES["contacts"].words
_STEP = Words("step", "Schritt")
_LISTED = Words("in the list now", "jetzt in der Liste")
_OF_BEFORE = Words("{share} of the step before", "{share} vom Schritt davor")
_FREE, _REST = Words("left to dial", "noch wählbar"), Words("not to dial now", "jetzt nicht wählbar")
_WHY = Words("first reason", "erster Grund")
_CAMPAIGN, _CAMPAIGNS = Words("campaign", "Kampagne"), Words("campaigns", "Kampagnen")
_COMPARED_TIPS = {
    "campaign": _CAMPAIGN,
    "measure": Words("measure", "Kennzahl"),
    "label": Words("value", "Wert"),
    "of": Words("n of N", "n von N"),
}


def results(report: Report, language: Language) -> Body:
    """How often each result was recorded; beyond `MAX_BARS` the rarest share one bar."""
    total = sum(one.times for one in report.results)
    top = report.results if len(report.results) <= MAX_BARS else report.results[: MAX_BARS - 1]
    none = _NO_TYPE.text(language)
    kinds = [*(kind.text(language) for kind in RESULT_TYPES.values()), none]
    rows = [(one.name.text(language), type_in_words(one.type, language), one.times) for one in top]
    if rest := report.results[len(top) :]:
        rows.append((_OTHERS.text(language).format(n=len(rest)), None, sum(one.times for one in rest)))
    names = told_apart(cut(name, MAX_NAME) for name, *_ in rows)
    data: Data = [
        {"result": name, "kind": kind if kind in kinds else none, "n": n, "label": share(n, total, language)}
        for name, (_, kind, n) in zip(names, rows, strict=True)
    ]
    present = {row["kind"] for row in data}
    colour = colours("kind", kinds, "kinds", [kind for kind in kinds if kind in present])
    tips = [
        tip(field, words.text(language)) for field, words in (("result", _RESULT), ("kind", _TYPE), ("label", _TIMES))
    ]
    return Body(data, bars("result", data, {"color": colour}, tips), total, _RESULTS)


def funnel(report: Report, language: Language) -> Body:
    """The number of contacts that reached each step, from the list to the success; steps that are not known are left
    out.
    """
    steps = [figure for name in STEPS if (figure := report.figures[name]).known]
    counts = [figure.n for figure in steps]
    words = [_LISTED, *(figure.measure.words for figure in steps[1:])]
    data: Data = []
    for step, n, before in zip(words, counts, [0, *counts], strict=False):
        label = number(n, language)
        if before:
            label += f"  ({_OF_BEFORE.text(language).format(share=percent(n / before, language))})"
        data.append({"step": step.text(language), "n": n, "label": label})
    tips = [tip("step", _STEP.text(language)), tip("label", _CONTACTS.text(language))]
    return Body(data, bars("step", data, {}, tips), counts[0], _CONTACTS)


def left(report: Report, language: Language) -> Body:
    """The contacts that can be dialled now, and why the others cannot, the most frequent reason first."""
    total = sum(report.standings.values())
    order = sorted(report.standings, key=lambda one: (one is not Standing.free, -report.standings[one]))
    free, rest = _FREE.text(language), _REST.text(language)
    data: Data = [
        {
            "reason": one.text(language),
            "group": free if one is Standing.free else rest,
            "n": report.standings[one],
            "label": share(report.standings[one], total, language),
        }
        for one in order
    ]
    tips = [tip("reason", _WHY.text(language)), tip("label", _CONTACTS.text(language))]
    colour = colours("group", [free, rest], "standings")
    return Body(data, bars("reason", data, {"color": colour}, tips), total, _CONTACTS, now=True)


def side_by_side(report: Report) -> dict[int, Mapping[str, Figure]]:
    """The figures of the campaigns that have contacts, those with the most calls first."""
    every = report.figures_by_campaign or dict.fromkeys(report.campaigns, report.figures)
    some = [key for key, figures in every.items() if _of(figures, "contacts")]
    return {key: every[key] for key in sorted(some, key=lambda key: -_of(every[key], "contact_rate"))[:MAX_COMPARED]}


def comparison(report: Report, language: Language) -> Body:
    """Campaigns side by side, those with the most calls first; a share of fewer than `MIN_SAMPLE` is pale."""
    campaigns = side_by_side(report)
    labels = told_apart(cut(report.campaigns.get(key, str(key)), MAX_LETTERS) for key in campaigns)
    data: Data = [
        _compared(campaign, name, campaigns[key].get(name), language)
        for campaign, key in zip(labels, campaigns, strict=True)
        for name in COMPARED
    ]
    measures = [MEASURES[name].words.text(language) for name in COMPARED]
    tips = [tip(field, words.text(language)) for field, words in _COMPARED_TIPS.items()]
    inside: Spec = {
        "height": len(campaigns) * (len(COMPARED) + 0.6) * SLIM_BAR,
        "encoding": {
            "y": {"field": "campaign", "type": "nominal", "sort": None, "title": None, "scale": {"paddingInner": 0.2}},
            "yOffset": {"field": "measure", "type": "nominal", "sort": None},
            "x": lying("value", data),
        },
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "color": colours("measure", measures, "measures"),
                    "opacity": {"condition": {"test": "datum.sure", "value": 1}, "value": 0.35},
                    "tooltip": tips,
                },
            },
            LABELS,
        ],
    }
    return Body(data, inside, len(campaigns), _CAMPAIGN if len(campaigns) == 1 else _CAMPAIGNS)


def _of(figures: Mapping[str, Figure], name: str) -> int:
    """The N of a figure; a campaign without calls has no figures of calls."""
    return figures[name].of if name in figures else 0


def _compared(campaign: str, name: str, figure: Figure | None, language: Language) -> dict[str, Any]:
    usable = figure if figure is not None and figure.value is not None else None
    return {
        "campaign": campaign,
        "measure": MEASURES[name].words.text(language),
        "value": usable.value if usable else 0.0,
        "label": value_of(usable, language) if usable else "–",
        "of": f"{number(usable.n, language)}/{number(usable.of, language)}" if usable else "–",
        "sure": usable is not None and usable.of >= MIN_SAMPLE,
    }
