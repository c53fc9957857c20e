"""What a measure is, and a figure: a measure with its value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from inspect import cleandoc
from typing import NamedTuple

from dialler_mcp.words import Words


class Unit(Enum):
    """The unit of a figure. A share is 0 to 1."""

    count = auto()
    share = auto()
    average = auto()
    seconds = auto()


class View(Enum):
    """The view that a measure is computed from: `calls` of the period, or `contacts` as they are now."""

    calls = auto()
    contacts = auto()


class Sql(NamedTuple):
    """A measure in SQL: two aggregates that count, and the value where that is not `n` or `n / of`.

    `people`: over the contacts with calls in the period (see `PEOPLE`) instead of over the calls. `known_where`: an
    aggregate that is false where the dialler does not show what the figure is about.
    """

    n: str
    of: str
    value: str | None = None
    people: bool = False
    known_where: str | None = None


@dataclass(frozen=True)
class Measure:
    """One figure by name, and how it is worked out."""

    name: str
    words: Words
    unit: Unit
    view: View
    formula: str
    definition: str
    sql: Sql

    def documented(self) -> tuple[str, ...]:
        """Name, names in both languages, unit, view, formula and definition."""
        about = (self.unit.name, self.view.name, self.formula, " ".join(self.definition.split()))
        return (self.name, self.words.en, self.words.de, *about)


@dataclass(frozen=True)
class Figure:
    """A measure with its value: `n` of `of`. None where there is nothing to compute it from, or where it is not
    `known`: the dialler does not show it, or its calls have not been read.
    """

    measure: Measure
    value: float | None
    n: int
    of: int
    known: bool = True


class Measures(Mapping[str, Measure]):
    """The measures by name, in the order of their declaration."""

    def __init__(self) -> None:
        self._measures: dict[str, Measure] = {}

    def __getitem__(self, name: str) -> Measure:
        return self._measures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._measures)

    def __len__(self) -> int:
        return len(self._measures)

    def of(self, view: View) -> list[Measure]:
        return [measure for measure in self.values() if measure.view is view]

    def declare(
        self, view: View, unit: Unit, en: str, de: str, formula: str
    ) -> Callable[[Callable[[], Sql]], Callable[[], Sql]]:
        """A measure whose name is that of the function and whose definition is its docstring."""

        def remember(function: Callable[[], Sql]) -> Callable[[], Sql]:
            name, definition = function.__name__, cleandoc(function.__doc__ or "")
            self._measures[name] = Measure(name, Words(en, de), unit, view, formula, definition, function())
            return function

        return remember
