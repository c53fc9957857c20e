"""The samples against their facts, what is pasted, and that nothing but a table or a sentence comes of any bytes."""

import contextlib
import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from dialler_mcp.lists.reading.cells import tidied
from dialler_mcp.lists.reading.limits import MAX_PASTED
from dialler_mcp.lists.reading.table import Kind, Table, TypedCell, Unreadable, read, read_objects, read_pasted
from tests.examples import examples
from tests.lists.reading.made import a_file, cells_of, faults_of, said_of, table_of

SAMPLES = Path(__file__).parents[1] / "samples"
FACTS: dict[str, dict[str, Any]] = json.loads((SAMPLES / "facts.json").read_text("utf-8"))["files"]
READABLE = [name for name, facts in FACTS.items() if facts["format"] != "html"]


def about(name: str) -> Mapping[str, Any]:
    """The facts of a file, with those of the one that holds the same; its own come first."""
    facts = FACTS[name]
    return {**FACTS[facts["same_as"]], **facts} if "same_as" in facts else facts


def sample(name: str) -> Table:
    return read(SAMPLES / name, name=name)


def persons(table: Table) -> list[Mapping[str, str]]:
    """The rows that are people or failed to be, by the names of their columns."""
    rows = [row for row in table.rows() if row.fault is None or "no person" not in row.fault.en]
    return [dict(zip(table.columns, row.cells, strict=True)) for row in rows]


@pytest.mark.parametrize("name", READABLE)
def test_a_sample_is_what_its_facts_say(name: str):
    facts, table = about(name), sample(name)
    assert table.format == facts["format"]
    if table.format in ("csv", "jsonl"):
        assert table.encoding == facts["encoding"]
    assert table.delimiter == facts.get("delimiter")
    assert table.sheet == facts.get("sheet")
    assert list(table.hidden_sheets) == facts.get("hidden_sheets", [])
    assert table.head_line == facts.get("head_line")
    assert len(persons(table)) == facts["rows"]
    if "columns" in facts:
        assert len(table.columns) == len(set(table.columns)) == facts["columns"]
    assert all(len(row.cells) == len(table.columns) for row in table.rows())
    assert len({row.line for row in table.rows()}) == len(list(table.rows()))


def test_lines_that_are_no_person_say_what_they_are():
    assert said_of(sample("11-two-heads.csv")) == {
        6: "This line holds units, no person.",
        10: "This is a sum, no person.",
    }
    assert said_of(sample("03-floats-merged-head.xlsx")) == {9: "This is a sum, no person."}


def test_a_group_head_is_joined_to_the_names_below_it():
    assert sample("11-two-heads.csv").columns == (
        *("Person Name", "Person Vorname", "Adresse PLZ", "Adresse Ort"),
        *("Telefon privat", "Telefon dienstlich", "Vertrag kWh"),
    )
    assert sample("03-floats-merged-head.xlsx").columns[4:] == (
        *("Telefon Festnetz", "Telefon Mobil", "Vertrag Beginn", "Vertrag Betrag"),
    )


def test_a_name_that_stands_twice_has_a_number_the_second_time():
    table = sample("16-formulas-empty-columns.csv")
    assert table.columns == ("Name", "Telefon", "Telefon 2", "Bemerkung")
    assert any("Several columns" in note.en for note in table.notes)


