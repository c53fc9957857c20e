"""Locks a contact of a sandbox and kills itself at a step: `python -m tests.changes.killed DIR STEP...`.

Each step is done in a process and a sandbox (`DIR/STEP`) of its own. All are forked from this one, which has imported
what they need; their signals are printed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
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

Arrived = Callable[[str], None]


class Steps(httpx2.AsyncBaseTransport):
    """Says before and after a change reaches the dialler that it has come to this step."""

    def __init__(self, on_arrival: Arrived, inner: httpx2.AsyncBaseTransport) -> None:
        self._arrived, self._inner = on_arrival, inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        change = request.method == "PATCH"
        if change:
            self._arrived("before the request leaves")
        response = await self._inner.handle_async_request(request)
        if change:
            self._arrived("before the answer is read")
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@contextmanager
def steps_of_the_journal(on_arrival: Arrived) -> Generator[None]:
    """The journal says its steps, too."""
    begin, finish = Journal.begin, Journal.finish
    writing: list[str] = []

    async def told_begin(self: Journal, *arguments: Any) -> int:
        on_arrival("before the entry is begun")
        writing.append("begin")
        number = await begin(self, *arguments)
        writing.clear()
        return number

    async def told_finish(self: Journal, *arguments: Any, **more: Any) -> None:
        on_arrival("before the entry is finished")
        writing.append("finish")
        await finish(self, *arguments, **more)
        writing.clear()
        on_arrival("after the entry is finished")

    def committing(_: Any) -> None:
        if writing:
            on_arrival(f"before the commit of the {writing[0]}")

    for name, text in (("begin", told_begin), ("finish", told_finish)):
        setattr(Journal, name, text)
    event.listen(Engine, "commit", committing)
    try:
        yield
    finally:
        event.remove(Engine, "commit", committing)
        for name, usual in (("begin", begin), ("finish", finish)):
            setattr(Journal, name, usual)


async def lock(directory: Path, on_arrival: Arrived) -> None:
    """Lock a contact of the sandbox there."""
    settings = Settings(data_dir=directory, audit=False)
    dialler = Dialler(Address(SANDBOX_URL, SANDBOX_TOKEN), transport=Steps(on_arrival, SandboxTransport(settings)))
    profile = profile_of(settings, dialler)
    with steps_of_the_journal(on_arrival):
        async with Client(build_server(settings, profile=profile)) as client:
            await client.call_tool("dialler_lock_contact", {"contact_id": CONTACT})
    await profile.aclose()


def killed(step: str, directory: Path) -> int:
    """The signal that ended the process of this step."""
    child = os.fork()
    if child == 0:

        def arrived(at: str) -> None:
            if at == step:
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(lock(directory, arrived))
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for number in sys.argv[2:]:
        print(killed(number, Path(sys.argv[1], number)))
