"""Intervals and what stands out."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.reporting.figures.statistics import MIN_SAMPLE, Rate, better, wilson


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_that_of_the_tables(n: int, of: int, low: float, high: float):
    """The last one is the example of R. G. Newcombe, Statistics in Medicine 17 (1998), table I."""
    interval = wilson(n, of)
    assert interval is not None
    assert isclose(interval.low, low, abs_tol=5e-5)
    assert isclose(interval.high, high, abs_tol=5e-5)


def test_of_nothing_there_is_no_interval():
    assert wilson(0, 0) is None


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_share_lies_in_its_interval(counts: tuple[int, int]):
    n, of = counts
    interval = wilson(n, of)
    assert interval is not None
    assert 0 <= interval.low <= n / of <= interval.high <= 1


def test_what_is_surely_above_the_rest_comes_first_and_few_attempts_claim_nothing():
    rates = [Rate(9, 20, 100), Rate(10, 70, 100), Rate(11, 80, 100), Rate(12, MIN_SAMPLE - 1, MIN_SAMPLE - 1)]
    assert [rate.key for rate in better(rates)] == [11, 10]


def test_equal_hours_do_not_stand_out_nor_does_the_only_one():
    assert better([Rate(hour, 40, 100) for hour in range(9, 18)]) == []
    assert better([Rate(9, 90, 100)]) == []
    assert better([]) == []
