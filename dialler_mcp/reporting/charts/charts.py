"""The charts of a report: one Vega-Lite specification each, the same for a picture, a page and a live view.

What comes from records stands in the data and the title alone, never in an expression. Nothing needs a network.
"""

from collections.abc import Callable, Mapping

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts import bars as chart_bars
from dialler_mcp.reporting.charts import times as chart_times
from dialler_mcp.reporting.charts.parts import Body
from dialler_mcp.reporting.charts.style import Spec, about, config, framed
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.words import Words, number

WIDTH = 800

CHARTS: Mapping[str, Words] = {
    "results": Words("Results", "Ergebnisse"),
    "hours": Words("Attempts and contact rate by hour", "Versuche und Kontaktquote nach Stunde"),
    "weekdays": Words("Contact rate by weekday and hour", "Kontaktquote nach Wochentag und Stunde"),
    "funnel": Words("From the list to the success", "Von der Liste zum Abschluss"),
    "left": Words("What is left to dial", "Was noch zu wählen ist"),
    "days": Words("Course of the days", "Verlauf der Tage"),
    "comparison": Words("Campaigns side by side", "Kampagnen im Vergleich"),
}
"""The title of each chart by its name."""

_BODIES: Mapping[str, Callable[[Report, Language], Body]] = {
    "results": chart_bars.results,
    "hours": chart_times.hours,
    "weekdays": chart_times.weekdays,
    "funnel": chart_bars.funnel,
    "left": chart_bars.left,
    "days": chart_times.days,
    "comparison": chart_bars.comparison,
}
_NOT_KNOWN = Words("The {what} are not known.", "Die {what} sind nicht bekannt.")
_BY_TIME = {"hours": "hour", "weekdays": "week", "days": "day"}
"""The charts with an axis of time, with the breakdown that each of them shows."""
_UNTIMED = Words("Not shown: {n} attempts without a start time", "Nicht gezeigt: {n} Versuche ohne Anfangszeit")
_NOTHING = Words("There are no {what} to show here.", "Hier gibt es keine {what}.")


def chart(name: str, report: Report, language: Language, *, width: int = WIDTH, dark: bool = False) -> Spec:
    """A chart of `CHARTS` as a Vega-Lite specification with its data in it; without data it says so in words.

    `width` is that of the whole picture in points. All colours stand in its `config`, so that a page can put
    `chart_style.config` of another theme in its place.

    Raises:
        KeyError: there is no such chart.
    """
    body = _BODIES[name](report, language)
    what = body.what.text(language)
    total = f"{number(body.n, language)} {what}" if body.n else ""
    parts = about(report, language, total, period=not body.now)
    parts += [part for part in (untimed(name, report, language),) if part]
    frame = framed(CHARTS[name].text(language), parts, width, config(language, dark))
    if not body.n:
        nothing = _NOTHING if body.now or report.coverage.calls_known else _NOT_KNOWN
        return frame | _note(nothing.text(language).format(what=what))
    return frame | {"data": {"values": body.data}} | body.inside


def untimed(name: str, report: Report, language: Language) -> str:
    """How many attempts have no place on the chart's axis of time; empty where all have one."""
    rows = report.breakdowns[_BY_TIME[name]] if name in _BY_TIME else ()
    n = sum(row.attempts for row in rows if row.key is None)
    return _UNTIMED.text(language).format(n=number(n, language)) if n else ""


def _note(text: str) -> Spec:
    return {
        "height": 60,
        "data": {"values": [{"note": text}]},
        "mark": {"type": "text", "style": "note", "align": "left"},
        "encoding": {"text": {"field": "note", "type": "nominal"}, "x": {"value": 0}},
    }
