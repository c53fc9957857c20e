from pathlib import Path

from dialler_mcp.lists.columns.amounts import Sign
from dialler_mcp.lists.columns.dates import Order
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.columns.usage import Usage, usage_of
from tests.lists.tables import listed, sample


def test_a_column_proves_its_order_of_day_and_month_and_its_decimal_sign() -> None:
    table = listed("Name;Tel;End;Betrag", "a;1;31/12/2026;1,5", "b;2;03/04/2026;1.234", "c;3;;")
    usage = usage_of(table, map_of(proposed(table)), "DE")
    assert (usage.orders_of(2), usage.signs_of(3)) == ({Order.day_first}, {Sign.comma})
    assert usage.orders_of(0) == usage.signs_of(2) == Usage().orders_of(2) == Usage().signs_of(3) == frozenset()


def test_a_column_with_both_proves_neither(tmp_path: Path) -> None:
    table = sample("14-dates-amounts.csv", tmp_path)
    usage = usage_of(table, map_of(proposed(table)), "DE")
    assert usage.orders_of(3) == set(Order)
    assert usage.signs_of(4) == set(Sign)


def test_a_list_is_abroad_once_it_names_another_country() -> None:
    for country, abroad in (("GB", True), ("Deutschland", False), ("Bayern", False)):
        table = listed("Name;Tel;Land", f"a;1;{country}")
        assert usage_of(table, map_of(proposed(table)), "DE").abroad is abroad
