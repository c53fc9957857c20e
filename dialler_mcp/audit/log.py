"""The audit log: one JSON line for every invocation, each chained to the previous line by a hash.

    {"seq":7,"time":"2026-11-20T13:00:00.000Z","kind":"tool",...,"prev":"<hash of line 6>","hash":"..."}

`hash` is the SHA-256 of `prev` followed by the line without its `hash`: compact JSON, ASCII only, keys in the order of
the line. `prev` of the very first line is 64 zeros. Files are `audit-000001.jsonl` and so on; the chain continues from
one file to the next. Nothing is ever rewritten: a line that a crash left half written stays, and the line after it says
so (`repaired`).

The chain shows changes in the files. It cannot show that the end was cut off, nor that somebody with write access
rewrote the whole chain: against both, keep a copy elsewhere, or note the last hash there.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from dialler_mcp.audit.pseudonyms import Pseudonyms, new_key
from dialler_mcp.state.locks import PATIENCE, exclusive
from dialler_mcp.state.places import NO_LINK, own_directory

BEGINNING = "0" * 64
MEGABYTE = 1 << 20
RESERVE = 16 << 10  # bytes; more than any line
KEY = "audit.key"
_FILE = re.compile(r"audit-(\d{6,})\.jsonl")
_WINDOW = 1 << 16
_COMPACT = json.JSONEncoder(separators=(",", ":"))
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Line:
    """A line as it was read. `entry` is None for text that is no line of a log; `sound`: its own hash is right.

    `unended`: it is the last line of its file, without an end of line.
    """

    raw: bytes
    entry: dict[str, Any] | None
    own_hash: str = ""
    unended: bool = False

    @property
    def seq(self) -> int:
        return self.entry["seq"] if self.entry else 0

    @property
    def sound(self) -> bool:
        return self.entry is not None and self.entry["hash"] == self.own_hash


@dataclass(frozen=True)
class _Tail:
    """Where the log ends: the last file and its size, the last line of the chain, and how the file ends."""

    number: int = 0
    size: int = 0
    seq: int = 0
    hash: str = BEGINNING
    unended: bool = False
    torn: bool = False


class AuditLog:
    """The log in one directory, a `Sink`. Several processes may write to it. It makes no file before the first line.

    Every method but the constructor raises OSError where the log cannot be written.
    """

    def __init__(
        self,
        directory: Path,
        *,
        max_bytes: int = 10 * MEGABYTE,
        key: bytes | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._directory = directory
        self._lock = str(directory / "audit.lock")
        self._max_bytes = max_bytes
        self._key = key
        self._clock = clock
        self._last_tail = _Tail()
        self._pseudonyms: Pseudonyms | None = None

    @property
    def pseudonyms(self) -> Pseudonyms:
        """The pseudonyms of this log; their key is a file beside it, for its owner only."""
        if self._pseudonyms is None:
            self._pseudonyms = Pseudonyms(self._key or self._shared_key())
        return self._pseudonyms

    def prepare(self) -> None:
        """Make sure that a line can be written: write a reserve file, which is given up when the disk is full."""
        own_directory(self._directory)
        _ = self.pseudonyms
        with exclusive(self._lock):
            tail = self._tail()
            _write(self._file(max(tail.number, 1)), b"", durable=False)
            _write(self._reserve, b" " * RESERVE, durable=False, fresh=True)

    def append(self, entry: Mapping[str, Any], *, durable: bool = False, patience: float = PATIENCE) -> int:
        """Add a line and return its `seq`. `durable`: it has reached the disk when this returns.

        Raises:
            TimeoutError: another process has been writing for more than `patience` seconds; nothing was written.
        """
        try:
            return self._append_alone(entry, durable, patience)
        except FileNotFoundError:  # the directory is not there, or no longer
            own_directory(self._directory)
            return self._append_alone(entry, durable, patience)

    def _append_alone(self, entry: Mapping[str, Any], durable: bool, patience: float) -> int:
        with exclusive(self._lock, patience):
            try:
                return self._append(entry, durable)
            except OSError as error:
                if error.errno != errno.ENOSPC or not self._reserve.exists():
                    raise
                self._reserve.unlink()
                return self._append(entry, durable)

    def _append(self, entry: Mapping[str, Any], durable: bool) -> int:
        tail = self._tail()
        data, seq, last = self._lines(tail, entry)
        number, before = tail.number or 1, tail.size
        if before and before + len(data) > self._max_bytes:
            number, before = number + 1, 0
        elif tail.unended:
            data = b"\n" + data
        self._last_tail = _Tail()  # if writing fails, the end must be looked up again
        _write(self._file(number), data, durable=durable)
        self._last_tail = _Tail(number, before + len(data), seq, last)
        return seq

    def _lines(self, tail: _Tail, entry: Mapping[str, Any]) -> tuple[bytes, int, str]:
        seq, prev, data = tail.seq, tail.hash, b""
        if tail.torn:
            raw, prev = sealed({"seq": seq + 2, "time": self._time(), "repaired": seq + 1, "prev": prev})
            seq, data = seq + 2, raw
        raw, last = sealed({"seq": seq + 1, "time": self._time(), **entry, "prev": prev})
        return data + raw, seq + 1, last

    def _time(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def _reserve(self) -> Path:
        return self._directory / "audit.reserve"

    def _file(self, number: int) -> str:
        return f"{self._directory}{os.sep}audit-{number:06d}.jsonl"

    def _tail(self) -> _Tail:
        """The present end of the log, looked up again if another process has written since."""
        tail = self._last_tail
        if tail.number and _size(self._file(tail.number)) == tail.size and _size(self._file(tail.number + 1)) is None:
            return tail
        return read_tail(self._directory)

    def _shared_key(self) -> bytes:
        own_directory(self._directory)
        with exclusive(self._lock):
            if key := read_key(self._directory):
                return key
            key = new_key()
            _write(self._directory / KEY, key.hex().encode(), durable=True, fresh=True)
        return key


def sealed(entry: Mapping[str, Any]) -> tuple[bytes, str]:
    """The line of an entry (its `prev` last), and its hash."""
    body = _compact(entry)
    seal = _hash(entry["prev"], body)
    return f'{body[:-1]},"hash":"{seal}"}}\n'.encode("ascii"), seal


def parsed(raw: bytes) -> Line:
    """A line of a file, given without its end of line."""
    try:
        content: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return Line(raw, None)
    if not isinstance(content, dict):
        return Line(raw, None)
    entry = cast(dict[str, Any], content)
    seq, prev, seal = entry.get("seq"), entry.get("prev"), entry.get("hash")
    if type(seq) is not int or not isinstance(prev, str) or not isinstance(seal, str):
        return Line(raw, None)
    body = _compact({name: value for name, value in entry.items() if name != "hash"})
    # A line with the same values in another spelling was changed, too.
    spelled_so = raw == f'{body[:-1]},"hash":{json.dumps(seal)}}}'.encode("ascii")
    return Line(raw, entry, _hash(prev, body) if spelled_so else "")


def read_key(directory: Path) -> bytes | None:
    """The key of the pseudonyms of the log in this directory; None where there is none.

    Raises:
        OSError: its file cannot be read.
    """
    with suppress(FileNotFoundError, NotADirectoryError, ValueError):
        return bytes.fromhex((directory / KEY).read_text("ascii")) or None
    return None


def files(directory: Path) -> list[tuple[int, Path]]:
    """The files of a log, oldest first."""
    matches = ((_FILE.fullmatch(path.name), path) for path in directory.iterdir()) if directory.is_dir() else ()
    return sorted((int(match[1]), path) for match, path in matches if match)


def lines(path: Path) -> Iterator[Line]:
    """The lines of one file; the last one may have no end."""
    with path.open("rb") as file:
        for raw in file:
            line = parsed(raw.removesuffix(b"\n"))
            yield line if raw.endswith(b"\n") else replace(line, unended=True)


def read_tail(directory: Path) -> _Tail:
    """The end of the log in this directory."""
    paths = files(directory)
    tail = _Tail()
    for number, path in reversed(paths):
        size = path.stat().st_size
        last, lacks_end, is_torn = _last_line(path, size)
        if not tail.number:
            tail = _Tail(number, size, unended=lacks_end, torn=is_torn)
        if last is not None and last.entry is not None:
            return _Tail(tail.number, tail.size, last.seq, last.entry["hash"], tail.unended, tail.torn)
    return tail


def _last_line(path: Path, size: int) -> tuple[Line | None, bool, bool]:
    """The last line of the chain in a file; whether the file lacks the final end of line; whether it is torn."""
    window = _WINDOW
    while True:
        start = max(0, size - window)
        with path.open("rb") as file:
            file.seek(start)
            raws = file.read(size - start).split(b"\n")
        whole = raws[1 if start else 0 :]
        line = next((line for raw in reversed(whole) if raw and (line := parsed(raw)).entry is not None), None)
        if line is not None or start == 0:
            lacks_end = raws[-1] != b""
            return line, lacks_end, lacks_end and (line is None or line.raw != raws[-1])
        window *= 8


def _compact(entry: Mapping[str, Any]) -> str:
    return _COMPACT.encode(entry)


def _hash(prev: str, body: str) -> str:
    return hashlib.sha256((prev + body).encode("utf-8", "surrogatepass")).hexdigest()


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - every invocation comes by here, and a Path costs more than it
    except FileNotFoundError:
        return None


def _write(path: str | Path, data: bytes, *, durable: bool, fresh: bool = False) -> None:
    """Append to a file (or begin it anew) for its owner only; all of it, or an error."""
    mode = os.O_WRONLY | os.O_CREAT | NO_LINK | _BINARY | (os.O_TRUNC if fresh else os.O_APPEND)
    handle = os.open(path, mode, 0o600)
    try:
        if data and os.write(handle, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)
