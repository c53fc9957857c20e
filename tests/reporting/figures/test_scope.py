"""What a report looks at, in SQL."""

from datetime import date, datetime

import pytest

from dialler_mcp.reporting.figures.scope import Scope


def test_without_limits_all_calls_but_tests_count():
    assert Scope().calls() == ("test_call IS DISTINCT FROM true", [])
    assert Scope().contacts() == ("true", [])


def test_each_limit_is_a_condition_with_its_values():
    scope = Scope(
        datetime(2026, 11, 1),
        datetime(2026, 11, 2),
        days=[date(2026, 11, 1)],
        hours=[9, 10],
        weekdays=[1],
        results=[2494],
        agents=[7],
        campaigns=[538, 551],
    )
    sql, values = scope.calls()
    assert sql.count("?") == len(values) == 10
    for part in ("began >= ?", "began <= ?", "day IN (?)", "hour IN (?, ?)", "campaign_id IN (?, ?)"):
        assert part in sql
    assert scope.contacts() == ("campaign_id IN (?, ?)", [538, 551])


NOW = datetime(2026, 11, 20, 14)


@pytest.mark.parametrize(
    ("scope", "before"),
    [
        (  # a week that is over
            Scope(datetime(2026, 11, 9), datetime(2026, 11, 15, 23, 59, 59)),
            Scope(datetime(2026, 11, 2), datetime(2026, 11, 8, 23, 59, 59)),
        ),
        (  # a week that goes on: as far as it has come
            Scope(datetime(2026, 11, 16), datetime(2026, 11, 22, 23, 59, 59)),
            Scope(datetime(2026, 11, 11), datetime(2026, 11, 15, 14)),
        ),
        (Scope(datetime(2026, 11, 1)), Scope(datetime(2026, 10, 12), datetime(2026, 10, 31, 14))),
        (  # a morning: the same hours of the day before
            Scope(datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 12)),
            Scope(datetime(2026, 11, 18, 9), datetime(2026, 11, 18, 12)),
        ),
        (
            Scope(datetime(2026, 11, 19), datetime(2026, 11, 19, 23, 59, 59), agents=[7]),
            Scope(datetime(2026, 11, 18), datetime(2026, 11, 18, 23, 59, 59), agents=[7]),
        ),
        (Scope(), None),
        (Scope(until=datetime(2026, 11, 1)), None),
    ],
)
def test_the_period_before_is_as_long_and_has_the_same_hours(scope: Scope, before: Scope | None):
    assert scope.before(NOW) == before
