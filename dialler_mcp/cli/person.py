"""Who a process works for."""

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialler_mcp.settings import Settings


def person_of(settings: "Settings") -> str:
    """Whoever started this process: the name in the settings, else the account of the operating system."""
    from dialler_mcp.domain.callers import MAX_CLIENT
    from dialler_mcp.domain.text import clean

    try:
        return clean(settings.account or getpass.getuser())[:MAX_CLIENT].strip()
    except (OSError, KeyError, ImportError):  # a container whose account has no name, where none is set either
        return ""
