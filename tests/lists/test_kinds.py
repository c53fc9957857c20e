from dialler_mcp.domain.fields import Language
from dialler_mcp.lists.kinds import KINDS, VERDICTS, Kind, Verdict


def test_every_kind_has_its_verdict_and_its_words_once() -> None:
    assert set(KINDS) == set(Kind)
    assert set(VERDICTS) == set(Verdict)
    for language in Language:
        words = [kind.text(language) for kind in Kind]
        assert all(words)
        assert len(set(words)) == len(words)
