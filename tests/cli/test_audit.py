import csv
import json
import re
from pathlib import Path

import pytest

from dialler_mcp.audit.log import AuditLog
from tests.cli.test_main import invoke


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def full_log(data_dir: Path) -> Path:
    log = AuditLog(data_dir / "audit", max_bytes=600)
    for number in range(8):
        log.append({"caller": "claude", "tool": f"tool{number % 2}", "outcome": "ok", "ms": number})
    return data_dir / "audit"


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    capsys.readouterr()
    code = invoke(monkeypatch, "audit", *arguments)
    return code, capsys.readouterr().out


@pytest.mark.thorough
def test_what_a_check_did_is_on_record(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path
):
    invoke(monkeypatch, "check")
    assert said(monkeypatch, capsys, "verify")[0] == 0
    assert "dialler_check_connection ok" in said(monkeypatch, capsys, "show")[1]


@pytest.mark.usefixtures("full_log")
def test_verify_says_that_the_chain_is_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    code, out = said(monkeypatch, capsys, "verify")
    assert code == 0
    assert re.match(r"8 lines in \d files?, chain whole\. The last is seq 8 with hash [0-9a-f]{64};", out)


def test_verify_names_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], full_log: Path
):
    path = full_log / "audit-000002.jsonl"
    path.write_text(path.read_text("ascii").replace("tool0", "tool7"), "ascii")
    code, out = said(monkeypatch, capsys, "verify", "--dir", str(full_log))
    assert code == 1
    assert "chain NOT whole" in out
    assert "audit-000002.jsonl, line 1: seq 3 changed" in out


def test_verify_does_not_fill_the_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    (tmp_path / "audit-000001.jsonl").write_text("{}\n" * 60, "ascii")
    _, out = said(monkeypatch, capsys, "verify", "--dir", str(tmp_path))
    assert "and 10 more" in out


@pytest.mark.parametrize("command", ["verify", "show"])
def test_a_log_that_is_not_there_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path, command: str
):
    assert invoke(monkeypatch, "audit", command) == 1
    assert "There is no audit log in" in capsys.readouterr().err
    assert not list(data_dir.iterdir())


@pytest.mark.parametrize("command", ["verify", "show"])
def test_a_log_that_was_removed_is_called_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], full_log: Path, command: str
):
    _ = AuditLog(full_log).pseudonyms
    for file in full_log.glob("*.jsonl"):
        file.unlink()
    assert invoke(monkeypatch, "audit", command) == 1
    assert "The audit log is gone" in capsys.readouterr().err


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("command", ["verify", "show"])
def test_a_log_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str):
    (tmp_path / "log" / "audit-000001.jsonl").mkdir(parents=True)
    assert "cannot be read" in str(invoke(monkeypatch, "audit", command, "--dir", str(tmp_path / "log")))


@pytest.mark.usefixtures("full_log")
@pytest.mark.parametrize(
    ("arguments", "seqs"),
    [
        ([], "12345678"),
        (["--last", "2"], "78"),
        (["--tool", "tool1", "--last", "2"], "68"),
        (["--caller", "nobody"], ""),
        (["--outcome", "ok", "--since", "2020-01-01"], "12345678"),
        (["--until", "2020-01-01"], ""),
    ],
)
def test_show_filters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], seqs: str
):
    code, out = said(monkeypatch, capsys, "show", *arguments)
    assert code == 0
    assert "".join(line.split()[0] for line in out.splitlines()) == seqs


@pytest.mark.usefixtures("full_log")
def test_a_time_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert invoke(monkeypatch, "audit", "show", "--since", "some day") == 2
    assert "a time has the form" in capsys.readouterr().err


@pytest.fixture
def asked(data_dir: Path) -> Path:
    """A log of two invocations, the first of them about Contact10."""
    log = AuditLog(data_dir / "audit")
    arguments = log.pseudonyms.arguments({"user_data": "Contact10"}, {"properties": {"user_data": {"type": "string"}}})
    log.append({"caller": "=claude", "tool": "a", "arguments": arguments, "outcome": "ok", "ms": 1.5})
    log.append({"caller": "claude", "tool": "b", "arguments": {"contact_id": 17}, "outcome": "ok", "ms": 2})
    return data_dir / "audit"


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("value", "seqs"), [("contact10", "1"), ("17", "2"), ("Contact11", "")])
def test_show_can_be_asked_by_a_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, seqs: str
):
    code, out = said(monkeypatch, capsys, "show", "--value", value)
    assert code == 0
    assert "".join(line.split()[0] for line in out.splitlines()) == seqs


@pytest.mark.usefixtures("full_log")
def test_show_says_where_a_value_cannot_be_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert invoke(monkeypatch, "audit", "show", "--value", "Contact10") == 0
    assert "there is no audit.key beside the log" in capsys.readouterr().err


@pytest.mark.usefixtures("asked")
def test_show_gives_csv_that_no_spreadsheet_evaluates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    _, out = said(monkeypatch, capsys, "show", "--format", "csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["seq"] for row in rows] == ["1", "2"]
    assert rows[0]["caller"] == "'=claude"
    assert json.loads(rows[1]["arguments"]) == {"contact_id": 17}


def test_show_gives_json_as_the_log_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: Path
):
    _, out = said(monkeypatch, capsys, "show", "--format", "JSON")
    assert json.loads(out) == [json.loads(line) for line in (asked / "audit-000001.jsonl").read_text().splitlines()]
    _, out = said(monkeypatch, capsys, "show", "--format", "json", "--tool", "nothing")
    assert json.loads(out) == []


@pytest.mark.usefixtures("asked")
def test_show_takes_a_period(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert said(monkeypatch, capsys, "show", "--since", "last year")[1] == ""
    assert len(said(monkeypatch, capsys, "show", "--since", "dieses Jahr")[1].splitlines()) == 2
