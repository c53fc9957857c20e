"""`dialler-mcp export` at a terminal, over the sandbox."""

import csv
import json
from functools import partial
from pathlib import Path

import duckdb
import pytest

from dialler_mcp.audit.check import Filter, entries_of
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.state import places
from tests.cli.running import Terminal


@pytest.fixture
def terminal(at_terminal: Terminal) -> Terminal:
    return partial(at_terminal, "export")


def rows_of(path: Path) -> list[list[str]]:
    lines = path.read_text("utf-8").splitlines()
    return [row for row in csv.reader(lines) if not row[0].startswith("# ")][1:]


def test_contacts_are_written_where_the_person_says(terminal: Terminal, tmp_path: Path):
    answer = terminal("campaign 1000", "--to", "people.csv")
    assert answer.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
    rows = rows_of(tmp_path / "people.csv")
    first, age, notice = answer.out.splitlines()
    assert first.startswith(f"{len(rows)} rows written: {tmp_path / 'people.csv'} (")
    assert age.startswith("Data as of ")
    assert notice == "This is the embedded sandbox dialler: invented people, no real calls."
    assert answer.err == ""


def test_calls_are_written_under_a_name_of_their_own_and_told_as_json(terminal: Terminal, tmp_path: Path):
    answer = terminal("538", "--what", "calls", "--result", "Done", "--type", "parquet", "--json")
    assert answer.code == 0
    record = json.loads(answer.out)
    path = Path(record["file"])
    assert path.parent == tmp_path
    assert path.name.startswith("SANDBOX-calls-campaign-1000-")
    relation = duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE result_type = 'Done'")
    assert relation is not None
    assert relation.fetchall() == [(record["rows"],)]
    assert record["bytes"] == path.stat().st_size


@pytest.mark.thorough
def test_the_rows_of_a_question_are_written(terminal: Terminal, tmp_path: Path):
    assert terminal("538", "--sql", "SELECT '=1+1' AS x", "--to", "x.csv").code == 0
    assert rows_of(tmp_path / "x.csv") == [["'=1+1"]]


def test_german_is_spoken_where_it_is_asked_for(terminal: Terminal, tmp_path: Path):
    answer = terminal("538", "--language", "de", "--type", "csv")
    assert " Zeilen geschrieben: " in answer.out
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("SANDBOX-kontakte-campaign-1000-")


def test_a_file_that_is_there_is_not_replaced(terminal: Terminal, tmp_path: Path):
    (tmp_path / "people.csv").write_text("ours")
    answer = terminal("538", "--to", "people.csv")
    assert answer.code == 1
    assert "there is a file of this name" in answer.err
    assert (tmp_path / "people.csv").read_text() == "ours"


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("nobody knows",), 2, "no campaign has this name"),
        (("538", "--to", "people.docx"), 1, "ends in .xlsx"),
        (("538", "--to", "no/people.csv"), 1, "no such folder"),
        (("538", "--sql", "SELECT 1", "--what", "calls"), 2, "chooses its rows itself"),
        (("538", "--sql", "DROP TABLE contacts"), 1, "Nothing can be written"),
        (("538", "--since", "soon"), 2, "a time has the form"),
        (("538", "--result", "Bought"), 1, "No result"),
    ],
)
def test_what_cannot_be_written_is_said(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], code: int, why: str
):
    answer = terminal(*arguments)
    assert answer.code == code
    assert why in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(places.shutil, "copyfileobj", full)
    answer = terminal("538", "--to", "people.csv")
    assert answer.code == 1
    assert "No space left on device" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_who_may_not_export_cannot_do_it_here_either(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("DIALLER_WITHOUT", "dialler_export")
    answer = terminal("538", "--to", "people.csv")
    assert (answer.code, list(tmp_path.iterdir())) == (1, [])
    assert "not allowed here" in answer.err


@pytest.mark.thorough
def test_calls_that_are_not_all_known_end_with_3(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    original = Snapshots.coverage

    async def half(self: Snapshots, *arguments: object) -> object:
        from dataclasses import replace

        coverage = await original(self, *arguments)  # pyright: ignore[reportArgumentType]
        return replace(
            coverage, campaigns=tuple(replace(one, histories=one.histories - 1) for one in coverage.campaigns)
        )

    monkeypatch.setattr(Snapshots, "coverage", half)
    answer = terminal("538", "--what", "calls", "--to", "calls.csv")
    assert answer.code == 3
    assert "history known of" in answer.out
    assert terminal("538", "--to", "people.csv").code == 0, "of contacts, the list is enough"


@pytest.mark.thorough
def test_an_export_leaves_its_line_in_the_audit_log(terminal: Terminal, data_home: Path):
    terminal("538", "--sql", "SELECT 'secret' AS x", "--to", "x.csv")
    *_, last = entries_of(data_home / "audit", Filter())
    assert (last["kind"], last["tool"], last["caller"], last["outcome"]) == ("command", "export", "terminal", "ok")
    assert "secret" not in json.dumps(last)
