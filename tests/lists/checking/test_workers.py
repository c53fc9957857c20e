import pytest

from dialler_mcp.lists.checking.workers import BLOCK, candidates
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.columns.usage import usage_of
from tests.lists.tables import figure, listed


@pytest.mark.thorough  # two processes begin
def test_two_processes_say_the_same_as_one_in_the_same_order() -> None:
    rows = [["Lang", figure(str(3023125000 + number % 1000)), "1.3.2027"] for number in range(BLOCK + 10)]
    table = listed("Name;Tel;Vertragsende", *rows)
    columns = map_of(proposed(table))
    setup = (columns, usage_of(table, columns, "DE"), "DE")
    alone = list(candidates(table.rows(), setup, 1))
    assert list(candidates(table.rows(), setup, 2)) == alone
    assert [row for row, _ in alone] == list(table.rows())
