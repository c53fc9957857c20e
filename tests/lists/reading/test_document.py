import io
from typing import Any

import pytest

from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.document import CutOff, Document, Members, NotJson, TooLong, decoded


def document(text: str, most: int = 1_000) -> Document:
    return Document(io.StringIO(text), most)


def test_numbers_keep_their_digits_and_objects_their_twins():
    assert decoded('{"a": 4930231250, "a": "x"}') == Members([("a", TypedCell("4930231250", Kind.number)), ("a", "x")])
    number = decoded("1.50")
    assert isinstance(number, TypedCell)
    assert number.kind is Kind.number


@pytest.mark.parametrize(
    ("text", "path", "first"),
    [
        ('[{"a": 1}]', [], "1"),
        ('{"records": [{"a": 1}]}', ["records"], "1"),
        ('{"n": 3, "d": {"tags": ["x"], "rows": [{"a": 1}]}}', ["d", "rows"], "1"),
    ],
)
def test_the_records_are_found_wherever_they_are(text: str, path: list[str], first: Any):
    one = document(text)
    assert one.find() == path
    assert [element[0][1] for element in one.elements()] == [first]


def test_a_document_without_records_has_none():
    assert document('{"a": [1, 2]}').find() is None


@pytest.mark.parametrize(
    ("text", "error"),
    [('[{"a": 1}, {"a"', CutOff), ('[{"a": 1} {"a": 2}]', NotJson), ('[{"a": "' + "x" * 2_000 + '"}]', TooLong)],
)
def test_damage_is_told_from_a_cut_and_from_a_value_without_end(text: str, error: type[NotJson]):
    one = document(text)
    assert one.find() == []
    with pytest.raises(error):
        list(one.elements())


def test_what_is_no_json_says_so():
    with pytest.raises(NotJson):
        decoded("{nothing}")
    with pytest.raises(NotJson):
        decoded("[" * 100_000)
