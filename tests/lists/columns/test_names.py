import pytest

from dialler_mcp.lists.columns.names import Name, name_in
from dialler_mcp.lists.kinds import Kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Schulze, Hans-Peter", Name("Schulze", "Hans-Peter")),
        ("Frau Dr. Ingrid von Stein", Name("von Stein", "Ingrid", "Frau", "Dr.")),
        ("Ömer Çelik", Name("Çelik", "Ömer")),
        ("Meier", Name("Meier")),
        ("Herrn Prof. Dr. med. Jan Peter Kluge", Name("Kluge", "Jan Peter", "Herr", "Prof. Dr. med.")),
        ("Dipl.-Ing. Ada Lang", Name("Lang", "Ada", "", "Dipl.-Ing.")),
        ("Stein, Dr. Ingrid von", Name("von Stein", "Ingrid", "", "Dr.")),
        ("Dr. Stein, Ingrid", Name("Stein", "Ingrid", "", "Dr.")),
        ("Mr. Tom O'Brien", Name("O'Brien", "Tom", "Mr")),
        ("Ludwig van der Berg", Name("van der Berg", "Ludwig")),
        ("  Pia   Lang ", Name("Lang", "Pia")),
    ],
)
def test_a_whole_name_is_taken_apart(text: str, name: Name) -> None:
    assert name_in(text) == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Muster & Söhne GmbH", Kind.firm),
        ("Stadtwerke Beispielstadt", Kind.firm),
        ("Herr und Frau Krause", Kind.several_people),
        ("Familie Abel", Kind.several_people),
        ("Anna & Bernd Busch", Kind.several_people),
        ("Anna Maria Lang Busch", Kind.name_unclear),
        ("Lang, Anna, Berlin", Kind.name_unclear),
        ("Ludwig van", Kind.name_unclear),
        ("Frau", Kind.name_unclear),
        (", Anna", Kind.name_unclear),
    ],
)
def test_what_is_unclear_is_asked_and_not_guessed(text: str, kind: Kind) -> None:
    assert name_in(text).kind is kind
    assert "Name" not in name_in(text).values()
