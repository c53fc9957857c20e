"""The table that a chart draws, for whoever reads and does not see it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from dialler_mcp.reporting.charts.style import Spec

_CROSSED = {"weekdays": ("weekday", "hour", "said"), "days": ("day", "what", "n")}
"""The charts that show a value for each pair: the fields of its rows, of its columns, and of the value."""
_NONE = (None, "", "–")


class ChartTable(NamedTuple):
    """The columns and rows that a chart draws."""

    columns: list[str]
    rows: list[list[Any]]


def drawn(name: str, chart: Spec) -> ChartTable | str:
    """The table behind this chart of `CHARTS`, in the words of its tooltips; of a chart without data its sentence."""
    data = cast(list[dict[str, Any]], chart["data"]["values"])
    if "note" in data[0]:
        return str(data[0]["note"])
    titles = {tip["field"]: str(tip["title"]) for tip in next(_tips(chart))}
    if name in _CROSSED:
        return _crossed(data, titles, *_CROSSED[name])
    rows = [[row.get(field) for field in titles] for row in data]
    return ChartTable(list(titles.values()), [row for row in rows if any(cell not in (*_NONE, 0) for cell in row[1:])])


def _tips(part: object) -> Iterator[list[dict[str, Any]]]:
    """The tooltips of a chart: which fields it shows, and what they are called."""
    if isinstance(part, dict):
        for key, inside in cast(Mapping[str, Any], part).items():
            if key == "tooltip" and isinstance(inside, list):
                yield cast(list[dict[str, Any]], inside)
            else:
                yield from _tips(inside)
    if isinstance(part, list):
        for inside in cast(list[object], part):
            yield from _tips(inside)


def _crossed(data: list[dict[str, Any]], titles: Mapping[str, str], down: str, across: str, value: str) -> ChartTable:
    """A row for each value of `down`, a column for each of `across`; those in which nothing stands are left out."""
    cells = {(row[down], row[across]): row[value] for row in data if row[value] not in _NONE}
    keys, names = ([row[field] for row in data] for field in (down, across))
    rows = [key for key in dict.fromkeys(keys) if any(place[0] == key for place in cells)]
    columns = [name for name in dict.fromkeys(names) if any(place[1] == name for place in cells)]
    return ChartTable([titles[down], *columns], [[key, *(cells.get((key, name)) for name in columns)] for key in rows])
