"""What every process that we start for one piece of work has in common: an environment without secrets, and limits that
the system keeps. Its work can then need what it wants, or crash, and the server goes on.
"""

import math
import os
import subprocess
import sys

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For `creationflags`: on Windows, a process without a window flashing up."""
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZDIR")  # what Python may need; no token, no home


def command(module: str) -> tuple[str, ...]:
    """What starts a module of ours, whose `main` does the work, as a process."""
    return (sys.executable, "-P", "-m", module)


def environment() -> dict[str, str]:
    """The environment of the process: where the modules are, and nothing secret."""
    variables = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**variables, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}


def bound(*, memory: int, cpu_seconds: float, file_bytes: int) -> None:
    """Set the hard limits of this process that the system supports: bytes of addresses, seconds of processor time,
    bytes of a file that it writes.
    """
    if sys.platform == "win32":
        return
    import resource

    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: math.ceil(cpu_seconds),  # ends it even after the server is gone
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue  # the system lacks this limit; that of the server on its time remains
