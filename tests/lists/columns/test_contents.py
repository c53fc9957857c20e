import pytest

from dialler_mcp.lists.columns.contents import are_full_names, content_of


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        (["a@example.org", "b.c@example.org", ""], "Email"),
        (["DE02 1203 0000 0000 2020 51"], "AccountIBAN"),
        (["Frau", "Herr", "Frau"], "Salutation"),
        (["01067 Dresden", "D-20095 Hamburg"], "PostalCodeCity"),
        (["31.12.2026", "1.3.2027"], "date"),
        (["030 23125001", "+49 171 3920000", "(040) 66969004"], "PhoneNumber"),
        (["01067", "20095"], "PostalCode"),
        (["1", "2", "3"], None),
        (["a@example.org", "telefonisch", "keine"], None),
        ([], None),
    ],
)
def test_a_column_is_recognised_by_what_stands_in_it(cells: list[str], target: str | None) -> None:
    assert content_of(cells) == target


def test_names_of_several_words_are_full_names() -> None:
    assert are_full_names(["Schulze, Hans-Peter", "Ömer Çelik", "Frau Dr. Ingrid von Stein", "A B", "Meier"])
    assert not are_full_names(["Schulze", "von Stein", ""])
