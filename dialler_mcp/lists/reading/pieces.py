"""A file that comes in pieces, put together in a directory of ours, for its caller alone.

A piece may come twice or overlap what is there: whoever sends it may not have heard that it arrived. The file ends
where its sender said at first that it would.
"""

import base64
import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dialler_mcp.domain.text import clean
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import MEGABYTE, Limits
from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.state.places import NO_LINK, own_directory
from dialler_mcp.words import Words

MAX_PIECE = MEGABYTE
"""Bytes of a piece."""
MAX_OPEN = 3
"""Files that a caller can be sending at once; the one that waited longest makes room for another."""
MAX_OF_ALL = 12
"""The same of all callers together: a program says itself what it is called."""
MAX_NAME = 60
"""Characters of a file's name that are kept: what is written beside the list has a longer one."""
_TOO_LARGE = Words(
    "The file is larger than {size} MB: split it, and hand in the parts.",
    "Die Datei ist größer als {size} MB: Teilen Sie sie, und übergeben Sie die Teile.",
)
GONE = Words(
    "This file is not being received (any more): choose it again.",
    "Diese Datei wird nicht (mehr) empfangen: Wählen Sie sie noch einmal aus.",
)
_DAMAGED = Words(
    "A piece of the file arrived damaged: send it again.",
    "Ein Teil der Datei kam beschädigt an: Senden Sie ihn noch einmal.",
)
_ANOTHER = Words(
    "The file is no longer the one that was begun with: choose it again.",
    "Die Datei ist nicht mehr die, mit der begonnen wurde: Wählen Sie sie noch einmal aus.",
)
_NOT_KEPT = Words(
    "The file cannot be kept here ({why}). Ask whoever runs this server.",
    "Die Datei lässt sich hier nicht ablegen ({why}). Fragen Sie, wer diesen Server betreibt.",
)
_FORBIDDEN = re.compile(r'[:"*?|‹›]')  # in names of files on Windows; text that was cleaned has no other brackets
_APPENDED = os.O_WRONLY | os.O_APPEND | NO_LINK | getattr(os, "O_BINARY", 0)
_NEW = _APPENDED | os.O_CREAT | os.O_EXCL


@dataclass
class IncomingFile:
    """A file that is being received. `name` is what the person calls it; `length` counts the bytes that are there."""

    id: str
    caller: str
    name: str
    size: int
    path: Path
    last_use: float
    length: int = 0
    is_ours: bool = True
    """Whether its bytes are still ours to remove."""

    @property
    def is_whole(self) -> bool:
        """Whether all bytes are there."""
        return self.length == self.size


class Pieces:
    """The files that are being received, in a directory of ours. Each is forgotten `seconds` after its last piece.

    What a piece does is done between two steps of the event loop, so two that arrive at once need no lock.
    """

    def __init__(
        self,
        directory: Path,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits = Limits(),
    ) -> None:
        self._directory = directory
        self._seconds = seconds
        self._clock = clock
        self._limits = limits
        self._by_id: dict[str, IncomingFile] = {}

    def begin(self, caller: str, name: str, size: int) -> IncomingFile:
        """A file of this size, in bytes, of which nothing is there yet.

        Raises:
            Unreadable: it is too large.
            Problem: nothing can be kept here.
        """
        if size > self._limits.file_bytes:
            raise Unreadable(_TOO_LARGE.filled(size=self._limits.file_bytes // MEGABYTE))
        self.tidy()
        self._make_room([one for one in self._by_id.values() if one.caller == caller], MAX_OPEN)
        self._make_room(list(self._by_id.values()), MAX_OF_ALL)
        identifier = secrets.token_hex(16)
        try:
            path = own_directory(self._directory) / f"{identifier}.list"
            os.close(os.open(path, _NEW, 0o600))
        except OSError as error:
            raise Problem(_NOT_KEPT.filled(why=reason_of(error))) from None
        incoming = IncomingFile(identifier, caller, plain_name(name), size, path, self._clock())
        self._by_id[identifier] = incoming
        return incoming

    def _make_room(self, files: list[IncomingFile], most: int) -> None:
        """Forget those of the files that waited longest, so that one more is not too many."""
        for one in sorted(files, key=lambda one: one.last_use)[: max(0, len(files) + 1 - most)]:
            self.forget(one)

    def get(self, caller: str, identifier: str) -> IncomingFile:
        """A file that this caller is sending.

        Raises:
            Problem: it sends none of this name.
        """
        self.tidy()
        incoming = self._by_id.get(identifier)
        if incoming is None or incoming.caller != caller:
            raise Problem(GONE)
        incoming.last_use = self._clock()
        return incoming

    def has(self, identifier: str) -> bool:
        """Whether a file is still known."""
        return identifier in self._by_id

    def add(self, incoming: IncomingFile, offset: int, digest: str, content: str) -> None:
        """Take a piece: its place in the file, its SHA-256 in hexadecimal digits, its bytes in base64. One that begins
        beyond what is there is left out: its length says where the next one begins.

        Raises:
            Problem: it is damaged, or of another file.
        """
        piece = _decoded(content, digest)
        if offset > incoming.length:
            return
        if offset + len(piece) > incoming.size:
            raise Problem(_ANOTHER)
        repeat, rest = piece[: incoming.length - offset], piece[incoming.length - offset :]
        try:
            if repeat and incoming.is_ours and _part(incoming.path, offset, len(repeat)) != repeat:
                raise Problem(_ANOTHER)
            if rest:
                _append(incoming.path, incoming.length, rest)
        except OSError as error:
            raise Problem(_NOT_KEPT.filled(why=reason_of(error))) from None
        incoming.length += len(rest)

    def hand_over(self, incoming: IncomingFile) -> Path:
        """The whole file, which is from now on for whoever takes it to remove."""
        incoming.is_ours = False
        return incoming.path

    def forget(self, incoming: IncomingFile) -> None:
        """Remove what was received of a file."""
        self._by_id.pop(incoming.id, None)
        if incoming.is_ours:
            with suppress(OSError):  # somebody has it open, on Windows
                incoming.path.unlink()

    def tidy(self) -> None:
        """Forget those of which no piece came for long."""
        until = self._clock() - self._seconds
        for incoming in [one for one in self._by_id.values() if one.last_use < until]:
            self.forget(incoming)

    def close(self) -> None:
        """Forget all."""
        for incoming in list(self._by_id.values()):
            self.forget(incoming)


def plain_name(name: str) -> str:
    """The name of a file without its folders, as any system would take it; its end says what kind of file it is."""
    last = re.split(r"[/\\]", clean(name))[-1]
    plain = _FORBIDDEN.sub("_", last).strip(" .")
    return f"{plain[: MAX_NAME // 2]}…{plain[-MAX_NAME // 2 + 1 :]}" if len(plain) > MAX_NAME else plain or "list"


def _decoded(content: str, digest: str) -> bytes:
    try:
        piece = base64.b64decode(content, validate=True)
    except ValueError:
        raise Problem(_DAMAGED) from None
    if hashlib.sha256(piece).hexdigest() != digest.casefold():
        raise Problem(_DAMAGED)
    return piece


def _part(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _append(path: Path, length: int, rest: bytes) -> None:
    """Write behind so many bytes; what a full disk took of an earlier piece is dropped first."""
    with os.fdopen(os.open(path, _APPENDED), "ab") as file:
        file.truncate(length)
        file.write(rest)
