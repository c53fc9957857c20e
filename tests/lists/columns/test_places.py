import pytest

from dialler_mcp.lists.columns.places import Place, place_in, region_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("01067 Dresden", Place("01067", "Dresden")),
        ("D-20095 Hamburg", Place("20095", "Hamburg", "D")),
        ("A-1010 Wien", Place("1010", "Wien", "A")),
        ("CH-8001 Zürich", Place("8001", "Zürich", "CH")),
        ("79098  Freiburg im Breisgau", Place("79098", "Freiburg im Breisgau")),
        ("01067", Place("01067")),
        ("München", Place(city="München")),
    ],
)
def test_postal_code_town_and_country_are_taken_apart(text: str, place: Place) -> None:
    assert place_in(text) == place


@pytest.mark.parametrize(
    ("country", "region"),
    [
        *(("D", "DE"), ("Deutschland", "DE"), ("de", "DE"), ("GB", "GB"), ("UK", "GB"), ("Österreich", "AT")),
        *(("OESTERREICH", "AT"), ("CH", "CH"), ("Vereinigtes Königreich", "GB"), ("Bayern", None), ("XX", None)),
        ("", None),
    ],
)
def test_a_country_however_a_list_names_it(country: str, region: str | None) -> None:
    assert region_of(country) == region
