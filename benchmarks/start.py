"""From start to answered `tools/list` over stdio, beside a bare `import mcp` and the SDK's smallest server, in one run.

python benchmarks/start.py [rounds]
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from os import environ
from pathlib import Path

SERVER = str(Path(sys.executable).with_name("dialler-mcp"))
SMALLEST = """
from mcp.server import MCPServer
server = MCPServer("smallest", log_level="WARNING")
@server.tool()
def hello() -> str:
    "Say hello."
    return "hello"
server.run()
"""
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
ASKED = "".join(
    json.dumps({"jsonrpc": "2.0", **message}) + "\n"
    for message in (
        {"id": 1, "method": "initialize", "params": HELLO},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
    )
).encode()


def listed(command: list[str], directory: str) -> float:
    """Milliseconds until tools/list is answered."""
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environ, "DIALLER_DATA_DIR": directory},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(ASKED)
        process.stdin.flush()
        while b'"id":2' not in process.stdout.readline():
            pass
        took = time.perf_counter() - began
        process.kill()
    return took * 1000


def imported(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as directory:
        contenders: dict[str, Callable[[], float]] = {
            "import mcp": lambda: imported("import mcp"),
            "smallest SDK server": lambda: listed([sys.executable, "-c", SMALLEST], directory),
            "dialler-mcp": lambda: listed([SERVER], directory),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, run in contenders.items():
                times[name].append(run())
    floor = statistics.median(times["smallest SDK server"])
    print(f"{rounds} interleaved rounds, milliseconds: median (least to most), ratio to the smallest SDK server")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:22} {median:6.0f} ({min(taken):.0f} to {max(taken):.0f})  {median / floor:.2f}")


if __name__ == "__main__":
    main()
