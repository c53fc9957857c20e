"""JSON, JSON Lines, and objects of an invocation: records whose fields are named with each value."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from dialler_mcp.lists.reading.cells import Kind, TypedCell, name_text, number_text
from dialler_mcp.lists.reading.document import CutOff, Document, Members, NotJson, TooLong, decoded
from dialler_mcp.lists.reading.encodings import DAMAGED, Encoding, encoding_of, lost
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.lines import Line, Source
from dialler_mcp.words import Words

CUT = Words(
    "The file is cut off in this record: what follows it is missing.",
    "Die Datei bricht in diesem Datensatz ab: Was folgte, fehlt.",
)
WRONG = Words(
    "This record is no valid JSON; in an array, nothing behind it can be read.",
    "Dieser Datensatz ist kein gültiges JSON; in einem Array ist nichts dahinter lesbar.",
)
TOO_LONG = Words("This record is too long to be a person.", "Dieser Datensatz ist zu lang für eine Person.")
BEHIND = Words(
    "Behind the array of records there is something else, which is not read.",
    "Hinter dem Array der Datensätze steht noch etwas, das nicht gelesen wird.",
)
NO_OBJECT = Words(
    "This record has no fields: it is no object.", "Dieser Datensatz hat keine Felder: Er ist kein Objekt."
)
TWICE = Words("This record names a field twice.", "Dieser Datensatz nennt ein Feld zweimal.")
TOO_DEEP = Words("This record is nested too deeply.", "Dieser Datensatz ist zu tief verschachtelt.")
NO_RECORDS = Words(
    "The file holds JSON, but no records: an array of objects is needed, or an object in each line.",
    "Die Datei enthält JSON, aber keine Datensätze: Nötig ist ein Array von Objekten, oder ein Objekt in jeder Zeile.",
)
_DAMAGED = Words(
    "The file begins as JSON and is damaged before its first record: save it again.",
    "Die Datei beginnt als JSON und ist vor dem ersten Datensatz beschädigt: Speichern Sie sie noch einmal.",
)
_TOO_MANY = Words(
    "The records have more than {most} different fields: names seem to hold values. Give records of the same fields.",
    "Die Datensätze haben mehr als {most} verschiedene Felder: In Namen scheinen Werte zu stehen. Geben Sie "
    "Datensätze mit gleichen Feldern an.",
)
_IN_FIELD = Words("The records lie in the field {name}.", "Die Datensätze liegen im Feld {name}.")
_MAX_DEPTH = 8
_MAX_BITS = 4096  # of a number; Python writes none with more than 4,300 digits
_FIRST = 20  # lines that tell JSON Lines from a document

Opener = Callable[[], TextIO]


class NumberedRecord(NamedTuple):
    """A record: `number` as a person counts it, and its value, or a fault."""

    number: int
    value: object
    fault: Words | None = None


class _Unusable(Exception):
    """A record that cannot be used, and why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def read_file(source: Path, encoding: str | None, limits: Limits) -> Source:
    """A JSON file: an array, an array somewhere in an object, or an object in each line.

    Raises:
        Unreadable: it holds no records, or their fields are too many.
    """
    decoding = encoding_of(source, encoding)
    return _source(lambda: decoding.open(source, "\n"), limits, decoding)


def read_text(text: str, limits: Limits) -> Source:
    """JSON that was pasted."""
    return _source(lambda: io.StringIO(text, newline="\n"), limits, None)


def read_objects(rows: Sequence[Mapping[str, object]], limits: Limits) -> Source:
    """Objects that are there already."""
    return _of_records("json", lambda: (NumberedRecord(*one) for one in enumerate(rows, start=1)), limits)


def _source(opener: Opener, limits: Limits, decoding: Encoding | None) -> Source:
    notes = decoding.notes if decoding else ()
    encoding = decoding and decoding.name
    if _in_lines(opener, limits):
        return _of_records("jsonl", partial(_lines, opener, limits), limits, encoding, notes)
    try:
        with opener() as file:
            path = Document(file, limits.cell).find()
    except NotJson:
        raise Unreadable(_DAMAGED) from None
    if path:
        notes = (*notes, _IN_FIELD.filled(name=repr(name_text(".".join(path)))))
    return _of_records("json", partial(_elements, opener, limits, single=path is None), limits, encoding, notes)


