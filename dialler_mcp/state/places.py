"""Where our files may lie: in directories that nobody else can write to, made for their owner alone.

Whoever could write there could put a link in the place of a file, or read and change what a file says later.
"""

import errno
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""For os.open: a file that is a link is refused. Windows has no such flag, and lets only administrators make links."""
_QUIET = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_STEP = os.O_RDONLY | NO_LINK | _QUIET | getattr(os, "O_DIRECTORY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK | _QUIET
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class UnsafePlace(OSError):
    """Somebody else can write to the place; `strerror` says how."""

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
    status, above = path.lstat(), path.absolute().parent.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise UnsafePlace("its directory is a symbolic link: name the directory itself")
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not _is_ours(status) or status.st_mode & _OTHERS:
        raise UnsafePlace("others may write to its directory: take that right away (chmod 700), or name one below it")
    is_shared = above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX and not stat.S_ISLNK(above.st_mode)
    if not _is_ours(above) or is_shared:
        raise UnsafePlace("others may put another in the place of its directory: name one elsewhere")
    return path


def _is_ours(status: os.stat_result) -> bool:
    return sys.platform == "win32" or status.st_uid in (os.geteuid(), 0)  # Windows has no owners of this kind


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


def forget_older(directory: Path, seconds: float) -> None:
    """Remove what has lain in a directory of ours for longer: processes that died have left it, and it holds people's
    data."""
    for path in directory.glob("*"):
        with suppress(OSError):  # another process was faster; or, on Windows, has it open
            if path.stat().st_mtime < time.time() - seconds:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def located(path: str, folders: Sequence[Path]) -> tuple[Path, Path] | tuple[None, None]:
    """The folder that a file lies in, or would lie in, and the file; both without links. A path that is not absolute is
    one within a folder. None for one that lies elsewhere.

    Raises:
        ValueError, OSError, RuntimeError: it is no path: NUL, a circle of links, a home that is none.
    """
    file = Path(path).expanduser()
    places = [(folder.resolve(), (folder / file).resolve()) for folder in folders]
    inside = [(folder, place) for folder, place in places if place.is_relative_to(folder) and place != folder]
    return next((one for one in inside if one[1].exists()), inside[0] if inside else (None, None))


@contextmanager
def directory_of(folder: Path, file: Path) -> Generator[int | None]:
    """The directory that a file in a folder lies in, opened step by step: nobody can put a link in the place of one of
    them meanwhile. None where the system cannot do that.
    """
    if os.open not in os.supports_dir_fd:
        yield None
        return
    place = os.open(folder, _STEP)
    try:
        for step in file.relative_to(folder).parts[:-1]:
            above, place = place, os.open(step, _STEP, dir_fd=place)
            os.close(above)
        yield place
    finally:
        os.close(place)


def put_new(source: Path, folder: Path, target: Path) -> None:
    """Copy a file of ours to a place in a folder where there is none yet: it is there when it is whole, or not at all.

    Raises:
        FileExistsError: there is one.
        OSError: it cannot be written.
    """
    with directory_of(folder, target) as place:
        where = Path() if place is not None else target.parent
        draft, whole = where / f".{secrets.token_hex(8)}.part", where / target.name
        handle = os.open(draft, _NEW, 0o600, dir_fd=place)
        try:
            with os.fdopen(handle, "wb") as file, source.open("rb") as content:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            _name_new(draft, whole, place)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=place)


def _name_new(draft: Path, whole: Path, place: int | None) -> None:
    """Give a file a name that no file has."""
    if sys.platform == "win32":  # where renaming never replaces
        draft.rename(whole)
        return
    try:
        os.link(draft, whole, src_dir_fd=place, dst_dir_fd=place)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as a stick
        os.close(os.open(whole, _NEW, 0o600, dir_fd=place))
        os.replace(draft, whole, src_dir_fd=place, dst_dir_fd=place)
