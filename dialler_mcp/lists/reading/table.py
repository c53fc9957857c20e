"""The rows of a list as they were read."""

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A row: its line as a person counts it, its cells, and why it cannot be used at all."""

    line: int
    cells: Sequence[str]
    fault: str | None
