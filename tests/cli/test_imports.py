"""`dialler-mcp import` at a terminal, over the sandbox."""

import json
import shlex
import sys
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest
import typer

from dialler_mcp.audit.check import Filter, entries_of
from dialler_mcp.audit.log import AuditLog
from dialler_mcp.dialler import sandbox_path
from dialler_mcp.domain.records import Contact
from dialler_mcp.sandbox import Store
from dialler_mcp.settings import Settings
from tests.cli.running import Answer, Terminal, answer_of
from tests.tools.test_lists import LIST

NEW = "Kd-Nr;Vorname;Nachname;Telefon\nA1;Paula;Neumann;030 23125901\nA2;Jörg;Weiß;030 23125905\n"
THERE = "Kd-Nr;Vorname;Nachname;Telefon;Ort\nContact10;Max;Mustermann;030 23125010;Xanten\n"
ASKED = "Kd-Nr;Vorname;Nachname;Firma;Telefon\nA1;Paula;Neumann;;030 23125901\nA3;;;Muster GmbH;030 23125908\n"


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox_file: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("DIALLER_DATA_DIR", str(place))
    copy(sandbox_file, sandbox_path(Settings()))
    return place


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    def run(content: str, *arguments: str) -> Answer:
        (tmp_path / "leads.csv").write_text(content, "utf-8")
        file = [] if "--job" in arguments or not content else [str(tmp_path / "leads.csv")]
        return answer_of(monkeypatch, capsys, "import", *file, *arguments)

    return run


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody sits at the terminal, and says yes; the questions that they were asked."""
    questions = list[str]()

    def confirm(text: str, default: bool) -> bool:
        questions.append(text)
        return True

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", confirm)
    return questions


def contacts(*keys: str) -> list[Contact]:
    """Those in the sandbox that have one of these CRM keys."""
    with closing(Store.open(sandbox_path(Settings()))) as store:
        return [one for one in store.contacts() if one.user_data in keys]


CAMPAIGN = ("--campaign", "Campaign 1000")


def test_a_check_says_what_is_right_and_wrong_and_imports_nothing(terminal: Terminal):
    answer = terminal(LIST, *CAMPAIGN, "--check")
    assert answer.code == 3
    first, head, *rest = answer.out.splitlines()
    assert first == "leads.csv: 6 rows: 2 ready, 1 exists, 3 left out."
    assert head.split() == ["column", "field", "examples"]
    assert any(line.startswith("Tel. mobil") and "PhoneNumber1" in line for line in rest)
    assert "list_id" not in answer.out
    assert contacts("A1") == []
    assert terminal(NEW, *CAMPAIGN, "--check").code == 0


def test_yes_imports_new_people_without_a_question_and_says_how_fast(terminal: Terminal):
    answer = terminal(NEW, *CAMPAIGN, "--yes")
    assert answer.code == 0
    assert "2 of 2 rows finished: 2 done." in answer.out
    assert "rows a second." in answer.out
    assert len(contacts("A1", "A2")) == 2
    again = terminal(NEW, *CAMPAIGN, "--yes")
    assert (again.code, again.out.splitlines()[-1]) == (0, "Nothing to import: nobody in the list is new.")
    assert len(contacts("A1", "A2")) == 2


def test_a_person_at_the_terminal_is_asked(terminal: Terminal, person: list[str]):
    answer = terminal(NEW, *CAMPAIGN)
    assert answer.code == 0
    assert person == ["Go on?"]
    assert "Import 2 new contacts from leads.csv?" in answer.out
    assert len(contacts("A1", "A2")) == 2


def test_a_no_imports_nothing(terminal: Terminal, person: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    answer = terminal(NEW, *CAMPAIGN)
    assert answer.code == 4
    assert "nobody has said yes" in answer.err
    assert contacts("A1", "A2") == []


def test_without_a_person_there_is_a_preview_whose_phrase_is_the_yes(terminal: Terminal):
    preview = terminal(NEW, *CAMPAIGN)
    assert preview.code == 4
    assert contacts("A1", "A2") == []
    command = shlex.split(preview.out.splitlines()[-2].partition("dialler-mcp import ")[2])
    outcome = terminal(NEW, *command)
    assert outcome.code == 0, outcome
    assert len(contacts("A1", "A2")) == 2


def test_yes_does_not_count_where_something_is_overwritten(terminal: Terminal):
    answer = terminal(THERE, *CAMPAIGN, "--update", "--yes")
    assert answer.code == 4
    assert [one.city for one in contacts("Contact10")] != ["Xanten"]


def test_a_person_lets_something_be_overwritten(terminal: Terminal, person: list[str]):
    assert terminal(THERE, *CAMPAIGN, "--update", "--yes").code == 0
    assert person == ["Go on?"]
    assert [one.city for one in contacts("Contact10")] == ["Xanten"]


def test_rules_say_which_fields_are_overwritten(terminal: Terminal):
    answer = terminal(THERE, *CAMPAIGN, "--update", "--rule", "Ort=never", "--rule", "*=always")
    assert answer.code in (0, 4), answer
    assert "Fields that stay, though the list has something else: City 1." in answer.out


def test_yes_does_not_count_where_a_person_must_confirm(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_CONFIRMATION", "human")
    answer = terminal(NEW, *CAMPAIGN, "--yes")
    assert answer.code == 1
    assert "person's confirmation" in answer.err
    assert contacts("A1", "A2") == []


@pytest.mark.thorough
def test_what_came_of_it_is_told_as_json(terminal: Terminal):
    answer = terminal(LIST, *CAMPAIGN, "--yes", "--json")
    assert answer.code == 0
    record = json.loads(answer.out)
    assert (record["status"], record["job"], record["rows"], record["done"]) == ("done", 1, 2, 2)
    assert record["check"]["summary"].startswith("leads.csv: 6 rows")
    preview = terminal(THERE, *CAMPAIGN, "--update", "--json")
    assert preview.code == 4
    assert {"confirm", "job"} <= json.loads(preview.out).keys()


@pytest.mark.thorough
def test_rows_that_ask_for_a_decision_end_with_3_until_it_is_taken(terminal: Terminal):
    answer = terminal(ASKED, *CAMPAIGN, "--check", "--json")
    kinds = [row for row in json.loads(answer.out)["check"]["kinds"] if row[0] == "asked"]
    assert kinds, answer.out
    kind = kinds[0][1].partition(":")[0]
    assert terminal(ASKED, *CAMPAIGN, "--yes").code == 3
    assert len(contacts("A1", "A3")) == 1
    assert terminal(ASKED, *CAMPAIGN, "--yes", "--decide", f"{kind}=ready").code == 0
    assert len(contacts("A1", "A3")) == 2


@pytest.mark.thorough
def test_a_column_is_what_the_person_says(terminal: Terminal):
    odd = NEW.replace("Telefon", "Spalte 4")
    assert terminal(odd, *CAMPAIGN, "--yes", "--mapping", "Spalte 4=PhoneNumber2").code == 0
    assert [one.phone_number2 for one in contacts("A1")] == ["493023125901"]


@pytest.mark.thorough
def test_a_mapping_is_kept_under_a_name_taken_by_it_and_forgotten(terminal: Terminal):
    odd = NEW.replace("Telefon", "Spalte 4")
    assert terminal(odd, *CAMPAIGN, "--check", "--mapping", "Spalte 4=PhoneNumber2", "--keep", "CRM").code == 0
    answer = terminal(odd, *CAMPAIGN, "--check")
    assert 'mapping "CRM", so it was taken' in answer.out
    assert terminal(odd, *CAMPAIGN, "--yes", "--mapping", "crm").code == 0
    assert [one.phone_number2 for one in contacts("A1")] == ["493023125901"]
    forgotten = terminal("", "--forget", "CRM")
    assert (forgotten.code, forgotten.out) == (0, 'The mapping "CRM" is forgotten.\n')
    assert terminal("", "--forget", "CRM").code == 1


def test_rejects_are_written_beside_the_list(terminal: Terminal, tmp_path: Path):
    answer = terminal(LIST, *CAMPAIGN, "--check", "--rejects")
    (path,) = tmp_path.glob("leads-checked-*.xlsx")
    assert str(path) in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--campaign", "nobody knows"), 2, "no campaign has this name"),
        (("--campaign", "a"), 2, "several campaigns could be meant"),
        ((*CAMPAIGN, "--mapping", "Telefon="), 2, "has the form name=value"),
        ((*CAMPAIGN, "--mapping", "CRM"), 1, "no mapping under this name"),
        ((*CAMPAIGN, "--mapping", "CRM", "--mapping", "Telefon"), 2, "one kept mapping"),
        ((*CAMPAIGN, "--keep", " "), 2, "the name of a mapping has 1 to 64 characters"),
        ((*CAMPAIGN, "--rule", "City=never"), 2, "--rule belongs to --update"),
        ((*CAMPAIGN, "--update", "--rule", "City=perhaps"), 1, "one of: always, if_new"),
        (("--forget", "CRM"), 2, "give a file"),
        ((*CAMPAIGN, "--confirm", "x"), 2, "give a file"),
        ((*CAMPAIGN, "--decide", "shared_number=perhaps"), 1, "decisions are ready or left_out"),
        (("--job", "7", "--confirm", "import x #k3v9q2m7"), 1, "no such job"),
    ],
)
def test_what_makes_no_sense_is_said(terminal: Terminal, arguments: tuple[str, ...], code: int, why: str):
    answer = terminal(NEW, *arguments)
    assert answer.code == code
    assert why in answer.err
    assert contacts("A1", "A2") == []


def test_who_may_not_import_cannot_do_it_here_either(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_ROLE", "agent")
    answer = terminal(NEW, *CAMPAIGN, "--yes")
    assert answer.code == 1
    assert "not allowed here" in answer.err
    assert contacts("A1", "A2") == []
    assert terminal(NEW, *CAMPAIGN, "--check").code == 0


def test_a_dry_run_sends_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_DRY_RUN", "1")
    answer = terminal(NEW, *CAMPAIGN, "--yes")
    assert answer.code == 0
    assert "DRY RUN" in answer.out
    assert contacts("A1", "A2") == []


@pytest.mark.thorough
def test_german_is_spoken_where_the_settings_say_so(
    terminal: Terminal, person: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIALLER_LANGUAGE", "de")
    answer = terminal(NEW, *CAMPAIGN)
    assert person == ["Ausführen?"]
    assert "2 neue Kontakte aus „leads.csv“ importieren?" in answer.out
    assert " Zeilen je Sekunde." in answer.out


def test_masked_numbers_are_masked_at_the_terminal_too(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_PRIVACY", "masked")
    assert "23125901" not in terminal(NEW, *CAMPAIGN, "--check").out


@pytest.mark.thorough
def test_an_import_leaves_its_line_in_the_audit_log_and_does_without_it_nothing(
    terminal: Terminal, data: Path, monkeypatch: pytest.MonkeyPatch
):
    terminal(NEW, *CAMPAIGN, "--yes")
    *_, last = entries_of(data / "audit", Filter())
    assert (last["kind"], last["tool"], last["outcome"], last["exit"]) == ("command", "import", "ok", 0)
    assert "Campaign 1000" not in json.dumps(last)

    def full(_: AuditLog) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(AuditLog, "prepare", full)
    answer = terminal("Kd-Nr;Nachname;Telefon\nA9;Neumann;030 23125909\n", *CAMPAIGN, "--yes")
    assert answer.code == 1
    assert "nothing is changed without it" in answer.err
    assert contacts("A9") == []
