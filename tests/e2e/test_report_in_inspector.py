"""The live view in a host that is not ours: the Inspector's web client, over `dialler-mcp serve`."""

import os
from pathlib import Path

from tests.e2e.machine import SERVER, Machine
from tests.e2e.test_card_in_inspector import TOKEN, inspector_settings, running


def test_the_view_filters_and_lists_contacts_through_the_host(machine: Machine):
    serve: list[str | Path] = [SERVER, "serve", "--port", "0"]
    with running(serve, machine.environment(**machine.server_settings)) as server:
        settings = machine.environment(**inspector_settings(machine, server))
        with running([*machine.tool_of_node("mcp-inspector"), "--web"], settings) as inspector:
            arguments = [inspector, TOKEN, server]
            if folder := os.environ.get("CARD_PICTURES"):
                arguments.append(str(Path(folder) / "live-inspector.png"))
            outcome = machine.node("report_in_inspector.mjs", *arguments)
    assert outcome["errors"] == []
    assert outcome["origin"] == "null"  # the view is walled off from the host's page
    before, after = (int(outcome[when].replace(",", "")) for when in ("before", "after"))
    assert 0 < after < before
    assert outcome["contacts"] > 0
    wanted, there = outcome["wide"]
    assert wanted <= there
