"""What the process that reads a spreadsheet writes."""

import io

import pytest

from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.exchange import KINDS, LETTERS, Writer, chosen, line_of
from dialler_mcp.lists.reading.limits import Limits


def test_every_kind_has_a_letter_of_its_own():
    assert {letter: kind for kind, letter in LETTERS.items()} == KINDS
    assert set(KINDS.values()) == set(Kind)


def test_a_row_that_is_written_is_read():
    file = io.BytesIO()
    writer = Writer(file, Limits())
    writer.row(4, ["Anna", "7", "a\n\u2028ü"], ".n.")
    writer.row(5, ["Ben"], ".")
    writer.close(chosen([("K", False)], None))
    first, second, _ = file.getvalue().split(b"\n")
    line = line_of(first)
    assert (line.number, line.cells) == (4, ["Anna", "7", "a\n\u2028ü"])
    assert [cell.kind for cell in line.cells if isinstance(cell, TypedCell)] == [Kind.number]
    assert line_of(second).cells == ["Ben"]


def test_no_more_is_written_than_is_allowed():
    writer = Writer(io.BytesIO(), Limits(unpacked_bytes=1000))
    writer.row(1, ["x" * 2000], ".")
    with pytest.raises(Unreadable, match="more than a list"):
        writer.close(chosen([("K", False)], None))


def test_very_many_sheets_are_not_all_named():
    summary = chosen([(f"Blatt {number}", number % 2 == 0) for number in range(1000)], None)
    assert summary.sheet == "Blatt 1"
    assert len(summary.hidden_sheets) == len(summary.other_sheets) == 50


def test_an_error_names_sheets_without_what_may_be_masked():
    with pytest.raises(Unreadable) as error:
        chosen([("Kunden", False), ("Rückruf 0152 28817386", False)], "Blatt")
    assert "Kunden, Rückruf" in str(error.value)
    assert "28817" not in str(error.value)