@pytest.mark.parametrize(
    ("name", "row", "values"),
    [
        ("01-excel-german.csv", 1, {"Kd-Nr": "00017", "PLZ": "01067", "Betrag": "1.234,50 €"}),
        ("01-excel-german.csv", 3, {"Nachname": "„Bubi“ Weiß", "Straße": "Kirchgasse 1–3"}),
        ("02-unicode-text.txt", 1, {"Name": "Yıldız", "Vorname": "Ayşe"}),
        ("06-crm.jsonl", 1, {"phones.1": "+493023125040", "phones.2": "+4915228895456", "amount": "19.99"}),
        ("06-crm.jsonl", 4, {"address.zip": "01067", "phones.1": ""}),
        ("08-jtel-export.csv", 2, {"Comment": "will; Rückruf\r\nnach 14 Uhr", "Name": 'Muster "KM"'}),
        ("09-bom-linebreaks.csv", 1, {"id": "1", "note": "erste Zeile\r\nzweite, mit Komma\r\n\r\nvierte"}),
        ("10-macos-decomposed.csv", 1, {"Nachname": "Müller", "Ort": "Köln"}),
        ("13-numbers-as-written.csv", 11, {"Telefon": "030 23125\u2011110"}),
        ("13-numbers-as-written.csv", 16, {"Telefon": "+49 30 23125115"}),
        ("16-formulas-empty-columns.csv", 1, {"Name": "=cmd|' /C calc'!A0"}),
    ],
)
def test_cells_of_samples(name: str, row: int, values: Mapping[str, str]):
    assert values.items() <= persons(sample(name))[row - 1].items()


def test_figures_and_dates_are_plain_and_say_what_they_were():
    row = persons(sample("03-floats-merged-head.xlsx"))[0]
    number, day, amount = row["Telefon Festnetz"], row["Vertrag Beginn"], row["Vertrag Betrag"]
    assert (number, day, amount) == ("493023125020", "2026-12-31", "1234.5")
    assert [cell.kind for cell in (number, day, amount) if isinstance(cell, TypedCell)] == [
        *(Kind.number, Kind.date, Kind.number),
    ]


@pytest.mark.thorough
def test_the_old_formats_hold_the_same():
    assert cells_of(sample("05-old-excel.xls")) == cells_of(sample("04-libreoffice.ods"))
    row = persons(sample("04-libreoffice.ods"))[2]
    assert (row["Telefon 1"], row["Telefon 2"], row["Name"]) == ("2214710032", "15254599371", "von der Heide")


def test_a_cut_record_is_named_with_its_line():
    assert list(faults_of(sample("06-crm.jsonl"))) == [6]
    assert "cut off" in said_of(sample("06-crm.jsonl"))[6]


def test_where_the_records_are_is_said():
    assert any(FACTS["07-crm.json"]["records_in"] in note.en for note in sample("07-crm.json").notes)


def test_a_name_that_lies_is_said():
    assert sample("19-xlsx-named.csv").notes[0].en == "Read as XLSX, which it is, although its name ends in .csv."
    assert cells_of(sample("19-xlsx-named.csv")) == cells_of(sample("03-floats-merged-head.xlsx"))


def test_a_web_page_is_refused_with_what_to_save_it_as():
    with pytest.raises(Unreadable, match=r"web page.*XLSX or CSV"):
        sample("20-html-named.xls")


