"""The command, in this process where it answers at once, as a child where it serves."""

import asyncio
import io
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from dialler_mcp.cli import main as cli
from dialler_mcp.cli.check import check
from dialler_mcp.dialler import SANDBOX_URL
from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.snapshot.files import Shelf


def invoke(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> "int | str | None":
    monkeypatch.setattr(sys, "argv", ["dialler-mcp", *arguments])
    with pytest.raises(SystemExit) as error:
        cli.main()
    return error.value.code


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def with_sandbox(data_dir: Path, sandbox_file: Path) -> Path:
    """There is a sandbox already: to invent one takes long."""
    shutil.copy(sandbox_file, data_dir)
    return data_dir


@pytest.mark.usefixtures("with_sandbox")
def test_check_says_that_it_is_the_sandbox(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert invoke(monkeypatch, "check") == 0
    out = capsys.readouterr().out
    assert "dialler: SANDBOX" in out
    assert "token: accepted" in out


@pytest.mark.usefixtures("with_sandbox")
def test_check_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("DIALLER_SANDBOX_FAULTS", "revoke-after=0")
    assert invoke(monkeypatch, "check") == 3
    assert "did not accept the token (401)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BASE_URL": "https://d.example/rest/v1.0/1"}, "DIALLER_TOKEN is missing"),
        ({"BASE_URL": "http://d.example/rest/v1.0/1", "TOKEN": "t"}, "Plain http would send the token unencrypted"),
        ({"TIMEZONE": "Nowhere"}, "DIALLER_TIMEZONE"),
    ],
)
def test_a_command_that_needs_the_settings_leaves_where_they_are_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: dict[str, str], words: str
):
    for name, value in settings.items():
        monkeypatch.setenv(f"DIALLER_{name}", value)
    assert invoke(monkeypatch, "sandbox", "--fresh") == 2
    assert words in capsys.readouterr().err
    assert invoke(monkeypatch, "check") == 2
    assert words in capsys.readouterr().out


def test_check_finds_a_broken_template_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    (tmp_path / "safe_reset.md.j2").write_text("no front matter", encoding="utf-8")
    monkeypatch.setenv("DIALLER_PROMPTS_DIR", str(tmp_path))
    assert invoke(monkeypatch, "check") == 2
    assert "safe_reset.md.j2" in capsys.readouterr().out


@pytest.mark.usefixtures("with_sandbox")
def test_check_prints_on_a_console_that_knows_few_signs(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    monkeypatch.setattr(sys, "stdout", open(1, "w", encoding="cp1252", closefd=False))  # noqa: SIM115 - pytest's own
    assert invoke(monkeypatch, "check") == 0
    sys.stdout.close()
    assert b"? token" in capfdbinary.readouterr().out


def test_a_token_that_is_not_accepted_is_not_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DIALLER_BASE_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/rest/v1.0/1")
        monkeypatch.setattr(sys, "stdin", io.StringIO("a-token\n"))
        assert invoke(monkeypatch, "check", "--store-token") == 4
    assert "in the keychain" not in capsys.readouterr().out


@pytest.mark.thorough
def test_sandbox_fresh_forgets_what_was_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path
):
    invoke(monkeypatch, "check")
    assert (data_dir / "sandbox.sqlite3").exists()
    shelves = [Shelf(data_dir / "snapshots", address) for address in (SANDBOX_URL, "https://example.org/rest/v1.0/1")]
    for shelf in shelves:
        shelf.key()  # makes its folder
    assert invoke(monkeypatch, "sandbox", "--fresh") == 0
    assert not list(data_dir.glob("sandbox.sqlite3*"))
    assert [shelf.place.exists() for shelf in shelves] == [False, True]
    assert "begins anew" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("check",), "cannot be used. Its file cannot be opened"),
        (("sandbox", "--port", "1"), "sandbox.sqlite3 cannot be opened"),
        (("sandbox", "--fresh"), "sandbox.sqlite3 cannot be removed"),
    ],
)
def test_a_sandbox_that_cannot_be_opened_is_explained(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data_dir: Path,
    command: tuple[str, ...],
    words: str,
):
    (data_dir / "sandbox.sqlite3").mkdir(parents=True)
    code = invoke(monkeypatch, *command)
    assert words in f"{code} {capsys.readouterr().out}"
    assert code not in (0, 1)


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert invoke(monkeypatch, "--version") == 0
    assert re.fullmatch(r"dialler-mcp \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_a_person_who_starts_it_in_a_terminal_is_told_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert invoke(monkeypatch) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "A host (Claude Desktop" in out
    assert all(command in out for command in ("check", "report", "campaigns", "audit", "changes", "sandbox", "serve"))


@pytest.mark.parametrize("stdin", [io.StringIO(), None])
def test_a_host_that_starts_it_is_served(monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None):
    calls: list[bool] = []
    monkeypatch.setattr(cli, "run", lambda: calls.append(True))
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "argv", ["dialler-mcp"])
    cli.main()
    assert calls == [True]


def test_help_names_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert invoke(monkeypatch, "--help") == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("run", "check", "sandbox"))


@pytest.mark.thorough
async def test_the_sandbox_is_served_on_a_port(with_sandbox: Path, monkeypatch: pytest.MonkeyPatch):
    """Also proves that the same server works on a dialler behind a real socket."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dialler_mcp",
        "sandbox",
        "--port",
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        match = re.fullmatch(r"DIALLER_BASE_URL=(\S+) DIALLER_TOKEN=(\S+)\n", line)
        assert match
        url, token = match.groups()
        await _until_served(url)
        monkeypatch.setenv("DIALLER_BASE_URL", url)
        monkeypatch.setenv("DIALLER_TOKEN", token)
        report = await check(cli.load_settings, Language.en)
    finally:
        process.terminate()
        await process.wait()
    text = report.text()
    assert "dialler: 127.0.0.1" in text
    assert "token: accepted" in text
    assert "dialler's clock: agrees" in text
    assert "SANDBOX" not in text


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def _until_served(url: str) -> None:
    async with httpx2.AsyncClient(transport=httpx2.AsyncHTTPTransport(retries=10)) as client:
        assert (await client.get(url)).status_code in (401, 404)


def test_changes_are_exported_to_a_new_file_of_the_owner_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    file = tmp_path / "changes.jsonl"
    assert invoke(monkeypatch, "changes", "export", str(file)) == 0
    assert "0 changes written" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    assert "cannot be made" in str(invoke(monkeypatch, "changes", "export", str(file)))


def test_an_export_of_a_damaged_journal_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "state.sqlite3").write_text("no database " * 99, encoding="utf-8")
    assert "The journal cannot be read" in str(invoke(monkeypatch, "changes", "export", str(tmp_path / "out")))


@pytest.mark.thorough
def test_the_start_of_the_server_imports_nothing_that_is_used_later():
    late = {
        "sqlalchemy",
        "alembic",
        "duckdb",
        "jinja2",
        "rich",
        "typer",
        "vl_convert",
        "python_calamine",
        "xlsxwriter",
        "dialler_mcp.cli.report",
    }
    start = "import sys, dialler_mcp.cli.main, dialler_mcp.server, dialler_mcp.protocol.stdio"
    code = f"{start}; print({late} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"set()"
