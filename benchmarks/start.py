"""From start to answered `tools/list` over stdio."""

import json
import subprocess
import tempfile
import time
from os import environ

from contenders import FLOOR, OURS, R1, R2, Contender, dialler
from servers import HELLO, cpu_seconds
from tables import Rounds

CONTENDERS = (FLOOR, OURS, R2, R1)
ASKED = "".join(
    json.dumps({"jsonrpc": "2.0", **message}) + "\n"
    for message in (
        {"id": 1, "method": "initialize", "params": HELLO},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
    )
).encode()


def listed(contender: Contender, directory: str) -> dict[str, float]:
    """Initialize and tools/list are written at once; the clock stops at the answer."""
    began = time.perf_counter()
    with subprocess.Popen(
        contender.stdio,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environ, **dialler(1, directory)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(ASKED)
        process.stdin.flush()
        while b'"id":2' not in process.stdout.readline():
            pass
        took = time.perf_counter() - began
        used = cpu_seconds(process.pid)
        process.kill()
    return {"ms": took * 1000, "CPU ms": used * 1000}


def measure(rounds: int) -> None:
    """Interleaved rounds; the first, which fills the page cache, does not count."""
    table = Rounds()
    with tempfile.TemporaryDirectory() as directory:
        for number in range(rounds + 1):
            for one in CONTENDERS:
                figures = listed(one, directory)
                if number:
                    table.note(one.name, figures)
    table.show("From start to answered tools/list over stdio", FLOOR.name, ("ms", "CPU ms"))
