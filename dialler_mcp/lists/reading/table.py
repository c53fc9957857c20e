"""A list as it was read: its columns, and its rows one after the other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """A row: its line as a person counts it, its cells, and why it cannot be used at all."""

    line: int
    cells: Sequence[str]
    fault: str | None = None


class Table(Protocol):
    """`rows` may be gone through more than once."""

    @property
    def columns(self) -> Sequence[str]: ...

    def rows(self) -> Iterator[Row]: ...
