import csv
import json
import shutil
import socket
from datetime import datetime
from pathlib import Path

import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.domain.records import Campaign
from tests.cli.test_main import invoke
from tests.conftest import NOON, shared_sandbox


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sandbox at the time for which it was made."""
    shutil.copy(shared_sandbox(tmp_path_factory, "filled", NOON), tmp_path / "sandbox.sqlite3")
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("dialler_mcp.domain.times.now", lambda zone: NOON.replace(tzinfo=zone))  # pyright: ignore
    return tmp_path


def test_campaigns_are_a_table_that_says_that_it_is_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert invoke(monkeypatch, "campaigns") == 0
    heading, *rows, sandbox = capsys.readouterr().out.splitlines()
    assert heading.split() == ["ID", "name", "within", "dates", "from", "until"]
    assert any(row.startswith("538  Campaign 1000 ") and "yes" in row for row in rows)
    assert "sandbox" in sandbox
    assert "None" not in "".join(rows)


def test_campaigns_are_german_where_german_is_set(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("DIALLER_LANGUAGE", "DE")
    assert invoke(monkeypatch, "campaigns") == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["ID", "Name", "in", "der", "Laufzeit", "von", "bis"]
    assert " ja " in out
    assert " yes " not in out


def test_campaigns_as_csv_and_json_hold_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert invoke(monkeypatch, "campaigns", "--format", "csv") == 0
    as_csv = capsys.readouterr()
    assert "sandbox" in as_csv.err
    assert invoke(monkeypatch, "campaigns", "--format", "json") == 0
    records = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(as_csv.out.splitlines()))
    assert list(rows[0]) == list(records[0]) == ["ID", "name", "within_dates", "from", "until"]
    assert [int(row["ID"]) for row in rows] == [record["ID"] for record in records]
    assert {record["within_dates"] for record in records} == {True, False}


def test_no_campaign_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    async def none(_: Dialler) -> list[Campaign]:
        return []

    monkeypatch.setattr(Dialler, "list_campaigns", none)
    assert invoke(monkeypatch, "campaigns") == 0
    assert "The dialler has no campaign yet." in capsys.readouterr().out
    assert invoke(monkeypatch, "campaigns", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_name_is_no_formula_and_hides_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    async def one(_: Dialler) -> list[Campaign]:
        return [Campaign(id=7, name="=1+1\u202e", dt_from=datetime(2026, 11, 1))]

    monkeypatch.setattr(Dialler, "list_campaigns", one)
    assert invoke(monkeypatch, "campaigns", "--format", "csv") == 0
    assert "7,'=1+1,yes,2026-11-01 00:00+01:00,\n" in capsys.readouterr().out


def test_a_dialler_that_is_not_there_is_explained(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DIALLER_BASE_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/rest/v1.0/1")
        monkeypatch.setenv("DIALLER_TOKEN", "x")
        assert invoke(monkeypatch, "campaigns") == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_what_is_hidden_in_a_name_is_masked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    async def of_one(self: Dialler) -> list[Campaign]:
        return [Campaign(id=7, name="Sommer DE02 1203 0000 0000 2020 51")]

    monkeypatch.setattr(Dialler, "list_campaigns", of_one)
    assert invoke(monkeypatch, "campaigns", "--format", "json") == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["name"].startswith("Sommer …")
    assert "2020" not in record["name"]
