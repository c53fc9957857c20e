"""Clients of both eras are told when a resource changes, for as long as they want to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from mcp import Client
from mcp.server.mcpserver.resources import ResourceTemplate
from mcp.shared.exceptions import MCPError

from dialler_mcp.domain.callers import Caller
from dialler_mcp.problem import Problem
from dialler_mcp.protocol import updates
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.updates import Sight
from tests.protocol.wanting import Steps, settled, wanting

pytestmark = pytest.mark.filterwarnings("ignore::mcp.MCPDeprecationWarning")  # the older era is spoken, too

TEMPLATE = "test://things/{number}"
ONE, TWO, FORBIDDEN, SILENT = "test://things/1", "test://things/2", "test://secrets/1", "test://other/1"


@dataclass
class Things:
    """What the server has: numbers by number."""

    values: dict[str, Sight] = field(default_factory=lambda: {"1": Sight(0, False), "2": Sight(0, False)})
    looks: int = 0
    broken: bool = False

    async def look(self, filled: Mapping[str, Any]) -> Sight:
        self.looks += 1
        if self.broken:
            raise Problem("not now")
        return self.values.get(filled["number"], Sight(None, final=True))


async def read(number: str) -> str:
    return number


def served(things: Things) -> tuple[DiallerServer[Any], Steps]:
    def permits(caller: Caller, name: str) -> bool:
        return "secrets" not in name

    server: DiallerServer[Any] = DiallerServer("test", permits=permits)
    for template in (TEMPLATE, "test://secrets/{number}", "test://other/{number}"):
        server.add_template(ResourceTemplate.from_function(read, template, name=template[7:13]))
    server.tell_changes(TEMPLATE, things.look)
    server.tell_changes("test://secrets/{number}", things.look)
    steps = Steps()
    server.updates.pause = steps.pause
    return server, steps


async def test_a_change_is_told_once(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE, TWO) as text:
        await steps.step()
        assert text == []
        things.values["1"] = Sight(1, False)
        await steps.step()
        await steps.step()
        assert text == [ONE]


async def test_many_changes_between_two_looks_are_one(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE) as text:
        for value in range(1, 9):
            things.values["1"] = Sight(value, False)
            await settled()
        assert text == []
        await steps.step()
        assert text == [ONE]


async def test_the_end_is_told_and_then_nobody_looks_any_more(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE) as text:
        things.values["1"] = Sight("done", final=True)
        await steps.step()
        looks = things.looks
        await steps.step()
        assert (text, things.looks, steps.resting) == ([ONE], looks, 0)


async def test_nobody_looks_unless_somebody_wants_to_know(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE), wanting(server, era, ONE):
        await settled()
        assert server.updates.watched == {ONE}
        assert steps.resting == 1  # once for both
    await settled()
    assert server.updates.watched == frozenset()
    assert steps.resting == 0


async def test_each_of_several_clients_is_told_once(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE) as first, wanting(server, era, ONE) as second:
        things.values["1"] = Sight(1, False)
        await steps.step()
        assert (first, second) == ([ONE], [ONE])


async def test_who_asks_too_early_does_not_keep_others_from_being_told(era: str):
    things, uri = Things(), TEMPLATE.format(number=3)
    server, steps = served(things)
    async with wanting(server, era, uri) as early:
        await settled()
        things.values["3"] = Sight(0, False)
        async with wanting(server, era, uri) as late:
            things.values["3"] = Sight(1, False)
            await steps.step()
            assert (early, late) == ([uri], [uri])


async def test_while_looking_is_not_possible_nothing_is_told_and_it_goes_on(era: str):
    things = Things()
    server, steps = served(things)
    async with wanting(server, era, ONE) as text:
        things.broken, things.values["1"] = True, Sight("unseen", False)
        await steps.step()
        assert text == []
        things.broken, things.values["1"] = False, Sight(1, False)
        await steps.step()
        assert text == [ONE]


async def test_a_client_of_the_handshake_is_told_nothing_once_it_has_unsubscribed():
    things = Things()
    server, steps = served(things)
    async with Client(server, mode="legacy") as client:
        for _ in range(2):
            await client.subscribe_resource(ONE)  # pyright: ignore[reportDeprecated]
        await settled()
        assert steps.resting == 1
        await client.unsubscribe_resource(ONE)  # pyright: ignore[reportDeprecated]
        await client.unsubscribe_resource(ONE)  # pyright: ignore[reportDeprecated]
        await settled()
        assert server.updates.watched == frozenset()


@pytest.mark.parametrize("uri", [FORBIDDEN, SILENT, "test://nothing"])
async def test_what_is_not_told_is_not_promised(uri: str):
    things = Things()
    server, _ = served(things)
    async with Client(server, mode="legacy") as client:
        with pytest.raises(MCPError, match="read it again instead"):
            await client.subscribe_resource(uri)  # pyright: ignore[reportDeprecated]
    async with Client(server) as client, client.listen(resource_subscriptions=[uri, ONE]) as stream:
        assert stream.honored.resource_subscriptions == [ONE]
    assert things.looks == 1


async def test_no_more_is_looked_at_than_a_server_can_bear(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(updates, "MAX_WATCHED", 1)
    server, _ = served(Things())
    async with Client(server) as client, client.listen(resource_subscriptions=[ONE, TWO]) as stream:
        assert stream.honored.resource_subscriptions == [ONE]


async def test_the_handshake_says_that_one_can_subscribe():
    server, _ = served(Things())
    async with Client(server, mode="legacy") as client:
        assert client.server_capabilities.resources is not None
        assert client.server_capabilities.resources.subscribe
