"""What the charts are put together from: bodies, bars, colours, tooltips."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.chart_style import Spec
from dialler_mcp.reporting.words import number, percent

MOST_BARS = 20
BAR = 27  # points of height that a lying bar takes
ROOM = 1.25

Data = list[dict[str, Any]]


class Body(NamedTuple):
    """What is inside a chart: its data, its marks, and that these are `n` of `what`."""

    data: Data
    inside: Spec
    n: int
    what: Words


LENGTH: Spec = {"field": "n", "type": "quantitative", "axis": None}
LABELS: Spec = {
    "mark": {"type": "text", "style": "value"},
    "encoding": {"text": {"field": "label", "type": "nominal"}},
}
"""The field `label` at the end of a bar."""


def bars(field: str, data: Data, look: Spec, tooltip: Sequence[Spec], room: float = ROOM) -> Spec:
    """Lying bars of length `n`, one for each value of `field` in the order of the data, with `label` at the end.

    The axis is `room` times as long as the longest bar: the rest is for the label.
    """
    longest = max((row["n"] for row in data), default=0) or 1
    return {
        "height": max(1, len(data)) * BAR,
        "encoding": {
            "y": {"field": field, "type": "nominal", "sort": None, "title": None},
            "x": {**LENGTH, "scale": {"domain": [0, room * longest], "nice": False}},
        },
        "layer": [{"mark": {"type": "bar"}, "encoding": {**look, "tooltip": list(tooltip)}}, LABELS],
    }


def colours(field: str, domain: Sequence[str], scale: str, shown: Sequence[str] | None = None) -> Spec:
    """A colour for each name in `domain`, by its place in the range `scale` of the configuration."""
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": list(domain), "range": scale},
        "legend": {"title": None, "values": list(domain if shown is None else shown)},
    }


def tip(field: str, title: str) -> Spec:
    """A line of a tooltip that shows a text."""
    return {"field": field, "type": "nominal", "title": title}


def count_tip(field: str, title: str) -> Spec:
    """A line of a tooltip that shows a count."""
    return {"field": field, "type": "quantitative", "title": title, "format": ",d"}


def share(n: int, of: int, language: Language) -> str:
    """`303 (34.7%)`."""
    return f"{number(n, language)} ({percent(n / of, language)})" if of else number(n, language)
