"""Where the lines of the audit log go: into files (`log.AuditLog`), or wherever a server for a team keeps them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from dialler_mcp.state.locks import PATIENCE

if TYPE_CHECKING:
    from dialler_mcp.audit.pseudonyms import Pseudonyms


class Sink(Protocol):
    """What the middleware needs of it. It is called from several threads, and may block.

    Every method raises OSError where nothing can be written: then changes are refused, and reads go on.
    """

    @property
    def pseudonyms(self) -> "Pseudonyms":
        """The pseudonyms of this log: the same for as long as the log lasts, in every process that writes to it."""
        ...

    def prepare(self) -> None:
        """Make sure that the line of a change can be written, before the change is sent."""
        ...

    def append(self, entry: Mapping[str, Any], *, durable: bool = False, patience: float = PATIENCE) -> int:
        """Add a line and return its number. `durable`: it outlives a crash when this returns.

        Raises:
            TimeoutError: it would take longer than `patience` seconds; nothing was written. With a patience of 0 it
                is called in the event loop, so a sink that has to wait for somebody raises this at once.
        """
        ...
