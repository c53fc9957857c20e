"""The wire of stdio: messages, one a line, on the process's stdin and stdout.

With pipes on Linux and macOS the event loop itself waits for them. Everywhere else (Windows, files, a terminal) one
thread reads and another writes. Both are daemons, so a read that never returns does not keep the process alive.
"""

import asyncio
import logging
import os
import stat
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import anyio
from mcp.os.win32.utilities import rebind_std_handle_to_fd
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from dialler_mcp.domain.text import without_halves

logger = logging.getLogger(__name__)

Message = SessionMessage | Exception
Write = Callable[[bytes], Awaitable[None]]

MAX_LINE = 64 << 20  # bytes of one message
_CHUNK = 64 << 10  # bytes that a thread reads at once
_LAST_WORDS = 1.0  # seconds in which the thread may still write the last messages


@asynccontextmanager
async def open_wire(
    on_closed: Callable[[], None],
) -> AsyncGenerator[tuple[ReadStream[Message], WriteStream[SessionMessage]]]:
    """The messages from stdin and to stdout; `on_closed` is called once nobody reads stdout any more."""
    incoming, outgoing = _divert(0, os.devnull), _divert(1, 2)
    connect = watched if _loop_can_wait_for(incoming, outgoing) else threaded
    async with connect(incoming, outgoing, on_closed) as (reader, write):
        yield _Lines(reader), _Answers(write)


def _divert(fd: int, to: str | int) -> int:
    """Move the wire off a standard descriptor, so that nothing else in the process can read or write it."""
    wire = os.dup(fd)
    os.set_inheritable(wire, False)
    other = os.open(to, os.O_RDONLY) if isinstance(to, str) else os.dup(to)
    os.dup2(other, fd)
    os.close(other)
    with suppress(OSError):
        rebind_std_handle_to_fd(fd)  # Windows keeps standard handles beside the descriptors; nothing elsewhere
    return wire


def _loop_can_wait_for(*fds: int) -> bool:
    """Whether the loop can wait for these descriptors itself. On Windows it cannot for the pipes that hosts make."""
    return sys.platform != "win32" and all(_is_pipe(os.fstat(fd).st_mode) for fd in fds)


def _is_pipe(mode: int) -> bool:
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


Connection = AbstractAsyncContextManager[tuple[asyncio.StreamReader, Write]]


@asynccontextmanager
async def watched(
    incoming: int, outgoing: int, on_closed: Callable[[], None]
) -> AsyncGenerator[tuple[asyncio.StreamReader, Write]]:
    """The loop serves both ends, without threads and queues, which halves the time of an invocation."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    read_transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(incoming, "rb", buffering=0)
    )
    write_transport, protocol = await loop.connect_write_pipe(
        lambda: _Outgoing(on_closed), os.fdopen(outgoing, "wb", buffering=0)
    )
    writer = asyncio.StreamWriter(write_transport, protocol, None, loop)

    async def write(data: bytes) -> None:
        writer.write(data)
        await writer.drain()

    try:
        yield reader, write
    finally:
        protocol.on_closed = None
        read_transport.close()
        write_transport.close()


class _Outgoing(asyncio.streams.FlowControlMixin):
    """Notices when the other end of stdout is closed, even while nothing is written."""

    def __init__(self, on_closed: Callable[[], None]) -> None:
        super().__init__()
        self.on_closed: Callable[[], None] | None = on_closed

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.on_closed:
            self.on_closed()


@asynccontextmanager
async def threaded(
    incoming: int, outgoing: int, on_closed: Callable[[], None]
) -> AsyncGenerator[tuple[asyncio.StreamReader, Write]]:
    """A thread serves each end. The descriptors stay open: a thread may be in the middle of a read."""
    reading, writing = _ReadingThread(incoming), _WritingThread(outgoing, on_closed)
    try:
        yield reading.reader, writing.write
    finally:
        writing.end()


class _ReadingThread(asyncio.ReadTransport):
    """Feeds a StreamReader, a chunk at a time; like any transport it pauses when the reader has enough."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd, self._loop = fd, asyncio.get_running_loop()
        self._paused, self._receipt = False, threading.Event()
        self.reader = asyncio.StreamReader(limit=MAX_LINE)
        self.reader.set_transport(self)
        threading.Thread(target=self._run, name="stdin", daemon=True).start()

    def _run(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, so nobody waits for more
            while data := self._read():
                self._receipt.clear()
                self._loop.call_soon_threadsafe(self._take, data)
                self._receipt.wait()
            self._loop.call_soon_threadsafe(self.reader.feed_eof)

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, _CHUNK)
        except OSError:  # a broken pipe counts as ended
            return b""

    def _take(self, data: bytes) -> None:
        self.reader.feed_data(data)
        if not self._paused:
            self._receipt.set()

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._receipt.set()


class _WritingThread:
    """Writes one message after the other, each whole, even when its sender is cancelled meanwhile."""

    def __init__(self, fd: int, on_closed: Callable[[], None]) -> None:
        self._fd, self._on_closed, self._loop = fd, on_closed, asyncio.get_running_loop()
        self._queue = SimpleQueue[tuple[bytes, asyncio.Future[None]] | None]()
        self._thread = threading.Thread(target=self._run, name="stdout", daemon=True)
        self._thread.start()

    async def write(self, data: bytes) -> None:
        receipt = self._loop.create_future()
        self._queue.put((data, receipt))
        await receipt

    def end(self) -> None:
        """Let the thread write the remaining messages and end; wait for it only for a moment."""
        self._queue.put(None)
        self._thread.join(_LAST_WORDS)

    def _run(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, so nobody waits for an answer
            while item := self._queue.get():
                data, receipt = item
                self._loop.call_soon_threadsafe(self._settle, receipt, self._try(data))

    def _try(self, data: bytes) -> OSError | None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            return error
        return None

    def _settle(self, receipt: asyncio.Future[None], error: OSError | None) -> None:
        if error:
            self._on_closed()
        if receipt.done():  # its sender was cancelled
            return
        if error:
            receipt.set_exception(error)
        else:
            receipt.set_result(None)


class Stream:
    """The parts of the SDK's stream protocols that our streams share. There is nothing to close."""

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None: ...


class IncomingStream(Stream, ABC):
    """A stream of messages; in place of an invalid one, the error."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    @abstractmethod
    async def receive(self) -> Message: ...


class _Lines(IncomingStream):
    """The messages on stdin, one a line.

    A line that is too long or not UTF-8 must not end the server, and half an emoji must not leave a request unanswered.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def receive(self) -> Message:
        line = b""
        try:
            line = await self._reader.readline()
            if not line:
                raise anyio.EndOfStream
            text = without_halves(line).decode("utf-8", "replace")
            return SessionMessage(jsonrpc_message_adapter.validate_json(text, by_name=False))
        except ValueError as error:  # too long, no JSON, or no message
            if line.strip() or not line:
                size = f"of {len(line)} bytes" if line else f"of more than {MAX_LINE >> 20} MB"
                logger.warning("a line %s on stdin is no JSON-RPC message and was left out", size)
            return error


class _Answers(Stream):
    """The messages on stdout, one a line, each written whole."""

    def __init__(self, write: Write) -> None:
        self._write = write

    async def send(self, item: SessionMessage, /) -> None:
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        try:
            await self._write(f"{text}\n".encode("utf-8", "replace"))
        except OSError as error:  # Windows says of a closed pipe that an argument is invalid
            raise anyio.BrokenResourceError from error
