import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

from dialler_mcp.api.errors import BadAddress
from dialler_mcp.dialler import open_dialler, sandbox_path
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.conftest import text_of


async def test_the_sandbox_is_not_opened_before_it_is_asked(tmp_path: Path):
    from mcp import Client

    async with Client(build_server(Settings(data_dir=tmp_path))) as client:
        await client.list_tools()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ("nonsense", "The embedded sandbox cannot be used"),
        ("cut", "The connection"),
        ("status=500", "failed internally"),
    ],
)
async def test_faults_of_the_sandbox_look_like_those_of_a_dialler(
    tmp_path: Path, sandbox_file: Path, faults: str, words: str
):
    from mcp import Client

    shutil.copy(sandbox_file, tmp_path)
    async with Client(build_server(Settings(data_dir=tmp_path, sandbox_faults=faults))) as client:
        result = await client.call_tool("dialler_list_contacts", {})
    assert result.is_error
    assert words in text_of(result) or "cannot be reached" in text_of(result)


async def test_a_file_that_is_no_sandbox_is_said_to_be_none(tmp_path: Path):
    from mcp import Client

    (tmp_path / "sandbox.sqlite3").write_text("no database at all", encoding="utf-8")
    async with Client(build_server(Settings(data_dir=tmp_path))) as client:
        result = await client.call_tool("dialler_list_campaigns", {})
    assert "sandbox --fresh" in text_of(result)


async def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path):
    from mcp import Client

    (tmp_path / "file").touch()
    async with Client(build_server(Settings(data_dir=tmp_path / "file" / "below"))) as client:
        result = await client.call_tool("dialler_list_campaigns", {})
    assert "cannot be opened" in text_of(result)


async def test_a_real_dialler_is_named_and_no_sandbox(tmp_path: Path):
    settings = Settings(base_url="https://dialler.example/rest/v1.0/7", token=SecretStr("t"))
    dialler = open_dialler(settings)
    assert dialler.address.host == "dialler.example"
    await dialler.aclose()
    assert "SANDBOX" not in (build_server(settings).instructions or "")


def test_plain_http_needs_a_word():
    address = "http://dialler.example/rest/v1.0/7"
    with pytest.raises(BadAddress, match="DIALLER_ALLOW_HTTP"):
        open_dialler(Settings(base_url=address, token=SecretStr("t")))
    assert open_dialler(Settings(base_url=address, token=SecretStr("t"), allow_http=True)).address.allow_http


def test_the_sandbox_lives_in_the_users_data_directory():
    assert sandbox_path(Settings()).name == "sandbox.sqlite3"
    assert "dialler-mcp" in str(sandbox_path(Settings()))
