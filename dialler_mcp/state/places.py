"""Where our files may lie: in directories that nobody else can write to, made for their owner alone.

Whoever could write there could put a link in the place of a file, or read and change what a file says later.
"""

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""For os.open: a file that is a link is refused. Windows has no such flag, and lets only administrators make links."""
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class UnsafePlace(OSError):
    """Somebody else can write there; `strerror` says how."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EPERM, why)


def own_directory(path: Path) -> Path:
    """A directory of ours; where it is missing it is made, and so is what is missing above it, each with mode 0700.

    Raises:
        UnsafePlace: it is a symbolic link, or somebody else may write to it or put another in its place.
        OSError: it cannot be made.
    """
    for missing in reversed([one for one in (path, *path.parents) if not one.exists()]):
        with suppress(FileExistsError):  # another process was quicker, or it is a link to nothing
            missing.mkdir(mode=0o700)
    if sys.platform == "win32":  # its modes say nothing about others
        return path
    found, above = path.lstat(), path.absolute().parent.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise UnsafePlace("its directory is a symbolic link: name the directory itself")
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not _is_ours(found) or found.st_mode & _OTHERS:
        raise UnsafePlace("others may write to its directory: take that right away (chmod 700), or name one below it")
    shared = above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX and not stat.S_ISLNK(above.st_mode)
    if not _is_ours(above) or shared:
        raise UnsafePlace("others may put another in the place of its directory: name one elsewhere")
    return path


def _is_ours(found: os.stat_result) -> bool:
    return sys.platform == "win32" or found.st_uid in (os.geteuid(), 0)  # Windows has no owners of this kind


def own_file(path: Path) -> None:
    """Make sure that there is a file, for its owner alone.

    A copy that somebody made readable for others holds bank data all the same, and is readable no longer.

    Raises:
        OSError: it cannot be made, or is a symbolic link.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    try:
        if os.fstat(handle).st_mode & 0o077 and sys.platform != "win32":
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
