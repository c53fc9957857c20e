"""How many sessions of the handshake era there are, and which one makes room for another."""

from typing import Any, cast

import httpx2
import pytest
from mcp_types import ElicitResult

from dialler_mcp.protocol import http
from tests.conftest import structure_of
from tests.protocol.test_asking import CONTACT10, DELETE, YES, Make, Person
from tests.protocol.test_http import HEADERS, HELLO, META, MODERN, connected, message, served


async def begun(client: httpx2.AsyncClient, url: str) -> str:
    """A session of a client that says hello and no more."""
    answer = await client.post(url, json=message("initialize", **HELLO), headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.headers["mcp-session-id"]


async def answers(client: httpx2.AsyncClient, url: str, session: str) -> bool:
    """Whether a session is still there; a question in it makes it the one that was used last."""
    headers = {**HEADERS, "Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"}
    return (await client.post(url, json=message("ping"), headers=headers)).status_code == 200


async def test_the_session_that_was_idle_longest_makes_room(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "MAX_SESSIONS", 2)
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        first, second = [await begun(client, url) for _ in range(2)]
        assert await answers(client, url, first)
        third = await begun(client, url)
        assert [await answers(client, url, each) for each in (first, second, third)] == [True, False, True]
        headers = {**HEADERS, "Mcp-Session-Id": third, "MCP-Protocol-Version": "2025-11-25"}
        await client.delete(url, headers=headers)
        await begun(client, url)
        assert await answers(client, url, first)


async def test_a_session_with_a_running_request_is_not_ended(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "MAX_SESSIONS", 1)
    newer: list[str] = []
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as other:

        async def meanwhile(*_: Any) -> ElicitResult:
            newer.extend([await begun(other, url) for _ in range(2)])
            return YES

        async with connected(url, "legacy", person=cast(Person, meanwhile)) as client:
            result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
            assert structure_of(result)["status"] == "done"
            assert [await answers(other, url, each) for each in newer] == [False, True]


async def test_there_are_never_more_sessions_than_that(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "MAX_SESSIONS", 1)
    monkeypatch.setattr(http, "ROOM", 0)
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        await begun(client, url)
        one_more = await client.post(url, json=message("initialize", **HELLO), headers=HEADERS)
        assert one_more.status_code == 503


async def test_who_needs_no_session_ends_none(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "MAX_SESSIONS", 0)  # one too many is there
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        first = await begun(client, url)
        headers = {**MODERN, "Mcp-Method": "tools/list"}
        modern = await client.post(url, json=message("tools/list", _meta=META), headers=headers)
        assert modern.status_code == 200
        assert await answers(client, url, first)
