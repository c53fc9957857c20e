"""The charts of a workbook: drawn by the spreadsheet from the figures of its sheets."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS
from dialler_mcp.reporting.charts.style import LIGHT
from dialler_mcp.reporting.figures.measures import MEASURES

MAX_BARS = 20  # of the longest sections, the first
ROWS = 18  # that a chart covers
WIDTH, HEIGHT, GAP = 560, 340, 20  # pixels
LEVEL = ("hour", "day")
"""Sections whose bars stand upright; those with names as keys lie, so that the names can be read."""


class Place(NamedTuple):
    """Where a section stands: the rows of its lines, its headings by column."""

    sheet: str
    first: int
    last: int
    headings: tuple[str, ...]


_CHARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "results": ("results", ()),
    "hour": ("hours", ("attempts", "contact_rate")),
    "day": ("days", ("attempts", "connects")),
    "left": ("left", ()),
    "campaigns": ("comparison", ("contact_rate", "conversion_per_contact", "penetration")),
}
"""What is drawn of which section: the title, as of the chart of this name, and the measures; none: the first column."""


def add_charts(book: Any, sheet: Any, row: int, places: Mapping[str, Place], language: Language) -> None:
    """Put the charts of the sections that are there on a sheet, two beside each other, from this row on."""
    charts = [_chart(book, name, places[name], language) for name in _CHARTS if name in places]
    for number, chart in enumerate(charts):
        sheet.insert_chart(row + number // 2 * ROWS, 0, chart, {"x_offset": number % 2 * (WIDTH + GAP)})


def _chart(book: Any, name: str, place: Place, language: Language) -> Any:
    title = CHARTS[_CHARTS[name][0]].text(language)
    chart = book.add_chart({"type": "column" if name in LEVEL else "bar"})
    for series in _series(name, place, language):
        if name == "hour" and series["column"] > 1:  # a rate beside a number
            line = book.add_chart({"type": "line"})
            line.add_series(series["data"] | {"y2_axis": True, "marker": {"type": "circle"}})
            line.set_y2_axis({"name": place.headings[series["column"]], "num_format": "0%", "min": 0})
            chart.combine(line)
        else:
            chart.add_series(series["data"])
    chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"} if _CHARTS[name][1] else {"none": True})
    if name not in LEVEL:
        chart.set_y_axis({"reverse": True})  # the first on top
    elif name == "day":
        chart.set_x_axis({"date_axis": True, "num_format": "dd.mm." if language is Language.de else "mm-dd"})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    return chart


def _series(name: str, place: Place, language: Language) -> Iterator[dict[str, Any]]:
    measures = _CHARTS[name][1]
    last = place.last if name in LEVEL else min(place.last, place.first + MAX_BARS - 1)
    columns = [place.headings.index(MEASURES[one].words.text(language)) for one in measures] or [1]
    for colour, column in zip(("blue", "red", "green"), columns, strict=False):
        yield {
            "column": column,
            "data": {
                "name": place.headings[column],
                "categories": [place.sheet, place.first, 0, last, 0],
                "values": [place.sheet, place.first, column, last, column],
                "fill": {"color": LIGHT.series[colour]},
                "gap": 50,
            },
        }
