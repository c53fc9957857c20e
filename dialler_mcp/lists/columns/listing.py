"""A list, as far as its columns and its check need it: whatever has columns and rows."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from dialler_mcp.lists.reading.table import Row


class Listing(Protocol):
    """`rows` are gone through more than once: first a few of them to see what the columns are."""

    @property
    def columns(self) -> Sequence[str]: ...

    def rows(self) -> Iterator[Row]: ...
