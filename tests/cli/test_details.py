from dialler_mcp.cli.details import details
from dialler_mcp.domain.fields import Language
from tests.tools.asking import Make, told


async def test_german_details_have_no_english_word(bench: Make):
    answer = await told(bench(language="de"), "check_connection")
    lines = details(answer["record"], answer["notes"], Language.de).splitlines()
    assert len(lines) == len(answer["record"]) + len(answer["notes"])
    assert lines[:3] == ["Dialler: SANDBOX (Übungs-Dialler)", "Token: angenommen", "Kampagnen: 7"]
    assert "Bestätigung: auto" in lines
    assert "weitere Funktionen: update, reset, lock, delete: ohne Schreiben nicht zu prüfen" in "\n".join(lines)
    assert "nur lesen: nein" in lines
    english = {"accepted", "yes", "no", "campaigns", "history", "time", "zone", "other", "dry", "missing"}
    assert not english & set(" ".join(lines).replace(":", "").split())


def test_english_details_are_as_the_tool_has_them():
    assert details({"token": "accepted", "campaigns": 7}, ["A note."], Language.en) == (
        "token: accepted\ncampaigns: 7\nA note."
    )


def test_what_is_unclear_is_german_as_far_as_it_is_ours():
    record = {"history": "unclear: It broke.", "dialler's clock": "+90 s beside ours"}
    assert details(record, [], Language.de) == "Verlauf: unklar: It broke.\nUhr des Diallers: +90 s neben unserer"
