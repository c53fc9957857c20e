"""Windows as our modules would meet it, on Linux: what is missing there is missing, and what is refused is refused.

Whatever a module of dialler_mcp imports goes through this file, so `sys.platform` is "win32" and `os.name` "nt" for it
alone; the standard library and the packages go on as they are.

    PYTHONPATH=tests/platforms/site python -m dialler_mcp    the server, as on Windows
    pytest -p tests.platforms.as_windows tests/state         the tests of a room, as on Windows
"""

import asyncio
import builtins
import errno
import importlib.abc
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.platforms import msvcrt

assert sys.platform != "win32", "it is played where it is not"

SITE = Path(__file__).with_name("site")
"""A folder for PYTHONPATH; it makes a Windows of any Python process."""
ABSENT = ("fcntl", "resource", "pwd", "grp", "termios")
"""Modules that Windows does not have."""
ABSENT_OF_OS = frozenset(
    {"fork", "getuid", "geteuid", "fchmod", "chown", "killpg", "setpriority", "setsid", "pathconf"}
)
LOOP_CANNOT = ("add_signal_handler", "remove_signal_handler", "connect_read_pipe", "connect_write_pipe")


class _Instead(ModuleType):
    """A module of the standard library, with some of it missing or different."""

    def __init__(self, real: ModuleType, absent: frozenset[str] = frozenset(), **different: Any) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(different)
        self._real, self._absent = real, absent

    def __getattr__(self, name: str) -> Any:
        if name in self._absent:
            raise AttributeError(f"there is no {self.__name__}.{name} on Windows")
        return getattr(self._real, name)


class _Loader(SourceFileLoader):
    """Runs a module of ours with an `import` that knows Windows' modules."""

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _imported}
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "dialler_mcp":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def _imported(name: str, *rest: Any) -> ModuleType:
    if name in ABSENT:
        raise ModuleNotFoundError(f"there is no {name} on Windows", name=name)
    return _INSTEAD.get(name) or builtins.__import__(name, *rest)


def _open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    if dir_fd is None and Path(path).is_dir():
        raise PermissionError(errno.EACCES, "a directory cannot be opened", str(path))
    return os.open(path, flags, mode, dir_fd=dir_fd)


_INSTEAD: dict[str, ModuleType] = {
    "sys": _Instead(sys, platform="win32"),
    "os": _Instead(os, ABSENT_OF_OS, name="nt", O_BINARY=0, open=_open),
    "msvcrt": msvcrt,
}


def pretend() -> None:
    """From now on this process is a Windows to every module of ours that is imported.

    Twice is once: a process of Python starts with it (`SITE`), and pytest's plugin asks for it again.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    assert not any(name.startswith("dialler_mcp") for name in sys.modules), "it is too late: ours are imported"
    sys.meta_path.insert(0, _Finder())
    for name in LOOP_CANNOT:
        _forbid_to_loop(name)
    for module_function, instead in {**files_that_stay_while_open(), **no_modes()}.items():
        setattr(os, module_function, instead)


def _forbid_to_loop(name: str) -> None:
    """The loop cannot do it, but for asyncio itself, which starts child processes by it here and not on Windows."""
    real = getattr(asyncio.SelectorEventLoop, name)

    def cannot(self: asyncio.AbstractEventLoop, *arguments: Any, **named: Any) -> Any:
        if sys._getframe(1).f_globals["__name__"].startswith("asyncio."):  # pyright: ignore[reportPrivateUsage]
            return real(self, *arguments, **named)
        raise NotImplementedError

    setattr(asyncio.SelectorEventLoop, name, cannot)


def is_open(path: Any, dir_fd: int | None = None) -> bool:
    """Whether a process of this session has this file open."""
    beside = "" if dir_fd is None else f"/proc/self/fd/{dir_fd}/"
    identity = _identity(Path(f"{beside}{os.fspath(path)}"))
    return identity is not None and any(identity in map(_identity, process.glob("fd/*")) for process in _ours())


def _ours() -> Iterator[Path]:
    session = os.getsid(0)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getsid(int(process.name)) == session:
                yield process


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is; None where it is none, or not for us to see."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def files_that_stay_while_open() -> dict[str, Callable[..., None]]:
    """Functions of `os`: an open file can be neither removed, nor renamed, nor replaced; `rename` replaces nothing."""

    def refused(real: Callable[..., None]) -> Callable[..., None]:
        def guarded(path: Any, *more: Any, **named: Any) -> None:
            if any(is_open(one, named.get("dir_fd")) for one in (path, *more)):
                raise PermissionError(errno.EACCES, "the file is used by another process", str(path))
            if real is rename and Path(more[0]).exists():
                raise FileExistsError(errno.EEXIST, "the file exists", str(more[0]))
            real(path, *more, **named)

        return guarded

    rename = os.rename
    return {name: refused(getattr(os, name)) for name in ("unlink", "remove", "replace", "rename")}


def no_modes() -> dict[str, Callable[..., Any]]:
    """Functions of `os`: files are readable by all, whatever is asked for; only writing can be forbidden."""
    chmod, mkdir, touch = os.chmod, os.mkdir, os.open

    def no_chmod(path: Any, mode: int, **named: Any) -> None:
        chmod(path, 0o666 if mode & stat.S_IWUSR else 0o444, **named)

    def no_mkdir(path: Any, mode: int = 0o777, **named: Any) -> None:
        mkdir(path, **named)

    def no_open(path: Any, flags: int, mode: int = 0o777, **named: Any) -> int:
        return touch(path, flags, 0o666, **named)

    return {"chmod": no_chmod, "mkdir": no_mkdir, "open": no_open}
