"""Calls a tool in this process through the SDK's own client; run by `calls.py` with the Python of each contender.

python benchmarks/in_memory.py ours|r1|r2 TOOL '{"argument": 1}'     prints its figures as JSON
"""

import asyncio
import importlib
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from mcp import Client

CALLS = 300
CALLERS = (1, 16)
RIVALS = Path(__file__).parent / "rivals"


def server_of(key: str) -> Any:
    """The server object of a contender, as the SDK's client takes it."""
    if key == "ours":
        from dialler_mcp.server import build_server
        from dialler_mcp.settings import Settings

        return build_server(Settings())
    sys.path.insert(0, str(RIVALS))
    server = importlib.import_module(key).server
    return getattr(server, "_mcp_server", server)


async def main(key: str, name: str, arguments: dict[str, Any]) -> None:
    figures: dict[str, float] = {}
    async with Client(server_of(key)) as client:
        for _ in range(30):
            assert not (await client.call_tool(name, arguments)).is_error
        for callers in CALLERS:
            taken: list[float] = []

            async def caller(calls: int, taken: list[float] = taken) -> None:
                for _ in range(calls):
                    began = time.perf_counter()
                    await client.call_tool(name, arguments)
                    taken.append(time.perf_counter() - began)

            before, began = time.process_time(), time.perf_counter()
            await asyncio.gather(*(caller(CALLS // callers) for _ in range(callers)))
            took = time.perf_counter() - began
            if callers == 1:
                figures["µs a call"] = statistics.median(taken) * 1e6
                figures["CPU µs a call"] = (time.process_time() - before) / len(taken) * 1e6
            figures[f"calls/s, {callers}"] = len(taken) / took
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
