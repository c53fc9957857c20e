"""Two values of a field mean the same, or they do not."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from dialler_mcp.domain.comparing import compared
from tests.conftest import BERLIN

SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, "", True),
        (None, False, True),
        (None, 0, True),
        (None, "0", False),
        ("a", "A", False),
        (1, 2, False),
        (datetime(2026, 11, 20, 14, 0, 0, 999), datetime(2026, 11, 20, 13, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 14), datetime(2026, 11, 20, 14, 0, 1), False),
        (datetime(2026, 11, 20, 14), None, False),
    ],
)
def test_values_that_mean_the_same_are_equal(one: Any, other: Any, same: bool) -> None:
    assert (compared(one, BERLIN) == compared(other, BERLIN)) is same
