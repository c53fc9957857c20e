import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer

from dialler_mcp.cli.terminal import UNREAD, end, print_text, recorded, while_somebody_reads
from dialler_mcp.settings import Settings
from tests.cli.test_main import invoke


def lines(data_dir: Path) -> list[dict[str, Any]]:
    """The lines of the audit log there."""
    return [
        json.loads(line) for file in data_dir.glob("audit/*.jsonl") for line in file.read_text("ascii").splitlines()
    ]


def leave(code: int) -> None:
    raise typer.Exit(code)


def crash(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("work", "outcome", "code"),
    [
        (lambda: None, "ok", 0),
        (lambda: leave(0), "ok", 0),
        (lambda: leave(3), "ok", 3),
        (lambda: leave(2), "failed", 2),
        (lambda: end("no"), "failed", 1),
        (lambda: crash(SystemExit("a sentence")), "failed", 1),
        (lambda: leave(130), "cancelled", 130),
        (lambda: crash(KeyboardInterrupt()), "cancelled", 130),
        (lambda: crash(RuntimeError()), "crashed", 1),
    ],
)
def test_a_command_leaves_its_line_however_it_ends(tmp_path: Path, work: Any, outcome: str, code: int):
    ends = suppress(SystemExit, typer.Exit, KeyboardInterrupt, RuntimeError)
    with ends, recorded(Settings(data_dir=tmp_path), "report", success_codes=(0, 3)):
        work()
    (line,) = lines(tmp_path)
    assert (line["kind"], line["caller"], line["tool"]) == ("command", "terminal", "report")
    assert (line["outcome"], line["exit"]) == (outcome, code)


def test_a_command_is_recorded_without_names_and_paths(tmp_path: Path):
    arguments = {"campaigns": ["538", "Winback"], "to": "/home/ada/x.csv", "since": "last week"}
    schema = {
        "campaigns": {"items": {"type": "integer"}},
        "to": {"type": "string"},
        "since": {"type": "string"},
    }
    with recorded(Settings(data_dir=tmp_path), "report", arguments, schema):
        pass
    lines_of_log = lines(tmp_path)[0]["arguments"]
    assert lines_of_log["since"] == "last week"
    assert lines_of_log["campaigns"][0] == "538"
    assert all(text.startswith("p:") for text in (lines_of_log["campaigns"][1], lines_of_log["to"]))


def test_without_an_audit_log_nothing_is_recorded(tmp_path: Path):
    with recorded(Settings(data_dir=tmp_path, audit=False), "report"):
        pass
    assert lines(tmp_path) == []


def test_a_log_that_cannot_be_written_is_said_and_stops_no_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "audit").touch()
    with recorded(Settings(data_dir=tmp_path), "report"):
        print("done")
    output = capsys.readouterr()
    assert output.out == "done\n"
    assert "the audit log cannot be written" in output.err


@pytest.mark.parametrize(
    ("command", "name", "outcome"),
    [
        (("report", "538", "--to", "r.pdf"), "report", "failed"),
        (("changes", "export", "out"), "changes export", "ok"),
        (("sandbox", "--fresh"), "sandbox --fresh", "ok"),
        (("campaigns",), "campaigns", "failed"),
    ],
)
def test_every_command_that_reads_or_writes_leaves_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...], name: str, outcome: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DIALLER_SANDBOX_FAULTS", "no such fault")
    invoke(monkeypatch, *command)
    assert [(line["tool"], line["outcome"]) for line in lines(tmp_path)] == [(name, outcome)]


def test_a_table_is_aligned_and_leaves_empty_what_is_not_known(capsys: pytest.CaptureFixture[str]):
    print_text(["ID", "name"], [[7, "Winback"], [1000, None]])
    assert capsys.readouterr().out == "  ID  name\n   7  Winback\n1000\n"


class ClosedOutput(io.StringIO):
    """A stdout that nobody reads any more, as behind `| head -1`."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_command_ends_quietly_when_nobody_reads_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.stdout", ClosedOutput())
    with pytest.raises(SystemExit) as error, while_somebody_reads():
        print("something")
    assert error.value.code == UNREAD
    assert capsys.readouterr().err == ""


@pytest.mark.thorough
def test_a_closed_pipe_is_told_to_nobody(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "dialler_mcp", "audit", "show"]
    with recorded(Settings(data_dir=tmp_path), "campaigns"):
        pass
    environment = {**os.environ, "DIALLER_DATA_DIR": str(tmp_path)}
    process = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writing)
    assert (process.returncode, process.stderr) == (UNREAD, b"")
