import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.service.export_wish import Format, RowKind, wished
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("file_type", "path", "expected"),
    [
        (None, None, Format.xlsx),
        (None, "deals.csv", Format.csv),
        (None, "deals.PARQUET", Format.parquet),
        (None, "deals", Format.xlsx),
        (Format.jtel, "deals.csv", Format.jtel),
    ],
)
def test_the_format_is_what_was_said_else_what_the_name_says(
    file_type: Format | None, path: str | None, expected: Format
):
    assert wished(Scope(), Language.en, None, None, None, file_type, path).format is expected


def test_contacts_are_meant_unless_something_else_is_said():
    def what(scope: Scope = Scope(), what: RowKind | None = None, sql: str | None = None) -> str:
        return wished(scope, Language.en, what, sql, None, None, None).contents

    assert what() == "contacts"
    assert what(Scope(since=NOON)) == "calls"
    assert what(sql="SELECT 1") == "query"
    with pytest.raises(Problem, match="choose calls"):
        what(Scope(until=NOON), RowKind.contacts)
