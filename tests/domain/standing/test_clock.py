"""The present time in SQL goes as the one of Python, around the hours in which clocks change, too."""

from datetime import datetime

from hypothesis import example, given

from dialler_mcp.domain.standing.clock import Clock
from dialler_mcp.domain.times import ahead, passed
from dialler_mcp.reporting.snapshot.database import Database
from tests.conftest import BERLIN
from tests.domain.standing.moments import FAR, NOWS, WALLS
from tests.examples import examples


@given(value=WALLS | FAR, now=NOWS)
@example(value=datetime(2026, 10, 25, 2, 30), now=datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN))
@example(value=datetime(2026, 3, 29, 2, 30), now=datetime(2026, 3, 29, 3, 10, tzinfo=BERLIN))
@examples(100, many=1500)
def test_the_clock_of_the_sql_goes_as_the_one_of_python(database: Database, value: datetime, now: datetime) -> None:
    clock = Clock(now, BERLIN)
    questions = f"SELECT {clock.passed('due')}, {clock.ahead('due')} FROM (SELECT ?::TIMESTAMP AS due)"
    assert database.row(questions, [value]) == (passed(value, now, BERLIN), ahead(value, now, BERLIN))
