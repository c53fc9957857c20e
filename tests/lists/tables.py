"""Lists for tests: of rows that stand in the test, and of the samples."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.table import Row, Table, read

SAMPLES = Path(__file__).parent / "samples"
FACTS: dict[str, Any] = json.loads((SAMPLES / "facts.json").read_text("utf-8"))["files"]


@dataclass(frozen=True)
class ListTable:
    """A list whose rows are there already."""

    columns: Sequence[str]
    listed: Sequence[Row]

    def rows(self) -> Iterator[Row]:
        return iter(self.listed)


def listed(columns: str, *rows: Sequence[str]) -> ListTable:
    """A list of these columns, divided by `;`; a row is its cells, or a text with `;` between them."""
    split = [row.split(";") if isinstance(row, str) else row for row in rows]
    return ListTable(columns.split(";"), [Row(line, cells, None) for line, cells in enumerate(split, 2)])


def figure(text: str) -> TypedCell:
    return TypedCell(text, Kind.number)


def sample(name: str, folder: Path) -> Table:
    """A sample as it is read; the folder takes the copy that reading needs."""
    return read(Path(shutil.copy(SAMPLES / name, folder / "copy")), name=name)
