"""MCP server for a jtel outbound dialler."""
