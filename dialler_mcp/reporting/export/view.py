"""The content of the live view: a report as JSON with figures in words, charts and filters."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.standing import Standing
from dialler_mcp.reporting.charts.bars import side_by_side
from dialler_mcp.reporting.charts.charts import CHARTS, chart, untimed
from dialler_mcp.reporting.charts.style import Spec, config
from dialler_mcp.reporting.charts.times import days_of_bars
from dialler_mcp.reporting.export.sections import HEADLINE
from dialler_mcp.reporting.figures.measure import Figure, View
from dialler_mcp.reporting.figures.report import Report, Row
from dialler_mcp.reporting.figures.words import (
    WEEKDAYS,
    campaign_in_words,
    campaigns_in_words,
    key_in_words,
    period_in_words,
    result_in_words,
    value_of,
)
from dialler_mcp.words import Words

MAX_DAYS = 92
MAX_AGENTS = 100
MAX_RESULTS = 60

_GROUPS = {View.calls: Words("Calls", "Anrufe"), View.contacts: Words("List now", "Liste jetzt")}


def view_of(report: Report, language: Language, notes: Sequence[str] = ()) -> dict[str, Any]:
    """All that the page needs as JSON, of bounded size whatever the number of contacts and calls:

    `title`, `period`, `zone`, `as_of` (local to the dialler), `language`, `notes`;
    `request`: the arguments of `dialler_report_view` that give the same view again;
    `figures`: `name`, `label`, `text`, `value` (a share is 0 to 1, times are seconds), `n`, `of`, `group`, `headline`;
    `charts`: by name, those that have something to show: `title`, `spec` in Vega-Lite, and `picks`, which say for a
    field of its data which value is which `keys` of the choice `by`;
    `looks`: the configurations of the charts, `light` and `dark`;
    `choices`: what can be filtered by, each with `key`, `label` and `count` of attempts (of results: of times).
    """
    oldest = report.coverage.oldest
    return {
        "title": campaigns_in_words(report.campaigns),
        "period": period_in_words(report.scope, language),
        "zone": report.coverage.zone,
        "as_of": oldest.isoformat(" ", "minutes") if oldest else None,
        "language": language.value,
        "notes": list(notes),
        "request": request_of(report, language),
        "figures": [_figure(figure, language) for figure in report.figures.values()],
        "charts": {name: _chart(name, report, language) for name in CHARTS if shows(name, report)},
        "looks": {"light": config(language), "dark": config(language, dark=True)},
        "choices": _choices(report, language),
    }


def shows(name: str, report: Report) -> bool:
    """Whether a chart has something to show in this report."""
    match name:
        case "comparison":
            return len(report.campaigns) > 1 and report.coverage.contacts > 0
        case "left" | "funnel":
            return report.coverage.contacts > 0
        case "results":
            return bool(report.results)
        case _:
            return report.figures["attempts"].n > 0


def _chart(name: str, report: Report, language: Language) -> dict[str, Any]:
    spec = chart(name, report, language)
    del spec["config"], spec["title"]  # the page has the look once, and names the subject itself
    picks = [{"field": field, "by": by, "keys": keys} for field, by, keys in _picks(name, spec, report, language)]
    title = " · ".join(part for part in (CHARTS[name].text(language), untimed(name, report, language)) if part)
    return {"title": title, "spec": spec, "picks": picks}


Picks = list[tuple[str, str, dict[str, list[int | str]]]]


def _picks(name: str, spec: Spec, report: Report, language: Language) -> Picks:
    """The filter behind a mark of a chart: a field of its data, the choice, and its keys by the field's value."""
    data: list[dict[str, Any]] = spec["data"]["values"]
    hours: dict[str, list[int | str]] = {row["hour"]: [int(row["hour"])] for row in data if row.get("hour")}
    match name:
        case "results":
            own = data if len(data) == len(report.results) else data[:-1]  # the last is the rest of them
            pairs = zip(own, report.results, strict=False)
            return [("result", "results", {row["result"]: [one.export_key] for row, one in pairs})]
        case "hours":
            return [("hour", "hours", hours)]
        case "weekdays":
            return [
                ("weekday", "weekdays", {day.text(language): [key] for key, day in enumerate(WEEKDAYS, 1)}),
                ("hour", "hours", hours),
            ]
        case "days":
            behind = days_of_bars(report, language)
            return [("day", "days", {bar: [day.isoformat() for day in some] for bar, some in behind.items()})]
        case "left":
            return [("reason", "standings", {one.text(language): [one.value] for one in Standing})]
        case "comparison":
            labels = dict.fromkeys(row["campaign"] for row in data)
            return [
                (
                    "campaign",
                    "campaigns",
                    {label: [key] for label, key in zip(labels, side_by_side(report), strict=True)},
                )
            ]
        case _:
            return []


def request_of(report: Report, language: Language) -> dict[str, Any]:
    """The arguments that produce this report again, without unused filters."""
    scope = report.scope
    moments = (("since", scope.since), ("until", scope.until))
    narrowing: Mapping[str, Sequence[int | date]] = {
        "days": scope.days,
        "hours": scope.hours,
        "weekdays": scope.weekdays,
        "results": scope.results,
        "agents": scope.agents,
    }
    return {
        "campaign_ids": list(report.campaigns),
        "language": language.value,
        **{name: moment.isoformat() for name, moment in moments if moment},
        **{name: [_plain(one) for one in values] for name, values in narrowing.items() if values},
    }


def _plain(key: int | str | date) -> int | str:
    return key.isoformat() if isinstance(key, date) else key


def _figure(figure: Figure, language: Language) -> dict[str, Any]:
    measure = figure.measure
    return {
        "name": measure.name,
        "label": measure.words.text(language),
        "text": value_of(figure, language),
        "value": figure.value,
        "n": figure.n,
        "of": figure.of,
        "unit": measure.unit.name,
        "group": _GROUPS[measure.view].text(language),
        "headline": measure.name in HEADLINE,
    }


def _choices(report: Report, language: Language) -> dict[str, Any]:
    rows = report.breakdowns
    agents = sorted(rows["agent"], key=lambda row: -row.attempts)[:MAX_AGENTS]
    return {
        "days": _keys(rows["day"][-MAX_DAYS:], "day", report, language),
        "hours": _keys(rows["hour"], "hour", report, language),
        "weekdays": _keys(rows["weekday"], "weekday", report, language),
        "agents": _keys(agents, "agent", report, language),
        "campaigns": [{"key": key, "label": campaign_in_words(key, name)} for key, name in report.campaigns.items()],
        "results": [
            {
                "key": one.export_key,
                "codes": list(one.codes),
                "label": result_in_words(one, language),
                "count": one.times,
            }
            for one in report.results[:MAX_RESULTS]
        ],
    }


def _keys(rows: Sequence[Row], breakdown: str, report: Report, language: Language) -> list[dict[str, Any]]:
    """The keys that can be chosen; unknown ones cannot."""
    in_words = key_in_words(breakdown, report, language)
    return [
        {"key": _plain(row.key), "label": in_words(row.key), "count": row.attempts}
        for row in rows
        if row.key is not None
    ]
