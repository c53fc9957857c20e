"""What a report looks at, in SQL."""

from datetime import date, datetime

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
