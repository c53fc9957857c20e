"""Time and peak memory of a list that is much too long: what a tool makes of 100,000 contacts."""

import tempfile
import time

from contenders import LIST, OURS, R1, R2, Contender, dialler
from servers import backend, cpu_seconds, over_stdio, peak_megabytes
from tables import Rounds

CONTACTS = 100_000
RIVALS_ONCE = (R1, R2)
"""They take half a minute and gigabytes for it."""


async def long_list(contender: Contender, port: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        async with over_stdio(contender.stdio, dialler(port, directory)) as server:
            before, began = cpu_seconds(server.pid), time.perf_counter()
            answer = await server.ask("tools/call", contender.params(LIST))
            took = time.perf_counter() - began
            assert b'"isError":true' not in answer[:200]
            return {
                "s": took,
                "CPU s": cpu_seconds(server.pid) - before,
                "peak MB": peak_megabytes(server.pid),
                "answer, KB": len(answer) / 1024,
            }


async def measure(rounds: int, contacts: int = CONTACTS) -> None:
    """Each call in a fresh process. A rival is asked once only, so its row has no spread."""
    table = Rounds()
    async with backend(contacts) as port:
        for _ in range(rounds):
            table.note(OURS.name, await long_list(OURS, port))
        for one in RIVALS_ONCE:
            table.note(one.name, await long_list(one, port))
    table.show(f"A list of {contacts:,} contacts through a tool, over stdio", OURS.name, ("s", "peak MB"), digits=2)
