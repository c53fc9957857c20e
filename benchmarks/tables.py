"""Figures as tables of Markdown: medians, their spread, their ratios."""

import statistics
from collections.abc import Iterable, Mapping, Sequence


def spread(values: Sequence[float], digits: int = 0) -> str:
    """`850 (604–1,236)`."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def ratio(values: Sequence[float], others: Sequence[float]) -> str:
    """The median of the ratios within each round: what the machine does to a whole round cancels out."""
    return f"{statistics.median(one / other for one, other in zip(values, others, strict=False)):.2f}"


def show(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print(f"\n### {title}\n")
    print("| " + " | ".join(heads) + " |")
    print("|---" * len(heads) + "|")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")


class Rounds:
    """What was measured, by contender and column, a value for each round."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[float]]] = {}

    def note(self, contender: str, figures: Mapping[str, float]) -> None:
        columns = self.values.setdefault(contender, {})
        for column, value in figures.items():
            columns.setdefault(column, []).append(value)

    def show(self, title: str, beside: str, compared: Sequence[str], digits: int = 0) -> None:
        """The table; its last columns are the ratios of those `compared` to the contender `beside`."""
        columns = list(dict.fromkeys(name for figures in self.values.values() for name in figures))
        rows = [
            [
                contender,
                *(spread(figures[column], digits) if column in figures else "" for column in columns),
                *(ratio(figures[name], self.values[beside][name]) if name in figures else "" for name in compared),
            ]
            for contender, figures in self.values.items()
        ]
        show(title, ["", *columns, *(f"{name}, to {beside.partition(' ')[0]}" for name in compared)], rows)
