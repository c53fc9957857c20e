"""Clients that want to know of changes, and a server that looks for them when the test says so."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp import Client
from mcp.server import MCPServer
from mcp_types import ResourceUpdatedNotification


@dataclass
class Steps:
    """A pause that lasts until the test ends it."""

    resting: int = 0
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def pause(self, _: float) -> None:
        self.resting += 1
        try:
            await self._turns.acquire()
        finally:
            self.resting -= 1

    async def step(self) -> None:
        """Let what rests look once more."""
        resting = self.resting
        for _ in range(resting):
            self._turns.release()
        await settled()


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(100):
        await asyncio.sleep(0)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so that a thread brings about."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - a thread sets no event of ours
            await asyncio.sleep(0)


@asynccontextmanager
async def wanting(server: MCPServer[Any] | str, era: str, *uris: str) -> AsyncGenerator[list[str]]:
    """A client that wants to know of these resources, and what it is told."""
    text = list[str]()

    async def noted(message: Any) -> None:
        if era == "legacy" and isinstance(message, ResourceUpdatedNotification):  # a stream hears it by itself
            text.append(str(message.params.uri))

    async with Client(server, mode=era, message_handler=noted) as client:  # pyright: ignore[reportArgumentType]
        if era == "legacy":
            for uri in uris:
                await client.subscribe_resource(uri)  # pyright: ignore[reportDeprecated]
            yield text
            return
        async with client.listen(resource_subscriptions=uris) as stream:

            async def drain() -> None:
                async for event in stream:
                    text.append(getattr(event, "uri", ""))

            draining = asyncio.create_task(drain())
            yield text
            draining.cancel()
