"""What cells become: plain text, and what they were."""

import datetime as dt
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.lists.reading.cells import (
    MAX_NAME,
    Kind,
    TypedCell,
    date_text,
    duration_text,
    is_tidy,
    moment_text,
    name_text,
    number_text,
    tidied,
    written_number,
)


@pytest.mark.parametrize(
    ("cell", "tidy"),
    [
        ("Mu\u0308ller", "Müller"),
        ("030\u00a023125\u202f001", "030 23125 001"),
        ("\u202a+49 30\u202c\u200b\ufeff\u00ad", "+49 30"),
        ("a\0b\x0b\u2028c", "ab  c"),
        ("Zeile 1\r\nZeile 2\t", "Zeile 1\r\nZeile 2\t"),
        (" Lang ", " Lang "),
        ("\ud83d", ""),
    ],
)
def test_a_cell_is_composed_and_holds_nothing_that_nobody_sees(cell: str, tidy: str):
    assert tidied([cell]) == [tidy]


def test_a_typed_cell_stays_typed():
    (cell,) = tidied([TypedCell("a\u0308", Kind.formula)])
    assert isinstance(cell, TypedCell)
    assert (cell, cell.kind) == ("ä", Kind.formula)


def test_a_typed_cell_can_be_handed_to_another_process():
    cell = pickle.loads(pickle.dumps(TypedCell("1", Kind.number)))
    assert (cell, cell.kind) == ("1", Kind.number)


@given(cells=st.lists(st.text(max_size=4), max_size=4))
def test_what_is_called_tidy_does_not_change(cells: list[str]):
    if is_tidy("".join(cells)):
        assert tidied(cells) == cells
    assert is_tidy("".join(tidied(cells)).translate({9: " ", 10: " ", 13: " "})) or len(cells) > 1


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (4930231250.0, "4930231250"),
        (-0.0, "0"),
        (1234.5, "1234.5"),
        (float(1 << 53), "9007199254740992.0"),
        (1e20, "1.0e+20"),
        (3.70400440532013e19, "3.70400440532013e+19"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "1.0e-07"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_exact_and_plain(number: float, text: str):
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("1067", "1067"),
        ("-007", "-7"),
        ("4.930231250E+9", "4930231250"),
        ("1.50", "1.5"),
        ("1e999", "1e999"),
        ("x", "x"),
    ],
)
def test_a_written_number_loses_nothing(notation: str, text: str):
    assert written_number(notation) == text


@pytest.mark.parametrize(
    ("serial", "clock", "since_1904", "text"),
    [
        (46387, False, False, "2026-12-31"),
        (46387.604166666664, False, False, "2026-12-31T14:30:00"),
        (59, False, False, "1900-02-28"),
        (61, False, False, "1900-03-01"),
        (44925, False, True, "2026-12-31"),
        (0.5, False, False, "12:00:00"),
        (0.604166666666667, True, False, "14:30:00"),
        (1.5, True, False, "36:00:00"),
        (0, False, True, "1904-01-01"),
    ],
)
def test_days_are_dates_and_times(serial: float, clock: bool, since_1904: bool, text: str):
    assert moment_text(serial, clock=clock, since_1904=since_1904) == text


@pytest.mark.parametrize("serial", [-1, 2_958_466, float("nan"), float("inf")])
def test_what_is_no_day_is_no_date(serial: float):
    assert moment_text(serial, clock=False) is None


def test_the_last_second_of_the_last_day_is_no_crash():
    assert moment_text(2_958_465.9999999, clock=False, since_1904=True) is None
    assert moment_text(2_958_465.9999999, clock=False) == "9999-12-31T23:59:59"


def test_dates_of_python():
    assert date_text(dt.date(2026, 12, 31)) == "2026-12-31"
    assert date_text(dt.datetime(2026, 12, 31)) == "2026-12-31"
    assert date_text(dt.datetime(2026, 12, 31, 14, 30, tzinfo=dt.UTC)) == "2026-12-31T14:30:00"
    assert duration_text(95400).kind == Kind.time


def test_a_name_is_one_short_line():
    assert name_text("  Telefon\r\n\u200bprivat ") == "Telefon privat"
    assert len(name_text("x" * 999)) == MAX_NAME
