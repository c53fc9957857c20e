"""Who calls."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mcp import Client
from mcp_types import Implementation

from dialler_mcp.domain.callers import MAX_CLIENT
from dialler_mcp.domain.roles import Role
from dialler_mcp.server import build_server
from dialler_mcp.service.process import caller_of
from tests.conftest import structure_of
from tests.tools.asking import CONTACT10, Make


@pytest.mark.parametrize(
    ("name", "client"),
    [("claude-ai", "claude-ai"), ("a\u200b<b>", "a‹b›"), ("x" * 10_000_000, "x" * MAX_CLIENT), ("", "")],
)
def test_a_client_is_called_what_it_says_but_no_longer(name: str, client: str):
    text = SimpleNamespace(client_info=Implementation(name=name, version="1"))
    context = cast(Any, SimpleNamespace(session=SimpleNamespace(client_params=text)))
    assert caller_of(context, Role.agent).client == client


def test_a_client_that_says_nothing_has_no_name():
    context = cast(Any, SimpleNamespace(session=SimpleNamespace(client_params=None)))
    assert caller_of(context, Role.agent).client == ""


async def test_the_person_stands_beside_the_client_in_journal_and_audit(bench: Make, tmp_path: Path):
    b = bench(audit=True, data_dir=tmp_path)
    server = build_server(b.settings, profile=b.profile, person="kim")
    async with Client(server, client_info=Implementation(name="host", version="1")) as client:
        await client.call_tool("dialler_lock_contact", {"contact_id": CONTACT10})
        changes = structure_of(await client.call_tool("dialler_list_changes", {}))
    assert dict(zip(changes["columns"], changes["rows"][0], strict=True))["caller"] == "kim · host"
    lines = next(tmp_path.rglob("audit-*.jsonl")).read_text("utf-8").splitlines()
    assert {json.loads(line)["caller"] for line in lines} == {"kim · host"}
