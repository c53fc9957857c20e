"""Tells clients of both eras that a resource has changed, as long as they want to know.

    2026-07-28   subscriptions/listen: until the stream ends
    handshake    resources/subscribe: until resources/unsubscribe, or the end of the connection

Another process may change such a resource, and cannot tell us. So each is looked at every few seconds, once for
all clients, and only while there are any.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, cast

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.session import ServerSession
from mcp.server.subscriptions import ResourceUpdated, SubscriptionBus
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    EmptyResult,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)

from dialler_mcp.problem import Problem

INTERVAL = 3.0
"""Seconds between two looks at a resource; a client is told at most once in this time."""
MAX_WATCHED = 100
"""How many resources are looked at; further ones are refused."""
_SUBSCRIPTIONS = "dialler-mcp/subscriptions"
_NOT_OVER_HTTP = "Over HTTP, updates are told with subscriptions/listen (protocol 2026-07-28) alone."
_NOT_TOLD = "Updates of this resource are not told; read it again instead."


class Sight(NamedTuple):
    """What was seen of a resource; `final`: it will not change any more."""

    value: object
    final: bool


Look = Callable[[], Awaitable[Sight]]
"""Looks at a resource; raises a `Problem` where that is not possible now."""

_NOTHING_YET = Sight(None, final=False)


@dataclass(eq=False)
class _Watch:
    """One resource that is looked at. `readers`: who wants to know; None is a stream, which hears it from the bus."""

    readers: list[ServerSession | None] = field(default_factory=list[ServerSession | None])
    task: asyncio.Task[None] | None = None


class Updates:
    """Middleware for the streams of 2026-07-28, and the two methods of the handshake's era.

    `look_of` returns how the caller of the present request may look at a resource, None where it may not or where
    nothing is told of it. `pause` waits between two looks.
    """

    def __init__(
        self,
        bus: SubscriptionBus,
        look_of: Callable[[str], Look | None],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.pause = pause
        self._bus = bus
        self._look_of = look_of
        self._watches: dict[str, _Watch] = {}

    @property
    def watched(self) -> frozenset[str]:
        """The resources that are looked at now."""
        return frozenset(self._watches)

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method == "subscriptions/listen":
            return await self._stream(ctx, call_next)
        result = await call_next(ctx)
        if ctx.method == "initialize" and ctx.request is not None and isinstance(result, dict):
            result.get("capabilities", {}).get("resources", {}).update(subscribe=False)
        return result

    async def _stream(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Serve a stream; its acknowledgement names only the resources that it will tell of."""
        params = ctx.params or {}
        match params:
            case {"notifications": {"resourceSubscriptions": [*uris]} as wishes}:
                wishes = cast(dict[str, Any], wishes)
            case _:
                return await call_next(ctx)
        async with AsyncExitStack() as stack:
            subscriptions = list[str]()
            for uri in dict.fromkeys(uri for uri in uris if isinstance(uri, str)):
                if (release := await self._watch(uri, None)) is not None:
                    stack.callback(release)
                    subscriptions.append(uri)
            wishes = {**wishes, "resourceSubscriptions": subscriptions}
            return await call_next(replace(ctx, params={**params, "notifications": wishes}))

    async def subscribe(self, ctx: ServerRequestContext[Any, Any], params: SubscribeRequestParams) -> EmptyResult:
        """`resources/subscribe`.

        Raises:
            MCPError: nothing can be told over this connection, or of this resource.
        """
        if ctx.request is not None:  # there is no stream on which it could be told
            raise MCPError(METHOD_NOT_FOUND, _NOT_OVER_HTTP)
        uri, subscriptions = str(params.uri), self._subscriptions(ctx)
        if uri in subscriptions:
            return EmptyResult()
        release = await self._watch(uri, ctx.session)
        if release is None:
            raise MCPError(INVALID_PARAMS, _NOT_TOLD)
        if uri in subscriptions:  # asked twice at a time
            release()
        else:
            subscriptions[uri] = release
        return EmptyResult()

    async def unsubscribe(self, ctx: ServerRequestContext[Any, Any], params: UnsubscribeRequestParams) -> EmptyResult:
        """`resources/unsubscribe`."""
        if (release := self._subscriptions(ctx).pop(str(params.uri), None)) is not None:
            release()
        return EmptyResult()

    def _subscriptions(self, ctx: ServerRequestContext[Any, Any]) -> dict[str, Callable[[], None]]:
        """The subscriptions of a connection, each with what ends it; all end with the connection."""
        connection = ctx.session._connection  # pyright: ignore[reportPrivateUsage]
        if _SUBSCRIPTIONS not in connection.state:
            connection.state[_SUBSCRIPTIONS] = dict[str, Callable[[], None]]()
            connection.exit_stack.callback(_release_all, connection.state[_SUBSCRIPTIONS])
        return connection.state[_SUBSCRIPTIONS]

    async def _watch(self, uri: str, reader: ServerSession | None) -> Callable[[], None] | None:
        """Tell a reader of a resource from now on, until the returned function is called; None: it cannot be told."""
        look = self._look_of(uri)
        if look is None:
            return None
        first = await _seen(look, _NOTHING_YET)
        if uri not in self._watches and len(self._watches) >= MAX_WATCHED:
            return None
        watch = self._watches.setdefault(uri, _Watch())
        if watch.task is None or watch.task.done():  # what was not there may have come meanwhile
            watch.task = asyncio.create_task(self._go_on(uri, watch, look, first))
        watch.readers.append(reader)
        return partial(self._release, uri, reader)

    def _release(self, uri: str, reader: ServerSession | None) -> None:
        watch = self._watches[uri]
        watch.readers.remove(reader)
        if not watch.readers:
            del self._watches[uri]
            if watch.task is not None:
                watch.task.cancel()

    async def _go_on(self, uri: str, watch: _Watch, look: Look, sight: Sight) -> None:
        while not sight.final:
            await self.pause(INTERVAL)
            before, sight = sight, await _seen(look, sight)
            if sight != before:
                await self._tell(uri, watch)

    async def _tell(self, uri: str, watch: _Watch) -> None:
        await self._bus.publish(ResourceUpdated(uri=uri))
        for session in [reader for reader in watch.readers if reader is not None]:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await session.send_resource_updated(uri)


async def _seen(look: Look, before: Sight) -> Sight:
    """What is seen now; what was seen before, where looking is not possible now."""
    try:
        return await look()
    except Problem:
        return before


def _release_all(subscriptions: dict[str, Callable[[], None]]) -> None:
    for release in subscriptions.values():
        release()
    subscriptions.clear()
