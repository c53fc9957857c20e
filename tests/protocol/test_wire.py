"""Both ways to hold a pipe: by the loop, and by threads where the loop cannot."""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from dialler_mcp.protocol.wire import Connection, Write, threaded, watched

Connect = Callable[[int, int, Callable[[], None]], Connection]
PIPE = 1 << 16  # bytes that a pipe holds


@dataclass
class Wire:
    """Our two ends, and the client's."""

    reader: asyncio.StreamReader
    write: Write
    to_us: int
    from_us: int
    closed: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def wire_by(connect: Connect) -> AsyncGenerator[Wire]:
    (incoming, to_us), (from_us, outgoing) = os.pipe(), os.pipe()
    closed = asyncio.Event()
    async with connect(incoming, outgoing, closed.set) as (reader, write):
        yield Wire(reader, write, to_us, from_us, closed)


both = pytest.mark.parametrize("connect", [watched, threaded])


async def ended(wire: Wire) -> None:
    os.close(wire.to_us)
    assert await asyncio.wait_for(wire.reader.read(), 20) == b""


@both
async def test_what_comes_is_read_up_to_its_end(connect: Connect):
    async with wire_by(connect) as wire:
        os.write(wire.to_us, b"one\ntwo\n")
        assert await wire.reader.readline() == b"one\n"
        os.write(wire.to_us, b"three")
        assert await wire.reader.readline() == b"two\n"
        os.close(wire.to_us)
        assert await wire.reader.readline() == b"three"
        assert wire.reader.at_eof()


@both
async def test_more_than_a_pipe_holds_goes_both_ways(connect: Connect):
    much = os.urandom(10 * PIPE)
    async with wire_by(connect) as wire:
        sender = threading.Thread(target=os.write, args=(wire.to_us, much))
        sender.start()
        assert await wire.reader.readexactly(len(much)) == much
        sender.join()
        back = bytearray()

        def collect() -> None:
            while len(back) < len(much):
                back.extend(os.read(wire.from_us, PIPE))

        collector = threading.Thread(target=collect)
        collector.start()
        await wire.write(much)
        await asyncio.to_thread(collector.join)
        assert back == much
        await ended(wire)


@both
async def test_an_answer_that_nobody_reads_says_that_stdout_is_closed(connect: Connect):
    async with wire_by(connect) as wire:
        os.close(wire.from_us)
        with suppress(OSError):  # the loop says so of the one after
            await wire.write(b"answer\n")
        await asyncio.wait_for(wire.closed.wait(), 20)
        with pytest.raises(OSError, match=r"Broken pipe|Connection lost"):
            await wire.write(b"answer\n")
        await ended(wire)


async def test_the_loop_notices_a_closed_stdout_without_an_answer():
    async with wire_by(watched) as wire:
        assert not wire.closed.is_set()
        os.close(wire.from_us)
        await asyncio.wait_for(wire.closed.wait(), 20)
        os.close(wire.to_us)


@both
async def test_leaving_is_no_closed_stdout(connect: Connect):
    async with wire_by(connect) as wire:
        await wire.write(b"answer\n")
    await asyncio.sleep(0)
    assert os.read(wire.from_us, 100) == b"answer\n"
    assert not wire.closed.is_set()
    os.close(wire.to_us)


async def test_a_thread_writes_whole_what_was_cancelled_meanwhile():
    much = os.urandom(3 * PIPE)
    async with wire_by(threaded) as wire:
        first, second = (asyncio.ensure_future(wire.write(data)) for data in (much, b"second\n"))
        assert await asyncio.to_thread(os.read, wire.from_us, 1) == much[:1]  # the thread is in the middle of it
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        rest = bytearray()
        while not rest.endswith(b"second\n"):
            rest.extend(await asyncio.to_thread(os.read, wire.from_us, PIPE))
        assert rest == much[1:] + b"second\n"
        await ended(wire)


async def test_a_thread_that_reads_waits_while_nobody_takes_anything(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.protocol.wire.MAX_LINE", 1000)
    async with wire_by(threaded) as wire:
        os.set_blocking(wire.to_us, False)
        sent, refusals = 0, 0
        while refusals < 1000:  # a thread that went on reading would make room for ever
            try:
                sent += os.write(wire.to_us, b"x" * 1000)
                refusals = 0
            except BlockingIOError:
                refusals += 1
                await asyncio.sleep(0)
            assert sent < 100 * PIPE
        assert await wire.reader.readexactly(sent) == b"x" * sent
        await ended(wire)


async def test_a_descriptor_that_cannot_be_read_is_at_its_end(tmp_path: "os.PathLike[str]"):
    directory = os.open(tmp_path, os.O_RDONLY)
    _, outgoing = os.pipe()
    async with threaded(directory, outgoing, lambda: None) as (reader, _):
        assert await asyncio.wait_for(reader.read(), 20) == b""
