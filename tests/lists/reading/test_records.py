"""Records of JSON, however they are wrapped."""

import json
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.lists.reading import document, records
from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.encodings import DAMAGED
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.table import Table, Unreadable, read, read_objects
from dialler_mcp.words import Words
from tests.lists.reading.made import a_file, cells_of, faults_of, memory, table_of


def table(folder: Path, content: object, name: str = "list.json") -> Table:
    return table_of(folder, content if isinstance(content, bytes | str) else json.dumps(content), name)


@pytest.mark.parametrize(
    ("content", "format_", "note"),
    [
        ([{"a": "x"}, {"a": "y"}], "json", ""),
        ({"count": 2, "records": [{"a": "x"}, {"a": "y"}]}, "json", "'records'"),
        ({"tags": [1, 2], "data": {"page": {"rows": [{"a": "x"}, {"a": "y"}]}}, "more": 1}, "json", "'data.page.rows'"),
        ('{"a": "x"}\n\n{"a": "y"}', "jsonl", ""),
        ('{"a": "x"}\r\n{"a": "y"}\r\n', "jsonl", ""),
        ('[\n{"a": "x"},\n{"a": "y"}\n]', "json", ""),
        ('{"records": [\n{"a": "x"},\n{"a": "y"}\n]}', "json", "'records'"),
    ],
)
def test_records_are_found(tmp_path: Path, content: object, format_: str, note: str):
    text = table(tmp_path, content)
    assert (text.format, cells_of(text)) == (format_, [["x"], ["y"]])
    assert note in " ".join(one.en for one in text.notes)


@pytest.mark.parametrize("content", [{"a": "x", "b": ["y"]}, '{\n"a": "x",\n"b": ["y"]\n}'])
def test_one_object_is_one_record(tmp_path: Path, content: object):
    assert cells_of(table(tmp_path, content)) == [["x", "y"]]


def test_a_line_is_a_line_and_a_record_a_record(tmp_path: Path):
    assert [row.line for row in table(tmp_path, '{"a": 1}\n\n{"a": 2}\n').rows()] == [1, 3]
    assert [row.line for row in table(tmp_path, '[{"a": 1},\n\n{"a": 2}]').rows()] == [1, 2]


def test_what_is_nested_is_flat():
    text = read_objects(
        [{"address": {"city": "Köln", "geo": {"lat": 50.9}}, "phones": ["1", {"number": "2"}], "x": []}]
    )
    assert dict(zip(text.columns, cells_of(text)[0], strict=True)) == {
        "address.city": "Köln",
        "address.geo.lat": "50.9",
        "phones.1": "1",
        "phones.2.number": "2",
    }


@pytest.mark.parametrize(
    ("notation", "text", "kind"),
    [
        ("493023125042", "493023125042", Kind.number),
        ("12345678901234567890", "12345678901234567890", Kind.number),
        ("9" * 5000, "9" * 5000, Kind.number),
        ("-0", "0", Kind.number),
        ("19.90", "19.9", Kind.number),
        ("4930231250.0", "4930231250", Kind.number),
        ("1e999", "1e999", Kind.number),
        ("true", "true", Kind.boolean),
        ("NaN", "NaN", Kind.error),
    ],
)
def test_values_are_exact_and_say_what_they_were(tmp_path: Path, notation: str, text: str, kind: Kind):
    (row,) = table(tmp_path, f'[{{"a": {notation}}}]').rows()
    cell = row.cells[0]
    assert isinstance(cell, TypedCell)
    assert (cell, cell.kind) == (text, kind)


