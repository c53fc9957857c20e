"""Prepares records for a snapshot: times become local and zone-less, personal values are masked by privacy level."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from dialler_mcp.domain.fields import Kind, Record
from dialler_mcp.domain.privacy import Numbers, Privacy, doubtful, hides, masked, numbers_in, readable
from dialler_mcp.domain.records import Contact, HistoryEntry
from dialler_mcp.domain.times import local
from dialler_mcp.reporting.snapshot.columns import Column
from dialler_mcp.reporting.snapshot.forms import Kept, call_kind, kept


class _Plan(NamedTuple):
    """Which attributes of a kind of struct hold times, which are masked whole, and in which texts something may have to
    be masked.
    """

    times: tuple[str, ...]
    masks: tuple[tuple[str, Kind], ...]
    texts: tuple[tuple[str, Numbers], ...]


def _times(record: type[Record]) -> list[str]:
    return [info.attribute for info in record.fields() if info.type is datetime]


def _held(rows: Sequence[Kept], attribute: str) -> Iterator[tuple[Kept, Any]]:
    """The rows that hold a value in this attribute, with it; quick where few do."""
    values = list(map(attrgetter(attribute), rows))
    return compress(zip(rows, values, strict=True), values)


class Keeping:
    """Writes the structs of `forms` as NDJSON by wire name, without unset values. The structs are changed in place.

    `key` makes pseudonyms, the same for the same value as long as the key is the same.
    """

    def __init__(self, privacy: Privacy, zone: tzinfo, key: bytes) -> None:
        self.privacy, self._zone, self._key = privacy, zone, key
        self._encoder = msgspec.json.Encoder()
        self._contact = self._plan(kept(Contact, privacy), Contact)
        self._call = self._plan(call_kind(privacy), HistoryEntry)
        self._part = self._plan(kept(HistoryEntry, privacy), HistoryEntry)

    def contact_lines(self, contacts: Sequence[Kept]) -> bytes:
        """Contacts. No result is written as 0 and no lock as false, since null means "not shown by this release"."""
        for contact in contacts:
            if contact.dialler_campaigns_result_codes_id is None:
                contact.dialler_campaigns_result_codes_id = 0
            if contact.b_locked is None:
                contact.b_locked = False
        self._fit(contacts, self._contact)
        return self._encoder.encode_lines(contacts)

    def call_lines(self, calls: Sequence[Kept]) -> bytes:
        """Rows of histories, flat or nested."""
        self._fit(calls, self._call)
        self._fit([part for part in map(attrgetter("part"), calls) if part is not None], self._part)
        return self._encoder.encode_lines(calls)

    def lines(self, rows: Iterable[msgspec.Struct]) -> bytes:
        """Rows without personal values and times."""
        return self._encoder.encode_lines(rows)

    def plain(self, record: Record, column: Column) -> object:
        """One value of a record as DuckDB takes it."""
        value = getattr(record, column.field.attribute)
        if isinstance(value, datetime):
            return local(value, self._zone).replace(tzinfo=None)
        return None if value is msgspec.UNSET else value

    def _fit(self, rows: Sequence[Kept], plan: _Plan) -> None:
        """Change the rows attribute by attribute, which takes half as long as row by row."""
        for attribute in plan.times:
            for row, value in _held(rows, attribute):
                if value.tzinfo is not None:
                    setattr(row, attribute, local(value, self._zone).replace(tzinfo=None))
        for attribute, kind in plan.masks:
            for row, value in _held(rows, attribute):
                setattr(row, attribute, masked(value, kind, self._key))
        for attribute, numbers in plan.texts:
            texts = list(map(attrgetter(attribute), rows))
            for place in doubtful(texts, self.privacy):
                if text := texts[place]:
                    setattr(rows[place], attribute, readable(text, self.privacy, self._key, numbers))

    def _plan(self, kind: type[msgspec.Struct], record: type[Record]) -> _Plan:
        there = frozenset(kind.__struct_fields__)
        fields = [info for info in record.fields() if info.attribute in there]
        times = [name for name in (*_times(record), "dt_created") if name in there]
        texts = [(info.attribute, info.about.kind) for info in fields if info.type is str]
        hides_some = self.privacy is not Privacy.full
        return _Plan(
            tuple(times),
            tuple((name, kind) for name, kind in texts if hides(self.privacy, kind)),
            tuple((name, numbers_in(kind)) for name, kind in texts if hides_some and not hides(self.privacy, kind)),
        )
