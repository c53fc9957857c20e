"""Who is measured: dialler-mcp, its two rivals, and the smallest server that the SDK can be."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import backend

HERE = Path(__file__).parent
RIVALS = HERE / "rivals"
ENVIRONMENT = RIVALS / ".venv" / "bin" / "python"

SMALLEST = """
from mcp.server import MCPServer
server = MCPServer("smallest", log_level="WARNING")
@server.tool()
def hello() -> str:
    "Say hello."
    return "hello"
server.run()
"""

ONE, LIST, HISTORY = "one contact", "a list of contacts", "a history of 20 calls"
"""What is asked for."""


@dataclass(frozen=True, eq=False)
class Contender:
    """A server: how it is started over stdio and over HTTP, and how it is asked."""

    key: str
    name: str
    stdio: list[str]
    http: list[str] = field(default_factory=list[str])
    asked: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict[str, Any])
    python: str = sys.executable

    def params(self, what: str) -> dict[str, Any]:
        """Of tools/call."""
        name, arguments = self.asked[what]
        return {"name": name, "arguments": arguments}


def _asked(prefix: str, campaign: str, contact: str) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        ONE: (f"{prefix}get_contact", {contact: backend.CONTACT}),
        LIST: (f"{prefix}list_contacts", {campaign: backend.CAMPAIGN}),
        HISTORY: (f"{prefix}get_contact_history", {contact: backend.CONTACT}),
    }


def _rival(name: str, file: str, campaign: str, contact: str) -> Contender:
    command = [str(ENVIRONMENT), str(RIVALS / file)]
    return Contender(
        file.removesuffix(".py"), name, command, [*command, "http"], _asked("", campaign, contact), str(ENVIRONMENT)
    )


OUR_COMMAND = str(Path(sys.executable).with_name("dialler-mcp"))
OURS = Contender(
    "ours",
    "dialler-mcp",
    [OUR_COMMAND],
    [OUR_COMMAND, "serve", "--port"],
    _asked("dialler_", "campaign_id", "contact_id"),
)
R1 = _rival("R1 FastMCP from OpenAPI", "r1.py", "diallerCampaignsID", "diallerContactsID")
R2 = _rival("R2 plain SDK, raw JSON", "r2.py", "campaign_id", "contact_id")
FLOOR = Contender("floor", "floor (smallest SDK server)", [sys.executable, "-c", SMALLEST])


def dialler(port: int, directory: str) -> dict[str, str]:
    """The settings of all of them: this dialler, this directory for files; all else is left at its default."""
    return {
        "DIALLER_BASE_URL": f"http://127.0.0.1:{port}{backend.BASE}",
        "DIALLER_TOKEN": backend.TOKEN,
        "DIALLER_DATA_DIR": directory,
    }
