"""Rows into candidates, in this process or in several: numbers and values take most of the time of a check."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from dialler_mcp.lists.checking.rows import Candidate, Rows
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.usage import Usage
from dialler_mcp.lists.reading.table import Row

BLOCK = 2_000  # rows
AHEAD = 2  # blocks under way for each process, so that memory stays bounded

Setup = tuple[ColumnMap, Usage, str]


def candidates(rows: Iterable[Row], setup: Setup, processes: int) -> Iterator[tuple[Row, Candidate]]:
    """Each row with its candidate, in order. With one process nothing is started."""
    if processes <= 1:
        convert = Rows(*setup).candidate
        return ((row, convert(row)) for row in rows)
    return _in_processes(rows, setup, processes)


def _in_processes(rows: Iterable[Row], setup: Setup, processes: int) -> Iterator[tuple[Row, Candidate]]:
    under_way = deque[tuple[list[Row], Any]]()
    blocks = _blocks(rows)
    # Spawned: a forked child would inherit the threads' locks and the open files of a server.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for block in blocks:
            under_way.append((block, pool.apply_async(_convert, (setup, block))))
            if len(under_way) >= AHEAD * processes:
                yield from _next(under_way)
        while under_way:
            yield from _next(under_way)


def _next(under_way: deque[tuple[list[Row], Any]]) -> Iterator[tuple[Row, Candidate]]:
    block, result = under_way.popleft()
    return zip(block, result.get(), strict=True)


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while block := list(islice(iterator, BLOCK)):
        yield block


@lru_cache(maxsize=1)
def _rows(setup: Setup) -> Rows:
    """Made once in a child process, which serves one check."""
    return Rows(*setup)


def _convert(setup: Setup, block: list[Row]) -> list[Candidate]:
    convert = _rows(setup).candidate
    return [convert(row) for row in block]
