"""Lists cut into records while they arrive, against `json`."""

import json
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.api import streaming
from dialler_mcp.api.decoding import Form, form_of, read_record
from dialler_mcp.api.errors import NoRecords, NotJson, UnreadableAnswer
from dialler_mcp.api.streaming import Splitter, read_list
from dialler_mcp.domain.records import Contact
from tests.api.wire import list_of
from tests.examples import examples

TRAPS = st.sampled_from(
    ["},{", "},", "]", "]}", '"', "\\", '\\"', "[", "{", ',"records":[', "}]}", "ü", "🦊", "\n", " "]
)
TEXTS = st.lists(TRAPS | st.text(max_size=4), max_size=8).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "ID": st.integers(0, 2**40),
        "Name": st.none() | TEXTS,
        "Comment": TEXTS,
        "Amount": st.integers(0, 99) | st.just("viel"),  # an odd value sends its block the slow way
        "PostalCode": st.just("10115") | st.just(10115),
        "New": VALUES,
        "records": st.lists(st.integers(0, 9), max_size=2),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    envelope = list_of(*draw(st.lists(ROWS, max_size=12)))
    envelope["filter"] = draw(TEXTS)
    names = draw(st.permutations(list(envelope)))
    indent = draw(st.sampled_from([None, 0, 2, "\t"]))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " :  ")]))
    mixed_envelope = {name: envelope[name] for name in names}
    return json.dumps(mixed_envelope, indent=indent, separators=separators, ensure_ascii=draw(st.booleans())).encode()


def in_chunks(document: bytes, size: int) -> list[bytes]:
    return [document[start : start + size] for start in range(0, len(document), size)]


def before_records(document: bytes) -> int:
    """A block must at least hold what comes before the array."""
    return max(document.find(b'"records"'), 0) + len(b'"records" :  [')


def split(document: bytes, size: int = 1 << 16, block: int = 1 << 10, largest: int = 1 << 24) -> list[Contact]:
    splitter = Splitter(form_of(Contact), "Retrieve Dialler Contacts", before_records(document) + block, largest)
    contacts: list[Contact] = []
    for chunk in in_chunks(document, size):
        for records in splitter.feed(chunk):
            contacts += records
    return contacts + splitter.finish()


def fields_of(contacts: list[Contact]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(contact, info.attribute) for info in Contact.fields()) for contact in contacts]


def by_json(document: bytes) -> list[tuple[Any, ...]]:
    return fields_of([read_record(row, Contact) for row in json.loads(document)["records"]])


@given(documents(), st.integers(1, 64) | st.integers(1, 1 << 16), st.sampled_from([1, 2, 16, 64, 1024, 1 << 16]))
@examples(50)
@pytest.mark.thorough
def test_the_pieces_together_are_what_json_reads(document: bytes, size: int, block: int) -> None:
    assert fields_of(split(document, size, block)) == by_json(document)


@given(documents(), st.data())
@examples(40)
def test_a_list_that_is_cut_anywhere_is_never_a_short_list(document: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(document) - 1))
    size, block = data.draw(st.integers(1, 200)), data.draw(st.sampled_from([1, 16, 128, 4096]))
    with pytest.raises(UnreadableAnswer):
        split(document[:end], size, block)


NESTED: dict[str, Any] = {"ID": 2, "New": {"a": [{}, {}]}}
SMALL = json.dumps(list_of({"ID": 1, "Name": "},{"}, NESTED, {"ID": 3, "Tag": "]}"})).encode()


@pytest.mark.parametrize("block", [60, 90, 1 << 20])
def test_a_cut_at_any_byte_is_an_error(block: int) -> None:
    assert len(split(SMALL, 7, block)) == 3
    for end in range(len(SMALL)):
        with pytest.raises(NotJson):
            split(SMALL[:end], 7, block)


@pytest.mark.parametrize("block", [1, 1 << 20])
@pytest.mark.parametrize(
    "document",
    [
        b'{"records":[{"ID":1},],"status":200}',
        b'{"records":[{"ID":1},{"ID":2},],"status":200}',
        b'{"records":[{"ID":1} {"ID":2}],"status":200}',
        b'{"records":[{"ID":1},{"ID":2}],"status":200',
        b'{"records":[{"ID":1},{"ID":2}],"status":}',
        b'{"records":[{"ID":1},{"ID":2}]} and more',
        b'[{"records":[{"ID":1},{"ID":2}]}]',
        b'{"records":[{"ID":1},{"ID":2}]' + b"]" * 100,
        b'{"records":[{"ID":1},{"ID":}]}',
        b'{"records":[{"ID":1,"Name":"\xff"},{"ID":2}]}',
        b'{"records":[{"ID":"x","Name":"\xff"},{"ID":2}]}',
        b"",
        b"<html>",
        b"\xff",
    ],
)
def test_damaged_json_is_an_error(document: bytes, block: int) -> None:
    with pytest.raises(NotJson):
        split(document, 5, block)


@pytest.mark.parametrize("block", [1, 1 << 20])
@pytest.mark.parametrize(
    "document",
    [
        b'{"records":[1,2]}',
        b'{"records":[{"ID":1},null,{"ID":2}]}',
        b'{"records":[{"ID":1},"x",{"ID":2}]}',
    ],
)
def test_elements_that_are_no_objects_are_an_error(document: bytes, block: int) -> None:
    with pytest.raises(NoRecords):
        split(document, 5, block)


