"""Histories are asked for at the pace that the dialler can stand."""

import json
from itertools import count

import httpx2
import pytest

from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.snapshot.reading import (
    FIRST_BATCH,
    MAX_BATCH,
    MAX_CALLS,
    MIN_BATCH,
    HistoryReader,
    StopReason,
)
from tests.api.wire import URL
from tests.conftest import no_pause


class Pace:
    """A dialler that knows every contact; each look at the clock is `seconds` later than the one before."""

    def __init__(self, seconds: float, *, fails: int = 0, calls: int = 0) -> None:
        self.asked: list[int] = []
        self.calls = [{"ID": number} for number in range(calls)]
        self.fails = fails
        dialler = Dialler(Address(URL, "token"), transport=httpx2.MockTransport(self._answer))
        ticks = count()
        self.reader = HistoryReader(dialler, 538, 4, no_pause, lambda: next(ticks) * seconds)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        ids: list[int] = json.loads(request.content)["IDList"]
        self.asked.append(len(ids))
        if len(self.asked) <= self.fails:
            return httpx2.Response(500, json={"error": "busy"})
        return httpx2.Response(
            200, json={"records": [{"ID": number, "DiallerContactsHistory": self.calls} for number in ids]}
        )

    async def read(self, contacts: int, until: float = float("inf")) -> list[int]:
        stretches = [one async for one in self.reader.read(range(1, contacts + 1), lambda: until)]
        return sorted(answered.contact_id for one in stretches for answered in one.answers)


async def test_a_quick_dialler_is_asked_for_more_at_once() -> None:
    pace = Pace(0.001)
    assert await pace.read(3000) == list(range(1, 3001))
    assert pace.asked[0] == FIRST_BATCH
    assert max(pace.asked) == MAX_BATCH


async def test_contacts_with_long_histories_are_asked_for_in_fewer_at_once() -> None:
    pace = Pace(0.001, calls=40)
    assert await pace.read(600) == list(range(1, 601))
    assert max(pace.asked) == FIRST_BATCH
    assert pace.asked[-2] * 40 <= MAX_CALLS


async def test_a_slow_dialler_is_asked_for_less_at_once_and_by_fewer() -> None:
    pace = Pace(10.0)
    assert await pace.read(3000) == list(range(1, 3001))
    assert min(pace.asked[:-1]) == MIN_BATCH
    assert pace.reader.width == 1


async def test_a_single_contact_that_fails_is_asked_for_again_alone() -> None:
    pace = Pace(0.5, fails=1)
    assert await pace.read(1) == [1]
    assert pace.asked == [1, 1]


async def test_failures_make_it_smaller_and_nobody_is_lost() -> None:
    pace = Pace(0.5, fails=2)
    assert await pace.read(300) == list(range(1, 301))
    assert pace.reader.stop_reason is None


async def test_a_dialler_that_always_fails_is_left_alone() -> None:
    pace = Pace(0.5, fails=10_000)
    assert await pace.read(3000) == []
    assert pace.reader.stop_reason is StopReason.faults
    assert len(pace.asked) < 12


@pytest.mark.parametrize("until", [-1.0, 20.0])
async def test_it_stops_in_time(until: float) -> None:
    pace = Pace(1.0)
    stretches = await pace.read(5000, until)
    assert len(stretches) < 5000
    assert pace.reader.stop_reason is StopReason.time


async def test_an_answer_about_others_is_not_taken() -> None:
    def wrong(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"records": [{"ID": 7}, {"ID": 1}, {"ID": 1}]})

    dialler = Dialler(Address(URL, "token"), transport=httpx2.MockTransport(wrong))
    reader = HistoryReader(dialler, 538, 1, no_pause)
    stretches = [one async for one in reader.read([1, 2], lambda: float("inf"))]
    assert [answered.contact_id for one in stretches for answered in one.answers] == [1]
    assert reader.missing == 1
