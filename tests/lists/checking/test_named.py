from collections.abc import Sequence

import pytest

from dialler_mcp.domain.contact_state import State
from dialler_mcp.lists.checking.named import NamedPeople
from dialler_mcp.lists.checking.people import Record
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.reading.cells import Kind, TypedCell
from tests.lists.tables import listed

WHOLE = "Kd-Nr;Vorname;Nachname;Telefon"
ADA = "K1;Ada;Lang;030 23125001"


def contact(key: str | None = "K1", first: str | None = "Ada", name: str = "Lang", *numbers: str) -> Record:
    return Record(1, 7, key, name, first, numbers or ("493023125001",), State.open)


def people(head: str, *rows: str) -> NamedPeople:
    table = listed(head, *rows)
    return NamedPeople(table, map_of(proposed(table)))


@pytest.mark.parametrize(
    ("head", "row", "record", "is_named"),
    [
        (WHOLE, ADA, contact(), True),
        (WHOLE, ADA, contact("K1", "Eva", "Kurz", "493023125002"), True),  # the key is who it is
        (WHOLE, ADA, contact("K2"), False),
        (WHOLE, ADA, contact("k1", "Eva", "Kurz"), False),
        (WHOLE, ADA, contact(None), True),
        (WHOLE, ADA, contact("", "ADA", "lang"), True),
        (WHOLE, ADA, contact(None, "Eva"), False),
        ("Vorname;Nachname;Telefon", "Ada;Lang;030 23125001", contact(), True),
        ("Vorname;Nachname;Telefon", "Ada;Lang;030 23125001", contact("K1", "Eva"), False),
        ("Vorname;Nachname;Telefon", "Ada;Lang;030 23125001", contact("K1", "Ada", "Lang", "4930231250"), False),
        ("Name;Telefon", "Ada Lang;030 23125001", contact("K1", None, "Ada Lang"), True),
        ("Telefon", "030 23125001", contact("K1", "Eva", "Kurz"), True),
        ("Telefon", "030 23125001", contact("K1", "Eva", "Kurz", "4930231250", "030 2312 5001"), True),
        ("Telefon", "unbekannt", contact(), False),
        ("Telefon", "030 23125001 / 030 23125002", contact("K1", "Eva", "Kurz"), True),
        ("Kd-Nr", "K1", contact("K1 ", "Eva", "Kurz"), True),
        ("Kd-Nr", "", contact(None), False),
        ("Telefon", "0431 2345678", contact("K1", "Eva", "Kurz", "4312345678"), False),  # +43 1: Vienna, not Kiel
        ("Telefon", "02 1234 5678", contact("K1", "Eva", "Kurz", "390212345678"), False),
        ("Telefon", "+43 1 2345678", contact("K1", "Eva", "Kurz", "4312345678"), True),
        ("Telefon", "030 23125001", contact("K1", "Eva", "Kurz", "3023125001"), False),  # stored wrong
        ("Name;Telefon", "Ada Lang;030 23125001", contact("K1", "Ada", "Lang", "3023125001"), True),
        ("Kd-Nr;Telefon", f"{'K' * 65};030 23125001", contact("K" * 64), False),
    ],
)
def test_a_row_names_a_contact_for_sure_or_not_at_all(head: str, row: str, record: Record, is_named: bool) -> None:
    assert people(head, row).has(record) is is_named


@pytest.mark.parametrize(
    ("rows", "records", "counts"),
    [
        ([ADA], [contact()], (1, 0, 0)),
        ([ADA, ADA], [contact()], (2, 0, 0)),
        ([ADA], [], (0, 1, 0)),
        ([ADA], [contact("K2")], (0, 1, 1)),
        ([ADA], [contact("K2"), contact()], (1, 0, 0)),
        ([ADA, "K3;Eva;Kurz;030 23125003"], [contact(), contact("K9", "Tom", "Alt", "493023125003")], (1, 1, 1)),
    ],
)
def test_rows_that_name_nobody_are_counted(
    rows: Sequence[str], records: Sequence[Record], counts: tuple[int, int, int]
) -> None:
    named = people(WHOLE, *rows)
    for record in records:
        named.has(record)
    assert named.counts() == counts


def test_a_number_that_is_unclear_names_nobody_without_a_name() -> None:
    assert not people("Telefon", "493023125001.0").has(contact())


@pytest.mark.parametrize(
    ("cells", "is_named"),
    [
        (("#N/A", "Ada", "Lang", "030 23125001"), False),
        (("", "Ada", "#N/A", "030 23125001"), False),
        (("", "", "#N/A", "030 23125001"), False),
        (("K1", "", "#N/A", "030 23125001"), True),
    ],
)
def test_a_row_whose_key_or_name_is_an_error_names_nobody_by_what_is_left(cells: Sequence[str], is_named: bool) -> None:
    table = listed(WHOLE, [TypedCell(cell, Kind.error) if cell.startswith("#") else cell for cell in cells])
    assert NamedPeople(table, map_of(proposed(table))).has(contact()) is is_named
