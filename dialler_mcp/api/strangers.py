"""Records of others that came along with an answer: they are left out, and counted for whoever asked."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TypeVar

from dialler_mcp.api.errors import OtherRecord
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.words import Words

T = TypeVar("T")
R = TypeVar("R", bound=Record)

_CONTRADICTS = Words(
    "The dialler answered twice with the same record, and each time differently. Neither was used.",
    "Der Dialler hat zweimal denselben Datensatz geschickt, jedes Mal anders. Keiner davon wurde verwendet.",
)


class Strangers:
    """How many records were left out since somebody began to watch."""

    def __init__(self) -> None:
        self.count = 0


_current: ContextVar[Strangers | None] = ContextVar("strangers", default=None)


def watch_for_strangers() -> Strangers:
    """Count the records that are left out from now on, in this context and those that it starts."""
    strangers = Strangers()
    _current.set(strangers)
    return strangers


def note_strangers(count: int) -> None:
    """So many records were left out."""
    if strangers := _current.get():
        strangers.count += count


def holds_name(name: str | None, part: str) -> bool:
    """Whether a name may contain a part, as a dialler compares. A part with its wildcards may mean any name; of a name
    that is masked nobody can tell.
    """
    unclear = "…" in (name or "") or any(map(part.__contains__, "%_"))
    return unclear or folded_key(part) in folded_key(name or "")


def without_strangers(function: str, records: Sequence[T], fits: Callable[[T], bool]) -> list[T]:
    """The records that fit what was asked for.

    Raises:
        OtherRecord: there are records, and none of them fits.
    """
    fitting = [record for record in records if fits(record)]
    if records and not fitting:
        raise OtherRecord(function, status=200)
    note_strangers(len(records) - len(fitting))
    return fitting


def once_each(function: str, records: Sequence[R]) -> list[R]:
    """The records, each ID once.

    Raises:
        OtherRecord: two of them have the same ID and differ.
    """
    by_id = dict[object, R]()
    for record in records:
        if by_id.setdefault(getattr(record, "id", None), record) != record:
            raise OtherRecord(function, status=200, summary=_CONTRADICTS)
    return list(by_id.values())
