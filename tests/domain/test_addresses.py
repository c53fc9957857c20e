import pytest

from dialler_mcp.domain.addresses import addresses, has_at


@pytest.mark.parametrize(
    "text",
    [
        "kim@example.org",
        "kim (at) example (dot) org",
        "kim at example.org",
        "kim \u2018at\u2019 example.org",
        "kim@example",
    ],
)
def test_an_address_is_found_however_it_is_spelled(text: str):
    assert has_at(text)
    assert [(span.start, span.end) for span in addresses(text)] == [(0, len(text))]


@pytest.mark.parametrize("text", ["at home am 12.12.", "hat um 14 Uhr Zeit", "Konto"])
def test_what_is_no_address_is_none(text: str):
    assert addresses(text) == []
