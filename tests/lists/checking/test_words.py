import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.lists.checking.candidates import ExistingContact, Finding
from dialler_mcp.lists.checking.words import reason
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.records import CUT


@pytest.mark.parametrize(
    ("finding", "english", "german"),
    [
        (
            Finding(Kind.bad_number, "PhoneNumber1", Flaw.emergency),
            "no phone number that can be dialled (PhoneNumber1: emergency number)",
            "keine wählbare Rufnummer (PhoneNumber1: Notruf)",
        ),
        (Finding(Kind.twin_row, line=2), "the same row again, see line 2", "dieselbe Zeile noch einmal, siehe Zeile 2"),
        (
            Finding(Kind.locked, contact=ExistingContact(8, 9, "open", True)),
            "locked, contact 8 in campaign 9, open, locked",
            "gesperrt, Kontakt 8 in Kampagne 9, offen, gesperrt",
        ),
        (
            Finding(Kind.unreadable, fault=CUT),
            "row cannot be used (The file is cut off in this record: what follows it is missing.)",
            "Zeile nicht verwendbar (Die Datei bricht in diesem Datensatz ab: Was folgte, fehlt.)",
        ),
        (Finding(Kind.no_name, "Name"), "no surname (Name)", "kein Nachname (Name)"),
    ],
)
def test_a_finding_in_words(finding: Finding, english: str, german: str) -> None:
    assert (reason(finding, Language.en), reason(finding, Language.de)) == (english, german)
