"""The command `dialler-mcp`."""
