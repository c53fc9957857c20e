"""The parts of which charts are made: bodies, bars, colours, tooltips."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.style import Spec
from dialler_mcp.reporting.figures.words import percent
from dialler_mcp.words import Words, number

MAX_BARS = 20
BAR = 27  # points of height of a horizontal bar
LETTER = 7  # points of width of a letter in a label
MIN_BAR = 30  # points of the longest bar

Data = list[dict[str, Any]]


class Body(NamedTuple):
    """The content of a chart: its data, its marks, and that these are `n` of `what`."""

    data: Data
    inside: Spec
    n: int
    what: Words
    now: bool = False
    """Whether it shows contacts as they are now, for which the period has no meaning."""


LABELS: Spec = {
    "mark": {"type": "text", "style": "value"},
    "encoding": {"text": {"field": "label", "type": "nominal"}},
}
"""The field `label` at the end of a bar."""


def lying(field: str, data: Data) -> Spec:
    """The length of horizontal bars without an axis, with room for the `label` at the end in any width."""
    longest = max((row[field] or 0 for row in data), default=0) or 1
    room = LETTER * max((len(row["label"]) for row in data), default=0) + LETTER
    width = {"expr": f"max({MIN_BAR}, width - {room})"}
    scale: Spec = {"domain": [0, longest], "nice": False, "range": [0, width]}
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


def bars(field: str, data: Data, look: Spec, tooltip: Sequence[Spec]) -> Spec:
    """Horizontal bars of length `n`, one for each value of `field` in the order of the data, ending in `label`."""
    return {
        "height": max(1, len(data)) * BAR,
        "encoding": {
            "y": {"field": field, "type": "nominal", "sort": None, "title": None},
            "x": lying("n", data),
        },
        "layer": [{"mark": {"type": "bar"}, "encoding": {**look, "tooltip": list(tooltip)}}, LABELS],
    }


def colours(field: str, domain: Sequence[str], scale: str, labels: Sequence[str] | None = None) -> Spec:
    """A colour for each name in `domain`, by its place in the range `scale` of the configuration."""
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": list(domain), "range": scale},
        "legend": {"title": None, "values": list(domain if labels is None else labels)},
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
