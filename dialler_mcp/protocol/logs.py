"""Log lines without data of callers and records."""

import copy
import logging
import re
import traceback
from typing import Any

from dialler_mcp.protocol.errors import causes

# Values in the SDK's log lines that may be shown: names of our tools, methods of the protocol.
_OF_US = re.compile(r"dialler_[a-z_]+|[a-z]+(?:/[a-z_]+)+")


class DiscreetFormatter(logging.Formatter):
    """Log lines without values; of an exception they show only the type of its first cause and where it was raised.

    The SDK logs the addresses that were asked for, and our own error messages, which may name people.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left the full text here
        if record.name.startswith("mcp.") and isinstance(record.args, tuple):
            of_calls = record.name.startswith("mcp.server.mcpserver")
            record = copy.copy(record)
            record.args = tuple(_discreet(value, of_calls) for value in record.args or ())
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        *_, first = causes(ei[1])
        frames = traceback.extract_tb(first.__traceback__)
        places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        return f"{type(first).__name__} at {places}"


def _discreet(value: object, of_calls: bool) -> object:
    """A value of one of the SDK's log lines, hidden where it may come from a caller or a record."""
    if isinstance(value, str):
        return value if not of_calls or _OF_US.fullmatch(value) else "…"
    return value if isinstance(value, int | float) or value is None else type(value).__name__
