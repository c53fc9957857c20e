import pytest

from dialler_mcp.lists.jobs.pace import LONGEST, Pace
from tests.tools.asking import Clock


class Pauses:
    """Waits by moving a clock."""

    def __init__(self) -> None:
        self.clock = Clock(0.0)

    async def __call__(self, seconds: float) -> None:
        self.clock.seconds += seconds


async def test_so_many_requests_leave_in_a_second_and_no_more():
    pauses = Pauses()
    pace = Pace(8, 10.0, most=200, clock=pauses.clock, pause=pauses)
    for _ in range(21):
        await pace.turn()
    assert round(pauses.clock.seconds, 6) == 2.0


async def test_time_that_was_not_used_is_not_caught_up_with():
    pauses = Pauses()
    pace = Pace(8, 10.0, most=200, clock=pauses.clock, pause=pauses)
    pauses.clock.seconds = 100.0
    await pace.turn()
    await pace.turn()
    assert round(pauses.clock.seconds, 6) == 100.1


async def test_trouble_halves_the_connections_and_doubles_the_rest_until_it_is_over():
    pauses = Pauses()
    pace = Pace(8, 1e9, most=200, clock=pauses.clock, pause=pauses)
    steps = list[tuple[int, float]]()
    for _ in range(7):
        pace.went(trouble=True)
        steps.append((pace.connections, pace.wait))
    assert steps[:4] == [(4, 1.0), (2, 2.0), (1, 4.0), (1, 8.0)]
    assert steps[-1] == (1, LONGEST)
    await pace.rest()
    assert pauses.clock.seconds == LONGEST
    for _ in range(9):
        pace.went(trouble=False)
    assert (pace.connections, pace.wait) == (8, 0.0)


async def test_a_batch_takes_some_seconds_however_fast_the_dialler_is():
    pauses = Pauses()
    pace = Pace(8, 1e9, most=200, clock=pauses.clock, pause=pauses)
    assert pace.rows == 80
    rows = list[int]()
    for sent, seconds in ((40, 0.1), (80, 0.0), (160, 0.1), (200, 4.0), (100, 400.0)):
        pace.measured(sent, seconds)
        rows.append(pace.rows)
    assert rows == [80, 160, 200, 100, 1]
    pace.measured(0, 10.0)
    assert pace.rows == 1


@pytest.mark.parametrize(("rate", "rows"), [(3.0, 6), (0.1, 1), (0.0, 80)])
async def test_the_first_batch_is_as_small_as_the_rate_asks_for(rate: float, rows: int):
    pauses = Pauses()
    assert Pace(8, rate, most=200, clock=pauses.clock, pause=pauses).rows == rows
