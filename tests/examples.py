"""How many examples a property is tried on.

The run that everybody waits for tries few, and the same ones each time, so that its verdict depends on the code alone.
The search (`scripts/search`) tries many, at random, and prints the one that fails.
"""

import os
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, settings

SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "search"
TIMES_MORE = 5  # examples of the search for one of the fast run
FEW = 30

# No verdict depends on how long an example takes, nor on what failed earlier on this machine.
USUAL = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", USUAL, max_examples=FEW, derandomize=True)
settings.register_profile("search", USUAL, max_examples=FEW * TIMES_MORE, derandomize=False, print_blob=True)


def examples(few: int, *suppressed: HealthCheck, many: int | None = None) -> settings:
    """For a property whose examples take long: this many in the fast run, `many` in the search, which else are
    `TIMES_MORE` times as many.
    """
    return settings(
        max_examples=(many or few * TIMES_MORE) if SEARCHING else few,
        suppress_health_check=[HealthCheck.too_slow, *suppressed],
    )


def load() -> None:
    """Take the profile that the environment names."""
    settings.load_profile("search" if SEARCHING else "fast")


def rest_thorough(cases: Iterable[object], *, quick: int = 1) -> list[pytest.ParameterSet]:
    """The cases of a test that takes long: the first ones for the fast run, all for the thorough one."""
    return [
        pytest.param(case, marks=[pytest.mark.thorough] if place >= quick else []) for place, case in enumerate(cases)
    ]
