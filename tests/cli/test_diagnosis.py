"""What is wrong with the settings, as the server says it that starts all the same."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp_types import CallToolResult

from dialler_mcp.api.connection import Connection
from dialler_mcp.cli import main as cli
from dialler_mcp.cli.diagnosis import ALONE
from dialler_mcp.dialler import SandboxTransport
from dialler_mcp.protocol.http import serve_http
from dialler_mcp.server import all_tools
from dialler_mcp.tools.jobs import DELETE_MANY
from tests.cli.test_check import SECRET, configure
from tests.cli.test_main import invoke
from tests.conftest import text_of
from tests.protocol.test_stdio import started


@pytest.fixture(autouse=True)
def _own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))


ALL = {tool.name for tool in all_tools()} - {DELETE_MANY}


def forbid_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sent(*_: Any) -> httpx2.Response:
        raise AssertionError("something was sent")

    monkeypatch.setattr(Connection, "send", sent)
    monkeypatch.setattr(SandboxTransport, "handle_async_request", sent)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TIMEZONE": SECRET}, "DIALLER_TIMEZONE: is not a known time zone"),
        ({"BASE_URL": "https://d.example/rest/v1.0/1"}, "DIALLER_TOKEN is missing"),
        ({"BASE_URL": "http://d.example/rest/v1.0/1", "TOKEN": SECRET}, "Plain http would send the token unencrypted"),
        ({"TOKEN": SECRET}, "DIALLER_BASE_URL is missing"),
    ],
)
async def test_every_tool_answers_with_what_is_wrong_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, era: Any, settings: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
):
    forbid_requests(monkeypatch)
    configure(monkeypatch, **settings)
    explaining, usable = cli.configured_server()
    assert usable is None
    async with Client(explaining, mode=era) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert set(tools) == ALL
        for name in tools:
            result = await client.call_tool(name, {"contact_id": 1})
            assert result.is_error
            assert words in text_of(result)
            assert "restart" in text_of(result)
            assert "SANDBOX" not in text_of(result)
            assert SECRET not in text_of(result)
        assert (await client.list_prompts()).prompts == []
        assert (await client.list_resources()).resources == []
    err = capsys.readouterr().err
    assert words in err
    assert SECRET not in err


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"TIMEZONE": "x", "WITHOUT": "overview"}, ALL - {ALONE}),
        ({"TOKEN": "t", "TOOLS": ALONE}, {ALONE}),
        ({"ROLE": "boss"}, {ALONE}),
        ({"READ_ONLY": "perhaps"}, {ALONE}),
        ({"TOOLS": "contcts"}, {ALONE}),
        ({"TIMEZONE": "x", "WITHOUT": "contcts"}, {ALONE}),
        ({"BASE_URL": "https://d.example/rest/v1.0/1", "ROLE": "boss"}, {ALONE}),
    ],
)
async def test_no_tool_is_shown_that_the_settings_might_not_allow(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], names: set[str]
):
    configure(monkeypatch, **settings)
    explaining, _ = cli.configured_server()
    async with Client(explaining) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == names


async def test_a_reader_is_shown_reading_tools_only(monkeypatch: pytest.MonkeyPatch):
    configure(monkeypatch, TIMEZONE="x", ROLE="readonly")
    explaining, _ = cli.configured_server()
    async with Client(explaining) as client:
        tools = (await client.list_tools()).tools
    assert len(tools) > 10
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)


def test_settings_that_are_right_make_the_usual_server(monkeypatch: pytest.MonkeyPatch):
    _, settings = cli.configured_server()
    assert settings is not None
    assert settings.is_sandbox


def test_a_start_names_what_is_misspelt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    configure(monkeypatch, READONLY=SECRET)
    cli.configured_server()
    assert capsys.readouterr().err == "dialler-mcp: DIALLER_READONLY is no setting and counts for nothing.\n"


async def test_a_mistake_is_told_in_the_words_of_a_form_too(monkeypatch: pytest.MonkeyPatch):
    configure(monkeypatch, DATA_DIR="$HOME/dialler")
    explaining, _ = cli.configured_server()
    async with Client(explaining) as client:
        text = text_of(await client.call_tool("dialler_check_connection", {}))
    assert "DIALLER_DATA_DIR: variables" in text
    assert "in the form of its extension or as `env`" in text
    assert 'In a form, DIALLER_DATA_DIR is "Folder for files".' in text


@pytest.mark.thorough
async def test_a_host_gets_a_server_that_explains_itself(tmp_path: Path):
    async with started(tmp_path, DIALLER_TIMEZONE=SECRET) as child:
        hello = await child.initialize()
        tools = await child.ask(1, "tools/list", {})
        text = await child.ask(2, "tools/call", {"name": "dialler_list_campaigns", "arguments": {}})
    assert "DIALLER_TIMEZONE" in hello["result"]["instructions"]
    assert len(tools["result"]["tools"]) == len(ALL)
    assert text["result"]["isError"] is True
    assert "DIALLER_TIMEZONE" in text["result"]["content"][0]["text"]
    assert not (tmp_path / "sandbox.sqlite3").exists()


async def test_a_broken_template_of_ones_own_is_explained_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "safe_reset.md.j2").write_text("no front matter", encoding="utf-8")
    configure(monkeypatch, PROMPTS_DIR=str(tmp_path))
    explaining, _ = cli.configured_server()
    async with Client(explaining) as client:
        result = await client.call_tool("dialler_list_campaigns", {})
    assert "safe_reset.md.j2" in text_of(result)


def test_it_is_served_over_http_too(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    configure(monkeypatch, TIMEZONE=SECRET)
    calls: list[Any] = []

    def keep(*served_with: object) -> None:
        calls.extend(served_with)

    monkeypatch.setattr("anyio.run", keep)
    invoke(monkeypatch, "serve", "--port", "0")
    serve, server, _, listener = calls
    listener.close()
    assert serve is serve_http
    lines = capfd.readouterr().err.splitlines()
    assert "DIALLER_TIMEZONE" in lines[0]
    assert "serves no dialler" in lines[1]

    async def called() -> CallToolResult:
        async with Client(server) as client:
            return await client.call_tool("dialler_list_campaigns", {})

    result = asyncio.run(called())
    assert result.is_error
    assert "DIALLER_TIMEZONE" in text_of(result)


@pytest.mark.thorough  # the one above is quicker
async def test_over_http_too(tmp_path: Path):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "dialler_mcp", "serve", "--port", "0"),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "DIALLER_TIMEZONE": SECRET, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stderr is not None
        lines = [(await asyncio.wait_for(process.stderr.readline(), 30)).decode() for _ in range(2)]
        assert "DIALLER_TIMEZONE" in lines[0]
        assert "serves no dialler" in lines[1]
        async with Client(lines[1].split()[1]) as client:
            result = await client.call_tool("dialler_list_campaigns", {})
    finally:
        process.terminate()
        await process.wait()
    assert result.is_error
    assert "DIALLER_TIMEZONE" in text_of(result)
