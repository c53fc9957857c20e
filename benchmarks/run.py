"""Measures dialler-mcp beside its rivals. They need their environment first:

uv sync --locked --compile-bytecode --project benchmarks/rivals

python benchmarks/run.py [tokens | start | calls | http | memory | all] [rounds]

All of it with three rounds takes some four minutes on an idle machine, and 5 GB: a rival keeps 100,000 contacts whole.
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from os import cpu_count, getloadavg
from platform import python_version

import calls
import memory
import start
import tokens

Measure = Callable[[int], Coroutine[None, None, None]]


async def _tokens(_: int) -> None:
    await tokens.measure()


async def _start(rounds: int) -> None:
    await asyncio.to_thread(start.measure, rounds)


async def _calls(rounds: int) -> None:
    await calls.measure_in_memory(rounds)
    for latency in (0, calls.SLOW):
        await calls.measure(rounds, latency, http=False)


async def _http(rounds: int) -> None:
    for latency in (0, calls.SLOW):
        await calls.measure(rounds, latency, http=True)


async def _memory(rounds: int) -> None:
    await memory.measure(rounds)


MEASURES: dict[str, Measure] = {
    "tokens": _tokens,
    "start": _start,
    "calls": _calls,
    "http": _http,
    "memory": _memory,
}


async def run(names: list[str], rounds: int) -> None:
    load = ", ".join(f"{value:.1f}" for value in getloadavg())
    print(f"{rounds} rounds; medians (least–most). {cpu_count()} CPUs, load {load}, Python {python_version()}.")
    for name in names:
        await MEASURES[name](rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures dialler-mcp beside its rivals.")
    parser.add_argument("what", nargs="?", default="all", choices=[*MEASURES, "all"])
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(run(list(MEASURES) if options.what == "all" else [options.what], options.rounds))


if __name__ == "__main__":
    main()
