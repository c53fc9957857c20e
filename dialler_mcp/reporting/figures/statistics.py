"""The confidence interval of a share, and which of several shares are reliably above the rest."""

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

MIN_SAMPLE = 30
"""Attempts below which nothing is claimed about a rate."""
Z = 1.959964
"""So many standard deviations around the mean hold 95 % of a normal distribution."""


class Interval(NamedTuple):
    """The 95 % confidence interval of a share, 0 to 1."""

    low: float
    high: float


def wilson(n: int, of: int) -> Interval | None:
    """The score interval of a share `n / of`; None where there is nothing to go by.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
    """
    if of <= 0:
        return None
    share, spread = n / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return Interval(
        min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))
    )  # so that rounding does not cut it off


class Rate(NamedTuple):
    """The number of successes for a key."""

    key: int
    n: int
    of: int


def better(rates: Iterable[Rate]) -> list[Rate]:
    """The rates that are reliably above that of all others together, best first; none with fewer than `MIN_SAMPLE`.

    Reliably means that their interval lies above the share of the rest. That is 95 % for each; of twenty equal hours
    one may pass.
    """
    every = list(rates)
    n, of = sum(rate.n for rate in every), sum(rate.of for rate in every)

    def stands_out(rate: Rate) -> bool:
        interval, rest = wilson(rate.n, rate.of), of - rate.of
        return rate.of >= MIN_SAMPLE and interval is not None and rest > 0 and interval.low > (n - rate.n) / rest

    return sorted(filter(stands_out, every), key=lambda rate: -rate.n / rate.of)
