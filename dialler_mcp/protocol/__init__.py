"""What we teach the MCP SDK beyond what it does. Knows nothing of a dialler."""
