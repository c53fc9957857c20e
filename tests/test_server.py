import re
import shutil
from pathlib import Path

from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.app import MISSING
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.conftest import structure_of
from tests.test_tool_list import FUNCTIONS


async def test_what_was_reset_stays_reset_in_the_next_session(tmp_path: Path, sandbox_file: Path):
    from mcp import Client

    shutil.copy(sandbox_file, tmp_path)
    settings = Settings(data_dir=tmp_path)
    for state in ("follow-up", "new"):
        async with Client(build_server(settings)) as client:
            answer = structure_of(
                await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
            )
            row = dict(zip(answer["columns"], answer["rows"][0], strict=True))
            assert row["state"] == state
            await client.call_tool("dialler_reset_contact", {"contact_id": row["ID"]})
    assert list(tmp_path.glob("sandbox.sqlite3"))


def test_every_documented_function_has_its_route_in_the_sandbox(full_store: Store):
    app = build_app(full_store, Options())
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
