"""Windows' `msvcrt`, as far as locks need it: a stretch of bytes from where the file stands, one owner at a time."""

import errno
import fcntl
import os
import sys

assert sys.platform != "win32", "it is played where it is not"

LK_NBLCK, LK_UNLCK = 2, 0

_held: dict[int, tuple[int, int]] = {}


def locking(fd: int, mode: int, nbytes: int, /) -> None:
    """Lock or unlock.

    Raises:
        PermissionError: somebody else has it; or what is to be unlocked is not what was locked.
    """
    stretch = os.lseek(fd, 0, os.SEEK_CUR), nbytes
    if mode == LK_NBLCK:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "locked") from None
        _held[fd] = stretch
    elif mode == LK_UNLCK:
        if _held.pop(fd, None) != stretch:
            raise PermissionError(errno.EACCES, "not locked")
        fcntl.flock(fd, fcntl.LOCK_UN)
    else:
        raise OSError(errno.EINVAL, "no such mode")