def test_rows_can_be_read_again_and_side_by_side():
    table = sample("01-excel-german.csv")
    one, other = table.rows(), table.rows()
    assert [next(one), next(one)] == [next(other), next(other)]
    assert len(list(table.rows())) == 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "empty"),
        ("\r\n\r\n ; \n", "empty"),
        ("\ufeff", "empty"),
        ("Name;Telefon\n", "a head, but no line"),
        ("Name;Telefon\n;\n\n", "a head, but no line"),
        (bytes(range(256)) * 20, "no text"),
        (b"\x00", "no text"),
    ],
)
def test_a_file_without_rows_says_so(tmp_path: Path, content: bytes | str, sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        table_of(tmp_path, content)


def test_too_few_and_too_many_cells_are_faults(tmp_path: Path):
    table = table_of(
        tmp_path, "Name;Ort;Telefon\nMeier;Köln;030 23125001;;\nAbel;030 23125002\nBusch;Bonn;x;030 23125003\n"
    )
    assert cells_of(table) == [["Meier", "Köln", "030 23125001"]]
    assert said_of(table) == {
        3: "This line has 2 cells, and the head 3: it is cut off, or a separator is missing.",
        4: "This line has 4 cells, and the head 3: a separator stands within one of them.",
    }
    assert [len(row.cells) for row in table.rows()] == [3, 3, 3]


def test_faults_are_found_far_below_the_head(tmp_path: Path):
    lines = [f"{number};Lang{number};030 23125001" for number in range(1_000)]
    lines[500], lines[600], lines[700], lines[800] = "7;Lang", "Nr;Name;Tel", "Summe;7;9", ";;"
    table = table_of(tmp_path, "\n".join(["Nr;Name;Tel", *lines]).encode())
    assert [row.line for row in table.rows() if row.fault] == [502, 602, 702]
    assert [row.line for row in table.rows()] == [line for line in range(2, 1_002) if line != 802]


def test_rows_of_a_sheet_may_end_early(tmp_path: Path):
    assert cells_of(read_objects([{"a": 1, "b": 2}, {"a": 3}])) == [["1", "2"], ["3", ""]]


def test_pasted_rows_are_csv_or_json():
    assert cells_of(read_pasted("Name\tTelefon\nMeier\t030 23125001")) == [["Meier", "030 23125001"]]
    assert cells_of(read_pasted('[{"Name": "Meier", "Telefon": "030 23125001"}]')) == [["Meier", "030 23125001"]]
    assert read_pasted('{"Name": "Meier"}\n{"Name": "Abel"}').format == "jsonl"
    assert read_pasted("Name\tTelefon\nMeier\t1").encoding is None


def test_pasted_rows_are_few():
    rows = "Name;Telefon\n" + "Meier;030 23125001\n" * MAX_PASTED
    assert len(cells_of(read_pasted(rows))) == MAX_PASTED
    with pytest.raises(Unreadable, match=f"more than {MAX_PASTED} rows"):
        read_pasted(rows + "Abel;030 23125002")
    with pytest.raises(Unreadable, match=f"more than {MAX_PASTED} rows"):
        read_objects([{"Name": "Meier"}] * (MAX_PASTED + 1))


def outcome(folder: Path, content: bytes, name: str) -> None:
    """Read all of a file, if it can be."""
    with contextlib.suppress(Unreadable):
        table = read(a_file(folder, content), name=name)
        for row in table.rows():
            assert len(row.cells) == len(table.columns)


ANY = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
CODES = ["utf-8", "utf-16", "latin-1", "cp850"]
MESSY = st.builds(str.encode, st.text('aä;,\t|"\r\n{}[]:1\0', max_size=80), st.sampled_from(CODES))


@given(content=ANY | MESSY)
@example(content=b'{"a":1}{')
@example(content=b"\xff\xfe\x00")
@example(content=b'"' * 99)
@examples(60, HealthCheck.function_scoped_fixture)
def test_any_bytes_are_a_table_or_a_sentence(tmp_path: Path, content: bytes):
    outcome(tmp_path, content, "list.csv")


@pytest.mark.usefixtures("quick_sheets")
@given(
    data=st.data(),
    name=st.sampled_from(["03-floats-merged-head.xlsx", "06-crm.jsonl", "07-crm.json", "08-jtel-export.csv"]),
)
@examples(40, HealthCheck.function_scoped_fixture)
def test_a_damaged_sample_is_a_table_or_a_sentence(tmp_path: Path, data: st.DataObject, name: str):
    content = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    outcome(tmp_path, bytes(content[: data.draw(st.integers(1, len(content)))]), name)


TEXTS = st.text('abäöüß 09,;|\t"\r\n()/-', max_size=12)


@given(
    rows=st.lists(st.tuples(st.integers(1, 10**9).map(str), TEXTS, TEXTS), min_size=1, max_size=6),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@examples(60, HealthCheck.function_scoped_fixture)
def test_a_table_that_was_written_reads_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, encoding: str, quoting: Any
):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting).writerows([("Nr", "Name", "Ort"), *rows])
    table = table_of(tmp_path, file.getvalue().encode(encoding))
    assert (table.delimiter, table.columns) == (delimiter, ("Nr", "Name", "Ort"))
    assert cells_of(table) == [list(tidied(row)) for row in rows]
