"""Where the head is, and which lines are no people."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.lists.reading.cells import Kind, TypedCell
from dialler_mcp.lists.reading.layout import HEAD_AGAIN, NO_HEAD, SUM, UNITS, Layout, layout_of
from dialler_mcp.lists.reading.lines import Line, MergedCells
from dialler_mcp.words import Words

PEOPLE = ("1|Meier|Köln|030 23125001", "2|Abel|Ulm|030 23125002")
HEAD = "Nr|Name|Ort|Telefon"


def lines_of(*texts: str) -> list[Line]:
    return [Line(number, text.split("|")) for number, text in enumerate(texts, start=1) if text.strip("|")]


def laid_out(*texts: str, merges: Sequence[MergedCells] = (), ragged: bool = False) -> Layout:
    return layout_of(lines_of(*texts), merges, ragged=ragged)


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ([], 1),
        (["Kunden 2026", ""], 3),
        (["Kunden 2026|||", "Stand:|31.12.2026||"], 3),
        (["|||", "Liste von|Eva||"], 3),
        (["Stand:||heute|"], 2),
    ],
)
def test_a_head_is_found_under_titles(above: list[str], line: int):
    layout = laid_out(*above, HEAD, *PEOPLE)
    assert (layout.head_line, layout.columns) == (line, ("Nr", "Name", "Ort", "Telefon"))
    assert (f"What stands above line {line} is no part of the table." in [note.en for note in layout.notes]) == (
        line > 1
    )


@pytest.mark.parametrize(
    ("group", "head", "columns"),
    [
        ("Person||Kontakt|", HEAD, ("Person Nr", "Person Name", "Kontakt Ort", "Kontakt Telefon")),
        ("Nr|Name|Telefon|", "||privat|mobil", ("Nr", "Name", "Telefon privat", "Telefon mobil")),
        ("Nr|Name|Ort|Telefon", "||Ortsteil|Telefon mobil", None),
        ("|Person||Telefon", "Nr|Name|Ort|Telefon mobil", ("Nr", "Person Name", "Person Ort", "Telefon mobil")),
    ],
)
def test_a_group_head_is_joined(group: str, head: str, columns: tuple[str, ...] | None):
    layout = laid_out(group, head, *PEOPLE)
    assert layout.columns == columns if columns else layout.head_line == 1


def test_a_group_reaches_as_far_as_it_is_merged():
    merges = [MergedCells(1, 0, 0), MergedCells(1, 1, 2)]
    assert laid_out("Nr|Person||", "|Name|Ort|Telefon", *PEOPLE, merges=merges).columns == (
        *("Nr", "Person Name", "Person Ort", "Telefon"),
    )


def test_a_merged_title_is_no_group():
    merges = [MergedCells(1, 0, 3)]
    assert laid_out("Kunden", HEAD, *PEOPLE, merges=merges).columns[0] == "Nr"
    assert laid_out("||Kontakt|", HEAD, *PEOPLE, merges=[MergedCells(1, 2, 3)]).columns[2:] == (
        "Kontakt Ort",
        "Kontakt Telefon",
    )


def test_people_whose_lines_have_gaps_are_no_titles():
    layout = laid_out("Meier||030 23125001|", "Abel|Ulm||", "Busch|Bonn|unbekannt|Eva")
    assert (layout.head_line, layout.first) == (None, 1)


def test_a_person_without_figures_below_a_head_with_gaps_is_no_head():
    assert laid_out("Name||Telefon", "Meier|Hans|unbekannt", "Abel|Eva|").head_line == 1


@pytest.mark.parametrize(
    "first", ["1|Meier|Köln|030 23125001", "Meier|meier@example.org|Ulm|", "Meier|Köln|1.234,50 €|x"]
)
def test_a_list_without_a_head_has_numbered_columns(first: str):
    layout = laid_out(first, *PEOPLE)
    assert (layout.head_line, layout.first, layout.columns[:2]) == (None, 1, ("column 1", "column 2"))
    assert layout.notes == (NO_HEAD,)


def test_a_title_above_people_without_a_head_is_no_person():
    layout = laid_out("Kunden 2026", "", *PEOPLE)
    assert (layout.head_line, layout.first) == (None, 3)


def test_typed_values_are_no_names():
    lines = [Line(1, ["Meier", TypedCell("true", Kind.boolean)]), Line(2, ["Abel", TypedCell("false", Kind.boolean)])]
    assert layout_of(lines).head_line is None


def test_columns_without_a_name_have_a_number():
    assert laid_out("Nr||Ort|Telefon", *PEOPLE).columns == ("Nr", "column 2", "Ort", "Telefon")
    assert laid_out("Nr|Name|Ort", *PEOPLE, ragged=True).columns == ("Nr", "Name", "Ort", "column 4")
    assert len(laid_out(HEAD, *PEOPLE, "3|x|y|z|too|many", ragged=True).columns) == 4
    assert len(laid_out(*PEOPLE, "3|x|y|z|too|many", ragged=True).columns) == 4


def test_names_are_distinct():
    layout = laid_out("Telefon|Telefon 2|Telefon|telefon", *PEOPLE)
    assert layout.columns == ("Telefon", "Telefon 2", "Telefon 3", "telefon")
    assert "'Telefon'" in layout.notes[0].en


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Summe:|||5.700,50 €", SUM),
        ("|Gesamt||12", SUM),
        ("Zwischensumme|||1 234", SUM),
        ("TOTAL|||", SUM),
        ("Total|Meier|Köln|030 23125001", None),
        ("Gesamt|||030 23125001", None),
        ("Summer|||12", None),
        (HEAD, HEAD_AGAIN),
        ("3|(Jahr)||", None),
        ("|||(Jahr)", UNITS),
        ("||km|€", UNITS),
    ],
)
def test_lines_that_are_no_people(text: str, fault: Words | None):
    layout = laid_out(HEAD, *PEOPLE)
    assert layout.fault(Line(2, text.split("|"))) == fault


def test_units_stand_right_below_the_head():
    assert laid_out(HEAD, *PEOPLE).fault(Line(20, ["", "", "", "(Jahr)"])) is None


def test_a_formula_is_a_sum_whatever_it_holds():
    line = Line(9, ["Summe", "", "", TypedCell("#NAME?", Kind.formula)])
    assert laid_out(HEAD, *PEOPLE).fault(line) == SUM


def test_lines_that_cannot_be_used_lay_nothing_out():
    assert layout_of([Line(1, [], HEAD_AGAIN)]).columns == ("column 1",)
    assert layout_of([Line(1, ["x", "y", "z"], HEAD_AGAIN), *lines_of("Name|Ort", "Meier|1")]).columns == (
        "Name",
        "Ort",
    )


def test_a_line_of_blanks_above_the_head_is_no_group_head():
    lines = [Line(1, ["", " "]), Line(2, ["Name", "Ort"]), Line(3, ["Meier", "Köln"])]
    assert layout_of(lines).columns == ("Name", "Ort")


def test_as_many_columns_of_one_name_as_a_sheet_can_have_are_no_work():
    """Else a short text keeps a server busy for a minute, and this test."""
    count = 16_384
    layout = laid_out("|".join(["Telefon"] * count), "|".join(["Name"] + ["030 23125001"] * (count - 1)))
    assert layout.columns[-1] == f"Telefon {count}"


FIRST_CELLS = st.sampled_from(["1", "1", "1", "Summe", " Gesamt: ", "Nr", "", " ", "a\nTotal", "(kWh)"])


@given(st.lists(FIRST_CELLS, min_size=1, max_size=6), st.integers(2, 9))
def test_what_surely_are_people_have_no_fault_when_looked_at_one_by_one(firsts: list[str], number: int):
    layout = laid_out(HEAD, *PEOPLE)
    rest = {"Nr": ["Name", "Ort", "Telefon"], "(kWh)": ["€", "€", "€"]}
    lines = [Line(place, [first, *rest.get(first, ["7", "", "9"])]) for place, first in enumerate(firsts, number)]
    if layout.are_people(lines):
        assert not any(map(layout.fault, lines))


def test_the_people_of_a_usual_list_need_no_closer_look():
    layout = laid_out(HEAD, *PEOPLE)
    lines = [Line(number, ["7", "Meier", "Köln", "030 23125001"]) for number in range(9, 20)]
    assert layout.are_people(lines)
    for cells in (["Summe", "7", "", ""], HEAD.split("|"), [" ", "7", "", ""]):
        assert not layout.are_people([*lines, Line(20, cells)])
