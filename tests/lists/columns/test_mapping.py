import json
from pathlib import Path

import pytest

from dialler_mcp.lists.columns.mapping import ColumnMap, Recognition, fingerprint, map_of, proposed
from dialler_mcp.problem import Problem
from tests.lists.tables import listed, sample


def test_columns_are_proposed_by_their_heads_with_three_examples(tmp_path: Path) -> None:
    proposals = proposed(sample("01-excel-german.csv", tmp_path))
    assert [one.target for one in proposals] == [
        *("UserData", "Salutation", "Title", "FirstName", "Name", "Address", "PostalCode", "City"),
        *("PhoneNumber1", "PhoneNumber2", "Email", "Amount", "dtEndDate"),
    ]
    assert proposals[6].examples == ("01067", "50667", "80331")
    assert {one.sure for one in proposals} == {Recognition.head}


def test_the_diallers_own_export_maps_to_itself_and_the_rest_is_named(tmp_path: Path) -> None:
    columns = map_of(proposed(sample("08-jtel-export.csv", tmp_path)))
    assert columns.untaken == ["ResultCodesExportKey"]
    assert all(target in (column, None) for column, target in zip(columns.columns, columns.targets, strict=True))


def test_a_head_that_says_nothing_is_known_by_its_content() -> None:
    table = listed("A;B;C;D", "Frau;Lang;030 23125001;31.12.2026", "Herr;Busch;030 23125002;1.3.2027")
    assert [(one.target, one.sure) for one in proposed(table)] == [
        ("Salutation", Recognition.content),
        (None, Recognition.unknown),
        ("PhoneNumber1", Recognition.content),
        (None, Recognition.unknown),
    ]


def test_a_head_is_known_behind_the_head_of_its_group() -> None:
    table = listed(
        "Person Kd-Nr;Person Nachname;Telefon Festnetz;Vertrag Betrag;person.zip", "7;Lang;030 23125001;9,90;"
    )
    proposals = proposed(table)
    assert [one.target for one in proposals] == ["UserData", "Name", "PhoneNumber1", "Amount", "PostalCode"]
    assert [one.sure for one in proposals[1:4]] == [Recognition.part, Recognition.head, Recognition.part]


def test_a_person_outvotes_the_heads() -> None:
    table = listed("Name;Kundennummer;Mobil;Notiz", "Lang;7;030 23125001;x")
    text = {"kundennummer": "ReferenceNumber", "Mobil": "PhoneNumber3", "Notiz": "-"}
    proposals = proposed(table, text)
    assert [one.target for one in proposals] == ["Name", "ReferenceNumber", "PhoneNumber3", "-"]
    assert [one.sure for one in proposals[1:]] == [Recognition.told] * 3


def test_what_a_person_names_takes_a_field_from_a_column_with_its_head() -> None:
    table = listed("Name;Nachname;Tel", "Firma;Lang;030 23125001")
    assert [one.target for one in proposed(table, {"Nachname": "Name"})] == [None, "Name", "PhoneNumber1"]


def test_telephone_columns_fill_the_slots_that_are_free() -> None:
    heads = ";".join(f"Telefon {letter}" for letter in "abcdef")
    table = listed(f"PhoneNumber2;{heads}", ";".join(["030 23125001"] * 7))
    targets = [one.target for one in proposed(table)]
    assert targets == [f"PhoneNumber{slot}" for slot in (2, 1, 3, 4, 5, 6)] + [None]


def test_a_name_of_several_words_may_be_a_full_name_and_that_is_asked(tmp_path: Path) -> None:
    proposals = proposed(sample("12-full-names.csv", tmp_path))
    assert (proposals[0].target, proposals[0].instead) == ("Name", "FullName")
    assert proposed(sample("12-full-names.csv", tmp_path), {"Name": "FullName"})[0].instead is None
    assert proposed(listed("Name;Vorname;Tel", "von Stein;Ada;030 23125001"))[0].instead is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"Straße": "Address"}, "a column that the list does not have"),
        ({"Name": "Schuhgröße"}, "a field that an import does not take"),
        ({"Name": "Company", "Tel": "Company"}, "to two columns"),
    ],
)
def test_a_mapping_of_nothing_is_refused(words: dict[str, str], why: str) -> None:
    with pytest.raises(Problem, match=why):
        proposed(listed("Name;Tel", "Lang;030 23125001"), words)


def test_the_columns_of_an_earlier_check_are_left_out() -> None:
    table = listed("Name;Tel;Prüfung: Ergebnis;Check: reason", "Lang;030 23125001;ready;x")
    assert [one.target for one in proposed(table)][2:] == ["-", "-"]


def test_a_mapping_can_be_kept(tmp_path: Path) -> None:
    columns = map_of(proposed(sample("08-jtel-export.csv", tmp_path)))
    assert ColumnMap.of(json.loads(json.dumps(columns.data()))) == columns
    assert columns.fingerprint == fingerprint([head.upper() for head in columns.columns])
    assert columns.fingerprint != fingerprint(columns.columns[1:])


@pytest.mark.parametrize("data", [{}, {"columns": 7}, {"columns": []}, {"version": 1, "columns": [["a", "b"]]}])
def test_a_kept_mapping_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(Problem, match="Map the columns anew"):
        ColumnMap.of(data)
