"""The Dialler REST API as a typed async client. Knows nothing of MCP."""

from dialler_mcp.api.address import Address
from dialler_mcp.api.client import Dialler

__all__ = ["Address", "Dialler"]