def test_values_of_objects_are_the_same():
    text = read_objects([{"a": True, "b": 7, "c": 1.5, "d": None, "e": "x"}])
    row = next(text.rows())
    assert list(row.cells) == ["true", "7", "1.5", "", "x"]
    assert [type(cell) for cell in row.cells] == [TypedCell, TypedCell, TypedCell, str, str]


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        ("7", records.NO_OBJECT),
        ("[1]", records.NO_OBJECT),
        ('{"a": 1, "a": 2}', records.TWICE),
        ('{"b": {"c": 1}, "b.c": 2}', records.TWICE),
        ("{" * 0 + '{"a": ' * 12 + "1" + "}" * 12, records.TOO_DEEP),
        ('{"a": ' * 5000 + "1" + "}" * 5000, records.WRONG),
        ('{"a": oops}, {"a": "and much more behind it"}', records.WRONG),
    ],
)
def test_a_record_that_cannot_be_used_says_why(tmp_path: Path, second: str, fault: Words):
    text = table(tmp_path, f'[{{"a": "x"}}, {second}]')
    assert cells_of(text) == [["x", *[""] * (len(text.columns) - 1)]]
    assert faults_of(text) == {2: fault}


@pytest.mark.parametrize("length", range(12, 22))
def test_a_cut_array_says_so_and_keeps_what_is_whole(tmp_path: Path, length: int):
    text = table(tmp_path, '[{"a": "x"}, {"a": "y"}]'[:length])
    assert cells_of(text) == [["x"]]
    assert faults_of(text) == {2: records.CUT}


def test_what_stands_behind_the_array_is_said(tmp_path: Path):
    assert faults_of(table(tmp_path, '[{"a": "x"}] [{"a": "y"}]')) == {2: records.BEHIND}


def test_a_damaged_line_spoils_itself_alone(tmp_path: Path):
    text = table(tmp_path, '{"a": 1}\n{"a": 2\n{"a": 3}\n{"a"')
    assert faults_of(text) == {2: records.WRONG, 4: records.CUT}
    assert cells_of(text) == [["1"], ["3"]]


def test_bytes_that_are_no_letters_are_a_fault(tmp_path: Path):
    text = table(tmp_path, '{"a": "ü"}\n'.encode() + b'{"a": "\xfc"}\n')
    assert faults_of(text) == {2: DAMAGED}


@pytest.mark.parametrize("content", ["[]", "[[1]]", "{}", '[\n  "a"]', '{"a": {}}', "[{}]"])
def test_json_without_records_says_what_is_needed(tmp_path: Path, content: str):
    with pytest.raises(Unreadable, match="no records"):
        read(a_file(tmp_path, content.replace('"a"]', "[]]")), name="list.json")


def test_a_document_that_is_damaged_before_its_records_says_so(tmp_path: Path):
    with pytest.raises(Unreadable, match="damaged before"):
        table(tmp_path, '{"count": 2, "records"; [{"a": 1}]}')


def test_names_that_are_values_are_not_taken_for_columns(tmp_path: Path):
    with pytest.raises(Unreadable, match="names seem to hold values"):
        table(tmp_path, [{f"contact {number}": 1} for number in range(Limits().keys + 1)])


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ('[{"a": "x"}, {"a": "' + "y" * 9000 + '"}]', [["x"]]),
        ('{"a": "x"}\n{"a": "' + "y" * 9000 + '"}\n{"a": "z"}\n', [["x"], ["z"]]),
    ],
)
def test_a_record_without_end_is_told(tmp_path: Path, content: str, good: list[list[str]]):
    text = read(a_file(tmp_path, content), name="list.json", limits=Limits(cell=2000))
    assert faults_of(text) == {2: records.TOO_LONG}
    assert cells_of(text) == good


@pytest.mark.thorough
def test_a_long_array_is_read_record_by_record(tmp_path: Path):
    path = a_file(tmp_path, json.dumps([{"Name": "Meier", "Telefon": "030 23125001"}] * 20_000))
    with memory(less_than=3_000_000):
        assert sum(1 for _ in read(path, name="list.json").rows()) == 20_000


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_blocks_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int):
    monkeypatch.setattr(document, "_BLOCK", size)
    content: Any = {"n": 12345, "records": [{"a": 1234567, "b": 'x"\\'}, {"a": True, "b": None}, {"a": "\\u00fc"}]}
    text = table(tmp_path, content)
    assert cells_of(text) == [["1234567", 'x"\\'], ["true", ""], ["\\u00fc", ""]]
