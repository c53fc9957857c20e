import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.lists.columns.amounts import Sign, amount_in, sign_of
from dialler_mcp.lists.kinds import Kind
from tests.lists.tables import figure

BOTH = frozenset(Sign)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1234.56", 1234.56),
        ("1.234,50 €", 1234.5),
        ("12.000,00 EUR", 12000.0),
        ("€ 99", 99.0),
        ("99,-", 99.0),
        ("12,5", 12.5),
        ("0,00", 0.0),
        ("0.125", 0.125),
        ("-5,25", -5.25),
        ("1.234.567", 1234567.0),
        ("1'234.50", 1234.5),
        ("1 234,50", 1234.5),
        (figure("1234.5"), 1234.5),
        (figure("0"), 0.0),
        ("-", None),
        ("", None),
    ],
)
def test_an_amount_in_any_usual_notation(text: str, amount: float | None) -> None:
    assert amount_in(text, BOTH) == (amount, None)


@pytest.mark.parametrize("text", ["viel", "1.23.456", "1,2,3", "12.34,5,6", "9" * 13, "1,23.456,7"])
def test_what_is_no_amount_is_said(text: str) -> None:
    assert amount_in(text, BOTH) == (None, Kind.bad_amount)


def test_thousands_or_decimals_follow_the_column_or_are_asked() -> None:
    assert amount_in("1.234", frozenset({Sign.comma})).value == 1234.0
    assert amount_in("1.234", frozenset({Sign.point})).value == 1.234
    assert amount_in("1,234", frozenset({Sign.point})).value == 1234.0
    assert amount_in("1.234", BOTH) == amount_in("1,234", frozenset[Sign]()) == (None, Kind.amount_unclear)


@given(st.integers(0, 999_999_999), st.integers(0, 99))
def test_german_and_english_spellings_are_one_amount(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert amount_in(english, BOTH) == amount_in(german, BOTH) == (float(f"{whole}.{cents:02}"), None)
    if whole > 999:
        assert (sign_of(german), sign_of(english)) == (Sign.comma, Sign.point)
