"""How long a call takes and how many go through, over each transport."""

import asyncio
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from os import environ
from pathlib import Path

from contenders import ONE, OURS, R1, R2, Contender, dialler
from servers import BACKEND_PATH, Connections, Driven, backend, cpu_seconds, exchange, free_port, over_http, over_stdio
from tables import Rounds

CONTENDERS = (OURS, R1, R2)
CALLERS = (1, 16, 64)
SLOW = 0.02
COMPARED = ("µs a call", "CPU µs a call")
HERE = Path(__file__).parent


async def load(ask: Callable[[], Awaitable[object]], calls: int, callers: int) -> tuple[float, float]:
    """The median of a call in microseconds, and the calls a second."""
    rest, durations = calls, list[float]()

    async def caller() -> None:
        nonlocal rest
        while rest > 0:
            rest -= 1
            began = time.perf_counter()
            await ask()
            durations.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return statistics.median(durations) * 1e6, calls / (time.perf_counter() - began)


async def cell(server: Driven, contender: Contender, calls: int) -> dict[str, float]:
    """One contender, once: each number of callers in turn."""
    params = contender.params(ONE)

    async def ask() -> None:
        answer = await server.ask("tools/call", params)
        assert b'"isError":true' not in answer, answer
        assert b'"error":' not in answer[:60], answer

    figures: dict[str, float] = {}
    for callers in CALLERS:
        before = cpu_seconds(server.pid)
        took, rate = await load(ask, calls, callers)
        if callers == 1:
            figures |= {"µs a call": took, "CPU µs a call": (cpu_seconds(server.pid) - before) / calls * 1e6}
        figures[f"calls/s, {callers}"] = rate
    return figures


@asynccontextmanager
async def running(contender: Contender, port: int, directory: str, *, http: bool) -> AsyncGenerator[Driven]:
    environment = dialler(port, directory)
    if http:
        own = free_port()
        async with over_http([*contender.http, str(own)], environment, own) as server:
            yield server
    else:
        async with over_stdio(contender.stdio, environment) as server:
            yield server


async def measure(rounds: int, latency: float, *, http: bool) -> None:
    """All contenders in turn, each in a process that stays, before one dialler; beside them the bare request."""
    calls = 400 if not latency else 128
    table = Rounds()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(backend(latency=latency))
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        servers = {one: await stack.enter_async_context(running(one, port, directory, http=http)) for one in CONTENDERS}
        for one, server in servers.items():  # what is made at the first calls is not what a call costs
            await load(lambda one=one, server=server: server.ask("tools/call", one.params(ONE)), 50, 1)
        connections: Connections = []
        for _ in range(rounds):
            took, rate = await load(lambda: exchange(connections, port, bare(port)), calls, 1)
            table.note("the bare request", {"µs a call": took, "calls/s, 1": rate})
            for one, server in servers.items():
                table.note(one.name, await cell(server, one, calls))
        for _, writer in connections:
            writer.close()
    transport = "Streamable HTTP" if http else "stdio"
    table.show(f"get_contact over {transport}, dialler answers after {latency * 1000:.0f} ms", R2.name, COMPARED)


def bare(port: int) -> bytes:
    return f"GET {BACKEND_PATH} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()


async def measure_in_memory(rounds: int) -> None:
    """The same call within one process, client and server; each round is a process of its own."""
    table = Rounds()
    async with backend() as port:
        for _ in range(rounds):
            for one in CONTENDERS:
                table.note(one.name, await asyncio.to_thread(in_memory, one, port))
    table.show("get_contact in memory (SDK client and server in one process), 0 ms", R2.name, COMPARED)


def in_memory(contender: Contender, port: int) -> dict[str, float]:
    name, arguments = contender.asked[ONE]
    with tempfile.TemporaryDirectory() as directory:
        command: Sequence[str] = [contender.python, str(HERE / "in_memory.py"), contender.key, name]
        process = subprocess.run(
            [*command, json.dumps(arguments)],
            env={**environ, **dialler(port, directory)},
            check=True,
            stdout=subprocess.PIPE,
        )
    return json.loads(process.stdout.splitlines()[-1])
