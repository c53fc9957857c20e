"""A lock between processes: a file that is held open and locked. A crash releases it."""

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dialler_mcp.state.places import NO_LINK

PATIENCE = 5.0  # seconds to wait for another process
_PAUSE = 0.002


@contextmanager
def exclusive(path: str | Path, patience: float = PATIENCE) -> Generator[None]:
    """Hold the lock of this file, against other processes and against other threads.

    Raises:
        TimeoutError: another process holds it for longer than `patience` seconds.
        OSError: the file cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    try:
        deadline = time.monotonic() + patience
        while not _taken(handle):
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{Path(path).name} is held by another process")
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            _let_go(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _let_go(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
