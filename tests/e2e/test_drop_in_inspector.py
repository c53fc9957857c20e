"""The card that takes a file in a host that is not ours: the Inspector's web client, over `dialler-mcp serve`."""

import os
from pathlib import Path

from tests.e2e.machine import SERVER, Machine
from tests.e2e.test_card_in_inspector import TOKEN, inspector_settings, running
from tests.e2e.test_drop import LIST


def test_a_list_is_handed_in_through_the_host(machine: Machine, tmp_path: Path):
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    serve: list[str | Path] = [SERVER, "serve", "--port", "0"]
    with running(serve, machine.environment(**machine.server_settings)) as server:
        settings = machine.environment(**inspector_settings(machine, server))
        with running([*machine.tool_of_node("mcp-inspector"), "--web"], settings) as inspector:
            arguments = [inspector, TOKEN, server, str(tmp_path / "leads.csv")]
            if folder := os.environ.get("CARD_PICTURES"):
                arguments.append(str(Path(folder) / "drop-inspector.png"))
            outcome = machine.node("drop_in_inspector.mjs", *arguments)
    assert outcome["errors"] == []
    assert outcome["origin"] == "null"  # the card is walled off from the host's page
    assert "leads.csv: 9,000 rows" in outcome["told"]
