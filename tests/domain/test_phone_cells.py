"""The numbers in a cell of a list. All numbers are of the ranges kept free for films."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.phone_cells import ASKED, CellNumber, found_in
from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.domain.phones import stored

SAMPLES = Path(__file__).parent.parent / "lists" / "samples"
FACTS: dict[str, Any] = json.loads((SAMPLES / "facts.json").read_text("utf-8"))["files"]


def _rows(name: str) -> list[list[str]]:
    fact = FACTS[name]
    text = (SAMPLES / name).read_bytes().decode(fact["encoding"])
    return list(csv.reader(text.splitlines(keepends=True), delimiter=fact["delimiter"]))[1:]


def test_numbers_as_people_write_them() -> None:
    for place, (_, _, *cells) in enumerate(_rows("13-numbers-as-written.csv"), 1):
        numbers = [one for cell in cells for one in found_in(cell)]
        assert [one.number for one in numbers] == FACTS["13-numbers-as-written.csv"]["numbers"][str(place)]
        assert all(one.flaw is None for one in numbers)


def test_wrong_numbers_are_rejected_or_asked_about() -> None:
    facts = FACTS["17-wrong-numbers.csv"]
    for place, (_, _, cell) in enumerate(_rows("17-wrong-numbers.csv"), 1):
        readings = found_in(cell)
        assert all(one.flaw for one in readings)
        assert any(one.asked for one in readings) == (str(place) in facts["ask"])
        if numbers := facts["numbers"].get(str(place)):
            assert [one.number for one in readings] == numbers


def test_a_national_number_is_of_the_region_of_its_row() -> None:
    facts = FACTS["18-countries.tsv"]
    for place, (_, _, region, cell) in enumerate(_rows("18-countries.tsv"), 1):
        if region:
            assert found_in(cell, region) == (CellNumber(facts["numbers"][str(place)][0]),)


@pytest.mark.parametrize(
    ("cell", "numbers", "words"),
    [
        ("privat 030 23125001", ["493023125001"], ["privat"]),
        ("Tel.:030 23125001", ["493023125001"], ["Tel.:"]),
        ("030 23125001 (Büro, vormittags)", ["493023125001"], ["Büro, vormittags"]),
        ("Mutter: 030 23125001 / Vater 0171 3920000", ["493023125001", "491713920000"], ["Mutter:", "Vater"]),
        ("privat // 030 23125001", ["493023125001"], ["privat"]),
        ("030/23125001", ["493023125001"], []),
        ("030 23125001 HANDY", ["493023125001"], ["HANDY"]),
        ("", [], []),
    ],
)
def test_words_around_a_number_are_remembered_and_never_dialled(
    cell: str, numbers: list[str], words: list[str]
) -> None:
    readings = found_in(cell)
    assert [one.number for one in readings] == numbers
    assert [word for one in readings for word in one.words] == words
    assert not any(one.flaw for one in readings)


@pytest.mark.parametrize(
    "cell",
    ["030 2312515O", "030 23125 MUSTER", "030 23125-XXX", "030 23125 xxx", "0301A23125001", "030 privat 23125001"],
)
def test_letters_that_stand_for_digits_are_refused(cell: str) -> None:
    (number,) = found_in(cell)
    assert (number.number, number.flaw, number.asked) == (None, Flaw.letters, False)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("493023125020", "493023125020"),
        ("2214710021", "492214710021"),
        ("15228817386", "4915228817386"),
        ("1729968532", "491729968532"),
        ("4066969023", "494066969023"),
        ("8999998022", "498999998022"),
    ],
)
def test_a_spreadsheets_figure_gets_its_zero_back_and_that_is_said(cell: str, number: str) -> None:
    assert found_in(cell, figure=True) == (CellNumber(number, restored=not cell.startswith("49")),)


@pytest.mark.parametrize(
    ("cell", "flaw", "asked"),
    [
        ("431234567", Flaw.ambiguous, True),
        ("4930231250.0", Flaw.figure, True),
        ("1E3", Flaw.figure, False),
        ("4,9E+12", Flaw.figure, False),
        ("1234.5", Flaw.figure, False),
        ("12345678901234567", Flaw.long, False),
        ("true", Flaw.figure, False),
    ],
)
def test_a_figure_that_could_be_several_numbers_is_not_guessed(cell: str, flaw: Flaw, asked: bool) -> None:
    (number,) = found_in(cell, figure=True)
    assert (number.flaw, number.asked) == (flaw, asked)


def test_an_amount_without_its_zero_is_asked_about_with_it() -> None:
    for figure in (False, True):
        assert found_in("3023125012.0", figure=figure) == (CellNumber("493023125012", Flaw.figure),)


@pytest.mark.parametrize(
    ("cell", "flaw"),
    [("030 23125012 (12)", Flaw.extension), ("0171 3920012 (2)", Flaw.extension), ("0491713920012", Flaw.twice)],
)
def test_digits_in_brackets_behind_a_number_and_a_country_that_stands_twice_are_asked_about(
    cell: str, flaw: Flaw
) -> None:
    (found,) = found_in(cell)
    assert (found.flaw, found.asked) == (flaw, True)
    assert found.number in ("493023125012", "491713920012")


def test_a_number_of_two_countries_is_asked_about() -> None:
    (number,) = found_in("15125550123")  # +1 512 555 0123, or 0151 25550123
    assert (number.flaw, number.asked) == (Flaw.ambiguous, True)


def test_a_landline_that_no_plan_knows_is_taken_and_that_is_said() -> None:
    assert found_in("0999 9999999") == (CellNumber("499999999999", unlisted=True),)
    assert found_in("999 9999999")[0].flaw is Flaw.country  # two doubts are one too many


def test_two_endings_after_one_number_are_asked_about() -> None:
    assert found_in("030 231250/251") == (CellNumber(None, Flaw.several),)
    assert Flaw.several in ASKED


def test_a_region_without_a_leading_zero_needs_none() -> None:
    assert found_in("(212) 555-0152", "US") == (CellNumber("12125550152"),)
    assert found_in("2125550152", "US", figure=True) == (CellNumber("12125550152"),)
    assert found_in("02 12345678", "IT") == (CellNumber("390212345678"),)


@given(st.text(alphabet="0123456789+ ()-/.,;|x\n\u00a0", max_size=28) | st.text(max_size=24))
def test_what_a_single_import_takes_a_list_takes_and_reads_alike(text: str) -> None:
    numbers = found_in(text)
    try:
        number = stored(text)
    except ValueError:
        assert not any(found_in(one.number or "")[0].flaw for one in numbers if not one.flaw)
        return
    assert [(one.number, one.flaw) for one in numbers] == [(number, None)]
