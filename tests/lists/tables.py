"""Lists for tests: of rows that stand in the test, and of the samples."""

import csv
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialler_mcp.lists.reading.cells import Kind, Typed
from dialler_mcp.lists.reading.table import Row

SAMPLES = Path(__file__).parent / "samples"
FACTS: dict[str, Any] = json.loads((SAMPLES / "facts.json").read_text("utf-8"))["files"]


@dataclass(frozen=True)
class Listed:
    """A table whose rows are there already."""

    columns: Sequence[str]
    listed: Sequence[Row]

    def rows(self) -> Iterator[Row]:
        return iter(self.listed)


def listed(columns: str, *rows: Sequence[str]) -> Listed:
    """A table of these columns, divided by `;`; a row is its cells, or a text with `;` between them."""
    split = [row.split(";") if isinstance(row, str) else row for row in rows]
    return Listed(columns.split(";"), [Row(line, cells, None) for line, cells in enumerate(split, 2)])


def figure(text: str) -> Typed:
    return Typed(text, Kind.number)


def sample(name: str) -> Listed:
    """A sample of delimited text."""
    fact = FACTS[name]
    text = (SAMPLES / name).read_bytes().decode(fact["encoding"])
    text = unicodedata.normalize("NFC", text)  # as reading does
    lines = list(csv.reader(text.splitlines(keepends=True), delimiter=fact["delimiter"]))
    head_line, width = int(fact["head_line"]), int(fact["columns"])
    columns = lines[head_line - 1][:width]
    rows = [(line, cells) for line, cells in enumerate(lines[head_line:], head_line + 1) if any(map(str.strip, cells))]
    return Listed(columns, [Row(line, [*cells, *[""] * width][:width], None) for line, cells in rows])
