import asyncio
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
from sqlalchemy import Connection, select

from dialler_mcp.changes.limits import DAY, HOUR, MINUTE, Breaker, Limit, LimitReached
from dialler_mcp.state.schema import changes_made
from dialler_mcp.state.store import StateStore
from tests.places import Place
from tests.tools.asking import START, Clock

A_MINUTE = Limit("PER_MINUTE", 2, MINUTE)
AN_HOUR = Limit("PER_HOUR", 3, HOUR)
A_DAY = Limit("PER_DAY", 4, DAY)
DESTRUCTIVE = Limit("DESTRUCTIVE", 1, HOUR, destructive=True)


@dataclass
class Process:
    """Counts as a process of its own does, each change in a transaction."""

    store: StateStore
    limits: tuple[Limit, ...]
    clock: Clock = field(default_factory=Clock)

    async def admit(self, caller: str = "a", *, destroys: bool = False, begun: bool = False, rows: int = 1) -> None:
        admitted = partial(
            Breaker(self.limits, self.clock).admit, caller=caller, destroys=destroys, begun=begun, rows=rows
        )
        await self.store.run(admitted)


Start = Callable[..., Process]


@pytest.fixture
def start(place: Place) -> Start:
    """Starts a process on the one state: `start(A_MINUTE, A_DAY)`."""
    return lambda *limits: Process(place.store(), limits)


async def test_each_window_slides(start: Start):
    process = start(A_MINUTE, AN_HOUR, A_DAY)
    # when, and what refuses the next one, until when
    steps = [(0, None), (1, None), (2, (A_MINUTE, 60)), (59, (A_MINUTE, 60)), (60, None), (61, (AN_HOUR, HOUR))]
    steps += [(HOUR - 1, (AN_HOUR, HOUR)), (HOUR, None), (HOUR + 1, (A_DAY, DAY)), (DAY, None)]
    for after, refusal in steps:
        process.clock.seconds = START + after
        if refusal is None:
            await process.admit()
            continue
        with pytest.raises(LimitReached) as error:
            await process.admit()
        assert (error.value.limit, error.value.until - START) == refusal, after


async def test_of_several_limits_the_one_that_lasts_longest_is_named(start: Start):
    process = start(A_MINUTE, Limit("PER_DAY", 2, DAY))
    for _ in range(2):
        await process.admit()
    with pytest.raises(LimitReached) as error:
        await process.admit()
    assert error.value.limit.setting == "PER_DAY"


async def test_destructive_ones_have_a_limit_of_their_own_and_count_as_changes_too(start: Start):
    process = start(A_MINUTE, DESTRUCTIVE)
    await process.admit(destroys=True)
    with pytest.raises(LimitReached) as error:
        await process.admit(destroys=True)
    assert error.value.limit is DESTRUCTIVE
    await process.admit()
    with pytest.raises(LimitReached) as error:
        await process.admit()
    assert error.value.limit is A_MINUTE


async def test_rows_have_a_limit_of_their_own_and_a_job_is_one_change(start: Start):
    rows = Limit("ROWS", 1000, DAY, rows=True)
    process = start(A_MINUTE, rows)
    await process.admit(rows=600)
    process.clock.seconds += MINUTE
    with pytest.raises(LimitReached) as error:
        await process.admit(rows=401)
    assert (error.value.limit, error.value.until) == (rows, START + DAY)
    await process.admit(rows=400)
    with pytest.raises(LimitReached) as error:
        await process.admit(rows=1)
    assert (error.value.limit, error.value.until) == (rows, START + DAY)
    with pytest.raises(LimitReached) as error:
        await process.admit(rows=1001)
    assert error.value.until == math.inf
    process.clock.seconds = START + DAY
    await process.admit(rows=600)


async def test_each_caller_is_counted_for_itself(start: Start):
    process = start(A_MINUTE)
    for caller in ("a", "b", "a", "b"):
        await process.admit(caller)
    for caller in ("a", "b"):
        with pytest.raises(LimitReached):
            await process.admit(caller)


async def test_a_limit_of_zero_allows_nothing_ever(start: Start):
    process = start(Limit("PER_MINUTE", 0, MINUTE), Limit("DESTRUCTIVE", 0, DAY, destructive=True))
    with pytest.raises(LimitReached) as error:
        await process.admit(destroys=True)
    assert math.isinf(error.value.until)


async def test_what_has_begun_is_not_refused_and_counts(start: Start):
    process = start(A_MINUTE)
    await process.admit()
    for _ in range(3):
        await process.admit(begun=True)
    with pytest.raises(LimitReached):
        await process.admit()


async def test_a_restart_does_not_empty_the_account(start: Start):
    for _ in range(2):
        process = start(A_MINUTE)
        await process.admit()
        process.store.close()
    with pytest.raises(LimitReached):
        await start(A_MINUTE).admit()


async def test_many_processes_at_once_do_not_overshoot_together(start: Start):
    limit = Limit("PER_MINUTE", 5, MINUTE)
    calls = (start(limit).admit() for _ in range(12))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 5
    assert sum(isinstance(outcome, LimitReached) for outcome in outcomes) == 7


@pytest.mark.thorough  # the one above is quicker
async def test_real_processes_share_one_account(place: Place):
    child = (
        "import pathlib, sys\n"
        "from dialler_mcp.changes.limits import HOUR, Breaker, Limit, LimitReached\n"
        "from dialler_mcp.state.store import StateStore\n"
        "breaker = Breaker([Limit('X', 30, HOUR)], lambda: 1000.0)\n"
        "store = StateStore(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
        "admitted = 0\n"
        "for _ in range(20):\n"
        "    try:\n"
        "        store.work(lambda connection: breaker.admit(connection, 'a', destroys=False))\n"
        "        admitted += 1\n"
        "    except LimitReached:\n"
        "        pass\n"
        "print(admitted)\n"
        "store.close()\n"
    )
    command = (sys.executable, "-c", child, str(place.directory), place.url)
    processes = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(2)]
    assert sum([int((await process.communicate())[0]) for process in processes]) == 30


async def test_the_rows_of_a_change_are_kept_beside_its_count(start: Start):
    process = start(A_MINUTE)
    breaker = Breaker(process.limits, process.clock)

    def admit(connection: Connection) -> list[int]:
        breaker.admit(connection, "a", destroys=False)
        breaker.admit(connection, "a", destroys=False, rows=500)
        return list(connection.scalars(select(changes_made.c.rows).order_by(changes_made.c.rows)))

    assert await process.store.run(admit) == [1, 500]


async def test_what_no_window_sees_any_more_is_forgotten(start: Start):
    process = start(A_MINUTE)
    await process.admit("somebody who never comes back")
    process.clock.seconds += DAY
    await process.admit()

    def callers(connection: Connection) -> list[str]:
        return list(connection.scalars(select(changes_made.c.caller)))

    assert await process.store.run(callers) == ["a"]
