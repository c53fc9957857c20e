import re
import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

from dialler_mcp.api.errors import BadAddress
from dialler_mcp.dialler import open_dialler, sandbox_path
from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.app import MISSING
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.conftest import structure_of, text_of
from tests.test_tool_list import FUNCTIONS


async def test_what_was_reset_stays_reset_in_the_next_session(tmp_path: Path, sandbox_file: Path):
    from mcp import Client

    shutil.copy(sandbox_file, tmp_path)
    settings = Settings(data_dir=tmp_path)
    for state in ("follow-up", "new"):
        async with Client(build_server(settings)) as client:
            found = structure_of(
                await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
            )
            row = dict(zip(found["columns"], found["rows"][0], strict=True))
            assert row["state"] == state
            await client.call_tool("dialler_reset_contact", {"contact_id": row["ID"]})
    assert list(tmp_path.glob("sandbox.sqlite3"))


async def test_the_sandbox_is_not_opened_before_it_is_asked(tmp_path: Path):
    from mcp import Client

    async with Client(build_server(Settings(data_dir=tmp_path))) as client:
        await client.list_tools()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("nonsense", "The embedded sandbox cannot be used"),
        ("cut", "The connection"),
        ("status=500", "failed internally"),
    ],
)
async def test_faults_of_the_sandbox_look_like_those_of_a_dialler(
    tmp_path: Path, sandbox_file: Path, faults: str, said: str
):
    from mcp import Client

    shutil.copy(sandbox_file, tmp_path)
    async with Client(build_server(Settings(data_dir=tmp_path, sandbox_faults=faults))) as client:
        result = await client.call_tool("dialler_list_contacts", {})
    assert result.is_error
    assert said in text_of(result) or "cannot be reached" in text_of(result)


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


def test_every_documented_function_has_its_route_in_the_sandbox(filled: Store):
    app = build_app(filled, Options())
    names = {route.name for mount in app.routes for route in getattr(mount, "routes", [])}
    assert {function["name"] for function in FUNCTIONS} <= names
    assert set().union(*MISSING.values()) <= names


def test_every_documented_function_is_in_the_table_of_the_documentation():
    page = (Path(__file__).parent.parent / "docs" / "functions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| `(\w+) (\S+?)` \| `(\w+)` \|", page, re.MULTILINE)
    assert [(title, method, path, name) for title, method, path, name in rows] == [
        (f["title"], f["method"], f["path"], f["name"]) for f in FUNCTIONS
    ]


def test_every_setting_has_its_row_in_the_documentation():
    page = (Path(__file__).parent.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, about in Settings.model_fields.items():
        assert f"| `DIALLER_{name.upper()}` |" in page
        assert str(about.description) in page, name
