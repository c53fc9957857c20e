"""Callers that count at the same time, each in a transaction of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import pytest
from sqlalchemy import Connection, func, insert, select, text

from dialler_mcp.state import codes, counts
from dialler_mcp.state.schema import changes_made, used_codes, wrong_codes
from dialler_mcp.state.store import StateError
from dialler_mcp.state.turns import may_tidy, take_the_whole, take_turns
from tests.places import Place

T = TypeVar("T")
Taking = Callable[[Connection], object]


def impatient(work: Callable[[Connection], T]) -> Callable[[Connection], T]:
    """The same, with an error instead of waiting."""

    def works(connection: Connection) -> T:
        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        return work(connection)

    return works


def old(connection: Connection) -> None:
    """Take the turn as a version did that knew no keys."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({0x6A74656C})"))


def turn(key: str) -> Taking:
    return lambda connection: take_turns(connection, key)


def waits(place: Place, first: Taking, second: Taking) -> bool:
    """Whether the second transaction must wait for the end of the first."""
    here, there = place.store(), place.store()
    there.work(lambda _: None)  # opening a state takes a turn, too

    def both(connection: Connection) -> bool:
        first(connection)
        try:
            there.work(impatient(second))
        except StateError:
            return True
        return False

    waited = here.work(both)
    there.work(impatient(second))  # and afterwards it need not
    return waited


@pytest.fixture
def postgresql(place: Place) -> Place:
    """A place where transactions really work side by side."""
    if place.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer")
    return place


@pytest.mark.parametrize(
    ("first", "second", "waited"),
    [
        (turn("a"), turn("a"), True),
        (turn("a"), turn("b"), False),
        (turn("a"), take_the_whole, True),
        (take_the_whole, turn("a"), True),
        (turn("a"), old, True),
        (old, turn("a"), True),
    ],
    ids=["one-caller", "two-callers", "a-migration", "during-a-migration", "an-older-program", "after-an-older-one"],
)
def test_who_waits_for_whom(postgresql: Place, first: Taking, second: Taking, waited: bool):
    assert waits(postgresql, first, second) is waited


def test_callers_of_one_process_do_not_wait_for_each_other(postgresql: Place):
    store = postgresql.store()

    def both(connection: Connection) -> None:
        take_turns(connection, "a")
        store.work(impatient(turn("b")))

    store.work(both)


def test_one_transaction_at_a_time_tidies(postgresql: Place):
    here, there = postgresql.store(), postgresql.store()
    there.work(lambda _: None)

    def both(connection: Connection) -> list[bool]:
        return [may_tidy(connection), there.work(may_tidy)]

    assert here.work(both) == [True, False]
    assert there.work(may_tidy)


def test_while_another_transaction_tidies_what_is_out_of_date_counts_no_more(postgresql: Place):
    here, there = postgresql.store(), postgresql.store()

    def begin(connection: Connection) -> None:
        connection.execute(insert(used_codes).values(code="used", expires=10.0))
        codes.add_wrong(connection, "a", at=10.0)
        counts.add(connection, "a", at=10.0, destroys=False)

    there.work(begin)

    def meanwhile(connection: Connection) -> tuple[int, list[float | None]]:
        codes.use_once(connection, "used", now=10.0, expires=20.0)
        counts.forget(connection, 10.0)
        filling = counts.filling(connection, "a", [counts.Window(since=10.0, most=1)])
        return codes.count_wrong(connection, "a", since=10.0), filling

    def both(connection: Connection) -> tuple[int, list[float | None]]:
        assert may_tidy(connection)
        return there.work(impatient(meanwhile))

    assert here.work(both) == (0, [None])

    def afterwards(connection: Connection) -> list[int | None]:
        codes.count_wrong(connection, "a", since=10.0)
        counts.forget(connection, 10.0)
        return [connection.scalar(select(func.count()).select_from(table)) for table in (wrong_codes, changes_made)]

    assert there.work(afterwards) == [0, 0], "it is removed by whoever comes next"


async def test_many_callers_at_once_tidy_and_count_without_a_knot(place: Place):
    """Each removes what is out of date of all the others, in an order of its own."""
    stores = [place.store() for _ in range(4)]

    def begin(connection: Connection) -> None:
        for number in range(200):
            counts.add(connection, f"old {number}", at=1.0, destroys=False)

    stores[0].work(begin)

    def change(caller: str) -> Taking:
        def work(connection: Connection) -> None:
            take_turns(connection, caller)
            counts.forget(connection, 5.0)
            counts.add(connection, caller, at=10.0, destroys=False)
            with suppress(codes.UsedAlready):
                codes.use_once(connection, caller, now=10.0, expires=20.0)

        return work

    await asyncio.gather(*(stores[n % 4].run(change(f"caller {n}")) for n in range(24)))
    callers = select(func.count()).select_from(changes_made)
    assert stores[0].work(lambda connection: connection.scalar(callers)) == 24
