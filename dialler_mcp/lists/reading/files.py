"""A file that a person names by its path: opened so that nothing but a plain file in an allowed folder is ever read,
and copied, so that what is read later is what was looked at.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import MEGABYTE, Limits
from dialler_mcp.problem import reason_of
from dialler_mcp.state.places import NO_LINK, directory_of, located, own_directory
from dialler_mcp.words import Words

NO_FOLDERS = Words(
    "No folder is allowed for lists on this server: whoever runs it must allow one. Until then, the rows can be "
    "pasted.",
    "Auf diesem Server ist kein Ordner für Listen erlaubt: Wer ihn betreibt, muss einen erlauben. Bis dahin lassen "
    "sich die Zeilen einfügen.",
)
_ELSEWHERE = Words(
    "The file is in no folder that is allowed for lists: put it into {allowed}.",
    "Die Datei liegt in keinem Ordner, der für Listen erlaubt ist: Legen Sie sie nach {allowed}.",
)
_NO_FILE = Words(
    "There is no such file: give its whole path; allowed folders are {allowed}.",
    "Diese Datei gibt es nicht: Geben Sie den ganzen Pfad an; erlaubte Ordner sind {allowed}.",
)
_NOT_READ = Words(
    "The file cannot be read or copied ({why}); allowed folders are {allowed}.",
    "Die Datei lässt sich nicht lesen oder kopieren ({why}); erlaubte Ordner sind {allowed}.",
)
_NOT_PLAIN = Words(
    "This is no plain file, but a directory or a device: name a file in {allowed}.",
    "Das ist keine Datei, sondern ein Verzeichnis oder Gerät: Nennen Sie eine Datei in {allowed}.",
)
_TOO_LARGE = Words(
    "The file is larger than {size} MB: split it, and put the parts into {allowed}.",
    "Die Datei ist größer als {size} MB: Teilen Sie sie, und legen Sie die Teile nach {allowed}.",
)
_CHANGED = Words(
    "The file changed while it was read: wait until it is whole; it may stay in {allowed}.",
    "Die Datei hat sich beim Lesen geändert: Warten Sie, bis sie vollständig ist; sie kann in {allowed} bleiben.",
)
_BLOCK = 1 << 20
# Not through a link, not waiting for a pipe's other end, not as our terminal, not handed on to other processes.
_READ = (
    os.O_RDONLY
    | NO_LINK
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True)
class FileCopy:
    """A copy of our own. `name`: that of the file, as the person calls it; `digest`: SHA-256 of its bytes."""

    path: Path
    name: str
    size: int
    digest: str


def spool(path: str, folders: Sequence[Path], into: Path, limits: Limits = Limits()) -> FileCopy:
    """Copy a file from one of the folders into a directory of ours. A path that is not absolute is one within a folder.

    Raises:
        Unreadable: it lies elsewhere, is no plain file, too large, changes meanwhile, or cannot be opened or copied.
    """
    if not folders:
        raise Unreadable(NO_FOLDERS)
    folder_names = ", ".join(map(str, folders))
    try:
        folder, place = located(path.strip().strip("\"'"), folders)
    except (ValueError, OSError, RuntimeError):  # NUL, a circle of links, a home that is none
        folder = place = None
    if folder is None or place is None:
        raise Unreadable(_ELSEWHERE.filled(allowed=folder_names))
    try:
        with _opened(folder, place, folder_names) as file:
            return _copied(file, place.name, own_directory(into), limits, folder_names)
    except FileNotFoundError:
        raise Unreadable(_NO_FILE.filled(allowed=folder_names)) from None
    except OSError as error:
        raise Unreadable(_NOT_READ.filled(why=reason_of(error), allowed=folder_names)) from None


def _opened(folder: Path, place: Path, folder_names: str) -> BinaryIO:
    handle = _open(folder, place)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable(_NOT_PLAIN.filled(allowed=folder_names))
    return os.fdopen(handle, "rb")


def _open(folder: Path, path: Path) -> int:
    with directory_of(folder, path) as place:
        return os.open(path if place is None else path.name, _READ, dir_fd=place)


def _copied(file: BinaryIO, name: str, into: Path, limits: Limits, folder_names: str) -> FileCopy:
    before = os.fstat(file.fileno())
    if before.st_size > limits.file_bytes:
        raise Unreadable(_TOO_LARGE.filled(size=limits.file_bytes // MEGABYTE, allowed=folder_names))
    copy = into / f"{secrets.token_hex(16)}.list"
    handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copy(file, target, before.st_size)
        after = os.fstat(file.fileno())
        same = (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        if not same or size != before.st_size:
            raise Unreadable(_CHANGED.filled(allowed=folder_names))
    except BaseException:
        with suppress(OSError):
            copy.unlink()
        raise
    return FileCopy(copy, name, size, digest)


def _copy(file: BinaryIO, target: BinaryIO, length: int) -> tuple[str, int]:
    """Copy a file, and a byte more than expected where it has grown; its digest and its size."""
    digest, size = hashlib.sha256(), 0
    while size <= length and (block := file.read(min(_BLOCK, length + 1 - size))):
        target.write(block)
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size
