from dialler_mcp.lists.jobs.pace import LONGEST, Pace
from tests.tools.asking import Clock


class Paused:
    """Waits by moving a clock."""

    def __init__(self) -> None:
        self.clock = Clock(0.0)

    async def __call__(self, seconds: float) -> None:
        self.clock.seconds += seconds


async def test_so_many_requests_leave_in_a_second_and_no_more():
    paused = Paused()
    pace = Pace(8, 10.0, clock=paused.clock, pause=paused)
    for _ in range(21):
        await pace.turn()
    assert round(paused.clock.seconds, 6) == 2.0


async def test_time_that_was_not_used_is_not_caught_up_with():
    paused = Paused()
    pace = Pace(8, 10.0, clock=paused.clock, pause=paused)
    paused.clock.seconds = 100.0
    await pace.turn()
    await pace.turn()
    assert round(paused.clock.seconds, 6) == 100.1


async def test_trouble_halves_the_connections_and_doubles_the_rest_until_it_is_over():
    paused = Paused()
    pace = Pace(8, 1e9, clock=paused.clock, pause=paused)
    seen = list[tuple[int, float]]()
    for _ in range(7):
        pace.went(trouble=True)
        seen.append((pace.connections, pace.wait))
    assert seen[:4] == [(4, 1.0), (2, 2.0), (1, 4.0), (1, 8.0)]
    assert seen[-1] == (1, LONGEST)
    await pace.rest()
    assert paused.clock.seconds == LONGEST
    for _ in range(9):
        pace.went(trouble=False)
    assert (pace.connections, pace.wait) == (8, 0.0)
