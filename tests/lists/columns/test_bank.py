import pytest

from dialler_mcp.lists.columns.bank import iban_in
from dialler_mcp.lists.kinds import Kind


@pytest.mark.parametrize("text", ["DE02 1203 0000 0000 2020 51", "de02120300000000202051", "DE02-12030000-0000202051"])
def test_an_iban_is_stored_compact(text: str) -> None:
    assert iban_in(text) == ("DE02120300000000202051", None)


@pytest.mark.parametrize("text", ["DE02120300000000202052", "DE0212030000000020205", "12345", "IBAN folgt"])
def test_an_iban_with_wrong_check_digits_or_length_is_said(text: str) -> None:
    assert iban_in(text) == (None, Kind.bad_iban)
    assert iban_in(" ") == (None, None)
