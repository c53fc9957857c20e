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
def filled(data_dir: Path) -> Path:
    log = AuditLog(data_dir / "audit", max_bytes=600)
    for number in range(8):
        log.append({"caller": "claude", "tool": f"tool{number % 2}", "outcome": "ok", "ms": number})
    return data_dir / "audit"


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    capsys.readouterr()
    code = invoke(monkeypatch, "audit", *arguments)
    return code, capsys.readouterr().out


def test_what_a_check_did_is_on_record(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path
):
    invoke(monkeypatch, "check")
    assert said(monkeypatch, capsys, "verify")[0] == 0
    assert "dialler_check_connection ok" in said(monkeypatch, capsys, "show")[1]


@pytest.mark.usefixtures("filled")
def test_verify_says_that_the_chain_is_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    code, out = said(monkeypatch, capsys, "verify")
    assert code == 0
    assert re.match(r"8 lines in \d files, chain whole\. The last is seq 8 with hash [0-9a-f]{64};", out)


def test_verify_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], filled: Path):
    path = filled / "audit-000002.jsonl"
    path.write_text(path.read_text("ascii").replace("tool0", "tool7"), "ascii")
    code, out = said(monkeypatch, capsys, "verify", "--dir", str(filled))
    assert code == 1
    assert "chain NOT whole" in out
    assert "audit-000002.jsonl, line 1: seq 3 changed" in out


def test_verify_does_not_fill_the_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    (tmp_path / "audit-000001.jsonl").write_text("{}\n" * 60, "ascii")
    _, out = said(monkeypatch, capsys, "verify", "--dir", str(tmp_path))
    assert "and 10 more" in out


def test_verify_of_nothing_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path):
    code, out = said(monkeypatch, capsys, "verify")
    assert code == 0
    assert "There is no audit log in" in out
    assert not list(data_dir.iterdir())


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("command", ["verify", "show"])
def test_a_log_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str):
    (tmp_path / "log" / "audit-000001.jsonl").mkdir(parents=True)
    assert "cannot be read" in str(invoke(monkeypatch, "audit", command, "--dir", str(tmp_path / "log")))


@pytest.mark.usefixtures("filled")
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


@pytest.mark.usefixtures("filled")
def test_a_time_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch):
    assert "a time has the form" in str(invoke(monkeypatch, "audit", "show", "--since", "yesterday"))
