import pytest

from dialler_mcp.lists.columns.dates import Order, date_in, order_of
from dialler_mcp.lists.kinds import Kind
from tests.lists.tables import figure

BOTH = frozenset(Order)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("31.12.2026", "2026-12-31"),
        ("1.3.2027", "2027-03-01"),
        ("1. 3. 2027", "2027-03-01"),
        ("01.03.27", "2027-03-01"),
        ("1.3.85", "1985-03-01"),
        ("12/31/26", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("05/05/2026", "2026-05-05"),
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31 00:00:00", "2026-12-31"),
        ("2026-11-30 14:30:00", "2026-11-30T14:30:00"),
        ("30.11.2026, 14:30 Uhr", "2026-11-30T14:30:00"),
        ("1. Dez. 2026", "2026-12-01"),
        ("3. März 2027", "2027-03-03"),
        ("Dec 1, 2026", "2026-12-01"),
        ("", None),
        ("-", None),
    ],
)
def test_a_date_in_any_usual_notation(text: str, date: str | None) -> None:
    assert date_in(text, BOTH) == (date, None)


@pytest.mark.parametrize("text", ["31.02.2026", "00.00.0000", "12.31.2026", "soon", "1. Foo 2026", "31.12.2026 25:00"])
def test_what_is_no_date_is_said(text: str) -> None:
    assert date_in(text, BOTH) == (None, Kind.bad_date)


@pytest.mark.parametrize("text", ["46387", "46387.5", figure("46387"), figure("7")])
def test_a_number_in_place_of_a_date_is_asked(text: str) -> None:
    assert date_in(text, BOTH) == (None, Kind.serial_date)


def test_a_date_that_fits_both_orders_follows_its_column() -> None:
    assert date_in("03/04/2026", frozenset({Order.day_first})).value == "2026-04-03"
    assert date_in("03/04/2026", frozenset({Order.month_first})).value == "2026-03-04"


@pytest.mark.parametrize("orders", [frozenset[Order](), BOTH])
def test_a_date_that_fits_both_orders_of_a_column_without_one_is_asked(orders: frozenset[Order]) -> None:
    assert date_in("03/04/2026", orders) == (None, Kind.date_unclear)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31/12/2026", Order.day_first),
        ("12/31/26", Order.month_first),
        ("1.3.2027", Order.day_first),
        ("03/04/2026", None),
        ("2026-12-31", None),
        ("45/45/2026", None),
    ],
)
def test_what_a_date_proves_about_its_column(text: str, order: Order | None) -> None:
    assert order_of(text) is order
