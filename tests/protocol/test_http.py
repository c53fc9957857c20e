"""Serving over HTTP: a real server on a free port, clients of both protocol eras, and what is refused."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitResult, Implementation
from uvicorn.server import HANDLED_SIGNALS

from dialler_mcp.problem import Problem
from dialler_mcp.protocol import http
from dialler_mcp.protocol.http import MAX_BODY, HttpServer, WholeRequests, http_app, listen, serve_http, url_of
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.sandbox import Options
from dialler_mcp.server import build_server
from dialler_mcp.settings import Settings
from tests.cli.test_main import invoke
from tests.conftest import structure_of
from tests.lists.jobs.some_jobs import contacts_of, frozen, step, worker_of
from tests.protocol.test_asking import CONTACT10, DELETE, YES, Make, Person, exists
from tests.protocol.wanting import Steps, until, wanting

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
MODERN = {**HEADERS, "MCP-Protocol-Version": "2026-07-28"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.fixture
def data_dir(sandbox_file: Path, tmp_path: Path) -> Path:
    """With a sandbox in it: to invent one takes longer than to start."""
    shutil.copy(sandbox_file, tmp_path)
    return tmp_path


def message(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@asynccontextmanager
async def served(server: Any) -> AsyncGenerator[tuple[str, HttpServer]]:
    listener = listen("127.0.0.1", 0)
    http = HttpServer(server, http_app(server, listener))
    url = url_of(listener)
    running = asyncio.create_task(http.serve(sockets=[listener]))
    try:
        yield url, http
    finally:
        http.should_exit = True
        await running


def connected(url: str, era: str, name: str = "test", person: Person | None = None) -> Client:
    return Client(url, mode=era, client_info=Implementation(name=name, version="1"), elicitation_callback=person)


async def test_a_person_is_asked_before_a_deletion(bench: Make, era: str):
    b, person = bench(), Person(YES)
    async with served(b.server) as (url, _), connected(url, era, person=person) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert structure_of(result)["status"] == "done"
    assert len(person.questions) == 1
    assert not exists(b)


async def test_a_person_who_declines_is_obeyed(bench: Make, era: str):
    b, person = bench(), Person(ElicitResult(action="decline"))
    async with served(b.server) as (url, _), connected(url, era, person=person) as client:
        result = await client.call_tool(DELETE, {"contact_id": CONTACT10})
    assert result.is_error
    assert exists(b)


async def test_without_a_person_the_phrase_confirms(bench: Make, era: str):
    b = bench()
    async with served(b.server) as (url, _), connected(url, era) as client:
        preview = structure_of(await client.call_tool(DELETE, {"contact_id": CONTACT10}))
        assert exists(b)
        arguments = {"contact_id": CONTACT10, "confirm": preview["confirm"]}
        assert structure_of(await client.call_tool(DELETE, arguments))["status"] == "done"
    assert not exists(b)


async def test_a_phrase_is_for_the_client_that_got_it(bench: Make, era: str):
    b = bench()
    async with served(b.server) as (url, _), connected(url, era, "one") as one, connected(url, era, "other") as other:
        preview = structure_of(await one.call_tool(DELETE, {"contact_id": CONTACT10}))
        stolen = await other.call_tool(DELETE, {"contact_id": CONTACT10, "confirm": preview["confirm"]})
    assert stolen.is_error
    assert exists(b)


async def test_limits_count_each_client_by_itself(bench: Make, era: str):
    b = bench(changes_per_hour=1)
    lock, unlock = "dialler_lock_contact", "dialler_unlock_contact"
    async with served(b.server) as (url, _), connected(url, era, "one") as one, connected(url, era, "other") as other:
        assert not (await one.call_tool(lock, {"contact_id": CONTACT10})).is_error
        assert (await one.call_tool(unlock, {"contact_id": CONTACT10})).is_error
        assert not (await other.call_tool(unlock, {"contact_id": CONTACT10})).is_error


async def test_the_audit_log_names_client_and_era(bench: Make, era: str, tmp_path: Path):
    b = bench(audit=True, audit_dir=tmp_path)
    async with served(b.server) as (url, _), connected(url, era, "Inspector") as client:
        await client.call_tool("dialler_list_campaigns", {})
    line = json.loads((tmp_path / "audit-000001.jsonl").read_text("ascii").splitlines()[-1])
    assert (line["caller"], line["tool"], line["outcome"]) == ("Inspector", "dialler_list_campaigns", "ok")
    assert line["protocol"] == {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]


@pytest.mark.thorough
async def test_all_clients_share_one_app(data_dir: Path):
    server = build_server(Settings(data_dir=data_dir))
    async with served(server) as (url, _):
        async with connected(url, "legacy") as client:
            await client.call_tool("dialler_list_campaigns", {})
            app = server.state
        async with connected(url, "auto") as first, connected(url, "legacy") as second:
            for each in (first, second):
                assert structure_of(await each.call_tool("dialler_list_campaigns", {}))["total"] == 7
        assert server.state is app


async def test_a_page_of_the_web_gets_nothing(bench: Make, subtests: pytest.Subtests):
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        for headers in (HEADERS, MODERN):
            for foreign, status in (
                ({"Host": "evil.example"}, 421),
                ({"Host": "127.0.0.1.evil.example:80"}, 421),
                ({"Origin": "https://evil.example"}, 403),
                ({"Origin": "http://localhost:1"}, 403),
                ({"Origin": "null"}, 403),
            ):
                with subtests.test(str(foreign), modern=headers is MODERN):
                    answer = await client.post(url, json=message("initialize", **HELLO), headers={**headers, **foreign})
                    assert answer.status_code == status
                    assert "mcp-session-id" not in answer.headers


async def test_a_tunnel_may_change_the_port(bench: Make, subtests: pytest.Subtests):
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        for host in ("localhost:9000", "127.0.0.1", "[::1]"):
            with subtests.test(host):
                headers = {**HEADERS, "Host": host}
                answer = await client.post(url, json=message("initialize", **HELLO), headers=headers)
                assert answer.status_code == 200
                assert "mcp-session-id" in answer.headers


async def test_there_is_no_standing_stream(bench: Make, subtests: pytest.Subtests):
    every: tuple[dict[str, str], ...] = ({}, {"MCP-Protocol-Version": "2025-11-25"}, MODERN)
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        for headers in every:
            with subtests.test(str(headers)):
                answer = await client.get(url, headers={"Accept": "text/event-stream", **headers})
                assert answer.status_code == 405
                assert "POST" in answer.headers["Allow"]


async def test_a_slash_at_the_end_makes_no_difference(bench: Make, era: str):
    async with served(bench().server) as (url, _), connected(f"{url}/", era) as client:
        assert structure_of(await client.call_tool("dialler_list_campaigns", {}))["total"] == 7
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as web:
        assert (await web.get(f"{url}/")).status_code == 405
        foreign = {**HEADERS, "Host": "evil.example"}
        assert (await web.post(f"{url}/", json=message("initialize", **HELLO), headers=foreign)).status_code == 421


HALVES = {
    "no byte": b"",
    "half a header": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-",
    "half a body": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Accept: application/json, text/event-stream\r\nContent-Length: 100\r\n\r\n{",
}


@pytest.mark.parametrize("half", HALVES)
async def test_half_a_request_is_not_waited_for_for_ever(bench: Make, monkeypatch: pytest.MonkeyPatch, half: str):
    monkeypatch.setattr(http, "MAX_WAIT", 0.05)
    async with served(bench().server) as (url, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(url).port)
        writer.write(HALVES[half])
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 408")


async def test_nothing_is_waited_for_while_a_request_is_answered_and_between_two_of_them(bench: Make):
    async with served(bench().server) as (url, server), httpx2.AsyncClient() as client:
        for _ in range(2):
            assert (await client.get(url)).status_code == 405
        (connection,) = server.server_state.connections
        assert not cast(WholeRequests, connection).waits


async def test_a_request_may_not_be_too_long(bench: Make):
    async with served(bench().server) as (url, _), httpx2.AsyncClient() as client:
        answer = await client.post(url, content=b" " * (MAX_BODY + 1), headers=HEADERS)
    assert answer.status_code == 413


async def test_a_stop_ends_what_clients_listen_on(bench: Make):
    listening = {**message("subscriptions/listen", _meta=META, notifications={"toolsListChanged": True})}
    headers = {**MODERN, "Mcp-Method": "subscriptions/listen"}
    async with (
        served(bench().server) as (url, http),
        httpx2.AsyncClient(timeout=30) as client,
        client.stream("POST", url, json=listening, headers=headers) as answer,
    ):
        lines = (line async for line in answer.aiter_lines() if line.startswith("data: "))
        assert "acknowledged" in await anext(lines)
        http.should_exit = True
        assert "result" in json.loads((await anext(lines)).removeprefix("data: "))


async def test_updates_come_on_streams_of_the_later_era(bench: Make):
    b, steps = bench(), Steps()
    server = cast(DiallerServer[Any], b.server)
    server.updates.pause = steps.pause
    worker = worker_of(b)
    job = await frozen(worker, [step("lock", contact) for contact in contacts_of(b, 1)])
    uri = f"dialler://jobs/{job.id}"
    async with served(server) as (url, _), wanting(url, "auto", uri) as text:
        await until(lambda: steps.resting == 1)
        await worker.ledger.control(job.id, "cancel")
        await steps.step()
        await until(lambda: text == [uri])


@pytest.mark.filterwarnings("ignore::mcp.MCPDeprecationWarning")  # the older era is spoken
async def test_a_client_of_the_handshake_is_not_promised_what_cannot_reach_it(bench: Make):
    async with served(bench().server) as (url, _), connected(url, "legacy") as client:
        assert client.server_capabilities.resources is not None
        assert not client.server_capabilities.resources.subscribe
        with pytest.raises(MCPError, match="subscriptions/listen"):
            await client.subscribe_resource("dialler://jobs/1")  # pyright: ignore[reportDeprecated]


@pytest.mark.thorough
async def test_a_stop_lets_running_calls_end(bench: Make, era: str):
    b = bench(Options(faults="latency=1.2"))
    async with served(b.server) as (url, http), connected(url, era) as client:

        def stop(_: httpx2.Request) -> None:
            http.should_exit = True

        await client.list_tools()  # to check the answer by, which the client would ask for afterwards
        b.wire.instead = stop
        assert structure_of(await client.call_tool("dialler_list_campaigns", {}))["total"] == 7


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "dialler.example", ""])
def test_only_this_machine_is_served(host: str):
    with pytest.raises(Problem, match="there is no sign-in yet"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_names_of_this_machine_are_served(host: str):
    with listen(host, 0) as listener:
        assert re.fullmatch(r"http://127\.0\.0\.[12]:\d+/mcp", url_of(listener))


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Problem, match=f"port {port} of 127.0.0.1: Address already in use.*--port"):
            listen("127.0.0.1", port)


@asynccontextmanager
async def child(data_dir: Path, *arguments: str, **environment: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "dialler_mcp", "serve", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "DIALLER_DATA_DIR": str(data_dir), **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def address_of(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    match, text = None, ""
    while match is None:
        text = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
        assert text, "it ended"
        match = re.search(r"http://127\.0\.0\.1:\d+/mcp", text)
    assert "the embedded sandbox (invented people)" in text
    return match[0]


@pytest.fixture
def through() -> Iterator[list[int]]:
    """The signals that get through a server to the process, which they would end."""
    arrivals: list[int] = []

    def arrive(number: int, _: object) -> None:
        arrivals.append(number)

    before = {number: signal.signal(number, arrive) for number in HANDLED_SIGNALS}
    yield arrivals
    for number, handler in before.items():
        signal.signal(number, handler)


signals = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@signals
async def test_a_signal_ends_serving(
    bench: Make, capfd: pytest.CaptureFixture[str], through: list[int], number: signal.Signals
):
    server: Any = bench().server
    listener = listen("127.0.0.1", 0)
    running = asyncio.create_task(serve_http(server, http_app(server, listener), listener))
    async with connected(url_of(listener), "auto") as client:
        await client.call_tool("dialler_list_campaigns", {})
        signal.raise_signal(number)
        await asyncio.wait_for(running, 30)
    assert through == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.thorough  # the one above is quicker, and the last one sends SIGTERM to a process
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@signals
async def test_a_signal_ends_it_cleanly(data_dir: Path, number: signal.Signals):
    async with child(data_dir, "--port", "0") as process, Client(await address_of(process)) as client:
        await client.call_tool("dialler_list_campaigns", {})
        process.send_signal(number)
        out, errors = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out, errors) == (0, b"", b"")


REFUSAL = "dialler-mcp: --host must be an address of this machine alone"


def test_what_cannot_be_served_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    text = invoke(monkeypatch, "serve", "--host", "0.0.0.0")
    assert isinstance(text, str), "which Python prints, and ends with 1"
    assert text.startswith(REFUSAL)
    assert "\n" not in text
    assert capfd.readouterr() == ("", "")


@pytest.mark.thorough
async def test_what_cannot_be_served_ends_with_a_sentence(tmp_path: Path):
    async with child(tmp_path, "--host", "0.0.0.0") as process:
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert errors.decode().startswith(REFUSAL)
    assert errors.count(b"\n") == 1


@pytest.mark.thorough
async def test_nothing_personal_is_logged_even_when_asked_for_everything(data_dir: Path):
    async with child(data_dir, "--port", "0", DIALLER_LOG_LEVEL="DEBUG") as process:
        url = await address_of(process)
        for mode in ("auto", "legacy"):
            async with Client(url, mode=mode) as client:
                for user_data in ("Contact10", "Geheim\n123"):
                    await client.call_tool("dialler_find_contacts_by_user_data", {"user_data": user_data})
                await client.call_tool("dialler_lock_contact_by_user_data", {"user_data": "Kunde-4711"})
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    log = errors.decode()
    for secret in ("Contact10", "Geheim", "Kunde-4711", "Mustermann", "sandbox-token", "userData="):
        assert secret not in log
    assert not re.search(r"[0-9a-f]{32}", log), "the ID of a session"
