"""What the first rows of a list prove about its columns: order of day and month, decimal sign, countries."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from dialler_mcp.lists.columns.aliases import FIELDS
from dialler_mcp.lists.columns.amounts import Sign, sign_of
from dialler_mcp.lists.columns.dates import Order, order_of
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.places import region_of

LOOKED_AT = 10_000  # rows; what comes later and fits both ways is decided by these


@dataclass(frozen=True)
class Usage:
    """By place of the column: the orders and the decimal signs that its cells prove. `abroad`: the list names another
    country than the region of its numbers, so a row without one is not surely of that region.
    """

    orders: tuple[frozenset[Order], ...] = ()
    signs: tuple[frozenset[Sign], ...] = ()
    abroad: bool = False

    def orders_of(self, place: int) -> frozenset[Order]:
        return self.orders[place] if self.orders else frozenset()

    def signs_of(self, place: int) -> frozenset[Sign]:
        return self.signs[place] if self.signs else frozenset()


def usage_of(table: Listing, columns: ColumnMap, region: str) -> Usage:
    dates, amounts = places_of(columns, datetime), places_of(columns, float)
    countries = [place for place, target in enumerate(columns.targets) if target == "Country"]
    if not (dates or amounts or countries):
        return Usage()
    orders = [set[Order | None]() for _ in columns.columns]
    signs = [set[Sign | None]() for _ in columns.columns]
    regions = set[str | None]()
    for row in islice(table.rows(), LOOKED_AT):
        if row.fault:
            continue
        for place in dates:
            orders[place].add(order_of(row.cells[place]))
        for place in amounts:
            signs[place].add(sign_of(row.cells[place]))
        regions.update(region_of(row.cells[place].strip()) for place in countries)
    return Usage(
        tuple(frozenset(order for order in proofs if order) for proofs in orders),
        tuple(frozenset(sign for sign in proofs if sign) for proofs in signs),
        bool(regions - {region, None}),
    )


def places_of(columns: ColumnMap, kind: type) -> list[int]:
    """The columns whose field is of a type."""
    return [
        place
        for place, target in enumerate(columns.targets)
        if target is not None and target in FIELDS and FIELDS[target].type is kind
    ]
