"""The numbers of a block of rows: those that need no closer look, and the others beside them."""

from dialler_mcp.lists.checking.candidates import Candidate
from dialler_mcp.lists.checking.numbers import Numbers
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.usage import Usage
from dialler_mcp.lists.kinds import Kind
from tests.lists.tables import figure

COLUMNS = ColumnMap(("Land", "Tel", "Mobil"), ("Country", "PhoneNumber1", "PhoneNumber2"))


def _candidates(*rows: tuple[str, str, str], region: str = "DE", abroad: bool = False) -> list[Candidate]:
    candidates = [Candidate(line, {}, []) for line, _ in enumerate(rows, 2)]
    Numbers(COLUMNS, Usage(abroad=abroad), region).add(candidates, list(zip(*rows, strict=True)))
    return candidates


def test_usual_and_odd_numbers_stand_side_by_side():
    rows = [("", "030 23125001", "0171 3920000"), ("", figure("3023125001"), ""), ("", "", ""), ("", "112", "")]
    usual, restored, empty, emergency = _candidates(*rows)
    assert (usual.numbers, usual.findings) == (["493023125001", "491713920000"], [])
    assert (restored.numbers, restored.findings[0].kind) == (["493023125001"], Kind.zero_restored)
    assert (empty.numbers, empty.findings[0].kind) == ([], Kind.no_number)
    assert (emergency.numbers, emergency.findings[0].kind) == ([], Kind.bad_number)


def test_a_number_of_another_country_or_of_none_for_sure_is_looked_at_closely():
    abroad, home, unknown = _candidates(
        ("AT", "01 234567890", ""), ("DE", "030 23125001", ""), ("", "030 23125001", ""), abroad=True
    )
    assert (abroad.numbers, home.numbers) == (["431234567890"], ["493023125001"])
    assert [finding.kind for finding in unknown.findings] == [Kind.country_unclear]
    assert not home.findings