@pytest.mark.parametrize("document", [b"{}", b"[]", b'{"records":null}', b'{"records":{"ID":1}}', b'"records":['])
def test_json_without_a_list_of_records_is_an_error(document: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        split(document)


def test_something_long_that_never_gets_to_its_records_is_given_up() -> None:
    splitter = Splitter(form_of(Contact), "F", block=64)
    assert list(splitter.feed(b'{"text":"' + b"x" * 50)) == []
    with pytest.raises(NoRecords):
        list(splitter.feed(b"x" * 50))


@pytest.mark.parametrize("document", [b'{"records":[]}', b'{"records" : [ \n ] , "count":0}'])
def test_an_empty_list_is_no_error(document: bytes) -> None:
    assert split(document, 3, 4) == []


def test_a_record_beyond_the_cap_is_given_up_instead_of_growing_for_ever() -> None:
    splitter = Splitter(form_of(Contact), "F", block=64, largest=1024)
    assert list(splitter.feed(b'{"records":[{"Comment":"')) == []
    assert list(splitter.feed(b"x" * 1000)) == []
    with pytest.raises(NoRecords, match="too large"):
        list(splitter.feed(b"x" * 100))


def test_a_record_just_below_the_cap_is_read() -> None:
    document = json.dumps(list_of({"ID": 1, "Comment": "x" * 700}, {"ID": 2})).encode()
    assert [contact.id for contact in split(document, 100, 64, 1024)] == [1, 2]


@pytest.mark.parametrize("most", [1, 2, 64])
def test_a_text_full_of_false_ends_is_read_whole_however_few_cuts_are_tried(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "MAX_CUTS", most)
    rows = [{"ID": number, "Comment": "},{" * 200} for number in range(20)]
    document = json.dumps(list_of(*rows)).encode()
    assert fields_of(split(document, 333, 256)) == by_json(document)


@pytest.mark.thorough
def test_a_megabyte_of_false_ends_costs_a_bounded_number_of_tries() -> None:
    tries = 0

    def counted(row: object, function: str) -> Contact:
        nonlocal tries
        tries += 1
        return read_record(row, Contact, function)

    splitter = Splitter(Form(Contact, counted), "F", 1024)
    document = json.dumps(list_of({"ID": 1, "Amount": "odd", "Comment": "}," * 50_000}, {"ID": 2})).encode()
    contacts = [
        contact for chunk in in_chunks(document, 4096) for records in splitter.feed(chunk) for contact in records
    ]
    assert [contact.id for contact in contacts + splitter.finish()] == [1, 2]
    assert tries == 2


def test_a_kind_is_put_in_the_order_of_the_first_record_once() -> None:
    orders: list[Sequence[str]] = []

    def in_order(names: Sequence[str]) -> type[Contact]:
        orders.append(names)
        return Contact

    document = json.dumps(list_of(*({"Name": f"{number}", "New": {"a": 1}, "ID": number} for number in range(9))))
    splitter = Splitter(Form(Contact, form_of(Contact).read, in_order), "F", 128)
    contacts = [contact for records in splitter.feed(document.encode()) for contact in records] + splitter.finish()
    assert [contact.id for contact in contacts] == [*range(9)]
    assert orders == [["Name", "New", "ID"]]


def test_a_name_that_is_cut_in_half_costs_the_order_only() -> None:
    document = b'{"records":[{"\\ud83d":1,"ID":1},{"ID":2},{"ID":3}],"count":3}'
    splitter = Splitter(Form(Contact, form_of(Contact).read, lambda _: Contact), "F", 40)
    contacts = [contact for records in splitter.feed(document) for contact in records] + splitter.finish()
    assert [contact.id for contact in contacts] == [1, 2, 3]


def test_records_come_before_the_list_is_complete() -> None:
    splitter = Splitter(form_of(Contact), "F", block=64)
    early = list(splitter.feed(b'{"records":[{"ID":1},{"ID":2},{"ID":3},{"ID":4},{"ID":5},{"ID":6},{"ID":7},{"ID":8}'))
    assert [contact.id for records in early for contact in records] == [1, 2, 3, 4, 5, 6, 7]


async def many_contacts(count: int) -> AsyncIterator[bytes]:
    """A list of nearly a kilobyte for each contact, never held as a whole."""
    yield b'{"filter":"","records":['
    filler = "Bitte nachmittags anrufen. " * 350
    for start in range(0, count, 10):
        rows = ",".join(f'{{"ID":{start + number},"Name":"Muster {number}"}}' for number in range(9))
        comma = "," if start else ""
        yield f'{comma}{rows},{{"ID":{start + 9},"Name":"Muster","New":"{filler}"}}'.encode()
    yield b'],"count":%d,"status":200}' % count


@pytest.mark.parametrize("count", [30_000, pytest.param(110_000, marks=pytest.mark.thorough)])
async def test_a_list_of_any_length_is_read_in_bounded_memory(count: int) -> None:
    total = size = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal size
        async for chunk in many_contacts(count):
            size += len(chunk)
            yield chunk

    tracemalloc.start()
    async for contacts in read_list(counted(), form_of(Contact), "F", lambda _, rows: None):
        total += len(contacts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == count
    assert size > 950 * count
    assert peak < 20_000_000


def test_the_half_of_a_cut_emoji_does_not_make_a_list_unreadable():
    body = rb'{"records":[{"ID":1,"Name":"a\ud83d"},{"ID":2,"Name":"\ud83d\ude00"},{"ID":3}],"count":3}'
    splitter = Splitter(form_of(Contact), "f", block=16)
    contacts = [contact for records in splitter.feed(body) for contact in records] + splitter.finish()
    assert [(contact.id, contact.name) for contact in contacts] == [(1, "a\ufffd"), (2, "\U0001f600"), (3, None)]
