"""Cells between separators, and what `csv` passes over in silence."""

from pathlib import Path

import pytest

from dialler_mcp.lists.reading.delimited import NOT_CLOSED, TOO_LONG, read_text
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.table import read
from tests.lists.reading.made import a_file, cells_of, faults_of, memory, shown, table_of


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name;Betrag\nMeier;1,50\nAbel;2,50\n", ";"),
        ("Name,Ort\nMeier,Köln; Bonn\nAbel,Ulm\n", ","),
        ("Name\tOrt\nMeier, Hans\tKöln\nAbel, Eva\tUlm\n", "\t"),
        ("Name|Ort\n1|a\n", "|"),
        ("Liste der Kunden, Stand heute\n\nName;Ort;Nr\nMeier;Köln;1\nAbel;Ulm;2\n", ";"),
        ('"Name";"Notiz"\n"Meier";"a, b, c"\n"Abel";"d, e, f"\n', ";"),
        ("Telefon\n030 23125001\n030 23125002\n", None),
        ("Name;Ort\nMeier;Köln;;\nAbel\n", ";"),
        ("Liste\nStand heute\nvon Eva\nName;Ort\nMeier;Köln\n", ";"),
        ("Telefon\n030 23125001; 030 23125002\n", None),
        ("sep=|\nName;a|Ort\n1|2\n", "|"),
    ],
)
def test_the_separator_is_found(text: str, delimiter: str | None):
    assert read_text(text, Limits()).delimiter == delimiter


def test_a_list_of_one_column_has_whatever_text_in_it(tmp_path: Path):
    table = table_of(tmp_path, "Telefon\n030 23125001\n030 23125002; 030 23125003\n030 23125004\n030 23125005\n")
    assert cells_of(table)[1] == ["030 23125002; 030 23125003"]


def test_the_line_that_names_the_separator_counts(tmp_path: Path):
    table = table_of(tmp_path, "sep=;\r\nName;Nr\r\nMeier;1\r\n")
    assert (table.head_line, shown(list(table.rows()))) == (2, [(3, ["Meier", "1"])])


def test_lines_are_counted_as_a_person_counts_them(tmp_path: Path):
    table = table_of(tmp_path, 'Name;Nr\r\n\r\nMeier;"1\r\n2\n3"\r\n;\r\nAbel;4')
    assert shown(list(table.rows())) == [(3, ["Meier", "1\r\n2\n3"]), (7, ["Abel", "4"])]


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_line_alone(tmp_path: Path):
    people = [f"Nr{number};030 2312500{number}" for number in range(5)]
    people[2] = 'Meier;"030 23125001'
    table = table_of(tmp_path, "Name;Telefon\n" + "\n".join(people))
    assert faults_of(table) == {4: NOT_CLOSED}
    assert [row[0] for row in cells_of(table)] == ["Nr0", "Nr1", "Nr3", "Nr4"]


def test_a_quotation_mark_does_not_swallow_a_long_list(tmp_path: Path):
    lines = [f"Nr{number};030 23125001" for number in range(300)]
    lines[100] = 'Meier;"030 23125001'
    lines[250] = 'Abel";030 23125001'
    table = table_of(tmp_path, "Name;Telefon\n" + "\n".join(lines))
    assert faults_of(table) == {102: NOT_CLOSED}
    assert len(cells_of(table)) == 299


def test_a_mark_within_a_text_is_a_text(tmp_path: Path):
    assert cells_of(table_of(tmp_path, 'Name;Nr\nRohr 5";1\n'))[0] == ['Rohr 5"', "1"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_without_end_is_a_fault_of_its_line(tmp_path: Path, quote: str):
    path = a_file(tmp_path, f"Name;Nr\nMeier;{quote}{'1' * 3000}{quote}\nAbel;2\n")
    table = read(path, name="list.csv", limits=Limits(cell=1000))
    assert faults_of(table) == {2: TOO_LONG}
    assert cells_of(table) == [["Abel", "2"]]


def test_a_line_of_many_cells_without_end_is_not_cut_in_silence(tmp_path: Path):
    path = a_file(tmp_path, "Name;Nr\nMeier;" + "1;" * 3000 + "\nAbel;2\n")
    table = read(path, name="list.csv", limits=Limits(cell=1000))
    assert faults_of(table) == {2: TOO_LONG}


@pytest.mark.thorough
def test_a_line_of_megabytes_is_not_kept_in_memory(tmp_path: Path):
    path = a_file(tmp_path, b"Name;Nr\nMeier;" + b"1" * 20_000_000 + b"\nAbel;2\n")
    with memory(less_than=10_000_000):
        table = read(path, name="list.csv", limits=Limits(cell=10_000))
        assert list(faults_of(table)) == [2]


@pytest.mark.thorough
def test_a_long_list_is_read_line_by_line(tmp_path: Path):
    path = a_file(tmp_path, "Name;Telefon\n" + "Meier;030 23125001\n" * 50_000)
    table = read(path, name="list.csv")
    with memory(less_than=1_000_000):
        assert sum(1 for _ in table.rows()) == 50_000


def test_marks_that_are_closed_by_accident_are_not_believed(tmp_path: Path):
    table = table_of(tmp_path, "Name;Nr;Ort\nAbel;1;Ulm\n" + 'a;"b;c\n' * 501 + "Busch;2;Ulm\n")
    assert list(faults_of(table)) == list(range(3, 504))
    assert cells_of(table) == [["Abel", "1", "Ulm"], ["Busch", "2", "Ulm"]]


def test_a_mark_that_was_not_doubled_is_read_as_people_mean_it(tmp_path: Path):
    table = table_of(tmp_path, 'Name;Nr\n"Bubi" Weiß;1\n"Bubi" Weiß;"2\nAbel;3\n')
    assert cells_of(table) == [["Bubi Weiß", "1"], ["Abel", "3"]]
    assert faults_of(table) == {3: NOT_CLOSED}


def test_a_record_of_very_many_lines_is_none(tmp_path: Path):
    table = table_of(tmp_path, 'Name;Notiz\nMeier;"' + "x\n" * 49 + 'x"\nAbel;"' + "x\n" * 60 + 'x"\n' + "Eva;y\n" * 99)
    assert len(cells_of(table)[0][1].splitlines()) == 50
    assert faults_of(table)[52] == NOT_CLOSED
