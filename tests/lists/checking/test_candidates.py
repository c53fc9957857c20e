from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.kinds import Kind, Verdict


def test_a_row_is_out_as_soon_as_one_finding_leaves_it_out():
    candidate = Candidate(2, {"Name": "Weiß"}, [])
    assert not candidate.is_out
    for kind in Kind:
        candidate.findings[:] = [Finding(Kind.firm), Finding(kind)]
        assert candidate.is_out is (kind.verdict is Verdict.left_out)
