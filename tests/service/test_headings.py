import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.service.answers import Details, table
from dialler_mcp.service.headings import GERMAN, heading, truth
from dialler_mcp.words import Words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("state", "Zustand"),
        ("within dates", "in der Laufzeit"),
        ("start +01:00", "Beginn +01:00"),
        ("agent (user ID)", "Agent (Benutzer-ID)"),
        ("UserData", "UserData"),
        ("PhoneNumber1", "PhoneNumber1"),
    ],
)
def test_a_column_has_a_german_heading_and_the_diallers_fields_keep_their_names(name: str, words: str):
    assert heading(name, Language.de) == words
    assert heading(name, Language.en) == name


def test_the_counters_of_a_contact_are_not_taken_for_the_attempts_of_a_report():
    assert [heading("attempts", language) for language in Language] == ["Versuche mit Tests", "attempts incl. tests"]
    assert MEASURES["attempts"].words == Words("attempts", "Versuche")


def test_a_german_table_has_german_columns_cells_and_words():
    rows = [[n, "NPS", True] for n in (1, 2, 3)]
    answer = table("s", ["ID", "campaign", "locked"], rows, total=3, language=Language.de)
    answer.next_cursor = "7-abc"
    assert (answer.columns, answer.same) == (["ID"], {"Kampagne": "NPS", "gesperrt": True})
    assert answer.text().splitlines() == [
        *("s", "In allen Zeilen: Kampagne: NPS; gesperrt: ja", "ID", "1", "2", "3", "Weiter: cursor=7-abc")
    ]


def test_columns_that_the_asker_named_keep_their_names():
    for exact, named in ((True, False), (False, True)):
        answer = table("s", ["ID", "state"], [[1, "neu"]], total=1, language=Language.de, exact=exact, named=named)
        assert answer.columns == ["ID", "state"]


def test_a_german_record_is_said_in_german_and_keeps_its_keys():
    answer = Details(record={"state": "neu", "locked": True, "City": "Ulm"}).in_language(Language.de)
    assert answer.text() == "Zustand: neu\ngesperrt: ja\nCity: Ulm"
    assert answer.structure()["record"] == {"state": "neu", "locked": True, "City": "Ulm"}


def test_no_heading_is_as_in_english():
    same = {name for name, german in GERMAN.items() if german == name}
    assert same <= {"agent (UID)"}
    assert [truth(value, Language.de) for value in (True, False)] == ["ja", "nein"]
