"""When two values of a field mean the same."""

from datetime import datetime, tzinfo
from typing import Any

from dialler_mcp.domain.times import local


def compared(value: Any, zone: tzinfo) -> Any:
    """A value such that two that mean the same are equal: nothing, false, zero and empty text; a time with and without
    its offset, to the second, which is all that the dialler keeps of what it is sent.
    """
    return local(value, zone).replace(microsecond=0) if isinstance(value, datetime) else value or None