def _in_lines(opener: Opener, limits: Limits) -> bool:
    """Whether each line is an object of its own; a document may have objects in some of its lines, too."""
    with opener() as file:
        lines = (line for line in iter(partial(file.readline, limits.cell), "") if not line.isspace())
        first = list(islice(lines, _FIRST))
    if len(first) == 1 and first[0].lstrip()[:1] != "[":
        return _is_object(first[0]) and Document(io.StringIO(first[0]), limits.cell).find() is None
    if not first or first[0].lstrip()[:1] == "[":
        return False
    objects = sum(map(_is_object, first))
    within = any(line.rstrip().endswith((",", "[")) for line in first)  # lines of a document that has several
    return objects * 2 > len(first) or (objects > 0 and not within)


def _is_object(line: str) -> bool:
    try:
        return isinstance(decoded(line), Members)
    except NotJson:
        return False


def _lines(opener: Opener, limits: Limits) -> Iterator[NumberedRecord]:
    with opener() as file:
        for number in count(1):
            line = file.readline(limits.cell)
            if not line:
                return
            if len(line) == limits.cell and not line.endswith("\n"):
                while line and not line.endswith("\n"):
                    line = file.readline(limits.cell)
                yield NumberedRecord(number, None, TOO_LONG)
            elif not line.isspace():
                try:
                    yield NumberedRecord(number, decoded(line))
                except NotJson:
                    yield NumberedRecord(number, None, WRONG if line.endswith("\n") else CUT)


def _elements(opener: Opener, limits: Limits, *, single: bool) -> Iterator[NumberedRecord]:
    """The elements of the array of records; `single`: the document is one record."""
    with opener() as file:
        document = Document(file, limits.cell)
        number = 0
        try:
            if single:
                yield NumberedRecord(1, document.value())
                return
            path = document.find()
            for number, value in enumerate(document.elements(), start=1):
                yield NumberedRecord(number, value)
            if not path and document.next():
                yield NumberedRecord(number + 1, None, BEHIND)
        except CutOff:
            yield NumberedRecord(number + 1, None, CUT)
        except TooLong:
            yield NumberedRecord(number + 1, None, TOO_LONG)
        except NotJson:
            yield NumberedRecord(number + 1, None, WRONG)


def _of_records(
    format_: str,
    objects: Callable[[], Iterable[NumberedRecord]],
    limits: Limits,
    encoding: str | None = None,
    notes: tuple[Words, ...] = (),
) -> Source:
    """The records as lines: once for the names of their fields, then as often as wanted for their values."""
    columns = dict[str, int]()
    for one in objects():
        if not one.fault:
            for name in _fields(one.value)[0]:
                columns.setdefault(name, len(columns))
        if len(columns) > limits.keys:
            raise Unreadable(_TOO_MANY.filled(most=limits.keys))
    if not columns:
        raise Unreadable(NO_RECORDS)
    return Source(format_, lambda: _as_lines(objects(), columns), encoding, columns=tuple(columns), notes=notes)


def _as_lines(objects: Iterable[NumberedRecord], columns: Mapping[str, int]) -> Iterator[Line]:
    for number, value, fault in objects:
        fields, wrong = _fields(value) if not fault else ({}, fault)
        cells = [""] * len(columns)
        for name, cell in fields.items():
            cells[columns[name]] = cell
        if not wrong and lost(cells):
            wrong = DAMAGED
        yield Line(number, cells, wrong)


def _fields(value: object) -> tuple[dict[str, str], Words | None]:
    """The flat fields of a record, and why it cannot be used."""
    fields = dict[str, str]()
    if not isinstance(value, Members | Mapping):
        return fields, NO_OBJECT
    try:
        _flatten(cast(object, value), "", fields, 0)
    except _Unusable as error:
        return fields, error.words
    return fields, None


def _flatten(value: object, path: str, fields: dict[str, str], depth: int) -> None:
    """Add the fields of a value: `address.city` for a member, `phones.1` for the first of an array."""
    if depth > _MAX_DEPTH:
        raise _Unusable(TOO_DEEP)
    match value:
        case Members():
            members: Iterable[tuple[object, object]] = value
        case Mapping():
            members = cast(Mapping[object, object], value).items()
        case list() | tuple():
            members = enumerate(cast(Sequence[object], value), start=1)
        case _:
            if path in fields:
                raise _Unusable(TWICE)
            fields[path] = _cell(value)
            return
    for name, member in members:
        key = name_text(str(name)) or "(no name)"
        _flatten(member, f"{path}.{key}" if path else key, fields, depth + 1)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return TypedCell(str(value).lower(), Kind.boolean)
        case int() if value.bit_length() > _MAX_BITS:
            raise _Unusable(TOO_LONG)
        case int():
            return TypedCell(str(value), Kind.number)
        case float():
            return TypedCell(number_text(value), Kind.number)
        case _:
            return str(value)
