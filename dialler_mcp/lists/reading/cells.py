"""Cells: the text that each of them is, and what it was in its file."""

from enum import StrEnum


class Kind(StrEnum):
    """What a cell was, where it was not plain text."""

    number = "number"
    date = "date"  # with or without a time
    time = "time"  # a time of day, or a duration
    boolean = "boolean"
    formula = "formula"
    error = "error"


class Typed(str):
    """A cell that a spreadsheet or JSON held as something else than text; `kind` says as what."""

    __slots__ = ("kind",)
    kind: Kind

    def __new__(cls, text: str, kind: Kind) -> "Typed":
        cell = super().__new__(cls, text)
        cell.kind = kind
        return cell

    def __getnewargs__(self) -> tuple[str, Kind]:  # pyright: ignore[reportIncompatibleMethodOverride] - for pickle
        return str(self), self.kind
