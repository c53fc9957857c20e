import pytest

from dialler_mcp.lists.columns.aliases import ALIASES, FIELDS, TARGETS, folded, target_of


def test_every_field_of_an_import_is_found_by_its_own_name() -> None:
    assert {target_of(wire) for wire in FIELDS} == set(FIELDS)


def test_no_alias_names_two_fields() -> None:
    names = [folded(alias) for aliases in ALIASES.values() for alias in set(map(folded, aliases.split(",")))]
    assert len(names) == len(set(names))
    assert set(ALIASES) <= TARGETS


@pytest.mark.parametrize(
    ("head", "target"),
    [
        ("Kd-Nr", "UserData"),
        ("KD NR.", "UserData"),
        ("STRASSE", "Address"),
        ("Strasse", "Address"),
        ("PLZ/Ort", "PostalCodeCity"),
        ("Tel. mobil", "PhoneNumber"),
        ("Telefon privat", "PhoneNumber"),
        ("Telefon2", "PhoneNumber"),
        ("phones.1", "PhoneNumber"),
        ("Telefax geschäftlich", "FaxNumber"),
        ("phone number 2", "PhoneNumber2"),
        ("first_name", "FirstName"),
        ("Vertrag bis", "dtEndDate"),
        ("gültig ab", "dtBeginDate"),
        ("kWh", None),
        ("Hotel", None),
    ],
)
def test_a_head_in_german_and_english(head: str, target: str | None) -> None:
    assert target_of(head) == target
