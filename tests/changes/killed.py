"""Locks a contact of a sandbox and kills itself at a step: `python -m tests.changes.killed DIR STEP...`.

Each step is done in a process and a sandbox (`DIR/STEP`) of its own. All are forked from this one, which has done it
all once (in `DIR/WHOLE`) and so imported what they need; their signals are printed.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from sqlalchemy import Engine, event

from dialler_mcp.api import Address, Dialler
from dialler_mcp.changes.journal import Journal
from dialler_mcp.dialler import SANDBOX_TOKEN, SANDBOX_URL, SandboxTransport
from dialler_mcp.server import build_server
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings

CONTACT = 215220
WHOLE = "to its end"
"""Where nothing dies."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fatal(httpx2.AsyncBaseTransport):
    """Dies before or after a change has reached the dialler."""

    def __init__(self, step: str, inner: httpx2.AsyncBaseTransport) -> None:
        self.step, self.inner = step, inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        change = request.method == "PATCH"
        if change and self.step == "before the request leaves":
            die()
        response = await self.inner.handle_async_request(request)
        if change and self.step == "before the answer is read":
            die()
        return response


def armed(step: str) -> None:
    """Make the journal die at a step of its own."""
    begin, finish = Journal.begin, Journal.finish
    writing: list[str] = []

    async def fatal_begin(self: Journal, *arguments: Any) -> int:
        if step == "before the entry is begun":
            die()
        writing.append("begin")
        number = await begin(self, *arguments)
        writing.clear()
        return number

    async def fatal_finish(self: Journal, *arguments: Any, **more: Any) -> None:
        if step == "before the entry is finished":
            die()
        writing.append("finish")
        await finish(self, *arguments, **more)
        if step == "after the entry is finished":
            die()

    def committing(_: Any) -> None:
        if step == "before the commit of the " + "".join(writing):
            die()

    for name, fatal in (("begin", fatal_begin), ("finish", fatal_finish)):
        setattr(Journal, name, fatal)
    event.listen(Engine, "commit", committing)


async def main(step: str, directory: Path) -> None:
    settings = Settings(data_dir=directory, audit=False)
    dialler = Dialler(Address(SANDBOX_URL, SANDBOX_TOKEN), transport=Fatal(step, SandboxTransport(settings)))
    if step != WHOLE:
        armed(step)
    profile = profile_of(settings, dialler)
    async with Client(build_server(settings, profile=profile)) as client:
        await client.call_tool("dialler_lock_contact", {"contact_id": CONTACT})
    await profile.aclose()


def killed(step: str, directory: Path) -> int:
    """The signal that ended the process of this step."""
    child = os.fork()
    if child == 0:
        asyncio.run(main(step, directory))
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    place = Path(sys.argv[1])
    asyncio.run(main(WHOLE, place / WHOLE))
    for number in sys.argv[2:]:
        print(killed(number, place / number), flush=True)
